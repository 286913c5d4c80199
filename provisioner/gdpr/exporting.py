"""Make the dossier of a person: search, export from every service, write. What fails keeps the case open."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.errors import ProvisionerError
from provisioner.gdpr.ask import Ask, ask_host, export, find, service_of
from provisioner.gdpr.casefiles import Cases
from provisioner.gdpr.cases import all_names
from provisioner.gdpr.dossier import Collected, build, kept_of
from provisioner.gdpr.dossier_write import last, write_dossier
from provisioner.gdpr.erasing import note, remember
from provisioner.i18n import _
from provisioner.models.dossier import Dossier
from provisioner.models.request import Request


def make(
    cases: Cases, case: Request, bundles: list[Bundle], catalog: Catalog, ask: Ask, say: Callable[[str, str], None],
    today: date,
) -> tuple[Dossier, Path]:  # fmt: skip
    """Search every service, export what it has of the person, write the dossier. Return it and its folder.

    Services that gave no answer stand in `missing`; what an earlier run of the case got from them stays. Raise OSError.
    """
    folder = cases.path(case.id)
    before = last(folder)
    search = find(bundles, all_names(case.person, case.names), ask)
    remember(cases, case.id, search)
    collected = Collected(search)
    for instance, found in search.found.items():
        entry = catalog.services.get(service_of(instance))
        try:
            if found["subjects"] and entry and entry.service.gdpr.export:
                bundle = search.bundles[instance]
                got = {each: export(bundle, instance, each, ask) for each in found["subjects"]}
                collected.files[instance] = got
        except ProvisionerError as error:
            collected.failed[instance] = error.message
            note(cases, case.id, instance, error=error.message)
            continue
        note(cases, case.id, instance, exported=datetime.now(UTC))
        say(instance, _("searched"))
    for part in kept_of(before, collected):
        say(part.instance, _("not searched this time: what was found on {day} stays").format(day=part.searched))
    dossier, files = build(case, collected, catalog, bundles, today, before)
    return dossier, write_dossier(folder, files, today)


__all__ = ["ask_host", "make"]
