"""The folder gdpr/requests beside stack.yaml: one folder for each case, read by nobody else, never in git."""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from provisioner.errors import Finding, InputError
from provisioner.gdpr import cases
from provisioner.host.layout import write
from provisioner.i18n import _
from provisioner.load import load_model
from provisioner.models.request import Kind, Request
from provisioner.unwritten import empty_not_left, listed, told

FOLDER = Path("gdpr") / "requests"
FILE = "case.json"
LEAST = 64  # letters of the key: with fewer, names could be guessed from their hashes


class Cases:
    """The cases beside a stack.yaml. Every change is read, made and written under one lock, atomically."""

    def __init__(self, stack_folder: Path) -> None:
        self.folder = stack_folder / FOLDER

    def path(self, case: str) -> Path:
        """Return the folder of a case. Raise InputError for what is no id: it leads to a folder."""
        if not cases.CASE.fullmatch(case):
            raise InputError(_("'{case}' is no case: they are called like 2026-11-23-01").format(case=case))
        return self.folder / case

    def ids(self) -> list[str]:
        """Return the ids of all cases, oldest first. Raise InputError where their folder cannot be read."""
        return sorted(
            each.parent.name for each in listed(self.folder).glob(f"*/{FILE}") if cases.CASE.fullmatch(each.parent.name)
        )

    def read(self, case: str) -> Request:
        """Return a case. Raise InputError where there is none, or its file cannot be read."""
        path = self.path(case) / FILE
        try:
            return Request.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            known = ", ".join(self.ids()[-5:]) or "-"
            raise InputError(
                _("there is no case {case} (the last ones: {known})").format(case=case, known=known)
            ) from error
        except (OSError, ValidationError) as error:
            hint = _("Bring the file back from a copy of this folder.")
            raise InputError(_("A case cannot be read."), _torn(path), hint=hint) from error

    def readable(self) -> tuple[list[Request], list[Finding]]:
        """Return the cases that can be read, oldest first, and what is wrong with the others."""
        found, findings = [], list[Finding]()
        for each in self.ids():
            try:
                found.append(self.read(each))
            except InputError as error:
                findings += error.findings
        return found, findings

    def running(self, person: str, kinds: tuple[Kind, ...]) -> tuple[Request | None, list[Finding]]:
        """Return the last open case of a person of one of these kinds, or None; and what cannot be read."""
        known, torn = self.readable()
        found = [each for each in known if each.kind in kinds and not each.closed]
        return next((each for each in reversed(found) if cases.same_person(each, person)), None), torn

    def open(
        self, kind: Kind, person: str, names: list[str], received: date, today: date, identity: str = ""
    ) -> Request:
        """Write a new case, dated today, and return it."""
        with self._alone():
            taken = [each.name for each in self.folder.iterdir()]
            found = cases.opened(cases.new_id(today, taken), kind, person, names, received, identity)
            self._write(found)
        return found

    def change(self, case: str, how: Callable[[Request], Request]) -> Request:
        """Read a case, change it, write it, and return it. What `how` raises leaves the file as it was."""
        self.read(case)
        with self._alone():
            found = how(self.read(case))
            self._write(found)
        return found

    def key(self) -> bytes:
        """Return the key of the hashes of this folder; made when first asked for."""
        path = self.folder / ".salt"
        with self._alone():
            if not path.is_file():
                write(path, secrets.token_hex(32), 0o600)
            found = path.read_bytes()
        if len(found) < LEAST:
            text = _("the key of the hashes is damaged: {path}").format(path=path)
            raise InputError(text, hint=_("Bring the file back from a copy of this folder."))
        return found

    def _write(self, case: Request) -> None:
        folder = self.path(case.id)
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        with empty_not_left(folder):
            write(folder / FILE, case.model_dump_json(indent=1) + "\n", 0o600)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with told(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            if not (self.folder / ".gitignore").is_file():
                write(self.folder / ".gitignore", "*\n", 0o600)
            handle = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield
            finally:
                os.close(handle)


def _torn(path: Path) -> list[Finding]:
    """Return what is wrong with the file of a case, with lines, in the language in use."""
    try:
        load_model(path, Request)
    except InputError as error:
        return error.findings[:1]
    return [Finding(_("this is no case as we write them"), file=str(path))]
