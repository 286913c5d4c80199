"""provisioner needs: the usages a profile may name, and the way to them from everyday words and products."""

from pathlib import Path
from typing import Any

import click

from provisioner.aliases import Hit, find, load_aliases, load_taxonomy, sure, tool_id, with_needs
from provisioner.catalog import Catalog, load_catalog
from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, print_table
from provisioner.errors import InputError, ProvisionerError
from provisioner.explain import suggest_or_list
from provisioner.i18n import N_, _, language
from provisioner.models.aliases import Alias, Aliases
from provisioner.models.matching import Taxonomy

MODES = {
    "P": N_("everyone takes part"),
    "R": N_("people only receive"),
    "O": N_("a few people operate it"),
}
DECISIONS = {
    "R": N_("to be replaced: the matching looks for a service of the catalog instead"),
    "K": N_("can be kept: it stays beside our services, by link, import or export"),
    "S": N_("signposted in the report, nothing is installed"),
    "D": N_("a program for one's own computer, nothing is installed on the server"),
    "X": N_("out of our scope"),
}
MOST = 5


@click.group(name="needs", short_help="List the needs, or find one by an everyday word or a product's name.")
def command() -> None:
    """The needs a profile may name: usages, never products.

    \b
    Example:
      provisioner needs find Doodle
    """


@command.command("list")
@click.option("--family", help="Only one family, for example governance.")
@json_option
@catalog_option
def list_(family: str | None, as_json: bool, catalog_dir: Path | None) -> None:
    """List the needs by family: id, name, who takes part, what is meant.

    \b
    Example:
      provisioner needs list --family governance
    """
    taxonomy = load_taxonomy(catalog_dir)
    if family and family not in taxonomy.families:
        message = _("no family '{name}';").format(name=family) + suggest_or_list(family, list(taxonomy.families))
        raise InputError(message, hint=_("See them all: provisioner needs list"))
    if as_json:
        print_json({"version": taxonomy.version, "needs": _rows(taxonomy, family)})
        return
    for name in [family] if family else taxonomy.families:
        _show_family(taxonomy, name)
    click.echo(_("Next: provisioner needs find WORD, for the way from a word or a product to a need"))


def _rows(taxonomy: Taxonomy, family: str | None) -> list[dict[str, Any]]:
    return [
        {"id": name, **kind.model_dump(), "mode_in_words": _(MODES[kind.mode])}
        for name, kind in taxonomy.needs.items()
        if family in (None, kind.family)
    ]


def _show_family(taxonomy: Taxonomy, family: str) -> None:
    from rich.table import Table

    spoken = language()
    click.echo(click.style(f"{taxonomy.families[family].in_language(spoken)} ({family})", bold=True))
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for title, width in ((_("Need"), 22), (_("Name"), 24), (_("Who"), 18), (_("What is meant"), None)):
        table.add_column(title, overflow="fold", width=width)
    for name, kind in taxonomy.needs.items():
        if kind.family == family:
            words = (kind.label.in_language(spoken), _(MODES[kind.mode]), kind.definition.in_language(spoken))
            table.add_row(name, *words)
    print_table(table)
    click.echo()


@command.command("find")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@json_option
@catalog_option
def find_(words: tuple[str, ...], as_json: bool, catalog_dir: Path | None) -> None:
    """Find the needs behind an everyday word or a product's name, and the services that cover them.

    \b
    Examples:
      provisioner needs find Doodle
      provisioner needs find "compte rendu" HelloAsso
    """
    taxonomy, catalog = load_taxonomy(catalog_dir), load_catalog(catalog_dir)
    registry = with_needs(load_aliases(catalog_dir), taxonomy)
    answers = {word: _known(find(registry, word)) for word in _questions(registry, words)}
    if as_json:
        print_json({"words": {word: [_found(hit, catalog) for hit in hits] for word, hits in answers.items()}})
    else:
        for hits in answers.values():
            for hit in hits:
                _show(hit, taxonomy, catalog)
    unknown = [word for word, hits in answers.items() if not hits]
    if unknown:
        raise _unknown(registry, taxonomy, unknown)
    if not as_json:
        click.echo(_("Next: provisioner profile interview asks for your needs; provisioner needs list shows them all"))


