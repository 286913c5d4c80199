"""What is asked of this host about one person: find, export, erase. Requests and answers are JSON."""

from __future__ import annotations

import contextlib
from typing import Any

from . import backup, docker, erasures, layout, locks, operate, person, probe, settings, switch
from .locks import Busy
from .settings import Unknown

PATIENCE = 1800  # seconds a backup or a purge of the instance may take


def person_find(request: dict[str, Any]) -> dict[str, Any]:
    """Look for {"names": [...]} in the instances of the associations.

    Return {instances: name -> what was found, failed: name -> why it could not be searched, removed: those that were
    removed and whose data still lie here, kept: name -> the states that restores replaced}. Raise TooShort.
    """
    names = operate.names_of(request["associations"], request.get("only", []))
    there = operate.with_probe(names)
    found: dict[str, Any] = {}
    failed: dict[str, str] = {}
    for name in there:
        try:
            found[name] = person.find(name, request["person"]["names"])
        except (docker.Failed, OSError) as error:
            failed[name] = str(error)
    removed = [name for name in names if layout.read_json(layout.state_path(name), {}).get("removed")]
    kept = {name: states for name in there if (states := switch.kept(name))}
    return {"instances": found, "failed": failed, "removed": removed, "kept": kept}


def person_export(request: dict[str, Any]) -> dict[str, Any]:
    """Return {files}: all that an instance has of a subject, as its service prints it."""
    return {"files": person.export(_known(request["instance"]), request["subject"])}


def person_erase(request: dict[str, Any]) -> dict[str, Any]:
    """Erase a person from an instance. Return what person.erase returns, and in `kept` where the ledger was saved.

    The ledger goes into the record of every destination at once: a host that burns tonight is rebuilt without them.
    """
    name = _known(request["instance"])
    association = name.partition("_")[0]
    salt, dry = erasures.salt_of(association), bool(request.get("dry_run"))
    with locks.hold(f"instance-{name}", patience=PATIENCE):  # no backup reads between the ledger and the erasure
        found = person.erase(name, salt, request["person"]["names"], request.get("subjects", []), dry)
    kept: dict[str, bool] = {}
    if not dry and association in settings.associations():
        with contextlib.suppress(Busy, Unknown, OSError):
            records = backup.backup(association, ["-"], lambda *_words, **_more: None, patience=30)["records"]
            kept = {key: bool(each["ok"]) for key, each in records.items()}
    return {**found, "kept": kept}


def _known(name: str) -> str:
    """Return the name of an instance that is here. Raise Unknown: names lead to folders."""
    if name not in {path.name for path in (layout.root() / "instances").iterdir()}:
        raise Unknown(f"no_instance {name}")
    return name


def play(request: dict[str, Any]) -> dict[str, Any]:
    """Run {"steps"} in an instance like those of its probe, with {"values"} beside its own. Return {texts}."""
    name = _known(request["instance"])

    def execute(container: str, command: list[str]) -> str:
        return docker.run(docker.execute(container, command), cwd=layout.instance_dir(name), timeout=600)

    values = {**operate.values_of(name, ""), **request["values"]}
    return {"texts": probe.run_steps(request["steps"], values, operate.site_of(name), execute)}


COMMANDS = {"play": play, "person_find": person_find, "person_export": person_export, "person_erase": person_erase}
