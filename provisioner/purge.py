"""Take a removed instance away for good: first a copy of everything it has, encrypted on its way, then the purge."""

import json
import os
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from provisioner.bundle import Bundle
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import _
from provisioner.remote import PROGRAM, ask, opened
from provisioner.secrets import age_keys, identity_path, own_identity, read_secrets, write_secrets

if TYPE_CHECKING:
    import pyrage


def purge(bundle: Bundle, name: str) -> None:
    """Given a stack and the name of a removed instance, take the instance and its secrets away for good.

    Raise InputError when the host has no such instance or it was not removed before: nothing is changed then.
    """
    answer = ask(bundle, "purge", {"instance": name})
    if "refused" in answer:
        raise refusal(name, answer["refused"])
    secrets = read_secrets(bundle.secrets_path)
    left = {key: values for key, values in secrets.items() if key.partition("+")[0] != name}
    if left != secrets:
        write_secrets(bundle.secrets_path, left, bundle.stack.recipient_keys)


def refusal(name: str, code: str) -> InputError:
    """Return why the host did not purge."""
    if code == "running":
        hint = _("Take it out of stack.yaml, then: provisioner apply --remove")
        return InputError(_("{name} still runs; only what was removed can be purged").format(name=name), hint=hint)
    return InputError(_("the host has no instance {name}").format(name=name), hint=_("See: provisioner status"))


def copy_first(bundle: Bundle, name: str, folder: Path) -> Path:
    """Copy volumes, files and secrets of a removed instance into an age file of `folder`, and return its path.

    It is encrypted for the stack's recipients before it touches this disk, then opened and read whole. Raise
    ProvisionerError, and leave nothing behind, when it is not complete.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.age"
    partial = target.with_suffix(".partial")
    keys = age_keys(bundle.stack.recipient_keys)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            _fetch(bundle, name, stream, keys)
            os.fsync(stream.fileno())
        _check(partial, name)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def _fetch(bundle: Bundle, name: str, stream: IO[bytes], keys: "list[pyrage.x25519.Recipient]") -> None:
    import pyrage

    with opened(bundle, f"python3 {PROGRAM} archive", json.dumps({"instance": name})) as (output, outcome):
        pyrage.encrypt_io(output, stream, keys)
        error, code = outcome()
    if code:
        known = error.strip()
        if known in ("running", "unknown"):
            raise refusal(name, known)
        raise ProvisionerError(_("the copy of {name} is not complete: {reason}").format(name=name, reason=known))


def _check(path: Path, name: str) -> None:
    """Open the copy with our own identity and read it to its end. Raise ProvisionerError when it is not whole."""
    import pyrage

    read_end, write_end = os.pipe()
    failed: list[Exception] = []

    def decrypt() -> None:
        with os.fdopen(write_end, "wb") as plain, path.open("rb") as stream:
            try:
                pyrage.decrypt_io(stream, plain, [own_identity()])
            except (pyrage.DecryptError, OSError) as error:
                failed.append(error)

    thread = threading.Thread(target=decrypt)
    thread.start()
    names: list[str] = []
    try:
        with os.fdopen(read_end, "rb") as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
            names = [member.name for member in tar]
            plain.read()
    except tarfile.TarError as error:
        failed.append(error)
    thread.join()
    if failed or not any(each.endswith(f"{name}/instance.json") for each in names):
        reason = failed[0] if failed else _("it lacks the instance's own files")
        text = _("the copy of {name} cannot be read back with {identity}: {reason}")
        raise ProvisionerError(text.format(name=name, identity=identity_path(), reason=reason))


def removed_instances(bundle: Bundle) -> dict[str, dict[str, Any]]:
    """Return the instances of the association that were removed on the host, with volumes that can still be purged."""
    found = ask(bundle, "status", {"associations": [bundle.stack.association.id]})["instances"]
    return {
        name: item for name, item in cast("dict[str, dict[str, Any]]", found).items() if item["health"] == "removed"
    }
