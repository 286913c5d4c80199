"""provisioner open"""

from pathlib import Path

import click

from provisioner.cli.common import catalog_option, instance_of, load_all
from provisioner.render import domain_of


@click.command(short_help="Open an instance in the browser.")
@click.argument("service")
@click.option("--stack", type=click.Path(path_type=Path), default=Path("stack.yaml"), show_default=True)
@click.option("--print", "print_only", is_flag=True, help="Only print the address.")
@catalog_option
def command(service: str, stack: Path, print_only: bool, catalog_dir: Path | None) -> None:
    """Open the address of a service in the browser.

    \b
    Example:
      provisioner open etherpad
    """
    bundles, catalog = load_all((stack,), catalog_dir)
    instance_of(bundles[0], catalog, service)
    url = f"https://{domain_of(bundles[0].stack, service, catalog.entry(service))}"
    click.echo(url)
    if not print_only:
        click.launch(url)
