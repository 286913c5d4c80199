"""Rendering: the golden tree of a stack of two services, purity, and names that people really give."""

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from stack_fixture import GOOD, lock_of, small_catalog, stack_of

from provisioner.catalog import load_catalog
from provisioner.errors import InputError
from provisioner.host.converge import fill
from provisioner.host.layout import PORT_TOKEN
from provisioner.host.layout import PROXY as HOST_PROXY
from provisioner.models.stack import Lock
from provisioner.paths import data_dir
from provisioner.render import PROXY, Tree, env_line, render_host
from provisioner.sites import PORT

GOLDEN = Path(__file__).parent / "golden"
NASTY = [
    "L'Étape d'à côté", 'Dites "oui" !', "100 % $olidaire ${HOME} $$", "C:\\asso\\n", "\\", 'fin\\"',
    "# pas un commentaire", "  bords  ", "=", "'simple'", "`whoami` $(id)", "日本 🎉", "a,b;c&d|e>f<g",
    "{domain} {setting.WELCOME}", "-n", "\\$x \\\\$y", "${", "$", "\\'", "a\u00a0b", "\u2028x", "\u0085y", "é" * 200,
]  # fmt: skip


def tree_of(**changes: object) -> Tree:
    catalog = small_catalog()
    return render_host([(stack_of(**changes), lock_of(catalog))], catalog)


def test_render_host_gives_the_golden_tree(golden: Callable[[Path, str], None]) -> None:
    tree = tree_of()
    for name, path in _rendered(tree):
        golden(GOLDEN / name / path.replace(".env", "dot.env"), tree.text(name, path))
    facts = {name: {**about, "files": sorted(about["files"])} for name, about in tree.instances.items()}
    golden(GOLDEN / "instances.json", json.dumps(facts, indent=1, sort_keys=True) + "\n")


def test_golden_tree_has_no_file_too_many() -> None:
    tree = tree_of()
    wanted = {f"{name}/{path}".replace(".env", "dot.env") for name, path in _rendered(tree)}
    there = {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*") if path.is_file()}
    assert there == wanted | {"instances.json"}


def test_render_host_ships_ordinary_files_untouched() -> None:
    tree = tree_of()
    copied = [(name, path) for name in tree.instances for path in _files(tree, name) if _source(name, path).is_file()]
    assert len(copied) == 5
    for name, path in copied:
        assert tree.text(name, path) == _source(name, path).read_text("utf-8")


def _source(name: str, path: str) -> Path:
    """Return where a file that is shipped as it is comes from."""
    templates = data_dir("templates") / "proxy"
    return (templates / Path(path).name) if name == PROXY else GOOD / name.partition("_")[2] / path


def _rendered(tree: Tree) -> list[tuple[str, str]]:
    """Return instance and path of every file that is made here rather than copied."""
    every = [(name, path) for name in tree.instances for path in _files(tree, name)]
    return [(name, path) for name, path in every if not _source(name, path).is_file()]


def _files(tree: Tree, name: str) -> list[str]:
    return list(tree.instances[name]["files"])


def test_render_host_same_input_same_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = tree_of().data()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    monkeypatch.setenv("HTTP_PORT", "1")
    catalog = load_catalog(GOOD)
    stack = stack_of(services={"notes": {"subdomain": "carnet"}, "pad": {"settings": {"WELCOME": "Bienvenue à l'été"}}})
    assert json.dumps(render_host([(stack, lock_of(catalog))], catalog).data()) == json.dumps(first)


def test_render_host_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("rendering must not touch the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert set(tree_of().instances) == {"foyer_notes", "foyer_pad", PROXY}


def test_render_host_holds_no_secret() -> None:
    tree = tree_of()
    paths = {path for name in tree.instances for path in _files(tree, name)}
    assert not any(path.startswith("secrets") for path in paths)
    env = tree.text("foyer_pad", ".env")
    assert "PASS" not in env and "db_password" not in env


def test_render_host_keeps_equal_files_once() -> None:
    catalog, lock = small_catalog(), lock_of(small_catalog())
    other = stack_of(association={"id": "chorale", "name": "Chorale"}, domain="chorale.example")
    one, two = (render_host(stacks, catalog) for stacks in ([(other, lock)], [(other, lock), (stack_of(), lock)]))
    assert two.instances["foyer_pad"]["files"]["compose.yaml"] == one.instances["chorale_pad"]["files"]["compose.yaml"]
    assert two.associations == ["chorale", "foyer"]


def test_render_and_host_program_agree_on_their_words() -> None:
    assert (PORT, PROXY) == (PORT_TOKEN, HOST_PROXY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"association": {"id": "b"}, "services": {"pad": {"subdomain": "carnet"}}}),
        ({"services": {"pad": {}}}, {"association": {"id": "b"}, "services": {"pad": {}}}),
    ],
)
def test_render_host_two_services_under_one_name_are_refused(one: dict[str, object], other: dict[str, object]) -> None:
    lock = lock_of(small_catalog())
    with pytest.raises(InputError, match=r"two services want the name \w+\.foyer\.example") as caught:
        render_host([(stack_of(**one), lock), (stack_of(**other), lock)], small_catalog())
    assert "subdomain" in caught.value.hint


