"""restic's command lines and answers. Logins and keys travel in the environment and in files, never in arguments."""

from __future__ import annotations

import json
import re
import shlex
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from . import docker, layout

TAG = "provisioner"
LOCK_PATIENCE, LOCK_REST = 1200, 5  # seconds
QUICK = 60  # seconds: restic 0.18 tries for a quarter of an hour to reach a server that does not answer
LENGTH = 64  # of an identifier
NO_REPOSITORY, LOCKED, WRONG_KEY, PARTLY = 10, 11, 12, 3
# restic 0.14 (Debian 12) ends with 1 whatever happened: its words tell. The first that fits counts: 0.14 asks "Is there
# a repository" of servers that do not answer too, and a cut connection ends in "unexpected EOF" like a cut file.
WORDS = tuple(
    (word, re.compile(signs, re.IGNORECASE))
    for word, signs in (
        ("wrong_key", "wrong password or no key found|resolving password failed|an empty password is not"),
        ("no_repository", r"unable to open config file: stat /.*: no such file or directory|<config/> does not exist"
                          "|lstat.*: file does not exist|the specified (key|bucket) does not exist"),
        ("locked", "repository is already locked"),
        ("full", "no space left on device|disk quota exceeded|insufficient storage|storage quota|over quota"),
        ("unreachable", "connection (refused|reset|closed|timed out)|no such host|i/o timeout|no route to host"
                        "|could not resolve hostname|network is unreachable|host key verification|subprocess ssh"
                        "|start the sftp session|context deadline exceeded|x509:|tls:|https client|broken pipe"
                        "|permission denied|access denied|forbidden|unauthorized|response \\(40[13]\\)"
                        "|no credentials|access key id|request signature"),
        ("damaged", "ciphertext verification failed|invalid data returned|does not match id|hash mismatch"
                    "|pack .*(missing|contains|size|damaged|not)|file is too short|unexpected eof"
                    "|load(ing)? index|not found in (index|repository)|repository contains errors|invalid repository"
                    "|unmarshal|invalid character|unexpected end of json|no such file or directory"),
    )
)  # fmt: skip
STACK = re.compile(r"^\S+\n\t\S+:\d+$\n?", re.MULTILINE)
RETRY = re.compile(r"^\w+\(\S+\) returned error, retrying after \S+: ")


class Trouble(Exception):
    """What restic could not do: `code` is one of the words above, "partly" or "failed"; `output` its last lines."""

    def __init__(self, code: str, output: str) -> None:
        super().__init__(f"{code}: {output.splitlines()[-1] if output else 'restic gave no reason'}")
        self.code = code
        self.output = output


@dataclass(frozen=True)
class Destination:
    """One repository of an association: what is public of it, and the folder that holds its key and login."""

    association: str
    about: dict[str, Any]
    secrets: Path

    @property
    def name(self) -> str:
        """Its short name."""
        return str(self.about["name"])

    @property
    def kind(self) -> str:
        """Its protocol: path, sftp, rest or s3."""
        head = str(self.about["url"]).partition(":")[0]
        return head if head in ("sftp", "rest", "s3") else "path"

    def secret(self, kind: str) -> str:
        """Return one of its secrets (key, user, password, ssh), or an empty text."""
        path = self.secrets / f"{kind}_{self.name}"
        return path.read_text("utf-8") if path.is_file() else ""

    @property
    def url(self) -> str:
        """The repository with its login inside, as restic wants it: a secret."""
        url, user = str(self.about["url"]), self.secret("user")
        if self.kind != "rest" or not user:
            return url
        scheme, _, rest = url.removeprefix("rest:").partition("://")
        return f"rest:{scheme}://{quote(user, safe='')}:{quote(self.secret('password'), safe='')}@{rest}"


def environment(destination: Destination, source: Destination | None = None) -> dict[str, str]:
    """Return what restic reads from its environment; with `source`, of the repository it copies from too."""
    result = {
        "RESTIC_REPOSITORY": destination.url,
        "RESTIC_PASSWORD_FILE": str(destination.secrets / f"key_{destination.name}"),
        "RESTIC_CACHE_DIR": str(layout.state_root() / "cache" / "restic"),
        "RESTIC_PROGRESS_FPS": "0.01",
    }
    if source:
        result["RESTIC_FROM_REPOSITORY"] = source.url
        result["RESTIC_FROM_PASSWORD_FILE"] = str(source.secrets / f"key_{source.name}")
    for each in (destination, source):
        if each and each.kind == "s3":
            result["AWS_ACCESS_KEY_ID"] = each.secret("user")
            result["AWS_SECRET_ACCESS_KEY"] = each.secret("password")
    return result


def command(destination: Destination, *arguments: str, source: Destination | None = None) -> list[str]:
    """Return a restic command for a destination: its certificate, ssh key and speed limit are options.

    It dies with the program: what a killed one goes on reading or writing would cross the next run.
    """
    options: list[str] = []
    for each in (destination, source):
        if each and each.kind == "sftp":
            options += ["--option", f"sftp.command={shlex.join(_ssh(each))}"]
        if each and each.about.get("certificate"):
            options += ["--cacert", str(_placed(each, "authority.pem", each.about["certificate"]))]
    if destination.about.get("upload_kib"):
        options += ["--limit-upload", str(destination.about["upload_kib"])]
    return ["setpriv", "--pdeathsig", "KILL", "restic", *options, *arguments]


