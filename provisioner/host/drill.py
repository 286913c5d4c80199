"""Restore for practice: the latest snapshot in a sandbox, read and counted, then torn down; a signed report."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from . import docker, erasures, layout, locks, operate, rebuild, record, settings, switch
from .progress import Progress
from .record import NoSnapshot
from .restic import Trouble
from .sandbox import NotGood

HOST_KEY = Path("/etc/ssh/ssh_host_ed25519_key")
NAMESPACE = "provisioner-drill"
SPARE_MB = 128


def drill(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Restore the latest snapshot of each instance asked for ({association, only, destination}) for practice.

    Return {report: JSON text, signature: text (ssh-keygen -Y), ok}. A failed drill is a result, not an exception.
    """
    association = request["association"]
    names = [name for name in settings.instances(association) if not request.get("only") or name in request["only"]]
    results = [_one(association, name, request.get("destination", ""), progress) for name in names]
    report = {
        "format": 1, "kind": "drill", "association": association, "host": host_name(), "time": int(time.time()),
        "instances": results,
    }  # fmt: skip
    text = json.dumps(report, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    path = _folder(association) / f"{time.strftime('%Y%m%dT%H%M%S')}.json"
    layout.write(path, text)
    signature = sign(path)
    for each in results:
        settings.note(association, "drills", each["instance"], report=path.name)
    return {"report": text, "signature": signature, "ok": bool(results) and all(each["ok"] for each in results)}


def host_name() -> str:
    """Return what this host calls itself."""
    return Path("/etc/hostname").read_text("utf-8").strip()


def _folder(association: str) -> Path:
    return layout.state_root() / "drills" / association


def sign(path: Path, namespace: str = NAMESPACE) -> str:
    """Sign a file with the host's own SSH key and return the signature, kept beside it. "" where there is no key."""
    if not HOST_KEY.is_file():
        return ""
    signature = path.with_name(path.name + ".sig")
    signature.unlink(missing_ok=True)
    docker.run(["ssh-keygen", "-Y", "sign", "-q", "-f", str(HOST_KEY), "-n", namespace, str(path)])
    return signature.read_text("ascii")


def _one(association: str, name: str, source: str, progress: Progress) -> dict[str, Any]:
    """Practise with one instance and note how it went."""
    began = time.time()
    result: dict[str, Any] = {"instance": name, "ok": False, "code": "", "message": "", "destination": source}
    try:
        _memory(name)
        with locks.hold(f"restore-{name}", patience=60):
            switch.finish_if_killed(name, progress)
            where, entry = record.find(association, name, "latest", source or next_source(association, name))
            result |= {"destination": where.name, "snapshot": entry["snapshot"], "version": entry["version"],
                       "rpo_seconds": int(began - entry["time"]), "taken": entry["time"]}  # fmt: skip
            result |= _practise(association, name, where, entry, progress)
    except (NotGood, Trouble) as error:
        result |= {"code": error.code, "message": str(error)}
    except (NoSnapshot, docker.Failed, locks.Busy, OSError) as error:
        result |= {"code": "failed", "message": f"{error} {getattr(error, 'output', '')}".strip()[:500]}
    result["rto_seconds"] = round(time.time() - began, 1)
    kept = {key: result.get(key) for key in ("ok", "message", "rto_seconds", "rpo_seconds", "destination")}
    settings.note(association, "drills", name, time=int(began), **kept)
    progress.say(name, "done" if result["ok"] else "failed", message=result["message"])
    return result


def _practise(association: str, name: str, where: Any, entry: dict[str, Any], progress: Progress) -> dict[str, Any]:
    wanted = rebuild.Wanted(where, entry, name, "", association, erasures.salt_of(association))
    with rebuild.rebuilt(wanted, progress.say, "drill") as (box, verified):
        ready = round(time.monotonic() - box.started, 1)
        volumes = sum(each["files"] for each in entry["volumes"].values())
        dumped = sum(each["bytes"] for each in entry["dumps"].values())
        progress.say(name, "tearing down")
        rebuild.discard(name, box.generation)
    return {"ok": True, **verified, "files": volumes, "dump_bytes": dumped, "ready_seconds": ready}


def next_source(association: str, name: str) -> str:
    """Return the destination that is practised next: not the one of the last time, where there are several."""
    last = settings.state(association)["drills"].get(name, {}).get("destination", "")
    names = [each.name for each in settings.destinations(association)]
    return names[(names.index(last) + 1) % len(names)] if last in names else names[0]


def _memory(name: str) -> None:
    """Raise NotGood unless a second copy of the instance fits into the memory that is free now."""
    rows = Path("/proc/meminfo").read_text("ascii").splitlines()
    free = next(int(row.split()[1]) // 1024 for row in rows if row.startswith("MemAvailable"))
    needed = operate.memory_of(name) + SPARE_MB
    if free < needed:
        raise NotGood("memory", f"{needed} MB of memory are needed, {free} MB are free")
