"""The command line: --help of every command as a snapshot (cases/cli), JSON that parses, a start that stays light."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from command_line import run_all
from stack_fixture import GOOD

from provisioner.cli import COMMANDS, main, root
from provisioner.errors import InputError

CASES = Path(__file__).parent / "cases" / "cli"
HEAVY = ("pydantic", "rich", "ansible", "ansible_runner", "docker", "paramiko", "highspy", "numpy", "jinja2", "pyrage")
PROFILE = Path(__file__).parent.parent / "examples" / "profiles" / "demo-association.yaml"


def paths(group: click.Group, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the words of every command under a group, the groups themselves included."""
    found = [before]
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        found += paths(command, (*before, name)) if isinstance(command, click.Group) else [(*before, name)]
    return found


EVERY = paths(root)
LEAVES = [path for path in EVERY if not any(other[: len(path)] == path and other != path for other in EVERY)]


@cache
def helps(language: str) -> dict[tuple[str, ...], tuple[int, str, str]]:
    """Return what --help shows for every command."""
    lines = [(GOOD, [*path, "--help"]) for path in EVERY]
    return dict(zip(EVERY, run_all(lines, language, GOOD), strict=True))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", EVERY, ids=[" ".join(path) or "provisioner" for path in EVERY])
def test_help_is_as_in_the_snapshot(path: tuple[str, ...], language: str, golden: Callable[[Path, str], None]) -> None:
    code, out, err = helps(language)[path]
    assert (code, err) == (0, "")
    file = CASES / f"{'-'.join(path) or 'provisioner'}.{language}.txt"
    # Where lines break is Click's affair and differs between its versions: only the words are compared.
    same = not os.environ.get("UPDATE_GOLDEN") and file.is_file() and file.read_text("utf-8").split() == out.split()
    if not same:
        golden(file, out)


def test_snapshots_have_no_file_too_many() -> None:
    wanted = {f"{'-'.join(path) or 'provisioner'}.{language}.txt" for path in EVERY for language in ("en", "fr")}
    assert {file.name for file in CASES.glob("*.txt")} == wanted


@pytest.mark.parametrize("path", LEAVES, ids=[" ".join(path) for path in LEAVES])
def test_every_command_says_what_it_does_and_gives_an_example(path: tuple[str, ...]) -> None:
    for language, word in (("en", "Example"), ("fr", "Exemple")):
        text = helps(language)[path][1]
        example = text.partition(word)[2].partition("Options")[0]
        assert f"provisioner {' '.join(path)}" in example, f"no example in: provisioner {' '.join(path)} --help"


@pytest.mark.parametrize("path", EVERY, ids=[" ".join(path) or "provisioner" for path in EVERY])
def test_help_is_translated(path: tuple[str, ...]) -> None:
    english, french = helps("en")[path][1], helps("fr")[path][1]
    own = {line.strip() for line in english.splitlines() if line.startswith("  ") and not line.startswith("   ")}
    plain = {line for line in own if len(line.split()) > 3 and not line.startswith(("provisioner", "-"))}
    assert not plain & {line.strip() for line in french.splitlines()}


@pytest.mark.parametrize(("cause", "said"), [(None, "Stopped at a question"), (KeyboardInterrupt(), "goes on there")])
def test_stop_says_whether_a_host_may_go_on(
    cause: BaseException | None, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(**_given: object) -> None:
        raise click.Abort from cause

    monkeypatch.setattr("provisioner.cli.root.main", stopped)
    with pytest.raises(SystemExit) as left:
        main(["--lang", "en", "needs"])
    assert left.value.code == 130 and said in capsys.readouterr().err


def test_root_lists_every_command_with_its_own_words() -> None:
    shown = helps("en")[()][1]
    assert [name for name in COMMANDS if f"  {name} " not in shown] == []


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from provisioner.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stderr.strip(), "Usage: provisioner" in done.stdout) == ("[]", True)


def test_module_and_program_are_the_same() -> None:
    command = [sys.executable, "-m", "provisioner", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("provisioner, version ")


JSON = [
    ["catalog", "list", "--json", "--catalog", str(GOOD)],
    ["catalog", "show", "pad", "--json", "--catalog", str(GOOD)],
    ["catalog", "check", "--json", "--catalog", str(GOOD)],
    ["catalog", "schema", "stack"],
    ["catalog", "schema", "service"],
    ["match", str(PROFILE), "--json", "--images", "registry"],
]


@cache
def outputs(language: str) -> list[tuple[int, str, str]]:
    return run_all([(GOOD, arguments) for arguments in JSON], language, GOOD)


@pytest.mark.parametrize("number", range(len(JSON)), ids=[" ".join(each[:2]) for each in JSON])
def test_json_parses_and_has_no_language(number: int) -> None:
    code, out, err = outputs("en")[number]
    assert code == 0, err
    assert json.loads(out)
    assert outputs("fr")[number][1] == out, "a script reads the same in every language"


def test_catalog_list_is_a_table_for_people() -> None:
    code, out, _err = run_all([(GOOD, ["catalog", "list", "--catalog", str(GOOD)])], "en", GOOD)[0]
    assert code == 0 and "Apache-2.0 OR MIT" in out and out.splitlines()[-1] == "Next: provisioner catalog show NAME"


@pytest.mark.parametrize(("answer", "gone"), [
    ("oui", True), ("O", True), ("yes", True), ("peut-être\ny", True), ("", False), ("n", False), ("non", False),
])  # fmt: skip
def test_questions_take_yes_in_either_language(monkeypatch: pytest.MonkeyPatch, answer: str, gone: bool) -> None:
    removed: list[str | None] = []

    def down(name: str | None) -> list[str]:
        removed.append(name)
        return ["lab1"]

    monkeypatch.setattr("provisioner.lab.down", down)
    done = CliRunner().invoke(root, ["lab", "down", "--host", "lab1"], input=f"{answer}\n")
    assert bool(removed) is gone and (isinstance(done.exception, InputError) is not gone), done.output


def test_no_command_asks_in_english_letters_only() -> None:
    folder = Path(__file__).parent.parent / "provisioner" / "cli"
    assert not [path.name for path in folder.glob("*.py") if "click.confirm(" in path.read_text("utf-8")]
