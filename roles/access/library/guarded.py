#!/usr/bin/python
"""New settings of SSH and the firewall on trial: they go back by themselves unless a second login keeps them.

`start` judges the new files, arms the way back (a timer, and a unit at boot), and only then puts them in force. `keep`
is said once somebody really came in anew; `back`, when nobody could. Kill -9 or a reboot at any moment leaves the old
settings or the new ones, and never a host that lets nobody in.
"""

import fcntl
import hashlib
import json
import os
import re
import shlex
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansible.module_utils.basic import AnsibleModule

FOLDER = "/var/lib/provisioner/guard"
JOURNAL, BACK, LOADED, LOCK = (f"{FOLDER}/{name}" for name in ("journal", "back", "loaded", "lock"))
TIMER = "provisioner-guard-back"
UNIT = "provisioner-guard.service"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SSHD, NFT = "/etc/ssh/sshd_config", "/etc/nftables.conf"
TABLE = ["inet", "provisioner"]
FILLED_LATER = re.compile(r"^\tchain (egress|proxied|opened) \{\n.*?^\t\}\n", re.M | re.S)


class Bad(Exception):
    """What is wrong, as a code that the controller has words for, and the program's own last lines."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def read(path: str) -> str | None:
    """Return the text of a file, or None where there is none."""
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read()
    except FileNotFoundError:
        return None


def write(path: str, text: str, mode: int) -> None:
    """Replace a file by one that is safely on disk; it belongs to root."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = f"{path}.provisioner"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.chmod(temporary, mode)
    os.replace(temporary, path)
    handle = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


