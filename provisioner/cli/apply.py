"""provisioner apply"""

import sys
from pathlib import Path

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, load_all, print_table, say, stacks_argument
from provisioner.i18n import _


@click.command(short_help="Set up the hosts and bring the stack up.")
@stacks_argument
@click.option("--remove", is_flag=True, help="Stop instances that are no longer in the stack. Their data is kept.")
@json_option
@catalog_option
def command(stacks: tuple[Path, ...], remove: bool, as_json: bool, catalog_dir: Path | None) -> None:
    """Set up the hosts and bring every instance up. Run it again at any time: it changes only what differs.

    Instances fail alone: the others go on. Exit code 1 when one failed; apply again goes on from there.

    \b
    Example:
      provisioner apply stack.yaml
      provisioner apply jardin/stack.yaml chorale/stack.yaml
    """
    from provisioner import report as reports
    from provisioner.apply import converge
    from provisioner.rotation import settle

    bundles, catalog = load_all(stacks, catalog_dir)
    for bundle in bundles:
        settle(bundle)
    report, _trees = converge(bundles, catalog, check=False, remove=remove, say=(lambda *_: None) if as_json else say)
    if as_json:
        print_json({"changed": report.changed, "ok": report.ok, **report.model_dump(exclude={"check"})})
        sys.exit(0 if report.ok else 1)
    if report.changed:
        print_table(reports.changes_table(report))
    click.echo(reports.summary(report))
    for text in reports.failures(report):
        click.echo(text, err=True)
    if report.ok and not report.changed:
        click.echo(_("Nothing to change: everything is as the stack says."))
    if report.ok:
        click.echo(_("Next: provisioner probe, then provisioner status."))
    sys.exit(0 if report.ok else 1)
