"""The host program's HTTPS client and its probes against a real TLS site."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tls_site import DOMAIN, Handler, serve

from provisioner.host import observe, probe
from provisioner.host.fill import fill_any, fill_text
from provisioner.host.https import Site, perform


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[type[Handler], int, Path]]:
    with serve(tmp_path_factory.mktemp("tls")) as found:
        yield found


@pytest.fixture
def site(served: tuple[type[Handler], int, Path]) -> Site:
    handler, port, pem = served
    handler.notes.clear()
    handler.asked.clear()
    return Site(DOMAIN, port=port, authority=str(pem), timeout=5)


def never(container: str, command: list[str]) -> str:
    raise AssertionError("nothing is to be executed")


# HTTPS


def test_send_refuses_a_certificate_of_an_unknown_authority(site: Site) -> None:
    site.authority = ""
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        site.send("GET", "/home", {})


def test_send_refuses_a_certificate_of_another_name(site: Site) -> None:
    site.domain = "other.foyer.example"
    with pytest.raises(OSError, match="Hostname mismatch"):
        site.send("GET", "/home", {})


def test_send_asks_for_the_name_and_tells_who_asks(site: Site, served: tuple[type[Handler], int, Path]) -> None:
    site.send("GET", "/note/l'été?x=a b", {})
    _method, path, headers, _body = served[0].asked[0]
    assert (headers["Host"], headers["User-Agent"]) == (DOMAIN, "provisioner-probe")
    assert path == "/note/l'%C3%A9t%C3%A9?x=a%20b"


def test_cookies_are_kept_and_forgotten(site: Site) -> None:
    site.cookies = {"signed": "in", "session": "s1"}
    site.send("GET", "/logout", {})
    assert site.cookies == {"session": "s1"}
    site.send("GET", "/login", {})
    assert site.cookies == {"session": "s1"}


def test_perform_basic_form_json_and_body(site: Site) -> None:
    assert perform(site, {"request": "GET /private", "basic": "admin:pass:word"}) == (200, "inside")
    assert perform(site, {"request": "GET /private", "basic": "admin:wrong"}) == (401, "inside")
    wanted = f"application/x-www-form-urlencoded {DOMAIN} /echo a=1+2&b=%C3%A9"
    assert perform(site, {"request": "POST /echo", "form": {"a": "1 2", "b": "é"}}) == (200, wanted)
    wanted = f'application/json {DOMAIN} /echo {{"a": [1]}}'
    assert perform(site, {"request": "PUT /echo", "json": {"a": [1]}}) == (200, wanted)
    given = {"request": "PUT /echo", "body": "été", "headers": {"Content-Type": "text/calendar"}}
    assert perform(site, given) == (200, f"text/calendar {DOMAIN} /echo été")


def test_perform_follows_redirects_on_the_same_name_only(site: Site) -> None:
    assert perform(site, {"request": "GET /moved", "basic": "admin:pass:word"}) == (200, "inside")
    assert perform(site, {"request": "GET /away"})[0] == 302
    assert perform(site, {"request": "GET /round"})[0] == 302


def test_perform_stops_at_a_redirect_that_is_expected(site: Site) -> None:
    assert perform(site, {"request": "GET /moved", "expect": [301]}) == (301, "")


# Probes


def test_run_steps_signs_in_with_captured_token_and_cookies(site: Site) -> None:
    steps: list[dict[str, Any]] = [
        {"request": "GET /login", "capture": {"token": 'value="([^"]*)"'}},
        {"request": "POST /login", "form": {"token": "{token}", "name": "{admin}"}},
        {"request": "GET /home", "contains": "welcome"},
    ]
    values = {"admin": "admin"}
    assert probe.run_steps(steps, values, site, never)[1:] == ["welcome", "welcome"]
    assert values["token"] == 'a&b"c', "HTML's escapes are undone"


def test_probe_write_then_read_gives_the_marker_back(site: Site) -> None:
    recipe = {
        "write": [{"request": "PUT /note/1", "body": "text {marker}", "expect": [201]}],
        "read": [{"request": "GET /login"}, {"request": "GET /note/1"}],
    }
    probe.write(recipe, {"marker": "probe1"}, site, never)
    probe.read(recipe, {"marker": "probe1"}, site, never)
    with pytest.raises(probe.ProbeFailed, match=r"^what was written \(probe2\) cannot be read back$"):
        probe.read(recipe, {"marker": "probe2"}, site, never)


def test_probe_may_read_with_a_command(site: Site) -> None:
    asked = []

    def execute(container: str, command: list[str]) -> str:
        asked.append((container, command))
        return "it says probe1"

    recipe = {"read": [{"in": "app", "run": ["show", "{setting.X}", "{unknown}", "{marker}"]}]}
    probe.read(recipe, {"marker": "probe1", "setting.X": "y"}, site, execute)
    assert asked == [("app", ["show", "y", "{unknown}", "probe1"])]


FAILING: list[tuple[dict[str, Any], str]] = [
    ({"request": "GET /nothing"}, "step 1, GET /nothing: answered 404, wanted [200]: Nothing here"),
    ({"request": "GET /private", "expect": [204]}, "step 1, GET /private: answered 401, wanted [204]: inside"),
    ({"request": "GET /note/x", "contains": "{marker}"}, "step 1, GET /note/x: the answer lacks '{marker}'"),
    ({"request": "GET /note/x", "capture": {"id": "id=(.)"}}, "step 1, GET /note/x: nothing matches 'id=(.)' for id"),
]


@pytest.mark.parametrize(("step", "message"), FAILING, ids=[message for _step, message in FAILING])
def test_run_steps_failing_tells_step_answer_and_wish(site: Site, step: dict[str, Any], message: str) -> None:
    with pytest.raises(probe.ProbeFailed) as caught:
        probe.run_steps([step], {"marker": "probe1"}, site, never)
    assert str(caught.value) == message


def test_run_steps_without_an_answer_names_the_site(site: Site) -> None:
    site.port = 1
    with pytest.raises(probe.ProbeFailed, match=f"step 1, GET /: no answer from {DOMAIN}: .*refused"):
        probe.run_steps([{"request": "GET /"}], {}, site, never)


def test_failure_never_shows_a_secret(site: Site) -> None:
    step = {"request": "GET /private", "basic": "a:{secret.password}", "contains": "{secret.password}", "expect": [401]}
    with pytest.raises(probe.ProbeFailed) as caught:
        probe.run_steps([step], {"secret.password": "hunter2"}, site, never)
    assert "hunter2" not in str(caught.value)


def test_fill_replaces_known_names_only() -> None:
    values = {"marker": "m", "secret.db": "s", "setting.A": "{marker}"}
    assert fill_text("{marker} {secret.db} {setting.A} {other} ${HOME} {{marker}} {}", values) == (
        "m s {marker} {other} ${HOME} {m} {}"
    )
    assert fill_any({"a": ["{marker}", 1, None], "{marker}": True}, values) == {"a": ["m", 1, None], "{marker}": True}


def test_observe_tells_what_listens(served: tuple[type[Handler], int, Path]) -> None:
    assert served[1] in observe.observe()["listening"]