@contextmanager
def alone() -> Iterator[None]:
    """Keep the way back and another apply out while we look or act. The way back takes the same lock."""
    os.makedirs(FOLDER, mode=0o700, exist_ok=True)
    with open(LOCK, "w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


class Trial:
    """One change of the files that decide who may come in."""

    def __init__(self, module: AnsibleModule) -> None:
        self.module = module
        request = json.loads(module.params["request"] or "{}")
        self.mark = hashlib.sha256(module.params["request"].encode()).hexdigest()
        self.files: dict[str, dict[str, Any]] = request.get("files", {})
        self.user, self.source = request.get("user", "root"), request.get("source", "")
        self.port, self.seconds = int(request.get("port", 22)), int(request.get("seconds", 90))

    def run(self, *command: str) -> tuple[int, str]:
        """Run a program and return how it ended and its last lines."""
        if not shutil.which(command[0], path=PATH):
            return 127, f"{command[0]}: not installed"
        code, output, error = self.module.run_command(list(command), environ_update={"LC_ALL": "C", "PATH": PATH})
        return code, "\n".join((error.strip() or output.strip()).splitlines()[-5:]) if code else output

    def differing(self) -> list[str]:
        """Return what is not as wished: files, the rules in force, the service that loads them at boot."""
        files = [path for path, wished in sorted(self.files.items()) if read(path) != wished["content"]]
        if not files and read(LOADED) != self.in_force():
            files.append("nft")
        enabled = self.run("systemctl", "is-enabled", "nftables.service")[0] == 0
        active = self.run("systemctl", "is-active", "nftables.service")[0] == 0
        return files if enabled and active else [*files, "nftables.service"]

    def in_force(self) -> str:
        """Return a digest of our rules as the kernel has them, without what the host program fills in."""
        code, listed = self.run("nft", "-s", "list", "table", *TABLE)
        rules = FILLED_LATER.sub("", listed) if code == 0 else ""
        return hashlib.sha256(f"{rules}{self.files[NFT]['content']}".encode()).hexdigest()

    def judge(self) -> None:
        """Raise Bad when a new file is not valid, or would let in by key a user who has none."""
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        for path, command in ((SSHD, ("/usr/sbin/sshd", "-t", "-f")), (NFT, ("nft", "-c", "-f"))):
            if path not in self.files:
                continue
            candidate = f"{FOLDER}/candidate"
            write(candidate, self.files[path]["content"], 0o600)
            code, said = self.run(*command, candidate)
            if code:
                raise Bad("invalid", f"{path}: {said}".replace(candidate, path))
            if path == SSHD:
                self.judge_keys(candidate)
            os.unlink(candidate)

    def judge_keys(self, candidate: str) -> None:
        """Raise Bad unless the file lets our user in by key and finds at least one key of theirs."""
        source = self.source or "127.0.0.1"
        who = f"user={self.user},host={source},addr={source},laddr=0.0.0.0,lport={self.port}"
        code, said = self.run("/usr/sbin/sshd", "-T", "-f", candidate, "-C", who)
        effective = dict(line.partition(" ")[::2] for line in said.lower().splitlines()) if code == 0 else {}
        if code or effective.get("pubkeyauthentication") != "yes":
            raise Bad("no_keys", said if code else "PubkeyAuthentication no")
        if effective.get("authorizedkeyscommand", "none") != "none":
            return
        named = next(line for line in said.splitlines() if line.lower().startswith("authorizedkeysfile "))
        if not any(_has_key(path, self.user) for path in named.split()[1:]):
            raise Bad("no_keys", named)

    def arm(self, differing: list[str]) -> None:
        """Keep what is there now, and see that it comes back by itself. The journal says that it must."""
        shutil.rmtree(f"{FOLDER}/old", ignore_errors=True)
        os.makedirs(f"{FOLDER}/old", mode=0o700)
        code, listed = self.run("nft", "list", "table", *TABLE)
        table = f"table {' '.join(TABLE)}\ndelete table {' '.join(TABLE)}\n{listed if code == 0 else ''}"
        write(f"{FOLDER}/old/table.nft", table, 0o600)
        lines = [_restore(number, path) for number, path in enumerate(sorted(self.files))]
        enabled = self.run("systemctl", "is-enabled", "nftables.service")[0] == 0
        write(BACK, _BACK.format(
            folder=FOLDER, timer=TIMER, files="\n".join(lines), table=" ".join(TABLE),
            enabled="" if enabled else "systemctl disable --quiet nftables.service",
            ssh=RELOAD if SSHD in differing else "", loaded=_restore(len(lines), LOADED),
        ), 0o700)  # fmt: skip
        self.must("systemctl", "daemon-reload")
        self.must("systemctl", "enable", "--quiet", UNIT)
        self.disarm()
        after = [f"--on-active={self.seconds}", "--on-unit-inactive=60", "--timer-property=AccuracySec=1s"]  # again
        self.must("systemd-run", "--quiet", f"--unit={TIMER}", *after, "/bin/sh", BACK, "now")
        os.sync()  # the copies: after a power cut the journal must not lead to empty ones
        write(JOURNAL, json.dumps({"request": self.mark, "parts": differing}) + "\n", 0o600)

    def activate(self, differing: list[str]) -> None:
        """Put the new files in force. Connections that are open stay open."""
        for path in differing:
            if path in self.files:
                write(path, self.files[path]["content"], int(self.files[path]["mode"], 8))
        self.must("systemctl", "daemon-reload")  # first: Debian's own way to stop the service flushes all rules
        self.must("systemctl", "enable", "--quiet", "nftables.service")
        self.must("systemctl", "restart", "nftables.service")
        if SSHD in differing:
            self.must("sh", "-c", RELOAD)
            self.wait_for_ssh()

    def wait_for_ssh(self) -> None:
        """Wait until the server of SSH has read its new file and listens again."""
        for _attempt in range(10):
            time.sleep(1)
            if any(f":{self.port:04X} " in (read(f"/proc/net/{name}") or "") for name in ("tcp", "tcp6")):
                return
        raise Bad("not_in_force", f"nothing listens on port {self.port}")

    def must(self, *command: str) -> None:
        code, said = self.run(*command)
        if code:
            raise Bad("not_in_force", f"{' '.join(command[:3])}: {said}")

    def disarm(self) -> None:
        """Take the timer away; one that is not there is no error."""
        self.run("systemctl", "stop", f"{TIMER}.timer")
        self.run("systemctl", "reset-failed", f"{TIMER}.service", f"{TIMER}.timer")

    def go_back(self) -> None:
        """Put the old settings back now. Raise Bad when that does not end well: the timer tries again."""
        code, said = self.run("/bin/sh", BACK, "now")
        if code or os.path.exists(JOURNAL):
            raise Bad("not_back", said)


RELOAD = "if systemctl --quiet is-active ssh.service; then systemctl reload ssh.service; fi"
_BACK = """\
#!/bin/sh
# Written by provisioner: puts back what was there before new settings of SSH and the firewall were tried.
# "now": and puts it in force. "boot": files only, before anything reads them. Without the journal it does nothing.
exec 9>{folder}/lock
flock 9
ended() {{ systemctl stop --no-block {timer}.timer 2>/dev/null || true; }}
[ -e {folder}/journal ] || {{ ended; exit 0; }}
set -e
failed=
{files}
{loaded}
sync
if [ "$1" = now ]; then
    systemctl daemon-reload || true
    nft -f {folder}/old/table.nft || nft delete table {table} || true
    {ssh}
fi
{enabled}
[ -z "$failed" ]
rm -f {folder}/journal
ended
"""


def _restore(number: int, path: str) -> str:
    """Copy a file aside, and return the line that puts it back, or takes away what was not there."""
    there = shlex.quote(path)
    if not os.path.exists(path):
        return f"rm -f {there}"
    first = f"{FOLDER}/first{path}"  # what the host had before we ever touched it, for people
    if not os.path.exists(first):
        os.makedirs(os.path.dirname(first), exist_ok=True)
        shutil.copy2(path, first)
    shutil.copy2(path, f"{FOLDER}/old/{number}")
    return f"cp -p {FOLDER}/old/{number} {there}.provisioner && mv -f {there}.provisioner {there} || failed=yes"


def _has_key(pattern: str, user: str) -> bool:
    """Tell whether a file of authorized keys, as sshd names it, holds a line that is a key."""
    home = os.path.expanduser(f"~{user}")
    path = pattern.replace("%h", home).replace("%u", user).replace("%%", "%")
    text = read(path if path.startswith("/") else os.path.join(home, path)) or ""
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


def start(trial: Trial) -> dict[str, Any]:
    """Judge, arm and put in force. Raise Bad; then the old settings hold."""
    check = trial.module.check_mode
    while True:
        if not check and os.path.exists(JOURNAL):  # an apply was cut off, or another one tries
            trial.go_back()
        differing = trial.differing()
        new = [(path, trial.files[path]["content"]) for path in differing if path in trial.files]
        diff = [{"before_header": p, "after_header": p, "before": read(p) or "", "after": text} for p, text in new]
        answer = {"changed": bool(differing), "parts": differing, "diff": diff, "armed": False}
        if not differing or check:
            return answer
        with alone():
            if os.path.exists(JOURNAL):
                continue  # another apply came first: what it tries is not what we go back to
            trial.judge()
            trial.arm(differing)
            try:
                trial.activate(differing)
                return {**answer, "armed": True}
            except (Bad, OSError) as error:
                bad = error if isinstance(error, Bad) else Bad("not_in_force", str(error))
        trial.go_back()
        raise bad


def keep(trial: Trial) -> dict[str, Any]:
    """Keep the new settings. Raise Bad when the time was over, or another apply tries its own: ours are gone then."""
    with alone():
        if json.loads(read(JOURNAL) or "{}").get("request") != trial.mark:
            raise Bad("too_late")
        write(LOADED, trial.in_force(), 0o600)
        os.unlink(JOURNAL)
    trial.disarm()
    return {"changed": False}


def back(trial: Trial) -> dict[str, Any]:
    """Go back, because nobody could sign in a second time. Always raises Bad."""
    trial.go_back()
    raise Bad("no_second_login", trial.module.params["reason"])


def main() -> None:
    """Do one of the three steps; a failure carries a code that the controller has words for."""
    specification = {
        "state": {"type": "str", "choices": ["start", "keep", "back"], "required": True},
        **{key: {"type": "str", "default": ""} for key in ("request", "reason")},
    }
    module = AnsibleModule(argument_spec=specification, supports_check_mode=True)
    trial = Trial(module)
    try:
        module.exit_json(**{"start": start, "keep": keep, "back": back}[module.params["state"]](trial))
    except Bad as bad:
        module.fail_json(msg=f"{bad.code}: {bad.detail}", guard=bad.code, detail=bad.detail, user=trial.user)


if __name__ == "__main__":
    main()
