"""provisioner report: being written."""

import click


@click.command(name="report")
def command() -> None:
    """Being written."""
