"""provisioner gdpr retention"""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import print_json, tell
from provisioner.cli.common import catalog_option, json_option, load_all, print_table, stacks_argument
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import N_, _

if TYPE_CHECKING:
    from provisioner.ageing import Problem, Row
    from provisioner.bundle import Bundle
    from provisioner.catalog import Catalog

STRENGTHS = {"law": N_("law"), "cnil": N_("CNIL"), "custom": N_("custom"), "ours": N_("our proposal")}
WAYS = {
    "purge": N_("deleted by the host"), "application": N_("by the application"), "account": N_("with the account"),
    "hand": N_("by hand"), "journal": N_("by the host's log rotation"),
}  # fmt: skip


@click.command("retention", short_help="Show how long what stays, and find data older than allowed.")
@stacks_argument
@click.option("--check", is_flag=True, help="Ask the hosts: is anything older than allowed?")
@click.option("--purge", "run", is_flag=True, help="Delete now what is too old, instead of tonight; then check.")
@click.option("--all", "every", is_flag=True, help="Durations that no service here needs as well.")
@click.option("--offline", is_flag=True, help="Ask no host.")
@json_option
@catalog_option
def command(
    stacks: tuple[Path, ...], check: bool, run: bool, every: bool, offline: bool, as_json: bool,
    catalog_dir: Path | None,
) -> None:  # fmt: skip
    """Show the map of durations: how long each kind of data stays, why, and what makes it go.

    The map is catalog/gdpr.yaml with what gdpr.yaml of the association chose. It sets the applications' own durations
    (apply) and what the host deletes every night. With --check, each host counts what is older than allowed: exit code
    1 if there is any, or if a purge does not run; 3 when a host does not answer. What only a person can delete is
    listed, not counted. A help, not legal advice.

    \b
    Example:
      provisioner gdpr retention
      provisioner gdpr retention --check --json
    """
    from provisioner.ageing import reviews, rows

    if offline and (check or run):
        raise InputError(_("--check and --purge ask the hosts, --offline asks none"))
    bundles, catalog = load_all(stacks, catalog_dir)
    found: list[Problem] = []
    answers: dict[str, dict[str, Any]] = {}
    errors: dict[str, ProvisionerError] = {}
    if check or run:
        answers, errors, found = _asked(bundles, catalog, run)
    shown = [row for bundle in bundles for row in rows(bundle, catalog) if every or as_json or row.by]
    hand = {bundle.stack.association.id: reviews(bundle, catalog) for bundle in bundles}
    if as_json:
        print_json({
            "retention": [asdict(row) for row in shown], "problems": [asdict(each) for each in found],
            "by_hand": [{"association": who, "service": service, "label": label, "period": period}
                        for who, items in hand.items() for service, label, period in items],
            "hosts": answers, "unreachable": {host: error.message for host, error in errors.items()},
        })  # fmt: skip
    else:
        _show(shown, hand, several=len(bundles) > 1)
        _show_unanswered(bundles)
        _show_problems(found, errors, bool(check or run))
    sys.exit(3 if errors else 1 if found else 0)


def _show_unanswered(bundles: "list[Bundle]") -> None:
    for bundle in (each for each in bundles if not each.protection):
        text = _("{path}: no gdpr.yaml beside it, so the host purges nothing. Next: provisioner gdpr init")
        click.echo(text.format(path=bundle.path))


def _asked(
    bundles: "list[Bundle]", catalog: "Catalog", run: bool
) -> "tuple[dict[str, dict[str, Any]], dict[str, ProvisionerError], list[Problem]]":
    from provisioner.ageing import problems
    from provisioner.apply import by_host
    from provisioner.remote import ask_all

    answers, errors = ask_all(bundles, "retention", {"run": run})
    groups = by_host(bundles)
    return answers, errors, [
        each for host, answer in answers.items() for each in problems(host, groups[host], catalog, answer)
    ]  # fmt: skip


def _show(shown: "list[Row]", hand: dict[str, list[tuple[str, str, str]]], several: bool) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    titles = [_("Data"), _("Key"), _("Stays"), _("Days"), _("Why"), _("Where, and what makes it go")]
    for title in ([_("Association")] if several else []) + titles:
        table.add_column(title, overflow="fold", no_wrap=title == _("Key"))
    for row in shown:
        where = "; ".join(f"{name}: {', '.join(_way(way) for way in ways)}" for name, ways in row.by.items())
        stays = f"{row.period} {row.starts}"
        cells = [row.label, row.key, stays, str(row.days), _(STRENGTHS[row.strength]), where or "-"]
        table.add_row(*([row.association] if several else []), *cells)
    print_table(table)
    click.echo("\n" + _("Choose another duration in gdpr.yaml (retention), then: provisioner apply"))
    for who, items in hand.items():
        if items:
            head = _("A person looks through these at least once a year and deletes what is too old:")
            click.echo("\n" + (f"{who}: " if several else "") + head)
            for service, label, period in items:
                click.echo(f"  {service}: {label} ({period})")


def _way(way: str) -> str:
    kind, _space, name = way.partition(" ")
    return _("by its setting {name}").format(name=name) if kind == "setting" and name else _(WAYS.get(kind, kind))


def _show_problems(found: "list[Problem]", errors: dict[str, ProvisionerError], asked: bool) -> None:
    if not asked:
        return
    click.echo()
    for each in found:
        click.echo(
            f"{click.style(_('NOT AS IT SHOULD BE'), bold=True)} {each.host} {each.where} {each.key}: {each.text}"
        )
    for error in errors.values():
        tell(error)
    if not found and not errors:
        click.echo(_("Nothing is older than allowed, as far as the hosts can count."))
    elif any(each.code in ("aged", "never", "late", "failed") for each in found):
        click.echo(_("Delete it now: provisioner gdpr retention --purge"))
