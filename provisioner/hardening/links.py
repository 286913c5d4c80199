"""What ./files of an entry ships is what lies there: a link could bring any file of this machine to a host."""

from collections.abc import Iterator

from provisioner.catalog import CatalogEntry
from provisioner.errors import Finding
from provisioner.i18n import _


def links(entry: CatalogEntry) -> Iterator[Finding]:
    """Yield a finding for each symbolic link among the files that every instance gets."""
    files = entry.folder / "files"
    for path in [files, *sorted(files.rglob("*"))]:
        if path.is_symlink():
            yield Finding(_("a link to another place: put the file itself here"), str(path))
