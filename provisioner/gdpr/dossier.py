"""The dossier of a person: what was found and exported, as files with an index in both languages. Pure."""

import hashlib
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.documents.page import filled
from provisioner.errors import ProvisionerError
from provisioner.gdpr.ask import Search, service_of
from provisioner.gdpr.cases import all_names
from provisioner.gdpr.dossier_info import controller_of, other_sheets, sheets_of
from provisioner.gdpr.durations import copies
from provisioner.gdpr.words import LANGUAGES, date_text, joined, plain, say, tell
from provisioner.i18n import _
from provisioner.models.base import Text
from provisioner.models.dossier import Dossier, DossierFile, NotSearched, Part, Place
from provisioner.models.request import Request

INDEX = "index.json"
PAGES = {f"index.{language}.html": language for language in LANGUAGES}


@dataclass
class Collected:
    """All that a run brought together: the search, and instance -> subject -> file name -> content."""

    search: Search
    files: dict[str, dict[str, dict[str, bytes]]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


@dataclass
class Before:
    """The last dossier of a case: parts, files of those that are whole, what is not, and what people added by hand."""

    parts: dict[str, Part] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    damaged: dict[str, list[str]] = field(default_factory=dict)
    added: dict[str, bytes] = field(default_factory=dict)


def paths_of(instance: str, exported: Mapping[str, Mapping[str, bytes]]) -> dict[str, bytes]:
    """Return path inside the dossier -> content: a folder for each service, in it one for each account if many."""
    found: dict[str, bytes] = {}
    for number, subject in enumerate(sorted(exported), 1):
        between = f"{number}-{plain_name(subject)}/" if len(exported) > 1 else ""
        found |= {f"{instance}/{between}{name}": content for name, content in sorted(exported[subject].items())}
    return found


def plain_name(text: str) -> str:
    """Return a name as a folder may be called everywhere."""
    return re.sub(r"[^A-Za-z0-9._@-]+", "_", text).strip("._")[:60] or "person"


def places(traces: Iterable[Mapping[str, Any]]) -> list[Place]:
    """Return traces without paths, which may name other people, counted by dump and volume."""
    counted: Counter[str] = Counter()
    for each in traces:
        counted[str(each["place"]).partition(":")[0]] += int(each["count"])
    return [Place(place=place, count=count) for place, count in sorted(counted.items())]


def build(
    case: Request, collected: Collected, catalog: Catalog, bundles: list[Bundle], made: date, before: Before
) -> tuple[Dossier, dict[str, bytes]]:
    """Return the dossier and path -> content of every file of it, the index pages included.

    What was in the last dossier of services that gave no answer this time, or were not asked, stays. Raise
    ProvisionerError where that is damaged: it cannot be had again now.
    """
    missing = {**collected.search.missing, **collected.failed}
    parts, files = [], dict(before.added)
    for instance, found in collected.search.found.items():
        if instance not in missing:
            exported = paths_of(instance, collected.files.get(instance, {}))
            files |= exported
            parts.append(_part(instance, found, exported, collected.search.bundles[instance], catalog, made))
    kept = kept_of(before, collected)
    files |= {file.path: before.files[file.path] for part in kept for file in part.files}
    parts += kept
    missing = {name: why for name, why in missing.items() if name not in before.parts}
    dossier = _dossier(case, sorted(parts, key=lambda part: part.instance), missing, catalog, bundles, made)
    files |= {page: html_page(dossier, bundles, language).encode() for page, language in PAGES.items()}
    files[INDEX] = json_text(dossier).encode()
    return dossier, dict(sorted(files.items()))


def kept_of(before: Before, collected: Collected) -> list[Part]:
    """Return the parts of the last dossier that nothing of this run replaces. Raise ProvisionerError: damaged."""
    fresh = collected.search.found.keys() - collected.search.missing.keys() - collected.failed.keys()
    kept = [part for name, part in before.parts.items() if name not in fresh]
    if wrong := [path for part in kept for path in before.damaged.get(part.instance, [])]:
        text = _("files of the dossier are not what its index says, and cannot be had again now: {files}")
        hint = _("Run this again when the hosts answer; or bring the files back; or move the folder dossier away.")
        raise ProvisionerError(text.format(files=", ".join(wrong)), hint)
    return kept


def _part(
    instance: str, found: Mapping[str, Any], exported: Mapping[str, bytes], bundle: Bundle, catalog: Catalog, made: date
) -> Part:
    entry = catalog.services.get(service_of(instance))
    title = entry.service.title if entry else plain(service_of(instance))
    title = title if isinstance(title, Text) else plain(title)
    there = bool(found["subjects"] or found["traces"])
    manual = [tell("by_hand_note", title=title, what=each) for each in (entry.service.gdpr.manual if entry else [])]
    if found["traces"] and not exported:
        exports = found["adapter"] and bool(entry and entry.service.gdpr.export)
        manual.insert(0, tell("by_hand_no_account" if exports else "by_hand_service", title=title))
    return Part(
        instance=instance, service=str(found["service"]), title=title, searched=made,
        result="files" if exported else "by-hand" if there else "nothing",
        subjects=list(found["subjects"]), places=places(found["traces"]), manual=manual,
        files=[DossierFile(path=path, size=len(data), sha256=digest(data)) for path, data in exported.items()],
        sheets=sheets_of(bundle, catalog, service_of(instance)) if there else [],
    )  # fmt: skip


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _dossier(
    case: Request, parts: list[Part], missing: Mapping[str, str], catalog: Catalog, bundles: list[Bundle], made: date
) -> Dossier:
    answered = all(bundle.protection is not None for bundle in bundles)
    manual = [text for part in parts for text in part.manual]
    for bundle in bundles:
        for own in bundle.protection.own if bundle.protection else []:
            tool = plain(own.tool) if own.tool else say("software_none")
            manual.append(tell("by_hand_own", name=own.name, tool=tool))
    manual += [tell(f"by_hand_{key}") for key in ("paper", "decisions", "others")]
    manual += [] if answered else [tell("by_hand_answers")]
    return Dossier(
        case=case.id, association=bundles[0].stack.association.name, person=case.person, names=case.names,
        received=case.received, due=case.due, made=made, answers=answered, parts=parts,
        missing=[NotSearched(instance=name, why=why) for name, why in sorted(missing.items())], manual=manual,
        controller=[controller_of(bundle) for bundle in bundles],
        others=[sheet for bundle in bundles for sheet in other_sheets(bundle, catalog)],
    )  # fmt: skip


def html_page(dossier: Dossier, bundles: list[Bundle], language: str) -> str:
    """Return the index of a dossier as HTML in "fr" or "en"."""
    names = ", ".join(all_names(dossier.person, dossier.names))
    lead = tell(
        "lead", case=dossier.case, received=date_text(dossier.received), due=date_text(dossier.due),
        made=date_text(dossier.made), names=names,
    )  # fmt: skip
    aged = joined(list(dict.fromkeys(text for bundle in bundles for text in copies(bundle.stack))), "; ")
    return filled(
        "dossier.html.j2", language, "register.css", dossier=dossier, w=tell, r=say, lead=lead,
        title=tell("title", name=dossier.association), foot=tell("foot", copies=aged),
    )  # fmt: skip


def json_text(dossier: Dossier) -> str:
    """Return index.json."""
    return json.dumps(dossier.model_dump(mode="json"), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def zipped(files: Mapping[str, bytes], made: date) -> bytes:
    """Return the files as a ZIP archive: the same files give the same bytes; inside, only the owner may read."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            info = zipfile.ZipInfo(path, (made.year, made.month, made.day, 0, 0, 0))
            info.external_attr, info.compress_type = 0o100600 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return memory.getvalue()
