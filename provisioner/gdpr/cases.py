"""A request of a person as data: opened, noted, extended, closed, its names hashed. Pure."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from provisioner.errors import Finding, InputError
from provisioner.gdpr.deadlines import due_of, extended_due, may_extend, overdue
from provisioner.gdpr.said import said
from provisioner.host.erasures import folded
from provisioner.host.forms import SHORTEST
from provisioner.i18n import _
from provisioner.models.request import Closing, Extension, Kind, Note, Request

CASE = re.compile(r"\d{4}-\d{2}-\d{2}-\d{2,}")
ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")
LONGEST = 254
MOST_BYTES = 1_000_000  # of a case with its notes: `gdpr check` reads no file of more than four million bytes


def person_findings(person: str | None, names: Iterable[str]) -> list[Finding]:
    """Return everything that is wrong with an address (None: not given) and the other names of a person."""
    found = []
    if person is not None and (not ADDRESS.fullmatch(person) or len(person) > LONGEST or not person.isprintable()):
        found.append(Finding(_("no e-mail address: write name@example.org"), path="--person"))
    for each in names:
        if len(each.strip()) < SHORTEST:
            text = _("'{name}' is too short: with fewer than {count} letters it would be found everywhere")
            found.append(Finding(text.format(name=each, count=SHORTEST), path="--also-known"))
        elif len(each) > LONGEST or not each.isprintable():
            found.append(Finding(_("a name of at most 254 letters, on one line, is wanted"), path="--also-known"))
    return found


def all_names(person: str, names: Iterable[str]) -> list[str]:
    """Return the address and the other names, each once, as they are searched."""
    return list({folded(each): each.strip() for each in reversed([person, *names])}.values())[::-1]


def new_id(day: date, taken: Iterable[str]) -> str:
    """Return the first free id of a day: YYYY-MM-DD-NN."""
    start = f"{day.isoformat()}-"
    used = [int(each.removeprefix(start)) for each in taken if each.startswith(start) and CASE.fullmatch(each)]
    return f"{start}{max(used, default=0) + 1:02}"


def opened(id_: str, kind: Kind, person: str, names: list[str], received: date, identity: str = "") -> Request:
    """Return a new case, due one month after it was received."""
    return Request(
        id=id_, kind=kind, person=person.strip(), names=[each.strip() for each in names], received=received,
        due=due_of(received), identity=_line(identity) if identity.strip() else "",
    )  # fmt: skip


def same_person(case: Request, person: str) -> bool:
    """Tell whether a case is about a person, by the address. Closed erasures do not tell any more."""
    return not case.hashed and folded(case.person) == folded(person)


def is_overdue(case: Request, today: date) -> bool:
    """Tell whether a case is open after its last day."""
    return case.closed is None and overdue(case.due, today)


def noted(case: Request, text: str, today: date) -> Request:
    """Return the case with one more note."""
    if case.hashed:
        raise InputError(_("case {case} is closed and bears no name any more: open another").format(case=case.id))
    found = case.model_copy(update={"notes": [*case.notes, Note(day=today, text=_line(text))]})
    if len(found.model_dump_json().encode()) > MOST_BYTES:
        hint = _("Keep the rest in a file of your own, and close the case when it is answered.")
        raise InputError(_("the file of case {case} is full; nothing was changed").format(case=case.id), hint=hint)
    return found


def extended(case: Request, why: str, today: date) -> Request:
    """Return the case with three months in all. Raise InputError: closed, already extended, or the month is over."""
    _open(case)
    if case.extended:
        text = _("case {case} was extended on {day} already: three months is the most there is")
        raise InputError(text.format(case=case.id, day=case.extended.day.isoformat()))
    if not may_extend(case.received, today):
        text = _("case {case} can no longer be extended: the person must be told by {day}, inside the first month")
        raise InputError(text.format(case=case.id, day=due_of(case.received).isoformat()))
    update = {"due": extended_due(case.received), "extended": Extension(day=today, why=_line(why))}
    return case.model_copy(update=update)


def closed(case: Request, answer: str, today: date, key: bytes) -> Request:
    """Return the case with its answer. A closed erasure keeps no name: keyed hashes stand for them."""
    _open(case)
    done = case.model_copy(update={"closed": Closing(day=today, answer=_line(answer))})
    return without_names(done, key) if case.kind == "erasure" else done


def _open(case: Request) -> None:
    if case.closed:
        text = _("case {case} was closed on {day}")
        raise InputError(text.format(case=case.id, day=case.closed.day.isoformat()))


def _line(text: str) -> str:
    found = said(" ".join(text.split()))
    if not found:
        raise InputError(_("an empty text: say it in a sentence"))
    return found


def keyed(name: str, key: bytes) -> str:
    """Return the keyed hash of a name: the same person gives the same, nobody reads a name out of it."""
    return hmac.new(key, folded(name).encode(), hashlib.sha256).hexdigest()


def without_names(case: Request, key: bytes) -> Request:
    """Return a case with keyed hashes instead of the person's names, wherever they stand in it; places only counted."""
    known = {folded(each) for item in case.services.values() for each in item.subjects}
    names = sorted({folded(each) for each in (case.person, *case.names)} | known, key=len, reverse=True)
    services = {
        name: item.model_copy(
            update={
                "subjects": [keyed(each, key) for each in item.subjects],
                "traces": _counted(item.traces), "left": _counted(item.left), "error": _masked(item.error, names, key),
            }
        )
        for name, item in case.services.items()
    }  # fmt: skip
    notes = [Note(day=each.day, text=_masked(each.text, names, key)) for each in case.notes]
    update: dict[str, Any] = {
        "person": keyed(case.person, key), "names": [keyed(each, key) for each in case.names], "hashed": True,
        "services": services, "notes": notes, "identity": _masked(case.identity, names, key),
    }  # fmt: skip
    if case.closed:
        answer = _masked(case.closed.answer, names, key)
        update["closed"] = case.closed.model_copy(update={"answer": answer})
    if case.extended:
        update["extended"] = case.extended.model_copy(update={"why": _masked(case.extended.why, names, key)})
    return case.model_copy(update=update)


def _counted(traces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Paths of files may hold a name: how often is kept, and whether in a dump or in files."""
    return [{"place": str(each["place"]).partition(":")[0], "count": each["count"]} for each in traces]


def _masked(text: str, names: list[str], key: bytes) -> str:
    """Return a text without the names, however spaced; where case folding alone finds one, all of it is folded."""
    found = unicodedata.normalize("NFC", text)
    for name in names:
        pattern = r"\s+".join(map(re.escape, name.split()))
        found = re.sub(pattern, keyed(name, key)[:12], found, flags=re.IGNORECASE)
        if re.search(pattern, folded(found)):
            found = re.sub(pattern, keyed(name, key)[:12], folded(found))
    return found
