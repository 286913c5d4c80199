"""provisioner needs: being written."""

import click


@click.command(name="needs")
def command() -> None:
    """Being written."""
