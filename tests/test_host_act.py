"""The host program's deeds with a docker that only notes what it is asked: files, order of calls, routes, failures."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from fake_docker import FakeDocker, install
from stack_fixture import lock_of, small_catalog, stack_of

from provisioner.host import act, converge, layout, observe, operate, progress, routes
from provisioner.host.docker import Failed
from provisioner.render import PROXY, render_host

SECRETS = {"foyer_pad": {"db_password": "db1"}, "foyer_notes": {"admin_password": "adm1"}}


@pytest.fixture(autouse=True)
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host of its own for each test: empty folders."""
    monkeypatch.setenv("PROVISIONER_ROOT", str(tmp_path / "srv"))
    monkeypatch.setenv("PROVISIONER_STATE", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
def fake(host: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDocker:
    return install(monkeypatch, host / "bin")


def desired_of(**changes: Any) -> dict[str, Any]:
    """Return the small stack as the controller ships it, with digests of its secrets."""
    tree = render_host([(stack_of(**changes), lock_of(small_catalog()))], small_catalog()).data()
    desired: dict[str, Any] = json.loads(json.dumps(tree))
    for name, values in SECRETS.items():
        desired["instances"].get(name, {})["secrets"] = {key: layout.digest(value) for key, value in values.items()}
    return desired


def apply(desired: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Decide, write and act as `start` and `work` do, in this process."""
    changes = converge.decide(desired, observe.observe())
    act.write_files(desired, SECRETS, changes)
    return changes, act.act(desired, changes, progress.Progress("1-1"))["instances"]


def route_of(name: str) -> str:
    path = layout.routes_dir() / f"{name}.caddy"
    return path.read_text() if path.is_file() else ""


def inspected(name: str, *containers: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [
        {
            "Id": f"{name}-{container}",
            "Config": {"Image": "x", "Labels": {
                "com.docker.compose.project": name, "com.docker.compose.service": container,
            }},
            "State": {"Status": state, "ExitCode": 1, **({"Health": {"Status": health}} if health else {})},
        }
        for container, state, health in containers
    ]  # fmt: skip


def test_apply_writes_files_starts_and_opens_routes(fake: FakeDocker) -> None:
    _changes, results = apply(desired_of())
    assert [name for name, item in results.items() if item["ok"]] == [PROXY, "foyer_notes", "foyer_pad"]
    mine = [words for folder, words in fake.calls() if folder == "foyer_notes"]
    assert mine == [
        "compose pull --quiet --policy missing",
        "compose up --detach --wait --wait-timeout 1200 --remove-orphans --quiet-pull",
        "compose exec -T app /notes configure Foyer de l'Été light",
        "compose exec -T app /notes has-admin admin",
    ]
    assert "reverse_proxy 127.0.0.1:20000" in route_of("foyer_notes") and "reverse_proxy" in route_of("foyer_pad")
    folder = layout.instance_dir("foyer_pad")
    assert (folder / "secrets" / "db_password").read_text() == "db1"
    assert stat.S_IMODE((folder / "secrets" / "db_password").stat().st_mode) == 0o444
    assert stat.S_IMODE((folder / "secrets").stat().st_mode) == 0o700
    assert 'HTTP_PORT="20001"' in (folder / ".env").read_text()
    assert stat.S_IMODE((layout.instance_dir("foyer_notes") / "files/hello.sh").stat().st_mode) == 0o755


def test_apply_removes_containers_that_a_power_cut_left_before_they_ran(fake: FakeDocker) -> None:
    fake.answers(**{"ps__--all__--quiet__--filter__label=com.docker.compose.project=foyer_pad": {"out": "1a 2b\n"}})
    apply(desired_of())
    words = [words for _folder, words in fake.calls()]
    assert [each for each in words if each.startswith("rm ")] == ["rm 1a 2b"]
    ups = [
        place for place, (folder, each) in enumerate(fake.calls()) if folder == "foyer_pad" and " up " in f" {each} "
    ]
    assert words.index("rm 1a 2b") < ups[0]


def test_apply_proxy_is_up_before_any_route_is_set(fake: FakeDocker) -> None:
    apply(desired_of())
    folders = [folder for folder, words in fake.calls() if words.startswith("compose")]
    assert folders.index(PROXY) == 0 and set(folders[:2]) == {PROXY}


def test_apply_again_changes_nothing(fake: FakeDocker) -> None:
    desired = desired_of()
    changes, _results = apply(desired)
    layout.write_json(layout.state_root() / "ports.json", {k: v for c in changes for k, v in c["ports"].items()})
    containers = [
        *inspected(PROXY, ("caddy", "running", "healthy")), *inspected("foyer_notes", ("app", "running", "healthy")),
        *inspected("foyer_pad", ("app", "running", "healthy"), ("database", "running", "healthy")),
    ]  # fmt: skip
    fake.answers(ps={"out": "1 2"}, inspect={"out": json.dumps(containers)})
    assert [change["action"] for change in converge.decide(desired, observe.observe())] == ["none"] * 3
    containers[-1]["State"]["Health"]["Status"] = "unhealthy"
    fake.answers(ps={"out": "1 2"}, inspect={"out": json.dumps(containers)})
    assert converge.decide(desired, observe.observe())[-1]["reason"] == "container database is unhealthy"


def test_apply_without_first_admin_keeps_the_route_closed_and_is_resumed(fake: FakeDocker) -> None:
    desired = desired_of()
    fake.answers(**{"compose exec -T app /notes has-admin": {"code": 1, "err": "nobody\n"}})
    _changes, results = apply(desired)
    assert not results["foyer_notes"]["ok"] and results["foyer_pad"]["ok"]
    assert "nobody" in results["foyer_notes"]["message"]
    assert "503" in route_of("foyer_notes") and "reverse_proxy" not in route_of("foyer_notes")
    fake.answers()
    changes, results = apply(desired)
    again = next(change for change in changes if change["instance"] == "foyer_notes")
    assert (again["action"], results["foyer_notes"]["ok"]) == ("resume", True)
    assert "reverse_proxy" in route_of("foyer_notes")


def test_apply_failing_container_is_named_with_its_last_lines(fake: FakeDocker) -> None:
    sick = inspected("foyer_pad", ("app", "created", ""), ("database", "exited", ""))
    fake.answers(
        ps={"out": "1 2"}, inspect={"out": json.dumps(sick)}, logs={"err": "one\nFATAL: no space left\n"},
        compose__up={"code": 1, "err": "dependency failed to start"},
    )  # fmt: skip
    _changes, results = apply(desired_of())
    failed = results["foyer_pad"]
    assert failed["message"] == "container database is exited (exit code 1)"
    assert (failed["container"], failed["logs"]) == ("database", ["one", "FATAL: no space left"])
    assert results["foyer_notes"]["message"].endswith("exit code 1: dependency failed to start")


def test_update_of_a_mounted_file_makes_new_containers(fake: FakeDocker) -> None:
    desired = desired_of()
    apply(desired)
    before = len(fake.calls())
    hello = layout.instance_dir("foyer_notes") / "files" / "hello.sh"
    hello.write_text("changed by hand")
    changes, _results = apply(desired)
    assert next(c for c in changes if c["instance"] == "foyer_notes")["files"] == ["files/hello.sh"]
    ups = [words for folder, words in fake.calls()[before:] if folder == "foyer_notes" and " up " in words]
    assert ups[0].endswith("--force-recreate") and "mounted read-only" in hello.read_text()


def test_update_that_fails_leaves_the_route_open(fake: FakeDocker) -> None:
    desired = desired_of()
    apply(desired)
    (layout.instance_dir("foyer_pad") / "compose.yaml").write_text("older")
    fake.answers(compose__up={"code": 1})
    _changes, results = apply(desired)
    assert not results["foyer_pad"]["ok"]
    assert "reverse_proxy" in route_of("foyer_pad"), "people who use it now are not shut out"


def test_remove_closes_the_route_and_keeps_what_users_wrote(fake: FakeDocker) -> None:
    apply(desired_of())
    desired = {**desired_of(services={"pad": {}}), "remove": True}
    _changes, results = apply_only(desired, "foyer_notes")
    assert results["foyer_notes"]["ok"] and route_of("foyer_notes") == ""
    words = [words for folder, words in fake.calls() if folder == "foyer_notes"]
    assert words[-1] == "compose down --remove-orphans", "no --volumes: users' data stays"
    assert (layout.instance_dir("foyer_notes") / "secrets" / "admin_password").read_text() == "adm1"
    back = next(c for c in converge.decide(desired_of(), observe.observe()) if c["instance"] == "foyer_notes")
    assert (back["action"], back["reason"], back["secrets"]) == ("create", "was removed", [])


def apply_only(desired: dict[str, Any], name: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    changes = [change for change in converge.decide(desired, observe.observe()) if change["instance"] == name]
    return changes, act.act(desired, changes, progress.Progress("1-2"))["instances"]


def test_route_that_caddy_refuses_is_taken_back(fake: FakeDocker) -> None:
    layout.write(layout.instance_dir("foyer_pad") / "route.open.caddy", "new")
    layout.instance_dir(PROXY).mkdir(parents=True)
    routes_file = layout.routes_dir() / "foyer_pad.caddy"
    fake.answers(compose__exec={"code": 1, "err": "adapting config: unrecognized directive"})
    with pytest.raises(Failed) as caught:
        routes.set_route("foyer_pad", "open")
    assert "unrecognized directive" in caught.value.output and not routes_file.exists()
    layout.write(routes_file, "old")
    with pytest.raises(Failed):
        routes.set_route("foyer_pad", "open")
    assert routes_file.read_text() == "old"
    with pytest.raises(Failed):
        routes.drop_route("foyer_pad")
    assert routes_file.read_text() == "old"


def test_route_that_is_so_already_reloads_nothing(fake: FakeDocker) -> None:
    layout.write(layout.instance_dir("foyer_pad") / "route.open.caddy", "same")
    layout.write(layout.routes_dir() / "foyer_pad.caddy", "same")
    routes.set_route("foyer_pad", "open")
    routes.set_route("foyer_pad", "no-such-kind")
    routes.drop_route("foyer_wiki")
    assert fake.calls() == []


def test_observe_forgets_a_container_that_goes_meanwhile(fake: FakeDocker) -> None:
    one = inspected("foyer_pad", ("app", "running", ""))
    (layout.instance_dir("foyer_pad")).mkdir(parents=True)
    gone, there = {"code": 1}, {"out": json.dumps(one)}
    fake.answers(ps={"out": "1 2"}, inspect__1__2=gone, inspect__1=gone, inspect__2=there)
    assert observe.observe()["instances"]["foyer_pad"]["containers"]["app"]["state"] == "running"


def test_site_of_trusts_the_proxys_own_authority_only_where_it_signs(fake: FakeDocker) -> None:
    fake.answers(**{"compose exec -T caddy cat": {"out": "-----BEGIN CERTIFICATE-----\nx\n"}})
    apply(desired_of(certificates="internal"))
    site = operate.site_of("foyer_pad")
    assert (site.domain, site.address) == ("pads.foyer.example", "127.0.0.1")
    assert Path(site.authority).read_text().startswith("-----BEGIN CERTIFICATE-----")
    apply(desired_of())
    assert operate.site_of("foyer_pad").authority == ""


def test_names_of_chooses_by_association_and_service() -> None:
    for name in ("foyer_pad", "foyer_notes", "foyer-rural_pad", PROXY):
        layout.instance_dir(name).mkdir(parents=True)
    assert operate.names_of(["foyer"], []) == ["foyer_notes", "foyer_pad"]
    assert operate.names_of(["foyer", "foyer-rural"], ["pad"]) == ["foyer-rural_pad", "foyer_pad"]
    assert operate.names_of(["foyer", "provisioner"], ["foyer_notes"]) == ["foyer_notes"]
