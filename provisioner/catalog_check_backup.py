"""The checks of a service's backup: imports stop at the first error, dumps show their end, the order is whole. Pure."""

import re
from collections.abc import Iterator

from provisioner.catalog import CatalogEntry
from provisioner.errors import Finding
from provisioner.i18n import _
from provisioner.models.service import Dump

DUMPING = re.compile(r"(?<![\w-])(pg_dump|pg_dumpall|mariadb-dump|mysqldump)(?![\w-])")


def check_backup(entry: CatalogEntry) -> Iterator[Finding]:
    """Given an entry, yield what would make its backup useless on the day it is needed."""
    backup, document = entry.service.backup, entry.service_document
    for name, dump in backup.dumps.items():
        for text in _import(dump):
            yield document.finding(("backup", "dumps", name, "restore"), text)
        program = DUMPING.search(" ".join(dump.run))
        if program and not dump.complete_when:
            text = _("{program} needs complete_when, the text that ends a whole dump: a cut one passes for whole")
            yield document.finding(("backup", "dumps", name), text.format(program=program[1]))
    steps = [*backup.dumps, *backup.volumes]
    for name in sorted(set(backup.restore_order) - set(steps)):
        text = _("'{name}' is neither a dump nor a volume of this backup").format(name=name)
        yield document.finding(("backup", "restore_order"), text)
    # Volumes alone may come back in any order.
    if backup.dumps or backup.restore_order:
        place = ("backup", "restore_order") if backup.restore_order else ("backup",)
        for name in steps:
            if name not in backup.restore_order:
                yield document.finding(place, _("restore_order leaves out '{name}'").format(name=name))


def _import(dump: Dump) -> Iterator[str]:
    """Yield what lets an import go on after an error, as texts."""
    if _has(dump, "psql") and not _has(dump, r"ON_ERROR_STOP=(?:1|on)"):
        yield _("psql goes on after an error: add --set=ON_ERROR_STOP=1")
    if _has(dump, "pg_restore") and not _has(dump, "(?:--exit-on-error|-e)"):
        yield _("pg_restore goes on after an error: add --exit-on-error")
    if _has(dump, "(?:mariadb|mysql)") and _has(dump, "(?:--force|-f)"):
        yield _("--force lets the import go on after an error: leave it out")


def _has(dump: Dump, word: str) -> bool:
    """Return whether the command of the restore has this word, be it inside a line for the shell."""
    return bool(re.search(rf"(?<![\w-]){word}(?![\w-])", " ".join(dump.restore)))
