"""Who has a way in: accounts of the services and of this host, SSH keys; and how one person's ways in are closed."""

from __future__ import annotations

import base64
import grp
import hashlib
import pwd
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import backup, docker, layout, locks, operate, recipes

KEY = re.compile(r"(?:^|\s)((?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+) ([A-Za-z0-9+/=]{40,})[ \t]*(.*)$")
ADMINISTRATORS = ("sudo", "wheel", "admin", "docker", "adm")
ANSWERS = ("changed", "unchanged", "unknown")
ENDED = (137, 143)  # what a program says whose container was ended
NO_SHELL = ("nologin", "false", "sync")
TIMEOUT, PATIENCE = 300, 900


def accounts(request: dict[str, Any]) -> dict[str, Any]:
    """List people of the instances: {associations, only?}. Answer instance -> {subjects, counts, message}."""
    names = operate.names_of(request["associations"], request.get("only", []))
    there = [name for name in names if not layout.read_json(layout.state_path(name), {}).get("removed")]
    return {"instances": {name: _accounts(name) for name in there}}


def _accounts(name: str) -> dict[str, Any]:
    recipe = recipes.whole(name)
    found: dict[str, Any] = {"subjects": [], "counts": {}, "message": "", "listed": False}
    try:
        listing = recipe.get("gdpr", {}).get("subjects")
        if listing:
            lines = recipes.run(name, listing, TIMEOUT).splitlines()
            found |= {"subjects": sorted({line.strip() for line in lines if line.strip()}), "listed": True}
        found["counts"] = backup.counts(name, recipe.get("backup") or {})
    except (docker.Failed, OSError, KeyError) as error:
        found["message"] = f"{error} {getattr(error, 'output', '')}".strip()[:300]
    return found


def leave(request: dict[str, Any]) -> dict[str, Any]:
    """Close one person's ways into an instance: {instance, subject}. What they wrote stays.

    Answer {done, changed, message}. Each command prints changed, unchanged or unknown as its last line.
    """
    name, subject = request["instance"], request["subject"]
    commands = recipes.gdpr_of(name).get("leave", [])
    if not commands:
        return {"done": False, "changed": False, "message": "no_leave"}
    if not subject or subject.startswith("-") or any(ord(letter) < 32 for letter in subject):
        return {"done": False, "changed": False, "message": "bad_subject"}
    said = []
    try:
        with locks.hold(f"instance-{name}", patience=PATIENCE):
            for command in commands:
                lines = _patiently(name, command, subject).strip().splitlines()
                said.append(lines[-1].strip() if lines else "")
    except locks.Busy as error:
        return {"done": False, "changed": False, "message": str(error)}
    except docker.Failed as error:
        reason = (error.output.strip().splitlines() or [str(error)])[-1]
        return {"done": False, "changed": "changed" in said, "message": reason[:300]}
    word = next((each for each in ANSWERS if each in said), "unknown")
    return {"done": word != "unknown", "changed": word == "changed", "message": word}


def _patiently(name: str, command: dict[str, Any], subject: str) -> str:
    """Run a command that may be repeated; again where the container goes down under it and comes back."""
    for pause in (5, 10, 20):
        try:
            return recipes.run(name, command, TIMEOUT, subject=subject)
        except docker.Failed as error:
            if error.code not in ENDED and not any(word in error.output for word in ("not running", "restarting")):
                raise
            time.sleep(pause)
    return recipes.run(name, command, TIMEOUT, subject=subject)


def keys(_request: dict[str, Any]) -> dict[str, Any]:
    """List who may enter this host: {}. Answer {users: [{name, shell, locked, groups}], keys: [{user, ...}]}."""
    people = [each for each in pwd.getpwall() if each.pw_shell.rpartition("/")[2] not in NO_SHELL]  # none is sh
    groups = {each.gr_name: each.gr_mem for each in grp.getgrall()}
    users = [
        {
            "name": each.pw_name, "full_name": each.pw_gecos.partition(",")[0], "shell": each.pw_shell,
            "groups": sorted(name for name in ADMINISTRATORS if each.pw_name in groups.get(name, [])),
            "closed": _closed(each.pw_name),
        }
        for each in people
    ]  # fmt: skip
    found = [key for each in pwd.getpwall() for path in key_files(each.pw_dir) for key in _keys(each.pw_name, path)]
    return {"users": users, "keys": found}


