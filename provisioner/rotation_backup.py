"""New keys for backup destinations. The new one is kept beside the old until it works, however long that takes."""

from typing import Any, NamedTuple

from provisioner.bundle import Bundle
from provisioner.errors import InputError, ProvisionerError
from provisioner.explain import suggest_or_list
from provisioner.i18n import _
from provisioner.models.backup import Destination
from provisioner.saving import REFUSALS, Say, stream
from provisioner.secrets import NEXT, read_secrets, write_secrets
from provisioner.secrets_backup import backup_instance, new_key
from provisioner.ssh_keys import new_ssh_key, ssh_public


class Turned(NamedTuple):
    """What became of a key of a destination. `authorise` is the line to add there before it can be used.

    `waits`: nothing went wrong, the destination is to be told first.
    """

    destination: str
    kind: str
    ok: bool
    message: str
    authorise: str = ""
    waits: bool = False


def destination(bundle: Bundle, name: str) -> tuple[Destination, list[str]]:
    """Given a destination, or key_ or ssh_ and a destination, return it and which of its keys are meant.

    Raise InputError naming what there is.
    """
    found = {each.name: each for each in bundle.stack.backup.destinations} if bundle.stack.backup else {}
    kinds = {each: ["key", "ssh"] if about.kind == "sftp" else ["key"] for each, about in found.items()}
    known = {f"{kind}_{each}": (found[each], [kind]) for each in found for kind in kinds[each]}
    known |= {each: (found[each], kinds[each]) for each in found}
    if name not in known:
        text = _("this stack has no backup destination '{name}'").format(name=name) + ";"
        raise InputError(text + suggest_or_list(name, sorted(known)))
    return known[name]


def rotate_keys(bundle: Bundle, name: str, say: Say) -> list[Turned]:
    """Give a destination new keys. An SSH key works only once it was authorised there: until then the old one stays."""
    about, kinds = destination(bundle, name)
    place = f"{backup_instance(bundle.stack)}{NEXT}"
    noted = read_secrets(bundle.secrets_path).get(place, {})
    # Asked for both again, while only an SSH key waits to be let in: the repository's key was changed the first time.
    waiting = f"ssh_{about.name}" in noted and f"key_{about.name}" not in noted
    chosen = ["ssh"] if waiting and kinds == ["key", "ssh"] else kinds
    return [_turn(bundle, about, kind, place, say) for kind in chosen]


def _turn(bundle: Bundle, about: Destination, kind: str, place: str, say: Say) -> Turned:
    name, instance = f"{kind}_{about.name}", backup_instance(bundle.stack)
    found = read_secrets(bundle.secrets_path)
    before, begun = found.get(instance, {}).get(name, ""), found.get(place, {}).get(name, "")
    if not before:
        return Turned(about.name, kind, False, _("not made yet: run apply first"))
    value = begun or (new_key() if kind == "key" else new_ssh_key())
    if not begun:
        found[place] = {**found.get(place, {}), name: value}
        write_secrets(bundle.secrets_path, found, bundle.stack.recipient_keys)
    line = ssh_public(value, f"{instance}-{about.name}") if kind == "ssh" else ""
    if kind == "ssh" and not begun:
        return Turned(about.name, kind, False, _("the new key waits until the destination lets it in"), line, True)
    request = {"association": bundle.stack.association.id, "destination": about.name, "kind": kind, "value": value,
               "before": before}  # fmt: skip
    try:
        answer = stream(bundle, "rotate_key", request, say)
    except ProvisionerError as error:  # what was changed before is still to be told
        text = _("{reason}; the new values are kept beside the old ones until the host answers")
        return Turned(about.name, kind, False, text.format(reason=error.message), line)
    if "refused" in answer:
        reason = _(REFUSALS.get(answer["refused"], answer["refused"]))
        return Turned(about.name, kind, False, _("{reason}; the old one stays in use").format(reason=reason), line)
    _promote(bundle, instance, place, name)
    return Turned(about.name, kind, True, _told(kind, answer), line)


def _told(kind: str, answer: dict[str, Any]) -> str:
    if kind == "ssh":
        return _("changed. Take the old line out of authorized_keys at the destination")
    if not answer["old_removed"]:
        text = _("changed, but the old key still opens the repository: {reason}")
        return text.format(reason=answer["reason"])
    return _("changed; the old key opens the repository no more")


def _promote(bundle: Bundle, instance: str, place: str, name: str) -> None:
    found = read_secrets(bundle.secrets_path)
    waiting = dict(found.pop(place, {}))
    found[instance] = {**found.get(instance, {}), name: waiting.pop(name)}
    write_secrets(bundle.secrets_path, {**found, **({place: waiting} if waiting else {})}, bundle.stack.recipient_keys)
