"""Who can get in: accounts of services, SSH keys and users of the host, recipients; closing it all to one person."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.errors import InputError, ProvisionerError
from provisioner.host.erasures import folded
from provisioner.i18n import _
from provisioner.recipients import Person, people, readable, remove_recipient
from provisioner.remote import ask

if TYPE_CHECKING:
    import paramiko

WORDS = re.compile(r"[\s,;<>()\"']+")


class Ways(NamedTuple):
    """Every way in there is: what the host told of services and of itself, recipients, and what could not be asked."""

    instances: dict[str, dict[str, Any]]
    users: list[dict[str, Any]]
    keys: list[dict[str, str]]
    recipients: list[Person]
    trouble: list[str]


class Found(NamedTuple):
    """One person's ways in. `possible`: names that look alike; a person must say whether they are meant."""

    names: list[str]
    accounts: dict[str, list[str]]
    tried: list[str]
    without_accounts: list[str]
    keys: list[dict[str, str]]
    users: list[str]
    recipients: list[int]
    possible: dict[str, list[str]]


def ways(bundle: Bundle) -> Ways:
    """Ask the host and read the stack. What the host does not answer is in `trouble`."""
    trouble: list[str] = []
    instances: dict[str, dict[str, Any]] = {}
    host: dict[str, Any] = {"users": [], "keys": []}
    try:
        instances = ask(bundle, "accounts", {"associations": [bundle.stack.association.id]})["instances"]
        host = ask(bundle, "keys", {})
    except ProvisionerError as error:
        trouble.append(error.message)
    trouble += [f"{name}: {each['message']}" for name, each in instances.items() if each["message"]]
    return Ways(instances, host["users"], host["keys"], people(bundle.stack), trouble)


def find(bundle: Bundle, catalog: Catalog, names: list[str], there: Ways) -> Found:
    """Given what somebody is called (names, e-mail addresses), return their ways in."""
    wanted = {folded(name) for name in names}
    parts = {name.partition("@")[0] for name in wanted} - wanted
    accounts, possible, tried, none = {}, {}, [], []
    for instance, each in there.instances.items():
        entry = catalog.services.get(instance.partition("_")[2])
        if entry and entry.service.gdpr.leave:
            tried.append(instance)
        elif entry:
            none.append(instance)
        mine = [subject for subject in each["subjects"] if folded(subject) in wanted]
        alike = [subject for subject in each["subjects"] if _alike(folded(subject), wanted, parts)]
        accounts.update({instance: mine} if mine else {})
        possible.update({instance: alike} if alike else {})
    users = [each["name"] for each in there.users if {folded(each["name"]), folded(each["full_name"])} & wanted]
    keys = [key for key in there.keys if key["user"] in users or named(key["comment"], wanted)]
    recipients = [number for number, each in enumerate(there.recipients) if folded(each.name) in wanted]
    return Found(names, accounts, tried, none, keys, users, recipients, possible)


def _alike(subject: str, wanted: set[str], parts: set[str]) -> bool:
    return subject not in wanted and (subject in parts or subject.partition("@")[0] in wanted)


def named(comment: str, wanted: set[str]) -> bool:
    """Tell whether the comment of a key names one of the wanted: as a whole, as a word, or before the @. Pure."""
    plain = folded(comment)
    words = {plain, plain.partition("@")[0], *WORDS.split(plain)}
    words |= {word.partition("@")[0] for word in WORDS.split(plain)}
    return bool(words & wanted)


def refuse_own(bundles: list[Bundle], catalog: Catalog, names: list[str]) -> None:
    """Raise InputError for a name that belongs to an association itself: without it everybody would be locked out."""
    own = {"root"}
    for bundle in bundles:
        own |= {folded(bundle.stack.association.contact), bundle.stack.host.user}
        there = [catalog.services[name].service for name in bundle.stack.services if name in catalog.services]
        own |= {folded(service.admin_user) for service in there}
    for name in names:
        if folded(name) in own:
            text = _("'{name}' is an account of the association itself, not of a person").format(name=name)
            hint = _(
                "A person's own? Name another contact in stack.yaml first. "
                "A new password: provisioner secrets rotate --help"
            )
            raise InputError(text, hint=hint)


def own_fingerprints(bundle: Bundle) -> list[str]:
    """Return the fingerprints of every key with which this machine may enter the host; none of them is removed."""
    import paramiko

    host, found = bundle.stack.host, []
    if host.key:
        found += _fingerprints(bundle.beside(host.key))
    else:
        found += [_digest(key) for key in paramiko.Agent().get_keys()]
        found += [each for path in sorted((Path.home() / ".ssh").glob("*.pub")) for each in _public(path)]
    return found


def _digest(key: "paramiko.PKey") -> str:
    from provisioner.ssh import fingerprint

    return fingerprint(key).rpartition(" ")[2]


