"""The host program's commands. Input and output are JSON, so that Ansible, timers and people call the same thing."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from typing import Any

from . import (
    act,
    audit,
    converge,
    docker,
    evidence,
    health,
    layout,
    operate,
    people,
    people_asked,
    person,
    record,
    restic,
    retention,
    rotate,
    rotating,
    saving,
    settings,
    switch,
)
from . import probe as probe_steps
from . import purge as purges
from .forms import TooShort
from .leftovers import take_over
from .locks import Busy, hold
from .observe import observe
from .packages import packages
from .progress import Progress, follow, forget_old_runs, run_file


def main() -> int:
    """Read a request as JSON from standard input, answer as JSON on standard output."""
    parser = argparse.ArgumentParser(prog="provisioner-host", description=__doc__)
    parser.add_argument("command", choices=sorted(COMMANDS))
    command = parser.parse_args().command
    if "INVOCATION_ID" not in os.environ:  # by a person or Ansible, whose umask is that of their account
        os.umask(0o022)
    request = {} if sys.stdin.isatty() else json.loads(sys.stdin.read() or "{}")
    try:
        answer = COMMANDS[command](request)
    except OSError as error:
        print(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr)
        return 1
    except (
        docker.Failed,
        purges.Refused,
        Busy,
        settings.Unknown,
        restic.Trouble,
        record.NoSnapshot,
        person.NotKnown,
        probe_steps.ProbeFailed,
        TooShort,
    ) as error:
        print(str(error) or type(error).__name__, getattr(error, "output", ""), file=sys.stderr)
        return 1
    if answer is not None:
        print(json.dumps(answer))
    return 0


def plan(request: dict[str, Any]) -> dict[str, Any]:
    """Decide and tell; change nothing. Files that would change come with their old and new text."""
    desired, changes, refused = _decide(request)
    for change in changes:
        change["before"] = {path: _text(change["instance"], path) for path in change["files"]}
    return {"changes": changes, "refused": refused, "blobs_used": len(desired["blobs"])}


def start(request: dict[str, Any]) -> dict[str, Any]:
    """Decide, write the files, and let a process of its own act: it goes on when the connection is lost."""
    try:
        return _start(request)
    except Busy:
        return {"changes": [], "refused": [{"code": "busy"}], "run": "", "pid": 0}


def _start(request: dict[str, Any]) -> dict[str, Any]:
    with hold(patience=20):
        purges.finish_killed()
        switch.finish_all(Progress("finishing"))
        rotate.finish_all(Progress("finishing"))
        desired, changes, refused = _decide(request)
        todo = [change for change in changes if change["action"] not in converge.IDLE]
        _let_go(changes)
        if refused or not todo:
            return {"changes": changes, "refused": refused, "run": "", "pid": 0}
        given = {slot: port for change in changes for slot, port in change["ports"].items()}
        ports = {**observe_ports(), **given}
        layout.write_json(layout.state_root() / "ports.json", ports)
        act.write_files(desired, request.get("secrets", {}), todo)
        run = f"{int(time.time())}-{os.getpid()}"
        forget_old_runs()
        return {"changes": changes, "refused": [], "run": run, "pid": _detach(run, desired, todo)}


def _let_go(changes: list[converge.Change]) -> None:
    """An instance that a restore holds at its version is free again once that version is the one that is wished."""
    for change in changes:
        if change["action"] == "none" and layout.read_json(layout.state_path(change["instance"]), {}).get("held"):
            layout.update_state(change["instance"], held=None)


def observe_ports() -> dict[str, int]:
    """Return the ports given out so far."""
    found: dict[str, int] = layout.read_json(layout.state_root() / "ports.json", {})
    return found


def work(request: dict[str, Any]) -> dict[str, Any]:
    """Act on what `start` decided. Holds the lock to the end, so that two applies never mix."""
    progress = Progress(request["run"])
    with hold():
        take_over()
        report = act.act(request["desired"], request["changes"], progress)
    _audit(request, report)
    progress.end(report)
    return report


def wait(request: dict[str, Any]) -> dict[str, Any]:
    """Wait for what a run tells next; what was told before is remembered here, so each call gives only what is new."""
    told = run_file(request["run"]).with_suffix(".told")
    answer = follow(request["run"], layout.read_json(told, 0), request.get("timeout", 4), request["pid"])
    layout.write_json(told, answer["seen"])
    return answer


def probe(request: dict[str, Any]) -> dict[str, Any]:
    """Write and read a marker in each instance asked for."""
    names = operate.with_probe(operate.names_of(request["associations"], request.get("only", [])))
    markers, write = request.get("markers", {}), request.get("write", True)
    instead = request.get("instead", {})  # instance -> secret -> another value
    return {
        "instances": {
            name: operate.probe_instance(name, markers.get(name, ""), write, instead.get(name)) for name in names
        }
    }


def status(request: dict[str, Any]) -> dict[str, Any]:
    """Tell how each instance is, and how old its last good backup, check and drill are."""
    backups = {each: _backups(each) for each in request["associations"] if each in settings.associations()}
    return {**operate.status(request["associations"], request.get("only", [])), "backups": backups}


def _backups(association: str) -> dict[str, Any]:
    known = settings.instances(association)
    state = {**settings.state(association), "purges": {name: retention.noted(name) for name in known}}
    return health.summary(settings.settings(association), state, time.time(), known)


def purge(request: dict[str, Any]) -> dict[str, Any]:
    """Take a removed instance away for good. Answer {purged} or {refused: why}."""
    with hold(patience=20):
        take_over()
        try:
            purges.purge(request["instance"])
        except purges.Refused as refused:
            return {"refused": str(refused)}
        line = {"instance": request["instance"], "outcome": "purged"}
        _note(line)
        return {"purged": request["instance"]}


def archive(request: dict[str, Any]) -> None:
    """Write everything that a removed instance has to standard output, as tar."""
    with hold(patience=20):
        purges.archive(request["instance"])


def logs(request: dict[str, Any]) -> dict[str, Any]:
    """Return the last log lines of one instance."""
    return {"logs": operate.last_lines(request["instance"], request.get("container", ""), request.get("lines", 50))}


COMMANDS = {
    "plan": plan, "start": start, "work": work, "wait": wait, "probe": probe, "status": status, "logs": logs,
    "purge": purge, "archive": archive, "packages": packages, **saving.COMMANDS, **rotating.COMMANDS, **audit.COMMANDS,
    **people.COMMANDS, **people_asked.COMMANDS, **evidence.COMMANDS, **retention.COMMANDS,
}  # fmt: skip


def _decide(request: dict[str, Any]) -> tuple[dict[str, Any], list[converge.Change], list[dict[str, Any]]]:
    desired = request["desired"]
    for name, values in request.get("secrets", {}).items():
        desired["instances"][name]["secrets"] = {key: layout.digest(value) for key, value in values.items()}
    observed = observe()
    changes = converge.decide(desired, observed)
    refused = converge.refusals(desired, observed, changes)
    return desired, changes, [*refused, *converge.foreign_secrets(desired, observed, request.get("steady", {}))]


def _text(instance: str, path: str) -> str:
    file = layout.instance_dir(instance) / path
    return file.read_text("utf-8", "replace") if file.is_file() else ""


def _detach(run: str, desired: dict[str, Any], changes: list[converge.Change]) -> int:
    """Start the acting process in its own session, fed by a pipe; return its process id."""
    Progress(run)
    log = (layout.state_root() / "last-run.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, sys.argv[0], "work"], stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
    )
    assert process.stdin
    slim = {**desired, "blobs": {}}
    process.stdin.write(json.dumps({"run": run, "desired": slim, "changes": changes}).encode())
    process.stdin.close()
    return process.pid


def _audit(request: dict[str, Any], report: dict[str, Any]) -> None:
    """Add one line to the audit log: when, what, how it ended."""
    outcome = {name: ("ok" if item["ok"] else item["message"]) for name, item in report["instances"].items()}
    _note({"run": request["run"], "outcome": outcome})


def _note(line: dict[str, Any]) -> None:
    """Add a line to the audit log, with the time."""
    line = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **line}
    with (layout.state_root() / "audit.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    sys.exit(main())
