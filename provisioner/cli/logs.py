"""provisioner logs"""

from pathlib import Path

import click

from provisioner.cli.common import catalog_option, instance_of, load_all
from provisioner.remote import ask


@click.command(short_help="Show the last log lines of an instance.")
@click.argument("service")
@click.option("--stack", type=click.Path(path_type=Path), default=Path("stack.yaml"), show_default=True)
@click.option("--container", default="", help="Only this container.")
@click.option("--lines", default=50, show_default=True, type=click.IntRange(1, 5000))
@catalog_option
def command(service: str, stack: Path, container: str, lines: int, catalog_dir: Path | None) -> None:
    """Show the last log lines of every container of an instance.

    \b
    Example:
      provisioner logs etherpad --container app --lines 100
    """
    bundles, catalog = load_all((stack,), catalog_dir)
    name = instance_of(bundles[0], catalog, service)
    answer = ask(bundles[0], "logs", {"instance": name, "container": container, "lines": lines})
    for key, rows in answer["logs"].items():
        for row in rows:
            click.echo(f"{key}: {row}")
