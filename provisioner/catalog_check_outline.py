"""The checks of what the matching reads: needs, reasons, licence, services named. Pure: outline in, findings out."""

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from provisioner.errors import Finding
from provisioner.i18n import _
from provisioner.load import Document
from provisioner.models.service import Coverage, Outline, Service

FREE_LICENSES = (
    "AGPL-3.0", "GPL-2.0", "GPL-3.0", "LGPL-2.1", "LGPL-3.0", "MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause",
    "MPL-2.0", "EUPL-1.2", "PostgreSQL", "ISC", "CECILL-2.1", "OSL-3.0",
)  # fmt: skip


def check_outline(
    outline: Outline, document: Document, needs: Collection[str], names: Collection[str] = ()
) -> list[Finding]:
    """Given an outline, its document, the ids of the taxonomy and all service names, return every finding.

    Without names, those under requires and conflicts are not checked.
    """
    findings = [*check_covers(outline.needs, document, ("needs",), needs), *_license(outline, document)]
    findings += _not_yet(outline, document)
    return [*findings, *(_names(outline, document, names) if names else ())]


def check_covers(
    covers: dict[str, Coverage], document: Document, place: tuple[str, ...], needs: Collection[str]
) -> Iterator[Finding]:
    """Given needs covered by a service or tool and where they stand, yield unknown needs and qualities unexplained."""
    for need, cover in covers.items():
        if need not in needs:
            text = _("'{need}' is no need of catalog/needs.yaml").format(need=need)
            yield document.finding((*place, need), text + _near(need, needs))
        if not cover.reason:
            text = _("say why the quality is {quality}: add a reason, in one line")
            yield document.finding((*place, need), text.format(quality=cover.quality))


def _license(outline: Outline, document: Document) -> Iterator[Finding]:
    for word in filter(None, re.split(r"\s+(?:OR|AND)\s+|[()]", outline.license)):
        if word.removesuffix("-or-later").removesuffix("-only") not in FREE_LICENSES:
            text = _("'{license}' is not in our list of free licences (SPDX)").format(license=word)
            yield document.finding(("license",), text)


def _not_yet(outline: Outline, document: Document) -> Iterator[Finding]:
    if isinstance(outline, Service) and outline.not_yet:
        yield document.finding(("not_yet",), _("it has a compose.yaml, so it can be deployed: remove this"))
    if not isinstance(outline, Service) and len(outline.not_yet) < 15:
        yield document.finding((), _("there is no compose.yaml: say under not_yet why it cannot be deployed yet"))


def _names(outline: Outline, document: Document, names: Collection[str]) -> Iterator[Finding]:
    for key in ("requires", "conflicts"):
        for index, name in enumerate(getattr(outline.matching, key)):
            if name not in names:
                text = _("no service '{name}' in the catalog").format(name=name) + _near(name, names)
                yield document.finding(("matching", key, index), text)


def _near(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return _("; did you mean '{word}'?").format(word=near[0]) if near else ""
