"""provisioner profile interview: being written."""

import click


@click.command(name="interview")
def command() -> None:
    """Being written."""