def _questions(registry: Aliases, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words as one phrase where the registry has that phrase, else each for itself."""
    phrase = " ".join(words)
    return (phrase,) if sure(find(registry, phrase)) else tuple(dict.fromkeys(words))


def _known(hits: list[Hit]) -> list[Hit]:
    """Return the hits worth showing: those of the very word, else the first that hold it; near words are no answer."""
    best = sure(hits) or [hit for hit in hits if hit.how == "part"][:MOST]
    shown: dict[tuple[str, ...], Hit] = {}
    for hit in best:  # a need's own name says nothing new beside an everyday word for the same needs
        key = (hit.word,) if hit.alias.kind == "product" else tuple(hit.alias.needs)
        shown.setdefault(key, hit)
    return list(shown.values())


def _covering(catalog: Catalog, need: str) -> list[dict[str, Any]]:
    found = [
        {
            "service": service.name, "title": service.title, "quality": service.needs[need].quality,
            "deployable": service.name in catalog.services,
        }
        for service in catalog.all_outlines
        if need in service.needs
    ]  # fmt: skip
    return sorted(found, key=lambda item: (not item["deployable"], -item["quality"], item["service"]))


def _in_words(service: dict[str, Any]) -> str:
    text = _("{title} ({quality} %)") if service["deployable"] else _("{title} ({quality} %, cannot be deployed yet)")
    return text.format(title=service["title"], quality=service["quality"])


def _found(hit: Hit, catalog: Catalog) -> dict[str, Any]:
    alias = hit.alias
    return {
        "word": hit.word, "match": hit.how, "kind": alias.kind, "service": alias.service, "decision": alias.decision,
        "tool": tool_id(alias) if alias.kind == "product" and alias.decision in ("R", "K") else None,
        "remark": alias.remark.model_dump() if alias.remark else None,
        "needs": [{"id": need, "covered_by": _covering(catalog, need)} for need in alias.needs],
    }  # fmt: skip


def _show(hit: Hit, taxonomy: Taxonomy, catalog: Catalog) -> None:
    spoken, alias = language(), hit.alias
    click.echo(click.style(hit.word, bold=True) + _fate(alias, catalog))
    if alias.remark:
        click.echo("  " + alias.remark.in_language(spoken))
    for need in alias.needs:
        kind = taxonomy.needs[need]
        click.echo(f"  {need}: {kind.label.in_language(spoken)} ({_(MODES[kind.mode])})")
        services = ", ".join(map(_in_words, _covering(catalog, need)))
        text = _("covered by: {services}").format(services=services) if services else ""
        click.echo("    " + (text or _("no service of this catalog covers it yet")))


def _fate(alias: Alias, catalog: Catalog) -> str:
    """Return what becomes of a product, as the end of a line; nothing for an everyday word without a decision."""
    if alias.service:
        if alias.service in (*catalog.services, *catalog.outlines):
            return ": " + _("a service of this catalog: provisioner catalog show {name}").format(name=alias.service)
        return ": " + _("free software that is not in this catalog")
    return ": " + _(DECISIONS[alias.decision]) if alias.decision else ""


def _unknown(registry: Aliases, taxonomy: Taxonomy, words: list[str]) -> ProvisionerError:
    lines = []
    for word in words:
        near = list(dict.fromkeys(hit.word for hit in find(registry, word)))[:MOST]
        known = _("did you mean: {words}?").format(words=", ".join(near)) if near else ""
        lines.append(_("nothing is known of '{word}';").format(word=word) + " " + (known or _("try a simpler word")))
    hint = _("See all needs: provisioner needs list. A tool nobody here knows may stand in a profile as 'other'.")
    return ProvisionerError("\n".join(lines).rstrip(), hint=hint)
