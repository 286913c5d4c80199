"""What a disk refuses, told as our errors are: a full disk or a folder nobody may write to is no bug."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from provisioner.errors import ProvisionerError
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
