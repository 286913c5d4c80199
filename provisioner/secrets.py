"""The secrets of a stack: made once, kept encrypted beside stack.yaml (age), for several recipients."""

import json
import os
import secrets as random
import string
from pathlib import Path

from provisioner.catalog import Catalog
from provisioner.errors import Finding, InputError, ProvisionerError
from provisioner.host.layout import write as write_atomically
from provisioner.i18n import _
from provisioner.models.stack import Stack
from provisioner.render import instance_name
from provisioner.secrets_backup import backup_instance, checked, complete_backup, missing_given

ALPHABET = string.ascii_letters + string.digits
Secrets = dict[str, dict[str, str]]
# Notes beside the secrets of an instance: values a rotation is about to bring there, keys that wait to be let in.
PENDING, NEXT = "+new", "+next"


def identity_path() -> Path:
    """Return where this person's age identity lies: $PROVISIONER_IDENTITY, else ~/.config/provisioner/identity.txt."""
    given = os.environ.get("PROVISIONER_IDENTITY")
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Path(given) if given else base / "provisioner" / "identity.txt"


def own_recipient(create: bool = False) -> str:
    """Return the public key of this person's identity. Make the identity first where wished and missing."""
    import pyrage

    path = identity_path()
    if not path.is_file():
        if not create:
            message = _("there is no age identity at {path}").format(path=path)
            raise ProvisionerError(message, _("Restore yours from your password safe, or set PROVISIONER_IDENTITY."))
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, str(pyrage.x25519.Identity.generate()) + "\n", mode=0o600)
    return str(_identity(path).to_public())


def read_secrets(path: Path) -> Secrets:
    """Given secrets.age, return instance -> name -> value. Empty where there is no file yet.

    Raise ProvisionerError when this person's identity cannot open it.
    """
    return _open(path)[0]


def _open(path: Path) -> tuple[Secrets, list[str]]:
    """Return the secrets and for whom they were encrypted (age itself does not tell)."""
    import pyrage

    if not path.is_file():
        return {}, []
    own_recipient()
    try:
        text = pyrage.decrypt(path.read_bytes(), [_identity(identity_path())])
    except pyrage.DecryptError as error:
        message = _("{path} cannot be opened with the identity {identity}").format(path=path, identity=identity_path())
        hint = _("Ask somebody who can to add your public key to recipients in stack.yaml and to run apply:\n{key}")
        raise ProvisionerError(message, hint.format(key=own_recipient())) from error
    try:
        data = json.loads(text)
        return data["secrets"], data["recipients"]
    except (ValueError, KeyError, TypeError) as error:
        message = _("{path} opens, but is not a file of secrets that this version wrote").format(path=path)
        raise ProvisionerError(message, _("Put back a copy from your backup; nothing was changed.")) from error


def write_secrets(path: Path, secrets: Secrets, recipients: list[str]) -> None:
    """Encrypt the secrets for every recipient and replace the file atomically.

    Raise InputError with every recipient that is no age public key; the file stays then.
    """
    import pyrage

    keys = age_keys(recipients)
    data = json.dumps({"recipients": recipients, "secrets": secrets}, sort_keys=True).encode()
    write_atomically(path, pyrage.encrypt(data, keys), mode=0o600)


def age_keys(recipients: list[str]) -> "list[pyrage.x25519.Recipient]":  # type: ignore[name-defined]  # noqa: F821
    """Return age public keys as the library has them. Raise InputError naming every one with a typing error."""
    import pyrage

    found, wrong = [], []
    for text in recipients:
        try:
            found.append(pyrage.x25519.Recipient.from_str(text))
        except pyrage.RecipientError:
            wrong.append(Finding(_("'{key}' is no age public key: a sign is wrong or missing").format(key=text)))
    if wrong:
        hint = _("Copy it again from the person who made it (age-keygen, or provisioner recipients new-offline).")
        raise InputError(_("The secrets cannot be encrypted for these recipients."), wrong, hint)
    return found


def is_note(instance: str) -> bool:
    """Tell whether a name in the secrets stands for a note, not for an instance or an association."""
    return "+" in instance


def new_value(length: int) -> str:
    """Return a new value of letters and digits."""
    return "".join(random.choice(ALPHABET) for _index in range(length))


def complete(secrets: Secrets, stack: Stack, catalog: Catalog) -> Secrets:
    """Return the secrets with every missing one made. Those that exist stay byte for byte."""
    result = {name: dict(values) for name, values in secrets.items()}
    given = result.get(stack.association.id, {})
    for service in stack.services:
        mine = result.setdefault(instance_name(stack, service), {})
        for name, secret in catalog.entry(service).service.secrets.items():
            if secret.given:
                mine[name] = given.get(name, "")
            mine.setdefault(name, new_value(secret.length))
    if stack.backup:
        name = backup_instance(stack)
        result[name] = complete_backup(result.get(name, {}), given, stack)
    return result


def set_secret(path: Path, stack: Stack, name: str, value: str) -> None:
    """Keep a secret that a person gives (the mail relay's password): one for the whole association.

    Raise InputError, with the names there are, for one that the stack has no use for.
    """
    value = checked(stack, name, value)
    found, _recipients = _open(path)
    found.setdefault(stack.association.id, {})[name] = value
    write_secrets(path, found, stack.recipient_keys)


def ensure_secrets(path: Path, stack: Stack, catalog: Catalog) -> Secrets:
    """Return the stack's secrets, made and stored where missing. Raise InputError for those only a person can give.

    The file is written only when a secret is new or the recipients of stack.yaml are others than it was written for.
    """
    refuse_missing(read_secrets(path), stack)
    return stored(path, stack, catalog)


def refuse_missing(secrets: Secrets, stack: Stack) -> None:
    """Raise InputError naming every secret that only a person can give and nobody has given yet."""
    missing = missing_given(stack, secrets.get(stack.association.id, {}))
    if missing:
        findings = [Finding(message) for message, _name in missing]
        text = findings.pop().message if len(missing) == 1 else _("Secrets that only you know are missing.")
        hints = [_("Give it: provisioner secrets set {name}").format(name=name) for _message, name in missing]
        raise InputError(text, findings, "\n".join(hints))


def stored(path: Path, stack: Stack, catalog: Catalog) -> Secrets:
    """Return the stack's secrets, made and stored where missing; those that a person gives may still be empty."""
    found, recipients = _open(path)
    wanted = complete(found, stack, catalog)
    if wanted != found or recipients != stack.recipient_keys:
        write_secrets(path, wanted, stack.recipient_keys)
    return wanted


def own_identity() -> "pyrage.x25519.Identity":  # type: ignore[name-defined]  # noqa: F821
    """Return this person's identity. Raise as `own_recipient` does when there is none."""
    own_recipient()
    return _identity(identity_path())


def _identity(path: Path) -> "pyrage.x25519.Identity":  # type: ignore[name-defined]  # noqa: F821
    import pyrage

    lines = [line.strip() for line in path.read_text("ascii", "replace").splitlines()]
    keys = [line for line in lines if line.startswith("AGE-SECRET-KEY-")]
    try:
        return pyrage.x25519.Identity.from_str(keys[0])
    except (IndexError, pyrage.IdentityError) as error:
        raise InputError(_("{path} holds no age identity (AGE-SECRET-KEY-1...)").format(path=path)) from error
