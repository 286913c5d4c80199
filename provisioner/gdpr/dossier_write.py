"""Write a dossier: built in a folder beside, then renamed. Killed anywhere, the old or the new one is there."""

import os
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from provisioner.gdpr.dossier import INDEX, digest, zipped
from provisioner.host.layout import write
from provisioner.models.dossier import Dossier, Part

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


def last(folder: Path) -> tuple[dict[str, Part], dict[str, bytes]]:
    """Return parts and files of the last dossier of a case; only parts all of whose files are what the index says."""
    settle(folder)
    try:
        index = Dossier.model_validate_json((folder / NAME / INDEX).read_bytes())
    except (OSError, ValidationError):
        return {}, {}
    parts, files = {}, dict[str, bytes]()
    for part in index.parts:
        try:
            found = {file.path: (folder / NAME / file.path).read_bytes() for file in part.files}
        except OSError:
            continue
        if all(digest(found[file.path]) == file.sha256 for file in part.files):
            parts[part.instance] = part
            files |= found
    return parts, files


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
