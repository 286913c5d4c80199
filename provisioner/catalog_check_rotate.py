"""The checks of how each secret gets a new value: every one says it, and names containers that are there. Pure."""

from collections.abc import Iterator

from provisioner.catalog import CatalogEntry
from provisioner.errors import Finding
from provisioner.i18n import _
from provisioner.models.secret import Rotation


def check_rotation(entry: CatalogEntry) -> Iterator[Finding]:
    """Given an entry, yield every secret that nobody could change on the day somebody leaves."""
    document, known = entry.service_document, ", ".join(entry.compose.services)
    for name, secret in entry.service.secrets.items():
        if not secret.given and secret.rotate is None:
            text = _("say how it gets a new value: rotate: restart, postgres, mariadb, steps, or fixed with the reason")
            yield document.finding(("secrets", name), text)
        if secret.given and secret.rotate is not None:
            yield document.finding(("secrets", name, "rotate"), _("it is given by a person: leave this out"))
        for container in sorted(_named(secret.rotate) - set(entry.compose.services)):
            text = _("no container '{name}' in compose.yaml (it has {known})").format(name=container, known=known)
            yield document.finding(("secrets", name, "rotate"), text)


def _named(how: Rotation | str | None) -> set[str]:
    """Return the containers that a rotation works in."""
    if not isinstance(how, Rotation):
        return set()
    database = {how.in_} if how.postgres or how.mariadb or how.mysql else set()
    return database | {step.in_ for step in (*how.before, *how.after)}
