"""provisioner gdpr processors"""

import sys
from pathlib import Path

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, load_all, print_table
from provisioner.gdpr.processors import Processors, processors
from provisioner.i18n import _, language
from provisioner.unwritten import told


@click.command(short_help="List who processes data on the association's behalf, and what is missing.")
@click.argument("stack", default="stack.yaml", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Exit code 1 when something is missing.")
@click.option("--template", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write a draft contract (art. 28) to this HTML file, French and English.")  # fmt: skip
@json_option
@catalog_option
def command(stack: Path, check: bool, template: Path | None, as_json: bool, catalog_dir: Path | None) -> None:
    """List the processors of gdpr.yaml: what they do, country, contract, transfer, and what is missing.

    What the stack shows and gdpr.yaml does not name is told too: the mail relay, off-site copies. The list of adequate
    countries is data (catalog/adequacy.yaml) and is to be checked. --template writes a draft with the eight clauses of
    art. 28(3), filled from gdpr.yaml and the stack. Not legal advice.

    \b
    Example:
      provisioner gdpr processors
      provisioner gdpr processors stack.yaml --check
      provisioner gdpr processors --template contract.html
    """
    from provisioner.gdpr.record import answers_of

    bundles, catalog = load_all((stack,), catalog_dir)
    bundle = bundles[0]
    answers = answers_of(bundle)
    found = processors(bundle.stack, answers.data)
    if template:
        from provisioner.gdpr.contract import contract_page
        from provisioner.host.layout import write

        with told(template):
            write(template, contract_page(bundle.stack, catalog, answers.data), 0o600)
        click.echo(template, err=as_json)
    if as_json:
        print_json({"complete": found.complete, **found.model_dump(mode="json")})
    elif not template or check:
        _show(found)
    sys.exit(1 if check and not found.complete else 0)


def _show(found: Processors) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (_("Name"), _("What for"), _("Country"), _("Contract"), _("Transfer"), _("Missing")):
        table.add_column(title, overflow="fold")
    for each in found.listed:
        missing = ", ".join(lack.text.in_language(language()) for lack in each.missing)
        texts = (each.name, each.what.in_language(language()), each.country_name.in_language(language()))
        rest = (each.contract or "-", each.transfer.in_language(language()), missing or "-")
        table.add_row(*texts, *rest, style="red" if missing else "")
    if found.listed:
        print_table(table)
    for other in found.unnamed:
        click.echo(_("Missing: {text}").format(text=other.text.in_language(language())))
    if found.complete:
        click.echo(_("Nothing is missing."))
    else:
        click.echo(_("Next: complete gdpr.yaml; a draft contract: provisioner gdpr processors --template FILE"))
