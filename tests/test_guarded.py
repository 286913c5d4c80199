"""The way back from new settings of SSH and the firewall, tried with the real script in a folder of its own."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from provisioner.paths import data_dir

OLD, NEW = "Port 22\n", "Port 2222\n"


class Fake:
    """What AnsibleModule gives to a trial: programs that are noted and end well, or badly when named so."""

    def __init__(self, request: str) -> None:
        self.params, self.check_mode = {"request": request, "reason": "why"}, False
        self.ran: list[str] = []
        self.failing: tuple[str, ...] = ()

    def run_command(self, command: list[str], **_more: Any) -> tuple[int, str, str]:
        line = " ".join(command)
        self.ran.append(line)
        if command[0] == "/bin/sh" and command[-1] == "now":
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            return done.returncode, done.stdout, done.stderr
        bad = any(line.startswith(each) for each in self.failing)
        return (1, "", "it says no") if bad else (0, "", "")


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module with every path of it under a folder of this test."""
    path = data_dir("roles") / "access" / "library" / "guarded.py"
    spec = importlib.util.spec_from_file_location("guarded", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path / "guard"
    folder.mkdir()
    for name in ("JOURNAL", "BACK", "LOADED", "LOCK"):
        setattr(module, name, str(folder / name.lower()))
    module.FOLDER, module.NFT = str(folder), str(tmp_path / "nftables.conf")  # type: ignore[attr-defined]
    module.SSHD = str(tmp_path / "sshd_config")  # type: ignore[attr-defined]
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("systemctl", "nft"):
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {tmp_path}/did\n')
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr(module.shutil, "which", lambda *_a, **_k: "there")
    monkeypatch.setattr(module.Trial, "judge", lambda _self: None)
    monkeypatch.setattr(module.Trial, "wait_for_ssh", lambda _self: None)
    return module


def trial(guarded: ModuleType, content: str = NEW) -> Any:
    import json

    files = {path: {"content": content, "mode": "0644"} for path in (guarded.NFT, guarded.SSHD)}
    return guarded.Trial(Fake(json.dumps({"files": files})))


def test_new_settings_are_in_force_and_armed_until_they_are_kept(guarded: ModuleType) -> None:
    Path(guarded.SSHD).write_text(OLD)
    found = trial(guarded)
    assert guarded.start(found)["armed"] and Path(guarded.JOURNAL).exists()
    ran = found.module.ran
    armed = next(number for number, line in enumerate(ran) if line.startswith("systemd-run"))
    assert armed < ran.index("systemctl restart nftables.service"), "the way back is there before anything changes"
    assert guarded.keep(found) == {"changed": False} and not Path(guarded.JOURNAL).exists()
    again = trial(guarded)
    assert guarded.start(again) == {"changed": False, "parts": [], "diff": [], "armed": False}


def test_way_back_restores_what_was_there_and_takes_away_what_was_not(guarded: ModuleType) -> None:
    Path(guarded.SSHD).write_text(OLD)
    found = trial(guarded)
    guarded.start(found)
    with pytest.raises(guarded.Bad, match="no_second_login") as bad:
        guarded.back(found)
    assert bad.value.detail == "why"
    assert Path(guarded.SSHD).read_text() == OLD and not Path(guarded.NFT).exists()
    assert not Path(guarded.JOURNAL).exists()
    with pytest.raises(guarded.Bad, match="too_late"):
        guarded.keep(found)


def test_script_does_nothing_without_its_journal_and_only_files_at_boot(guarded: ModuleType, tmp_path: Path) -> None:
    Path(guarded.SSHD).write_text(OLD)
    guarded.start(trial(guarded))
    subprocess.run(["/bin/sh", guarded.BACK, "boot"], check=True)
    assert Path(guarded.SSHD).read_text() == OLD
    assert "reload" not in (tmp_path / "did").read_text() and "nft" not in (tmp_path / "did").read_text().split()
    Path(guarded.SSHD).write_text(NEW)
    subprocess.run(["/bin/sh", guarded.BACK, "now"], check=True)
    assert Path(guarded.SSHD).read_text() == NEW


@pytest.mark.parametrize("failing", ["systemctl restart nftables", "systemctl daemon-reload", "sh -c"])
def test_what_does_not_come_into_force_goes_back_at_once(guarded: ModuleType, failing: str) -> None:
    Path(guarded.SSHD).write_text(OLD)
    found = trial(guarded)
    found.module.failing = (failing,)
    with pytest.raises(guarded.Bad, match="not_in_force"):
        guarded.start(found)
    assert Path(guarded.SSHD).read_text() == OLD and not Path(guarded.JOURNAL).exists()


def test_apply_that_was_cut_off_is_undone_before_the_next_begins(guarded: ModuleType) -> None:
    Path(guarded.SSHD).write_text(OLD)
    guarded.start(trial(guarded))
    second = trial(guarded)
    assert guarded.start(second)["parts"] and Path(f"{guarded.FOLDER}/old/1").read_text() == OLD


def test_way_back_that_cannot_write_stays_owed(guarded: ModuleType, tmp_path: Path) -> None:
    Path(guarded.SSHD).write_text(OLD)
    guarded.start(trial(guarded))
    full = tmp_path / "bin" / "cp"
    full.write_text("#!/bin/sh\necho 'No space left on device' >&2\nexit 1\n")
    full.chmod(0o755)
    found = trial(guarded)
    with pytest.raises(guarded.Bad, match="not_back"):
        guarded.back(found)
    assert Path(guarded.JOURNAL).exists() and Path(guarded.SSHD).read_text() == NEW
    assert "nft -f" in (tmp_path / "did").read_text(), "what can go back goes back"
    full.unlink()
    subprocess.run(["/bin/sh", guarded.BACK, "boot"], check=True)
    assert Path(guarded.SSHD).read_text() == OLD and not Path(guarded.JOURNAL).exists()


def test_copies_are_on_disk_before_the_journal_leads_to_them(
    guarded: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(guarded.SSHD).write_text(OLD)
    seen = []
    monkeypatch.setattr(guarded.os, "sync", lambda: seen.append((len(trial_copies()), Path(guarded.JOURNAL).exists())))

    def trial_copies() -> list[Path]:
        return list(Path(f"{guarded.FOLDER}/old").iterdir())

    guarded.start(trial(guarded))
    assert seen == [(2, False)], "the table and sshd_config"


def test_settings_that_another_apply_tries_are_not_kept_by_our_login(guarded: ModuleType) -> None:
    Path(guarded.SSHD).write_text(OLD)
    ours = trial(guarded)
    guarded.start(ours)
    theirs = trial(guarded, "Port 2223\n")
    assert guarded.start(theirs)["armed"]
    with pytest.raises(guarded.Bad, match="too_late"):
        guarded.keep(ours)
    assert Path(guarded.JOURNAL).exists() and guarded.keep(theirs) == {"changed": False}


def test_way_back_never_leads_to_what_another_apply_only_tries(
    guarded: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(guarded.SSHD).write_text(OLD)
    ours, theirs, looked = trial(guarded), trial(guarded, "Port 2223\n"), []
    look = guarded.Trial.differing

    def differing(self: Any) -> Any:
        looked.append(self)
        if looked == [ours]:
            guarded.start(theirs)  # between our look and our lock
        return look(self)

    monkeypatch.setattr(guarded.Trial, "differing", differing)
    guarded.start(ours)
    with pytest.raises(guarded.Bad, match="no_second_login"):
        guarded.back(ours)
    assert Path(guarded.SSHD).read_text() == OLD


def test_rules_filled_in_later_are_no_difference(guarded: ModuleType) -> None:
    listed = "table inet provisioner {\n\tchain input {\n\t\taccept\n\t}\n\n\tchain egress {\n{}\t}\n}\n"
    one, other = (guarded.FILLED_LATER.sub("", listed.replace("{}", rows)) for rows in ("", "\t\tx { a }\n\t\ty\n"))
    assert one == other and "input" in one and "egress" not in one