def _ssh(destination: Destination) -> list[str]:
    """Return the ssh command to an sftp destination: our key only, its host key pinned."""
    place, _, _path = str(destination.about["url"]).removeprefix("sftp:").partition(":")
    host = place.rpartition("@")[2]
    port = int(destination.about.get("port") or 22)
    pinned = host if port == 22 else f"[{host}]:{port}"
    known = _placed(destination, "known_hosts", f"{pinned} {destination.about['host_key']}\n")
    key = _placed(destination, "ssh", destination.secret("ssh"))
    options = {
        "UserKnownHostsFile": str(known), "StrictHostKeyChecking": "yes", "BatchMode": "yes", "IdentitiesOnly": "yes",
        "IdentityFile": str(key), "ServerAliveInterval": "30", "ConnectTimeout": "20",
    }  # fmt: skip
    words = [word for item in options.items() for word in ("-o", "=".join(item))]
    return ["ssh", *words, "-p", str(port), place, "-s", "sftp"]


def _placed(destination: Destination, name: str, text: str) -> Path:
    """Write what ssh or restic want to read as a file of their own, for root alone, and return its path."""
    path = layout.state_root() / "access" / f"{destination.association}.{destination.name}.{name}"
    if not path.is_file() or path.read_text("utf-8") != text:
        layout.write(path, text, 0o600)
    return path


def run(
    destination: Destination,
    *arguments: str,
    source: Destination | None = None,
    inside: Callable[[list[str]], list[str]] | None = None,
    timeout: float = 86400,
) -> str:
    """Run restic and return what it printed. Raise Trouble. `inside` wraps the command (a mount namespace).

    A repository that a check or a pruning holds is waited for; a lock whose owner is dead is taken away.
    """
    deadline = time.monotonic() + min(timeout, LOCK_PATIENCE)
    while True:
        try:
            return _once(destination, arguments, source, inside, timeout)
        except Trouble as trouble:
            if trouble.code != "locked" or arguments[0] == "unlock" or time.monotonic() > deadline:
                raise
            with suppress(Trouble):
                unlock(destination)
            time.sleep(LOCK_REST)


def _once(
    destination: Destination,
    arguments: tuple[str, ...],
    source: Destination | None,
    inside: Callable[[list[str]], list[str]] | None,
    timeout: float,
) -> str:
    line = command(destination, *arguments, source=source)
    (layout.state_root() / "cache" / "restic").mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return docker.run(
            inside(line) if inside else line, env=environment(destination, source), timeout=timeout, last=60
        )
    except docker.Failed as failed:
        raise Trouble(*explain(failed.code, failed.output, str(failed))) from failed


def explain(code: int, output: str, message: str = "") -> tuple[str, str]:
    """Given restic's exit code and last words, return (what is wrong in one word, its words without JSON)."""
    lines = [_plain(line) for line in STACK.sub("", output).splitlines()]
    text = "\n".join(lines[-15:]) or message
    known = {PARTLY: "partly", NO_REPOSITORY: "no_repository", LOCKED: "locked", WRONG_KEY: "wrong_key"}
    if code in known:
        return known[code], text
    otherwise = "unreachable" if code == docker.OUT_OF_TIME else "failed"
    return next((word for word, signs in WORDS if signs.search("\n".join(lines))), otherwise), text


def _plain(line: str) -> str:
    """Return a line of restic's JSON as a sentence; any other line without what it says of trying again."""
    try:
        data = json.loads(line)
        inner = data.get("error") or {}
        return str(data.get("message") or f"{data.get('item', '')} {inner.get('message') or inner}".strip())
    except (ValueError, AttributeError):
        return RETRY.sub("", line)


def reach(destination: Destination) -> None:
    """Open the repository, without a lock. Raise Trouble: a server that does not answer is given up soon."""
    run(destination, "cat", "config", "--no-lock", "--quiet", timeout=QUICK)


def exists(destination: Destination) -> bool:
    """Tell whether the repository is there and opens. Raise Trouble for anything but its absence."""
    try:
        reach(destination)
    except Trouble as trouble:
        if trouble.code == "no_repository":
            return False
        raise
    return True


def create(destination: Destination, like: Destination | None = None) -> None:
    """Make the repository; `like` another one, so that copies share what they hold."""
    extra = ["--copy-chunker-params"] if like else []
    run(destination, "init", "--quiet", *extra, source=like)


def unlock(destination: Destination) -> None:
    """Remove locks whose owner is gone (a killed run); those of living ones stay."""
    run(destination, "unlock", "--quiet")


def summary(output: str) -> dict[str, Any]:
    """Given what `backup --json` printed, return {snapshot, bytes, files, added}."""
    rows = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    found = next((row for row in reversed(rows) if row.get("message_type") == "summary"), None)
    if not found or not found.get("snapshot_id"):
        raise Trouble("failed", "restic ended without a summary")
    return {
        "snapshot": found["snapshot_id"], "bytes": found["total_bytes_processed"],
        "files": found["total_files_processed"], "added": found["data_added"],
    }  # fmt: skip


def snapshots(destination: Destination, host: str = "") -> list[dict[str, Any]]:
    """Return the snapshots of one host name (an instance), or all, oldest first."""
    chosen = ["--host", host] if host else []
    found = json.loads(run(destination, "snapshots", "--json", "--quiet", *chosen) or "[]") or []
    return sorted(found, key=lambda item: str(item["time"]))


def whole(destination: Destination, host: str, result: dict[str, Any]) -> dict[str, Any]:
    """Return a summary with the snapshot's whole identifier: restic 0.14 tells the first eight letters only."""
    if len(result["snapshot"]) >= LENGTH:
        return result
    found = [each["id"] for each in snapshots(destination, host) if each["id"].startswith(result["snapshot"])]
    if len(found) != 1:
        raise Trouble("failed", f"the snapshot {result['snapshot']} is not there")
    return {**result, "snapshot": found[0]}
