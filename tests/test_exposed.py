"""Where secrets can be seen: told by name and place, also while files and containers come and go."""

from pathlib import Path
from typing import Any

import pytest

from provisioner.host import docker, exposed

WORD = "a-secret-of-24-letters-xx"


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an instance with a secret, and a folder that everybody may read."""
    monkeypatch.setenv("PROVISIONER_ROOT", str(tmp_path / "srv"))
    secret = tmp_path / "srv" / "instances" / "asso_notes" / "secrets" / "db_password"
    secret.parent.mkdir(parents=True)
    secret.write_text(WORD)
    secret.parent.chmod(0o700)
    seen = tmp_path / "seen"
    seen.mkdir(mode=0o755)
    monkeypatch.setattr(exposed, "READABLE", (str(seen),))
    monkeypatch.setattr(exposed, "_processes", lambda *_words: None)
    monkeypatch.setattr(docker, "run", lambda *_words, **_more: "")
    return seen


def test_a_file_that_others_may_read_is_told_without_its_value(host: Path) -> None:
    for name, mode in (("open", 0o644), ("closed", 0o600)):
        (host / name).write_text(f"password={WORD}")
        (host / name).chmod(mode)
    found = exposed.look({})
    assert found == {"instances": {"asso_notes": {"db_password": {"files": [str(host / "open")]}}}}


@pytest.mark.parametrize("gone", ["a", "folder"])
def test_what_goes_away_while_we_look_is_passed_over(host: Path, monkeypatch: pytest.MonkeyPatch, gone: str) -> None:
    for name in ("a", "b"):
        (host / name).write_text(WORD)
    (host / "folder").mkdir()
    walk = exposed.os.walk

    def walked(top: str) -> Any:
        for row in walk(top):
            if (host / gone).is_dir():
                (host / gone).rmdir()
            else:
                (host / gone).unlink(missing_ok=True)
            yield row
        yield str(host / "folder"), [], ["c"]

    monkeypatch.setattr(exposed.os, "walk", walked)
    places = exposed.look({})["instances"]["asso_notes"]["db_password"]["files"]
    assert str(host / "b") in places and str(host / "folder") not in places
