"""Who can open the secrets: add and remove recipients, and tell what must be changed when somebody leaves."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.errors import Finding, InputError, ProvisionerError
from provisioner.explain import explain
from provisioner.host.layout import BACKUP
from provisioner.host.layout import write as write_atomically
from provisioner.i18n import _, language, ngettext
from provisioner.load import model_from, read_text
from provisioner.models.secret import Rotation
from provisioner.models.stack import Recipient, Stack
from provisioner.recipients_left import with_departure
from provisioner.recipients_text import comment_above, with_recipient, without_recipient
from provisioner.secrets import Secrets, age_keys, is_note, own_recipient, read_secrets, write_secrets

FEWEST = 3


class Person(NamedTuple):
    """One recipient as people see it; name is empty where stack.yaml has a plain key."""

    key: str
    name: str
    offline: bool
    own: bool


def people(stack: Stack) -> list[Person]:
    """Return the recipients of a stack in their order."""
    try:
        own = own_recipient()
    except ProvisionerError:
        own = ""
    records = [each if isinstance(each, Recipient) else None for each in stack.recipients]
    keys = [each if isinstance(each, str) else each.key for each in stack.recipients]
    return [
        Person(key, record.name if record else "", bool(record and record.offline), key == own)
        for key, record in zip(keys, records, strict=True)
    ]


def escrow_warnings(stack: Stack) -> list[str]:
    """Return what is wrong with who can open the secrets: too few people, or no identity that lies in a safe."""
    found = []
    count = len(stack.recipient_keys)
    if count < FEWEST:
        text = ngettext(
            "Only {count} person can open the secrets; at least {fewest} should: when nobody can, all copies are lost.",
            "Only {count} people can open the secrets; at least {fewest} should: when nobody can, all copies are lost.",
            count,
        )
        found.append(text.format(count=count, fewest=FEWEST))
    if not any(person.offline for person in people(stack)):
        found.append(_("No identity lies in a safe. Make one: provisioner recipients new-offline FILE"))
    return found


def add_recipient(bundle: Bundle, key: str, name: str, offline: bool) -> None:
    """Add a person to stack.yaml and encrypt the secrets anew. Raise InputError when nothing was changed."""
    new = _recipient(key, name, offline)
    known = {person.key: person.name or _("without a name") for person in people(bundle.stack)}
    if key in known:
        text = _("this key is a recipient already ({name})").format(name=known[key])
        raise InputError(text, hint=_("Its name stands in stack.yaml: - key: age1... and below it name: Ada"))
    if name in known.values():
        text = _("there is already a recipient called {name}").format(name=name)
        raise InputError(text, hint=_("Choose another name, so that each key can be told from the others."))
    _change(bundle, lambda text: with_recipient(text, new), [*bundle.stack.recipients, new])


def _recipient(key: str, name: str, offline: bool) -> Recipient:
    """Return a new recipient. Raise InputError with all that is wrong; a secret pasted by mistake is not repeated."""
    from pydantic import ValidationError

    findings = []
    if key.upper().startswith("AGE-SECRET-KEY-"):
        text = _("this is a secret identity, not a public key (age1...): it was shown to a shell, so make a new one")
        findings.append(Finding(text, path="KEY"))
        key = "age1" + "q" * 58
    else:
        try:
            age_keys([key])
        except InputError as error:
            findings += [Finding(each.message, path="KEY") for each in error.findings]
    try:
        found = Recipient(key=key, name=name, offline=offline)
    except ValidationError as error:
        wrong = [dict(item) for item in error.errors() if item["loc"] == ("name",)]
        findings += [Finding(explain(item, Recipient), path="--name") for item in wrong]
    if findings:
        raise InputError(_("This person cannot be added."), findings)
    return found


def find_recipient(stack: Stack, wanted: str) -> int:
    """Return the number of the recipient with a key or a name. Raise InputError naming those there are."""
    found = [number for number, person in enumerate(people(stack)) if wanted in (person.key, person.name)]
    if len(found) == 1:
        return found[0]
    if found:
        text = _("several recipients are called {name}: give the key instead").format(name=wanted)
    else:
        text = _("no recipient '{name}'").format(name=wanted)
    names = "\n".join(f"{person.key} {person.name}".strip() for person in people(stack))
    raise InputError(text, hint=_("Recipients of this stack:\n{names}").format(names=names))


def remove_recipient(bundle: Bundle, number: int) -> int:
    """Take a person out of stack.yaml and encrypt the secrets anew. Raise InputError when nothing was changed.

    Return the line of a comment that stands above the place and stays (0: none): it may speak of that person.
    """
    left = [each for index, each in enumerate(bundle.stack.recipients) if index != number]
    if not left:
        text = _("this is the last recipient: without one nobody could open the secrets")
        raise InputError(text, hint=_("Add another first: provisioner recipients add KEY --name NAME"))
    comment = comment_above(bundle.path.read_text("utf-8"), number)
    person = people(bundle.stack)[number]
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    note = partial(with_departure, stack=bundle.stack, who=person.name or person.key, when=today)
    _change(bundle, lambda text: without_recipient(text, number), left, note)
    return comment


def _change(
    bundle: Bundle,
    edit: Callable[[str], str | None],
    wished: list[str | Recipient],
    noted: Callable[[Secrets], Secrets] = lambda secrets: secrets,
) -> None:
    """Change the recipients in stack.yaml, then in secrets.age; all is checked before anything is written."""
    path = bundle.path.resolve()
    secrets = noted(read_secrets(bundle.secrets_path))
    stack = bundle.stack.model_copy(update={"recipients": wished})
    age_keys(stack.recipient_keys)
    new = edit(path.read_bytes().decode("utf-8"))
    if new is None or not _says(new, path, stack):
        text = _("the list of recipients in {path} is written in a way that cannot be changed here").format(path=path)
        hint = _("Nothing was changed. Change it with an editor, then: provisioner apply")
        raise InputError(text, hint=hint)
    # stack.yaml first: should the second file not come to be written, the next apply encrypts for the new list.
    write_atomically(path, new.encode(), path.stat().st_mode & 0o777)
    if secrets:
        write_secrets(bundle.secrets_path, secrets, stack.recipient_keys)


def _says(text: str, path: Path, stack: Stack) -> bool:
    """Tell whether a text is read as this very stack."""
    try:
        return model_from(read_text(text, str(path)), Stack) == stack
    except InputError:
        return False


def new_offline(path: Path) -> str:
    """Make an identity for the safe, write it to a file of ours alone, and return its public key."""
    import pyrage

    if path.exists():
        text = _("{path} exists already; an identity is never overwritten").format(path=path)
        raise InputError(text, hint=_("Choose another file."))
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        write_atomically(path, f"# public key: {public}\n{identity}\n", 0o600)
    except OSError as error:
        text = _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror)
        raise ProvisionerError(text, hint=_("Choose another file.")) from error
    return public


class Known(NamedTuple):
    """One secret that a person could read: whose it is, its name, what it is for, and what to do about it."""

    instance: str
    name: str
    purpose: str
    kind: str


def readable(bundle: Bundle, catalog: Catalog) -> list[Known]:
    """Return every secret in secrets.age, what people sign in with first. Never a value.

    kind is shown (people sign in with it), given (made elsewhere), ssh, repository, inner (between programs of the
    host) or fixed (cannot be changed).
    """
    stack, order = bundle.stack, ("shown", "given", "ssh", "repository", "inner", "fixed")
    found = [
        known
        for instance, values in read_secrets(bundle.secrets_path).items()
        if not is_note(instance)
        for name, value in values.items()
        if value and (known := _known(stack, catalog, instance, name))
    ]
    return sorted(found, key=lambda known: (order.index(known.kind), known.instance, known.name))


def _known(stack: Stack, catalog: Catalog, instance: str, name: str) -> Known | None:
    """Return what is to be said of one secret; None for a copy of one that is told elsewhere."""
    association, _separator, service = instance.partition("_")
    if instance == stack.association.id:
        return Known(instance, name, _given_purpose(name), "given")
    if association == stack.association.id and service == BACKUP:
        head, _line, destination = name.partition("_")
        if name == "erasure_salt":
            return Known(instance, name, _("hides the names in the list of erasures"), "fixed")
        if head == "key":
            return Known(
                instance, name, _("repository key of the copies at {name}").format(name=destination), "repository"
            )
        if head == "ssh":
            return Known(instance, name, _("SSH key for the copies at {name}").format(name=destination), "ssh")
        return None
    entry = catalog.services.get(service)
    secret = entry.service.secrets.get(name) if entry else None
    if secret and secret.given:
        return None
    purpose = secret.purpose.in_language(language()) if secret else _("of a service no longer in the catalog")
    if secret and isinstance(secret.rotate, Rotation) and secret.rotate.fixed:
        return Known(instance, name, f"{purpose} ; {secret.rotate.fixed.in_language(language())}", "fixed")
    return Known(instance, name, purpose, "shown" if secret and secret.shown else "inner")


def _given_purpose(name: str) -> str:
    if name == "mail_password":
        return _("password at the mail relay")
    if name == "alert_urls":
        return _("channels for alerts")
    return _("login at a backup destination")
