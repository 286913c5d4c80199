"""provisioner plan"""

import sys
from pathlib import Path

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, load_all, print_table, say, stacks_argument
from provisioner.i18n import _


@click.command(short_help="Show exactly what apply would change.")
@stacks_argument
@click.option("--diff", is_flag=True, help="Show the changes of every file. Secrets are never shown.")
@click.option("--remove", is_flag=True, help="As if apply were allowed to remove what is no longer in the stack.")
@json_option
@catalog_option
def command(stacks: tuple[Path, ...], diff: bool, remove: bool, as_json: bool, catalog_dir: Path | None) -> None:
    """Show exactly what `apply` would change, and change nothing.

    Exit code 0: the hosts can be converged (or are as wished); 1: something forbids it.

    \b
    Example:
      provisioner plan stack.yaml --diff
    """
    from provisioner import report as reports
    from provisioner.apply import converge

    bundles, catalog = load_all(stacks, catalog_dir)
    report, trees = converge(bundles, catalog, check=True, remove=remove, say=(lambda *_: None) if as_json else say)
    if as_json:
        print_json({"changed": report.changed, "ok": report.ok, **report.model_dump(exclude={"check"})})
    else:
        if diff:
            click.echo("\n".join(reports.diffs(report, trees)))
        if report.changed:
            print_table(reports.changes_table(report))
        click.echo(reports.summary(report))
        for text in reports.failures(report):
            click.echo(text, err=True)
        if report.changed and report.ok:
            click.echo(_("Next: provisioner apply {stacks}").format(stacks=" ".join(map(str, stacks)) or "stack.yaml"))
    sys.exit(0 if report.ok else 1)