def key_files(home: str) -> list[Path]:
    """Return the files of keys that let people into a home."""
    places = [Path(home) / ".ssh" / name for name in ("authorized_keys", "authorized_keys2")]
    return [path for path in places if path.is_file()]


def _keys(user: str, path: Path) -> list[dict[str, str]]:
    return [
        each | {"user": user, "file": str(path)}
        for each in map(read_key, path.read_text("utf-8", "replace").splitlines())
        if each
    ]


def read_key(line: str) -> dict[str, str]:
    """Given a line of authorized_keys, return its type, fingerprint and comment; empty where it holds no key. Pure."""
    found = KEY.search(line) if line.strip() and not line.lstrip().startswith("#") else None
    if not found:
        return {}
    try:
        raw = base64.b64decode(found[2], validate=True)
    except ValueError:
        return {}
    digest = base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")
    return {"type": found[1], "fingerprint": f"SHA256:{digest}", "comment": found[3].strip()}


def without(text: str, fingerprints: list[str]) -> str:
    """Return the text of an authorized_keys file without some keys. Pure."""
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if read_key(line).get("fingerprint", "") not in fingerprints)


def keys_remove(request: dict[str, Any]) -> dict[str, Any]:
    """Take keys out: {fingerprints, users, keep: fingerprints that must stay, as: who we are}. Answer what was done.

    A file keeps its last key, root and the account we came by stay open: {removed, closed, kept: [{what, why}]}.
    """
    wanted = [each for each in request.get("fingerprints", []) if each not in request["keep"]]
    kept = [{"what": each, "why": "ours"} for each in request.get("fingerprints", []) if each in request["keep"]]
    removed: list[dict[str, str]] = []
    for person in pwd.getpwall():
        for path in key_files(person.pw_dir):
            mine = [key for key in _keys(person.pw_name, path) if key["fingerprint"] in wanted]
            left = without(path.read_text("utf-8", "replace"), wanted)
            if mine and not any(map(read_key, left.splitlines())) and person.pw_name in ("root", request["as"]):
                kept += [{"what": each["fingerprint"], "why": "last"} for each in mine]
            elif mine:
                _rewrite(path, left)
                removed += mine
    closed = []
    for name in request.get("users", []):
        if name in ("root", request["as"]):
            kept.append({"what": name, "why": "ours"})
        elif not _closed(name):
            _close(name)
            closed.append(name)
    return {"removed": removed, "closed": closed, "kept": kept}


def _rewrite(path: Path, text: str) -> None:
    """Write a file anew, with the owner and mode it had."""
    before = path.stat()
    layout.write(path, text, before.st_mode & 0o777)
    docker.run(["chown", f"{before.st_uid}:{before.st_gid}", str(path)])


def _closed(name: str) -> bool:
    """Tell whether an account of this host has expired: by password, by key or otherwise, nobody enters by it."""
    try:
        rows = Path("/etc/shadow").read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    fields = next((row.split(":") for row in rows if row.startswith(f"{name}:")), [])
    return len(fields) > 7 and fields[7] == "1"


def _close(name: str) -> None:
    """Lock an account of this host, end its rights and what it runs. Its files stay."""
    docker.run(["usermod", "--lock", "--expiredate", "1970-01-02", name])
    for group in grp.getgrall():
        if group.gr_name in ADMINISTRATORS and name in group.gr_mem:
            docker.run(["gpasswd", "--delete", name, group.gr_name])
    with suppress(docker.Failed):  # nobody of that name is signed in
        docker.run(["loginctl", "terminate-user", name])


COMMANDS = {"accounts": accounts, "leave": leave, "keys": keys, "keys_remove": keys_remove}
