"""provisioner profile import: being written."""

import click


@click.command(name="import")
def command() -> None:
    """Being written."""
