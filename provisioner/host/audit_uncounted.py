"""An audit knocks at SSH as somebody does who looks for a way in: while it runs, who asked for it is not counted.

Else an operator who audits a host three times in ten minutes shuts himself out of it.
"""

from __future__ import annotations

import os
import re
import time
import uuid
from pathlib import Path
from typing import Any

from . import docker

JAIL = "sshd"
LONGEST = "1h"  # who is killed in the middle is counted again after that, by a timer of systemd
UNIT = "provisioner-audit-uncounted"
SETTLING = 3.0
PARENT = re.compile(r"^PPid:\s+([0-9]+)", re.MULTILINE)


def begin(_request: dict[str, Any]) -> dict[str, Any]:
    """Stop counting the failures of whoever is signed in and asks. Return {address, timer}; "" when none was added.

    Nothing is added where fail2ban does not run, or where that address is free already: then it is not ours to end.
    """
    address, timer = caller(os.getpid()), f"{UNIT}-{uuid.uuid4().hex[:8]}.timer"
    later = ["systemd-run", "--quiet", "--collect", f"--unit={timer}", f"--on-active={LONGEST}"]
    try:
        if not address or address in docker.run(["fail2ban-client", "get", JAIL, "ignoreip"]).split():
            return {"address": ""}
        docker.run([*later, *_rule("delignoreip", address)])
        docker.run(_rule("addignoreip", address))
    except docker.Failed:
        return {"address": ""}
    return {"address": address, "timer": timer}


def end(request: dict[str, Any]) -> dict[str, Any]:
    """Count the failures of {address} again, once fail2ban has read of those of before; {timer} has nothing to do."""
    time.sleep(SETTLING)
    docker.run(_rule("delignoreip", str(request["address"])))
    docker.run(["systemctl", "stop", str(request["timer"])])
    return {"address": ""}


def _rule(word: str, address: str) -> list[str]:
    return ["fail2ban-client", "set", JAIL, word, address]


def caller(pid: int, proc: Path = Path("/proc")) -> str:
    """Return the address from which the session of a process was opened (sshd tells it), "" where none was."""
    while pid > 1:
        try:
            environment = (proc / str(pid) / "environ").read_bytes().decode("utf-8", "replace")
            status = (proc / str(pid) / "status").read_text("utf-8", "replace")
        except OSError:
            return ""
        for row in environment.split("\0"):
            name, _equals, value = row.partition("=")
            if name == "SSH_CONNECTION" and value:
                return value.split()[0].partition("%")[0]
        found = PARENT.search(status)
        pid = int(found[1]) if found else 0
    return ""
