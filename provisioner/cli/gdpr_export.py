"""provisioner gdpr export"""

import sys
from datetime import date, datetime
from functools import partial
from pathlib import Path

import click

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, load_all, say
from provisioner.cli.gdpr_person import (
    case_for,
    case_option,
    cases_of,
    day_of,
    due_line,
    identity_option,
    names_option,
    person_option,
    received_option,
    say_text,
    stacks_option,
    who,
    with_names,
)  # fmt: skip
from provisioner.errors import ProvisionerError
from provisioner.explain import read_problem
from provisioner.gdpr.casefiles import Cases
from provisioner.i18n import _, ngettext
from provisioner.models.dossier import Dossier
from provisioner.models.request import Kind, Request

ASK_FOR: tuple[Kind, ...] = ("access", "portability")
INCOMPLETE = 3


@click.command(short_help="Put together all that is held of one person.")
@person_option
@names_option
@stacks_option
@case_option
@received_option
@identity_option
@json_option
@catalog_option
def command(
    person: str | None, also_known: tuple[str, ...], stacks: tuple[Path, ...], case: str | None,
    received: datetime | None, identity: str, as_json: bool, catalog_dir: Path | None,
) -> None:  # fmt: skip
    """Put together all that is held of one person (art. 15 and 20), in a dated case with its deadline.

    Every service is searched by all names given. The dossier has a folder for each service, an index in French and in
    English with what art. 15(1) asks to tell, sizes and SHA-256, and the same as a ZIP: gdpr/requests/CASE beside the
    first stack.yaml. Read it before you hand it over: texts of others may stand in it. A host that cannot be reached:
    exit code 3, the case stays open, and running this again goes on with it. Not legal advice.

    \b
    Example:
      provisioner gdpr export --person ana@example.org --also-known aberger --also-known "Ana Berger"
      provisioner gdpr export --person - --stack choir/ --stack club/stack.yaml
      provisioner gdpr export --case 2026-11-23-01
    """
    address, names = who(person, also_known, received)
    bundles, catalog = load_all(stacks, catalog_dir)
    cases = cases_of(stacks)
    found = case_for(cases, case, address, ASK_FOR)
    if found is None:
        found = cases.open("access", address, names, day_of(received), date.today(), identity)
    else:
        found = cases.change(found.id, lambda old: with_names(old, names))
    dossier, place = _dossier(cases, found, bundles, catalog)
    if as_json:
        print_json(
            {"case": found.id, "due": found.due, "dossier": str(place), "index": dossier.model_dump(mode="json")}
        )
    else:
        _show(found, dossier, place)
    sys.exit(INCOMPLETE if dossier.missing else 0)


def _dossier(cases: Cases, case: Request, bundles: list[Bundle], catalog: Catalog) -> tuple[Dossier, Path]:
    from provisioner.gdpr.exporting import ask_host, make

    try:
        return make(cases, case, bundles, catalog, ask_host, partial(say, ""), date.today())
    except OSError as error:
        text = _("{path} cannot be written: {reason}").format(path=error.filename, reason=read_problem(error))
        raise ProvisionerError(text) from error


def _show(case: Request, dossier: Dossier, place: Path) -> None:
    for part in dossier.parts:
        what = {
            "files": ngettext("{count} file", "{count} files", len(part.files)).format(count=len(part.files)),
            "nothing": _("nothing found"), "by-hand": _("found, but to be completed by hand"),
        }[part.result]  # fmt: skip
        click.echo(_("{label}: {value}").format(label=part.instance, value=what))
    for each in dossier.missing:
        click.echo(_("{instance}: not searched: {why}").format(instance=each.instance, why=each.why), err=True)
    click.echo(_("To be completed by hand:"))
    for text in dossier.manual:
        click.echo(f"  - {say_text(text)}")
    click.echo(str(place))
    click.echo(due_line(case))
    if dossier.missing:
        again = _("The case stays open. Next, when the hosts answer: provisioner gdpr export --case {case}")
        click.echo(again.format(case=case.id), err=True)
    else:
        done = _('Next: read the dossier, hand it over, then: provisioner gdpr requests close {case} --answer "..."')
        click.echo(done.format(case=case.id))