def test_render_host_same_name_under_two_domains_is_fine() -> None:
    lock = lock_of(small_catalog())
    other = stack_of(association={"id": "b"}, domain="b.example")
    assert len(render_host([(stack_of(), lock), (other, lock)], small_catalog()).instances) == 5


def test_render_host_same_association_twice_is_refused() -> None:
    lock = lock_of(small_catalog())
    with pytest.raises(InputError, match="association 'foyer' is given twice"):
        render_host([(stack_of(), lock), (stack_of(domain="b.example"), lock)], small_catalog())


def test_render_host_image_without_lock_is_refused() -> None:
    with pytest.raises(InputError, match=r"the lock file does not say which image 'example/notes:1.2.3' is"):
        render_host([(stack_of(), Lock(lock="1.0", images={}))], small_catalog())


@pytest.mark.parametrize("name", NASTY)
def test_render_host_any_association_name_leaves_other_files_well_formed(name: str) -> None:
    tree = tree_of(association={"name": name})
    assert json.loads(tree.text("foyer_pad", "instance.json"))["variables"]["association"] == name
    assert tree.text("foyer_pad", "route.open.caddy") == tree_of().text("foyer_pad", "route.open.caddy")
    assert tree.text("foyer_pad", "compose.yaml") == tree_of().text("foyer_pad", "compose.yaml")


def test_route_certificates_of_the_lab_and_of_the_web() -> None:
    assert "\ttls internal {\n" in tree_of(certificates="internal").text("foyer_pad", "route.open.caddy")
    assert "\ttls contact@foyer.example {\n" in tree_of().text("foyer_pad", "route.open.caddy")


def test_route_closed_never_reaches_the_service() -> None:
    for language in ("fr", "en"):
        text = tree_of(association={"language": language}).text("foyer_pad", "route.closed.caddy")
        assert "reverse_proxy" not in text and " 503\n" in text


def test_route_quotes_what_the_catalog_says() -> None:
    text = tree_of().text("foyer_pad", "route.open.caddy")
    assert '\tContent-Security-Policy "default-src \'self\'; img-src \\"data:\\""\n' in text
    assert text.count("{") == text.count("}")


@given(port=st.integers(1024, 65535))
def test_port_is_filled_in_where_it_is_needed_and_nowhere_else(port: int) -> None:
    tree = tree_of()
    for path in _files(tree, "foyer_pad"):
        text = fill(path, tree.text("foyer_pad", path), [port, port, port])
        assert PORT not in text, path
        if path in (".env", "route.open.caddy"):
            assert str(port) in text
        else:
            assert text == tree.text("foyer_pad", path)


LETTERS = st.characters(exclude_categories=["Cc", "Cs"])
ONE_LINE = st.text(LETTERS, max_size=30) | st.text("\\\"'$ {}a#=`", max_size=12)


def read_env(line: str) -> str:
    """Read a double-quoted value of .env by the rules of Compose: backslash escapes, $ begins a variable."""
    found = re.fullmatch(r'\w+="((?:[^"\\]|\\.)*)"', line, re.DOTALL)
    assert found, f"not one quoted value: {line!r}"
    assert not re.search(r"(?<!\\)(?:\\\\)*\$", found.group(1)), f"a variable would be filled in: {line!r}"
    return re.sub(r"\\(.)", r"\1", found.group(1))


@given(value=ONE_LINE)
def test_env_line_reads_back_the_same(value: str) -> None:
    assert read_env(env_line("NAME", value)) == value


def _compose() -> bool:
    program = shutil.which("docker")
    return bool(program) and not subprocess.run([program, "compose", "version"], capture_output=True).returncode


@pytest.mark.skipif(not _compose(), reason="no docker compose here")
def test_env_line_is_read_back_the_same_by_compose(tmp_path: Path) -> None:
    drawn: list[str] = [*NASTY, *_drawn()]
    env = "".join(env_line(f"V{number}", value) + "\n" for number, value in enumerate(drawn))
    (tmp_path / ".env").write_text(env_line("COMPOSE_PROJECT_NAME", "x") + "\n" + env, "utf-8")
    wanted = {f"V{number}": f"${{V{number}}}" for number in range(len(drawn))}
    compose = {"services": {"app": {"image": "x:1", "environment": wanted}}}
    (tmp_path / "compose.yaml").write_text(yaml.safe_dump(compose), "utf-8")
    command = ["docker", "compose", "config", "--format", "json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    read = json.loads(done.stdout)["services"]["app"]["environment"]
    # Compose writes a dollar as two, so that what it prints can be read again.
    assert {key: value.replace("$$", "$") for key, value in read.items()} == {
        f"V{number}": value for number, value in enumerate(drawn)
    }


def _drawn() -> list[str]:
    """Return many one-line texts of the characters that quoting goes wrong with, the same in every run."""
    signs = ["\\", '"', "$", "'", "{", "}", "a", "#", " ", "n"]
    return ["".join(signs[(seed // 10**place) % 10] for place in range(3)) for seed in range(0, 1000, 3)]
