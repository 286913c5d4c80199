"""What a disk refuses, told as our errors are: a full disk or a folder nobody may read or write to is no bug."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from provisioner.errors import InputError, ProvisionerError
from provisioner.explain import read_problem
from provisioner.i18n import _


@contextmanager
def told(path: Path, hint: str = "") -> Iterator[None]:
    """Turn an OSError of what is done inside into a ProvisionerError that names the path and why."""
    try:
        yield
    except OSError as error:
        text = _("{path} cannot be written: {reason}").format(path=path, reason=read_problem(error))
        raise ProvisionerError(text, hint) from error


@contextmanager
def empty_not_left(folder: Path) -> Iterator[None]:
    """Take a folder away again when writing into it fails and nothing is in it: its number is free for the next."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            folder.rmdir()
        raise


def listed(folder: Path) -> Path:
    """Return a folder of ours, which need not be there. Raise InputError where it, or the one above, is none.

    A file in its place, or a folder nobody may read, would seem to hold nothing.
    """
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        if not isinstance(error, FileNotFoundError) or folder.is_symlink() or folder.parent.is_symlink():
            text = _("{path} cannot be read: {reason}").format(path=folder, reason=read_problem(error))
            raise InputError(text, hint=_("It wants to be a folder that you may read.")) from error
    return folder
