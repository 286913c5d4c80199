"""The checks of the catalog's data files: tools cover known needs with a reason; no need is left without an answer."""

from collections.abc import Collection, Iterator

from provisioner.catalog_check_outline import check_covers
from provisioner.errors import Finding
from provisioner.i18n import _
from provisioner.load import Document
from provisioner.models.matching import Taxonomy, Tools


def check_tools(tools: Tools, document: Document, needs: Collection[str]) -> list[Finding]:
    """Given the tools people may keep, their document and the ids of the taxonomy, return every finding."""
    return [
        finding
        for name, tool in tools.tools.items()
        for finding in check_covers(tool.covers, document, ("tools", name, "covers"), needs)
    ]


def check_taxonomy(taxonomy: Taxonomy, document: Document, covered: Collection[str]) -> list[Finding]:
    """Given the taxonomy, its document and the needs that services cover, return every finding."""
    return [*_families(taxonomy, document), *_ids(taxonomy, document), *_unanswered(taxonomy, document, covered)]


def _families(taxonomy: Taxonomy, document: Document) -> Iterator[Finding]:
    for name, need in taxonomy.needs.items():
        if need.family not in taxonomy.families:
            text = _("no family '{name}'").format(name=need.family)
            yield document.finding(("needs", name, "family"), text)


def _ids(taxonomy: Taxonomy, document: Document) -> Iterator[Finding]:
    for key in ("reserved", "refused"):
        for name in getattr(taxonomy, key):
            if name in taxonomy.needs or (key == "refused" and name in taxonomy.reserved):
                yield document.finding((key, name), _("this id is taken: each id stands in one place"))


def _unanswered(taxonomy: Taxonomy, document: Document, covered: Collection[str]) -> Iterator[Finding]:
    for name, need in taxonomy.needs.items():
        if name not in covered and not need.signpost:
            text = _("no service covers this need: add a signpost that says who helps")
            yield document.finding(("needs", name), text)
