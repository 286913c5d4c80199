"""Erase a person from one service after the other; the case file knows at once what is done. Killed: run it again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from provisioner.catalog import Catalog
from provisioner.errors import ProvisionerError
from provisioner.gdpr.ask import Ask, Search, erase, service_of
from provisioner.gdpr.casefiles import Cases
from provisioner.gdpr.cases import all_names
from provisioner.gdpr.erasure import Planned, Trace, split
from provisioner.models.request import Request, Searched

Say = Callable[[str, str], None]


@dataclass
class Outcome:
    """What came of it: instance -> who was erased, what is left, what failed; destinations that lack the ledger."""

    erased: dict[str, list[str]] = field(default_factory=dict)
    left: dict[str, list[Trace]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    unsaved: list[str] = field(default_factory=list)


def note(cases: Cases, case: str, instance: str, **values: Any) -> Request:
    """Write values of one instance into the case file."""

    def change(old: Request) -> Request:
        before = old.services.get(instance) or Searched(service=service_of(instance))
        return old.model_copy(update={"services": {**old.services, instance: before.model_copy(update=values)}})

    return cases.change(case, change)


def remember(cases: Cases, case: str, search: Search) -> None:
    """Write into the case file what was found where, and what could not be searched."""
    now = datetime.now(UTC)
    for name, found in search.found.items():
        values = {key: found[key] for key in ("service", "adapter", "traces")}
        known = cases.read(case).services.get(name)
        unfinished = known.subjects if known and known.begun and not known.erased else []
        subjects = sorted({*found["subjects"], *unfinished})
        host = search.bundles[name].stack.host.name
        note(cases, case, name, **values, subjects=subjects, host=host, found=now, error="")
    for name, why in search.missing.items():
        note(cases, case, name, host=search.bundles[name].stack.host.name, error=why)


def run(
    cases: Cases, case: Request, planned: list[Planned], search: Search, catalog: Catalog, ask: Ask, say: Say
) -> Outcome:
    """Erase a person wherever the plan says so, one service after the other. What fails is told, the rest goes on."""
    done, names = Outcome(), all_names(case.person, case.names)
    for each in planned:
        if each.todo == "by-hand":
            done.left[each.instance] = each.traces
        if each.todo not in ("erase", "note"):
            continue
        say(each.instance, "begin")
        note(cases, case.id, each.instance, begun=datetime.now(UTC), subjects=each.subjects, erased=None)
        try:
            answer = erase(search.bundles[each.instance], each.instance, each.subjects, names, ask)
        except ProvisionerError as error:
            note(cases, case.id, each.instance, error=error.message)
            done.failed[each.instance] = error.message
            say(each.instance, "failed")
            continue
        entry = catalog.services.get(service_of(each.instance))
        left, _explained = split(answer["left"], entry.service.gdpr.stays if entry else [])
        note(cases, case.id, each.instance, erased=datetime.now(UTC), left=answer["left"], error="")
        done.erased[each.instance] = list(answer["erased"])
        if left:
            done.left[each.instance] = left
        done.unsaved += [f"{each.instance}: {key}" for key, ok in answer.get("kept", {}).items() if not ok]
        say(each.instance, "done")
    return done
