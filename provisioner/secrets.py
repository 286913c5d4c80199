"""The secrets of a stack: made once, kept encrypted beside stack.yaml (age), for several recipients."""

import json
import os
import secrets as random
import string
from pathlib import Path

from provisioner.catalog import Catalog
from provisioner.errors import InputError, ProvisionerError
from provisioner.host.layout import write as write_atomically
from provisioner.i18n import _
from provisioner.models.stack import Stack
from provisioner.render import instance_name

ALPHABET = string.ascii_letters + string.digits
Secrets = dict[str, dict[str, str]]
MAIL_PASSWORD = "mail_password"  # noqa: S105 - the name of a secret


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
    """Encrypt the secrets for every recipient and replace the file atomically."""
    import pyrage

    keys = [pyrage.x25519.Recipient.from_str(text) for text in recipients]
    data = json.dumps({"recipients": recipients, "secrets": secrets}, sort_keys=True).encode()
    write_atomically(path, pyrage.encrypt(data, keys), mode=0o600)


def complete(secrets: Secrets, stack: Stack, catalog: Catalog) -> Secrets:
    """Return the secrets with every missing one made. Those that exist stay byte for byte."""
    result = {name: dict(values) for name, values in secrets.items()}
    for service in stack.services:
        mine = result.setdefault(instance_name(stack, service), {})
        for name, secret in catalog.entry(service).service.secrets.items():
            if secret.given:
                mine[name] = result.get(stack.association.id, {}).get(name, "")
            mine.setdefault(name, "".join(random.choice(ALPHABET) for _index in range(secret.length)))
    return result


def set_secret(path: Path, stack: Stack, name: str, value: str) -> None:
    """Keep a secret that a person gives (the mail relay's password): one for the whole association."""
    found, _recipients = _open(path)
    found.setdefault(stack.association.id, {})[name] = value
    write_secrets(path, found, stack.recipients)


def ensure_secrets(path: Path, stack: Stack, catalog: Catalog) -> Secrets:
    """Return the stack's secrets, made and stored where missing. Raise InputError when the mail password is missing.

    The file is written only when a secret is new or the recipients of stack.yaml are others than it was written for.
    """
    found, recipients = _open(path)
    if stack.mail and stack.mail.user and not found.get(stack.association.id, {}).get(MAIL_PASSWORD):
        message = _("mail.user is set, but the relay's password is not known")
        raise InputError(message, hint=_("Give it: provisioner secrets set {name}").format(name=MAIL_PASSWORD))
    wanted = complete(found, stack, catalog)
    if wanted != found or recipients != stack.recipients:
        write_secrets(path, wanted, stack.recipients)
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
