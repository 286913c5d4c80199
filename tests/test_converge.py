"""The one comparison of wished and real state, as data: cases/converge/*.yaml, written as cases/README.md says."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from provisioner.host import converge
from provisioner.host.layout import PORT_TOKEN, PROXY, digest

CASES = sorted((Path(__file__).parent / "cases" / "converge").glob("*.yaml"))
FILES = {
    "compose.yaml": "services: {app: {}}",
    ".env": f'HTTP_PORT="{PORT_TOKEN}"',
    "route.open.caddy": f"open {PORT_TOKEN}",
    "route.closed.caddy": "closed",
    "files/start.sh": "exec app",
}


def wished_of(case: dict[str, Any]) -> dict[str, Any]:
    """Return the wished state of a case: texts become blobs, what a case leaves out is as in FILES."""
    desired: dict[str, Any] = {"associations": ["foyer"], "blobs": {}, "instances": {}, **case.get("wished", {})}
    desired["instances"] = {
        name: {"files": FILES, "containers": ["app"], "disk_mb": 100, "secrets": {"db": "s3cret"}, **(given or {})}
        for name, given in desired["instances"].items()
    }
    for wished in desired["instances"].values():
        desired["blobs"] |= {digest(text): text for text in wished["files"].values()}
        wished["files"] = {path: digest(text) for path, text in wished["files"].items()}
        wished["secrets"] = {name: digest(value) for name, value in wished["secrets"].items()}
    return desired


def converged(desired: dict[str, Any], ports: dict[str, int]) -> dict[str, dict[str, Any]]:
    """Return the instances of a host that is all as wished."""
    found = {}
    for name, wished in desired["instances"].items():
        mine = [ports.get(slot, 0) for slot in converge.slots_of(name, wished)]
        files = converge.expected_files(wished, desired["blobs"], mine)
        found[name] = {
            "files": files,
            "secrets": dict(wished["secrets"]),
            "state": {"settled": converge.settled_digest(files, wished["secrets"]), "opened": True},
            "containers": {each: {"state": "running", "health": "healthy"} for each in wished["containers"]},
            "route": files.get("route.open.caddy", ""),
        }
    return found


def real_of(case: dict[str, Any], desired: dict[str, Any]) -> dict[str, Any]:
    """Return the real state of a case: `as_wished` names what is converged, `instances` says what differs (null: gone).

    Texts of files and secrets become digests.
    """
    given_ = case.get("real", {})
    real = {"ports": {}, "listening": [], "disk_free_mb": 50000, **given_, "instances": {}}
    settled = converged(desired, real["ports"])
    for name in given_.get("as_wished", []):
        real["instances"][name] = settled[name]
    for name, differs in given_.get("instances", {}).items():
        empty = {"files": {}, "secrets": {}, "state": {}, "containers": {}, "route": ""}
        real["instances"][name] = _merge(real["instances"].get(name, empty), _digested(differs or {}))
    return real


def _digested(differs: dict[str, Any]) -> dict[str, Any]:
    texts = {key: differs[key] for key in ("files", "secrets") if key in differs}
    digests = {k: {path: text and digest(text) for path, text in rows.items()} for k, rows in texts.items()}
    return {**differs, **digests}


def _merge(base: Any, over: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    merged = {key: _merge(base.get(key), value) for key, value in over.items()}
    return {key: value for key, value in {**base, **merged}.items() if value is not None}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_decide_gives_the_changes_of_the_case(path: Path) -> None:
    case = yaml.safe_load(path.read_text("utf-8"))
    desired = wished_of(case)
    real = real_of(case, desired)
    before = copy.deepcopy((desired, real))
    changes = converge.decide(desired, real)
    told = [{key: value for key, value in change.items() if value not in ("", [], {})} for change in changes]
    assert told == case["expect"]
    assert converge.refusals(desired, real, changes) == case.get("refused", [])
    assert (desired, real) == before, "deciding must not change what it is given"


def test_cases_name_every_action() -> None:
    expected = [change for path in CASES for change in yaml.safe_load(path.read_text("utf-8"))["expect"]]
    wanted = {"create", "update", "start", "resume", "remove", "orphan", "held", "none"}
    assert {change["action"] for change in expected} == wanted


NAMES = st.sets(st.from_regex(r"[a-c]{1,2}_[a-d]{1,2}", fullmatch=True), max_size=12)
PORTS = st.sets(st.integers(19998, 20012), max_size=8)


@given(old=NAMES, new=NAMES, listening=PORTS)
def test_allocate_is_stable_unique_and_free(old: set[str], new: set[str], listening: set[int]) -> None:
    first = converge.allocate(old, {}, listening)
    second = converge.allocate(new, first, {*listening, *first.values()})
    assert set(second) == old | new
    assert {name: second[name] for name in old} == first
    assert len(set(second.values())) == len(second)
    assert not set(second.values()) & listening
    assert converge.allocate(new, second, listening) == second


def test_allocate_gives_the_proxy_no_port() -> None:
    assert converge.allocate([PROXY, "a_b"], {}, [20000]) == {"a_b": 20001}


@given(names=NAMES, data=st.data())
def test_decide_after_converging_changes_nothing(names: set[str], data: st.DataObject) -> None:
    texts = st.dictionaries(st.sampled_from([*FILES, "files/more"]), st.text(max_size=5) | st.just(PORT_TOKEN))
    instances = {name: {"files": {**FILES, **data.draw(texts)}} for name in names}
    desired = wished_of({"wished": {"instances": instances}})
    ports = converge.allocate(names, {}, [])
    real = real_of({"real": {"ports": ports, "as_wished": list(names)}}, desired)
    assert {change["action"] for change in converge.decide(desired, real)} <= {"none"}
    assert [change["instance"] for change in converge.decide(desired, real)] == sorted(names)


@given(names=NAMES, others=NAMES)
def test_decide_never_touches_other_associations(names: set[str], others: set[str]) -> None:
    desired = wished_of({"wished": {"associations": ["a"], "remove": True, "instances": {}}})
    there = {name: {"files": {"compose.yaml": "x"}} for name in names | others | {PROXY}}
    changes = converge.decide(desired, real_of({"real": {"instances": there}}, desired))
    assert sorted(change["instance"] for change in changes) == sorted(n for n in there if n.startswith("a_"))
    assert all(change["action"] == "remove" for change in changes)


def test_settled_digest_tells_a_file_from_a_secret() -> None:
    assert converge.settled_digest({"a": "1"}, {}) != converge.settled_digest({}, {"a": "1"})
