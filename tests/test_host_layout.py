"""The host program's memory of an instance is changed by several processes at once: none undoes another's change."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from provisioner.host import layout, settings

STATE = "from provisioner.host.layout import update_state as do; word = {who!r}"
BACKUP = "from provisioner.host.settings import note; do = lambda name, **v: note(name, 'instances', {who!r}, **v)"
MANY = "\nfor number in range(200): do('asso_pads', **{{f'{who}{{number % 20}}': number}})"


@pytest.mark.parametrize("line", [STATE, BACKUP], ids=["state", "backup"])
def test_no_change_is_lost(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVISIONER_STATE", str(tmp_path))
    whos = ["left", "right", "third"]
    codes = [(line + MANY).format(who=who) for who in whos]
    running = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for code in codes]
    assert [process.communicate()[1] for process in running] == ["", "", ""]
    if line is BACKUP:
        noted = settings.state("asso_pads")["instances"]
        found = {key: value for who in whos for key, value in noted[who].items()}
    else:
        found = json.loads(layout.state_path("asso_pads").read_text())
    assert found == {f"{who}{number % 20}": number for who in whos for number in range(180, 200)}
