"""What every test may rely on: English messages, a plain environment, golden files that can be rewritten."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hosts_in_groups import ByHosts
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from provisioner.i18n import choose_language

LOCALE = Path(__file__).parent.parent / "provisioner" / "locale"


def compile_messages() -> None:
    """Compile translations that are newer than what was compiled when the package was installed."""
    for text in LOCALE.rglob("*.po"):
        compiled = text.with_suffix(".mo")
        if compiled.is_file() and compiled.stat().st_mtime >= text.stat().st_mtime:
            continue
        temporary = text.with_suffix(f".{os.getpid()}.tmp")
        with text.open("rb") as source, temporary.open("wb") as target:
            write_mo(target, read_po(source))
        temporary.replace(compiled)


@pytest.hookimpl(optionalhook=True)  # -p no:xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Share files between workers by the hosts they use, where `--dist loadfile` asks for whole files."""
    return ByHosts(config, log) if config.getvalue("dist") == "loadfile" else None


compile_messages()
settings.register_profile("quick", deadline=None)
settings.load_profile("quick")


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test starts in English, whatever the machine speaks and whatever the test before has chosen."""
    monkeypatch.setenv("PROVISIONER_LANG", "en")
    choose_language("en")
    yield
    choose_language("en")


@pytest.fixture
def golden() -> Callable[[Path, str], None]:
    """Compare a text with a golden file; with UPDATE_GOLDEN=1 in the environment, rewrite the file instead."""

    def compare(path: Path, text: str) -> None:
        if os.environ.get("UPDATE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        wanted = path.read_text("utf-8") if path.is_file() else ""
        assert text == wanted, f"{path.name} differs; if the change is wanted: UPDATE_GOLDEN=1 pytest {path.parent}"

    return compare