def _fingerprints(path: Path) -> list[str]:
    import paramiko

    try:
        return [_digest(paramiko.PKey.from_path(path))]
    except (paramiko.SSHException, OSError, ValueError, TypeError):
        return _public(path.with_name(f"{path.name}.pub"))  # with a passphrase: its public half stands beside it


def _public(path: Path) -> list[str]:
    from provisioner.host.people import read_key

    rows = path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
    return [key["fingerprint"] for key in map(read_key, rows) if key]


def remove(bundle: Bundle, catalog: Catalog, found: Found) -> dict[str, Any]:
    """Close every way found. Each goes on whatever becomes of the others; what failed is in `trouble`.

    Return {services, host, recipients, rotate, trouble, changed}: for the report and for scripts.
    """
    trouble: list[str] = []
    services = {name: _leave(bundle, name, found, trouble) for name in found.tried}
    host = _host(bundle, found, trouble)
    known = [each._asdict() for each in readable(bundle, catalog)] if found.recipients else []
    shown = {name.partition("_")[2] for name, each in services.items() if each["changed"]}
    taken = _recipients(bundle, found, trouble)
    changed = bool(taken or host["removed"] or host["closed"] or any(each["changed"] for each in services.values()))
    rotate = known if taken else [each for each in _shown(bundle, catalog) if each["service"] in shown]
    return {
        "services": services, "host": host, "recipients": taken, "rotate": rotate, "trouble": trouble,
        "changed": changed,
    }  # fmt: skip


def _leave(bundle: Bundle, instance: str, found: Found, trouble: list[str]) -> dict[str, Any]:
    """Close an instance to the person under each name. Return {done, changed, message}."""
    subjects = list(dict.fromkeys([*found.accounts.get(instance, []), *found.names]))
    answers = []
    for subject in subjects:
        try:
            answer = ask(bundle, "leave", {"instance": instance, "subject": subject})
        except ProvisionerError as error:
            answer = {"done": False, "changed": False, "message": error.message}
        if not answer["done"] and answer["message"] != "unknown":
            trouble.append(f"{instance}: {answer['message']}")
        answers.append(answer)
    done = [each for each in answers if each["done"]]
    changed = any(each["changed"] for each in answers)
    bad = [each["message"] for each in answers if not each["done"] and each["message"] != "unknown"]
    message = bad[0] if bad else "changed" if changed else "unchanged" if done else "unknown"
    return {"done": bool(done) and not bad, "changed": changed, "message": message}


def _host(bundle: Bundle, found: Found, trouble: list[str]) -> dict[str, Any]:
    """Take keys and users off the host. Return what the host answered."""
    nothing: dict[str, Any] = {"removed": [], "closed": [], "kept": []}
    if not found.keys and not found.users:
        return nothing
    own = own_fingerprints(bundle)
    fingerprints = [key["fingerprint"] for key in found.keys]
    if fingerprints and not own:
        trouble.append(_("no key was removed: which one this machine comes in with cannot be told"))
        fingerprints = []
    request = {"fingerprints": fingerprints, "users": found.users, "keep": own, "as": bundle.stack.host.user}
    try:
        answer = ask(bundle, "keys_remove", request)
    except ProvisionerError as error:
        trouble.append(error.message)
        return nothing
    why = {"ours": _("this machine comes in by it"), "last": _("it is the last one of its account")}
    trouble += [_("{what} stays: {why}").format(what=each["what"], why=why[each["why"]]) for each in answer["kept"]]
    return answer


def _recipients(bundle: Bundle, found: Found, trouble: list[str]) -> list[str]:
    taken = []
    for number in sorted(found.recipients, reverse=True):
        person = people(bundle.stack)[number]
        if person.own:
            text = _("the key of {name} is the one in use here: somebody else must remove it")
            trouble.append(text.format(name=person.name))
            continue
        try:
            remove_recipient(bundle, number)
            taken.append(person.name)
        except InputError as error:
            trouble.append(error.message)
    return taken


def _shown(bundle: Bundle, catalog: Catalog) -> list[dict[str, str]]:
    """Return the passwords people share in a service: whoever had an account may have been told them."""
    return [
        {"service": service, "instance": f"{bundle.stack.association.id}_{service}", "name": name, "kind": "shown",
         "purpose": secret.purpose.en}
        for service in bundle.stack.services if service in catalog.services
        for name, secret in catalog.services[service].service.secrets.items() if secret.shown
    ]  # fmt: skip


def commands(report: dict[str, Any]) -> list[str]:
    """Return the commands that change what the person could have known. Pure."""
    if report["recipients"]:
        return [f'provisioner secrets rotate --seen-by "{name}"' for name in report["recipients"]]
    rows = [(each["instance"].partition("_")[2], each["name"]) for each in report["rotate"]]
    return [f"provisioner secrets rotate {service} {name}" for service, name in rows]
