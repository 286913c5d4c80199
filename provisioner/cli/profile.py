"""provisioner profile: check a needs profile, bring it up to date, merge a federation's base, hide, fill in, import."""

import importlib

import click

from provisioner.cli.localise import localise

PARTS = {
    "check": "profile_check",
    "migrate": "profile_migrate",
    "redact": "profile_redact",
    "apply": "profile_apply",
    "interview": "profile_interview",
    "import": "profile_import",
}


class ProfileGroup(click.Group):
    """A group that imports its parts when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in PARTS:
            return None
        return localise(importlib.import_module(f"provisioner.cli.{PARTS[cmd_name]}").command)


@click.group(name="profile", cls=ProfileGroup)
def command() -> None:
    """Work on a needs profile: the file that says what an association needs.

    \b
    Example:
      provisioner profile check profile.yaml
    """
