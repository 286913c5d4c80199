"""provisioner match: from a needs profile to a plan, as a table for people or JSON for `init`, `report` and scripts."""

import sys
from pathlib import Path

import click

from provisioner.cli import print_json
from provisioner.errors import InputError
from provisioner.i18n import _

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(name="match")
@click.argument("profile", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="For scripts: JSON on standard output.")
@click.option("--explain", is_flag=True, help="Also why, the score on paper, alternatives, levers, where to stop.")
@click.option("--save", type=FILE, help="Write the plan as JSON, for `report` and `init`.")
@click.option("--force", is_flag=True, help="With --save: overwrite a file that is no plan.")
@click.option(
    "--images", type=click.Choice(["auto", "any", "registry", "build"]), default="auto", show_default=True,
    help="Where images may come from; any: also services that cannot be deployed here yet.",
)  # fmt: skip
@click.option("--catalog", type=click.Path(path_type=Path), help="Another catalog: a folder, or one YAML file.")
@click.option(
    "--verify", "plan", type=FILE, help="Compute every figure of this plan a second time; exit code 1: wrong."
)
@click.option("--brute-force", is_flag=True, help="Try every choice, where at most 16 candidates remain.")
def command(
    profile: Path, as_json: bool, explain: bool, save: Path | None, force: bool, images: str, catalog: Path | None,
    plan: Path | None, brute_force: bool,
) -> None:  # fmt: skip
    """Propose the services people will really use, from a needs profile.

    \b
    Example:
      provisioner match examples/profiles/demo-association.yaml --save plan.json
      provisioner match examples/profiles/demo-association.yaml --verify plan.json
    """
    if catalog and not catalog.exists():
        raise InputError(_("there is no catalog at {path}").format(path=catalog))
    if plan and (save or brute_force or explain):
        raise InputError(_("--verify goes with --json, --catalog and nothing else"))
    if plan:
        sys.exit(0 if _verify(profile, plan, catalog, as_json=as_json) else 1)
    _propose(profile, images, catalog, save, force=force, as_json=as_json, explain=explain, brute=brute_force)


def _verify(profile: Path, path: Path, catalog: Path | None, *, as_json: bool) -> bool:
    from provisioner.cli.match_checks import checks_of, report
    from provisioner.cli.match_offer import load_given, read_plan

    plan = read_plan(path)
    given = load_given(profile, catalog, plan.versions.images, plan)
    return report(checks_of(plan, given), as_json=as_json)


def _propose(
    profile: Path, images: str, catalog: Path | None, save: Path | None, *, force: bool, as_json: bool, explain: bool,
    brute: bool,
) -> None:  # fmt: skip
    from provisioner.cli.match_checks import brute_force, refuse_many, sure
    from provisioner.cli.match_grid import console
    from provisioner.cli.match_offer import load_given, save_plan
    from provisioner.cli.match_table import show
    from provisioner.matching.match import match_

    given = load_given(profile, catalog, images)
    if brute:
        refuse_many(given)
    proposal = match_(given.profile, given.offer, given.rules, given.sha256)
    sure(proposal, given)
    if brute:
        sys.exit(0 if brute_force(proposal, given, as_json=as_json) else 1)
    if save:
        save_plan(proposal, save, force=force)
    if as_json:
        print_json(proposal.model_dump(mode="json", exclude_none=True))
    else:
        show(proposal, console(), save, explained=explain)
