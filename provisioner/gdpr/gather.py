"""Collect the facts of stacks: files beside stack.yaml, and, unless offline, what hosts and start pages answer."""

import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from provisioner.audit import history
from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.drills import signed
from provisioner.errors import InputError, ProvisionerError
from provisioner.gdpr.facts import Facts, breach_of, case_of
from provisioner.gdpr.missing import missing
from provisioner.host.https import Site
from provisioner.i18n import _
from provisioner.models.drill import DrillReport
from provisioner.outside import fetch_authority
from provisioner.portal import portal_domain
from provisioner.remote import ask_all
from provisioner.unwritten import listed

T = TypeVar("T")
FOLDER, MOST_BYTES, MOST_DRILLS = "gdpr", 4_000_000, 12
AGE = (b"age-encryption.org/v1", b"-----BEGIN AGE ENCRYPTED FILE-----")
NOTICES = re.compile(
    r"<a\b[^>]*href=\"([^\"]*(?:privacy|confidential|donnees|data-protection|mentions|legal|notice)[^\"]*)\"", re.I
)


@dataclass(frozen=True)
class Answers:
    """What hosts answered: host -> answer, and why not."""

    status: dict[str, dict[str, Any]]
    retention: dict[str, dict[str, Any]]
    errors: dict[str, str]


def gather(bundles: list[Bundle], catalog: Catalog, offline: bool) -> list[Facts]:
    """Given stacks, return the facts of each. Nothing raises because a host does not answer: the facts say so."""
    answers = _ask(bundles) if bundles and not offline else Answers({}, {}, {})
    return [_facts(bundle, catalog, offline, answers) for bundle in bundles]


def _ask(bundles: list[Bundle]) -> Answers:
    status, errors = ask_all(bundles, "status", {})
    reachable = [bundle for bundle in bundles if bundle.stack.host.name in status]
    retention, _older = ask_all(reachable, "retention", {}) if reachable else ({}, {})
    return Answers(status, retention, {host: error.message for host, error in errors.items()})


def _facts(bundle: Bundle, catalog: Catalog, offline: bool, answers: Answers) -> Facts:
    host, folder = bundle.stack.host.name, bundle.folder
    status = answers.status.get(host)
    reason = _("offline") if offline else answers.errors.get(host, "" if status else _("no answer"))
    cards, strange = history.read(folder, host)
    cases, odd = records(folder, "requests", "case.json", case_of)
    breaches, bad = records(folder, "breaches", "breach.json", breach_of)
    drills, torn = _drills(bundle)
    return Facts(
        now=datetime.now(UTC),
        stack=bundle.stack,
        catalog=catalog,
        protection=bundle.protection,
        host=status,
        retention=_own(answers.retention.get(host), bundle.stack.association.id),
        why_not=reason or ("" if host in answers.retention else _("its program does not know durations yet: apply")),
        notice=_notice(bundle) if status else None,
        cards=cards,
        drills=drills,
        cases=cases,
        breaches=breaches,
        unreadable=[*odd, *bad, *torn, *(str(path) for path in strange)],
        lacks=[each.path for each in missing(bundle.answers, bundle.stack, catalog)] if bundle.answers else [],
        encrypted=_encrypted(bundle.secrets_path),
        lock=bundle.lock,
    )


def _own(answer: dict[str, Any] | None, association: str) -> dict[str, Any] | None:
    """Keep what a host says of this association's instances: several may share it."""
    if answer is None:
        return None
    instances = answer.get("instances") or {}
    return {**answer, "instances": {k: v for k, v in instances.items() if k.partition("_")[0] == association}}


def records(folder: Path, kind: str, name: str, read: Callable[[str, dict[str, Any]], T]) -> tuple[list[T], list[str]]:
    """Return what lies in gdpr/<kind>/*/<name>, and the files there that cannot be read."""
    found, strange = [], []
    try:
        place = listed(folder / FOLDER / kind)
    except InputError:
        return [], [f"{FOLDER}/{kind}"]
    for path in sorted(place.glob(f"*/{name}")):
        try:
            with path.open("rb") as stream:
                data = json.loads(stream.read(MOST_BYTES))
            found.append(read(path.parent.name, data))
        except (OSError, ValueError, AttributeError, TypeError, OverflowError):
            strange.append(str(path.relative_to(folder)))
    return found, strange


def _drills(bundle: Bundle) -> tuple[list[DrillReport], list[str]]:
    """Return the last reports of drills/, oldest first, each with whether the known host signed it."""
    found, strange = [], []
    for path in sorted((bundle.folder / "drills").glob("drill-*.json"))[-MOST_DRILLS:]:
        try:
            text, seal = path.read_text("utf-8"), path.with_name(f"{path.name}.sig")
            signature = seal.read_text("utf-8") if seal.is_file() else ""
            data = json.loads(text) | {"signed": signed(bundle, text, signature)}
            found.append(DrillReport.model_validate(data))
        except (OSError, ValueError, TypeError):
            strange.append(str(path.relative_to(bundle.folder)))
    return sorted(found, key=lambda report: report.time), strange


def _encrypted(path: Path) -> bool | None:
    try:
        with path.open("rb") as stream:
            return stream.read(64).startswith(AGE)
    except OSError:
        return None


def _notice(bundle: Bundle) -> dict[str, Any] | None:
    """Fetch the start page as a browser would, and say whether it leads to notices."""
    if bundle.stack.portal is None:
        return None
    domain = portal_domain(bundle.stack)
    with tempfile.NamedTemporaryFile("w", suffix=".crt") as authority:
        try:
            if bundle.stack.certificates == "internal":
                authority.write(fetch_authority(bundle))
                authority.flush()
            path = authority.name if bundle.stack.certificates == "internal" else ""
            status, text, _to = Site(domain, bundle.stack.host.address, authority=path, timeout=20).send("GET", "/", {})
        except (OSError, ProvisionerError) as error:
            return {"domain": domain, "error": str(error) or type(error).__name__}
    if status != 200:
        return {"domain": domain, "error": f"HTTP {status}"}
    return {"domain": domain, "linked": bool(NOTICES.search(text))}
