"""provisioner gdpr register"""

from pathlib import Path

import click

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, load_all, stacks_argument
from provisioner.errors import InputError, ProvisionerError
from provisioner.explain import read_problem
from provisioner.i18n import _
from provisioner.models.register import Record

FOLDER = Path("gdpr") / "documents"


@click.command(short_help="Write the record of processing activities (art. 30).")
@stacks_argument
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Where to write; default: gdpr/documents beside stack.yaml.")  # fmt: skip
@click.option("--also", multiple=True, type=click.Path(path_type=Path), metavar="STACK",
              help="Stack of an association you run services for (again: more).")  # fmt: skip
@json_option
@catalog_option
def command(
    stacks: tuple[Path, ...], folder: Path | None, also: tuple[Path, ...], as_json: bool, catalog_dir: Path | None
) -> None:
    """Write the record of processing activities from what is deployed: stack.yaml, the catalog and gdpr.yaml.

    One sheet for each processing, in French and in English: HTML to read and print, ODS in the form of the CNIL's
    simplified template, JSON for programs. Further stacks, or --also, are those of associations you run services for:
    then the record of a processor (art. 30(2)) is written as well. Missing answers are told all at once, and nothing is
    written. Not legal advice.

    \b
    Example:
      provisioner gdpr register
      provisioner gdpr register federation/ --also choir/ --also club/stack.yaml --folder documents
      provisioner gdpr register --json
    """
    from provisioner.gdpr.write import write_record

    bundles, catalog = load_all((*(stacks or (Path("stack.yaml"),)), *also), catalog_dir)
    records = _records(bundles[0], bundles[1:], catalog)
    if as_json:
        print_json({name: each.model_dump(mode="json") for name, each in records.items()})
        return
    place = folder or bundles[0].folder / FOLDER
    try:
        for name, each in records.items():
            for path in write_record(each, place, name):
                click.echo(path)
    except OSError as error:
        text = _("{path} cannot be written: {reason}").format(path=error.filename or place, reason=read_problem(error))
        raise ProvisionerError(text, hint=_("Choose another place with --folder.")) from error
    text = _("{count} sheets. Read them before you sign them: these are drafts, not legal advice.")
    click.echo(text.format(count=sum(len(each.sheets) for each in records.values())))
    click.echo(_("Next: provisioner gdpr processors --check"))


def _records(bundle: Bundle, served: list[Bundle], catalog: Catalog) -> dict[str, Record]:
    """Return the records by file name. Raise InputError where answers or the stacks of a processor are missing."""
    from provisioner.gdpr.record import answers_of, processor_record, record

    if answers_of(bundle).data.role == "processor" and not served:
        text = _("gdpr.yaml says role: processor, but no stack of an association served is given")
        raise InputError(text, hint=_("Name them: provisioner gdpr register STACK --also STACK"))
    found = {"register": record(bundle, catalog)}
    return {**found, "register-processor": processor_record(bundle, served, catalog)} if served else found
