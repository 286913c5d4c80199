"""Write a dossier: built in a folder beside, then renamed. Killed anywhere, the old or the new one is there."""

import os
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from provisioner.errors import InputError
from provisioner.gdpr.dossier import INDEX, PAGES, Before, digest, zipped
from provisioner.host.layout import write
from provisioner.i18n import _
from provisioner.models.dossier import Dossier

NAME, OLD, NEW, ARCHIVE = "dossier", ".dossier.old", ".dossier.new", "dossier.zip"


def write_dossier(folder: Path, files: Mapping[str, bytes], made: date) -> Path:
    """Write the files to dossier/ and dossier.zip in a case's folder, folders 0700 and files 0600. Raise OSError.

    The old archive goes first and the new one comes last: an archive never says something else than the folder.
    """
    settle(folder)
    shutil.rmtree(folder / NEW, ignore_errors=True)
    (folder / NEW).mkdir(mode=0o700)
    for path, content in files.items():
        _private(folder / NEW, folder / NEW / path)
        write(folder / NEW / path, content, 0o600)
    (folder / ARCHIVE).unlink(missing_ok=True)
    if (folder / NAME).exists():
        (folder / NAME).rename(folder / OLD)
    (folder / NEW).rename(folder / NAME)
    _sync(folder)
    shutil.rmtree(folder / OLD, ignore_errors=True)
    write(folder / ARCHIVE, zipped(files, made), 0o600)
    return folder / NAME


def settle(folder: Path) -> None:
    """Finish what a kill interrupted: the new dossier was not in place yet, so the old one is put back."""
    if (folder / OLD).exists():
        if (folder / NAME).exists():
            shutil.rmtree(folder / OLD, ignore_errors=True)
        else:
            (folder / OLD).rename(folder / NAME)


def last(folder: Path) -> Before:
    """Return what the last dossier of a case holds. Raise OSError.

    Raise InputError where its index cannot be read: nobody can tell any more what would be lost.
    """
    settle(folder)
    place = folder / NAME
    if not place.exists():
        return Before()
    try:
        index = Dossier.model_validate_json((place / INDEX).read_bytes())
    except (OSError, ValidationError) as error:
        text = _("the index of this case's dossier cannot be read, so the dossier is not replaced: {path}")
        hint = _("Bring it back, from {archive} for instance; or move the folder {folder} away, and run this again.")
        raise InputError(
            text.format(path=place / INDEX), hint=hint.format(archive=folder / ARCHIVE, folder=place)
        ) from error
    there = {str(path.relative_to(place)): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}
    known = {INDEX, *PAGES, *(each.path for part in index.parts for each in part.files)}
    found = Before(added={path: content for path, content in there.items() if path not in known})
    for part in index.parts:
        wrong = [each.path for each in part.files if digest(there.get(each.path, b"")) != each.sha256]
        found.parts[part.instance] = part
        found.damaged |= {part.instance: wrong} if wrong else {}
        found.files |= {each.path: there[each.path] for each in part.files if not wrong}
    return found


def _private(top: Path, path: Path) -> None:
    """Make the folders of a file, each closed to others."""
    for parent in reversed(path.relative_to(top).parents):
        (top / parent).mkdir(mode=0o700, exist_ok=True)
        (top / parent).chmod(0o700)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
