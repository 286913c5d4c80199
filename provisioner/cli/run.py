"""provisioner run"""

import sys
from pathlib import Path
from shlex import join

import click

from provisioner.cli.common import catalog_option, instance_of, load_all
from provisioner.remote import execute


@click.command(short_help="Run a command inside a container.", context_settings={"ignore_unknown_options": True})
@click.option("--stack", type=click.Path(path_type=Path), default=Path("stack.yaml"), show_default=True)
@click.option("--container", default="", help="Default: the container that answers people.")
@catalog_option
@click.argument("service")
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
def command(stack: Path, container: str, service: str, words: tuple[str, ...], catalog_dir: Path | None) -> None:
    """Run a command inside a container of an instance, and end with its exit code.

    \b
    Example:
      provisioner run wordpress -- php -v
    """
    bundles, catalog = load_all((stack,), catalog_dir)
    name = instance_of(bundles[0], catalog, service)
    inside = [container or catalog.entry(service).service.route.container, *words]
    shell = f"cd /srv/provisioner/instances/{name} && exec docker compose exec -T {join(inside)}"
    output, error, code = execute(bundles[0], f"sh -c {join([shell])}")
    click.echo(output, nl=False)
    click.echo(error, nl=False, err=True)
    sys.exit(code)
