"""Errors of input, as people read them: one case a file in cases/errors, in English and French, and nothing is changed.

In a case, {folder} stands for the folder it runs in, {catalog} for the small catalog of the tests.
"""

import os
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from command_line import run_all
from stack_fixture import GOOD, RECIPIENT

HERE = Path(__file__).parent / "cases" / "errors"
CASES = [path for path in sorted(HERE.glob("*.yaml")) if path.name != "hosts.yaml"]  # that one needs hosts
STACK = f"""\
stack: "1.0"
association: {{id: foyer, name: Foyer, contact: contact@foyer.example}}
domain: foyer.example
certificates: internal
host: {{name: h1, address: 203.0.113.7}}
recipients: [{RECIPIENT}]
services:
  pad: {{}}
"""


class Block(str):
    """A text written as a block of lines."""


yaml.SafeDumper.add_representer(
    Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")
)


@cache
def results(language: str) -> dict[str, tuple[int, str, bool]]:
    """Run all cases in a language: name -> (exit code, error output, whether files changed)."""
    with TemporaryDirectory() as place:
        home = Path(place) / "home"
        home.mkdir()
        lines = [(_prepared(Path(place) / path.stem, path), _words(path)) for path in CASES]
        before = [_files(folder) for folder, _words_ in lines]
        found = run_all(lines, language, home)
        return {
            path.stem: (code, _placed(err, folder), _files(folder) != old)
            for path, (folder, _w), old, (code, _out, err) in zip(CASES, lines, before, found, strict=True)
        }


def load(path: Path) -> dict[str, Any]:
    case: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return case


def _words(path: Path) -> list[str]:
    return [str(word).replace("{catalog}", str(GOOD)) for word in load(path)["run"]]


def _prepared(folder: Path, path: Path) -> Path:
    folder.mkdir()
    for name, text in load(path).get("files", {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        changed = STACK
        for old, new in text.items() if isinstance(text, dict) else ():
            assert changed.count(old) == 1, f"{old!r} stands {changed.count(old)} times in STACK"
            changed = changed.replace(old, new)
        (folder / name).write_text(changed if isinstance(text, dict) else text, "utf-8")
    return folder


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _placed(text: str, folder: Path) -> str:
    text = text.replace(str(folder), "{folder}").replace(str(GOOD), "{catalog}")
    return re.sub(r"/\S*/home\b", "{home}", text)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_error_is_told_as_in_the_case(path: Path, language: str) -> None:
    case = load(path)
    code, err, changed = results(language)[path.stem]
    if os.environ.get("UPDATE_GOLDEN"):
        case[language] = err
        texts = {key: Block(value) if key in ("en", "fr") else value for key, value in case.items()}
        form = {"sort_keys": False, "allow_unicode": True, "width": 110, "default_flow_style": None}
        path.write_text(yaml.safe_dump(texts, **form), "utf-8")
    assert err == case.get(language, "")
    assert code == case.get("exit", 2)
    assert not changed, "an error of input must change nothing"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_error_is_translated_and_has_no_traceback(path: Path) -> None:
    english, french = results("en")[path.stem][1], results("fr")[path.stem][1]
    assert "Traceback" not in english and english.strip()
    assert english.splitlines()[0] != french.splitlines()[0]
    assert len(english.splitlines()) == len(french.splitlines())
