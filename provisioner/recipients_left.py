"""Who left, and what they could read: kept in secrets.age itself, so that those who stay can change it bit by bit."""

import hashlib
import json

from provisioner.errors import InputError
from provisioner.i18n import _
from provisioner.models.stack import Stack
from provisioner.secrets import Secrets, is_note

LEFT = "+left"


def with_departure(secrets: Secrets, stack: Stack, who: str, when: str) -> Secrets:
    """Return the secrets with a note of what somebody who leaves could read. No value is in it, only digests."""
    if not secrets:
        return secrets
    seen = {
        f"{instance} {name}": _digest(value)
        for instance, values in secrets.items()
        if not is_note(instance)
        for name, value in values.items()
        if value
    }
    note = json.dumps({"when": when, "seen": seen}, sort_keys=True)
    place = f"{stack.association.id}{LEFT}"
    return {**secrets, place: {**secrets.get(place, {}), who: note}}


def still_seen(secrets: Secrets, stack: Stack, who: str) -> set[tuple[str, str]]:
    """Return (instance, name) of each secret that somebody who left could read and that has not changed since.

    Raise InputError, naming those who left, when nobody of that name did.
    """
    notes = secrets.get(f"{stack.association.id}{LEFT}", {})
    if who not in notes:
        known = ", ".join(sorted(notes)) or _("nobody yet")
        hint = _("Those who left: {names}. Take somebody out: provisioner recipients remove NAME").format(names=known)
        raise InputError(_("nobody called '{name}' was taken out of the recipients").format(name=who), hint=hint)
    seen = json.loads(notes[who])["seen"]
    found = set()
    for place, digest in seen.items():
        instance, _space, name = place.partition(" ")
        if _digest(secrets.get(instance, {}).get(name, "")) == digest:
            found.add((instance, name))
    return found


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:32]
