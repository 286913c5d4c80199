"""provisioner gdpr: one file for each command, loaded only when used."""

import importlib
from importlib.util import find_spec

import click

from provisioner.cli.localise import localise
from provisioner.i18n import N_, _

COMMANDS = {
    "init": N_("Write gdpr.yaml: what only the association can say."),
    "register": N_("Write the record of processing activities (art. 30)."),
    "processors": N_("List who processes data on the association's behalf, and what is missing."),
    "notice": N_("Write the privacy notices (art. 13), as the start page shows them."),
    "screening": N_("Ask whether an impact assessment or an officer is needed, and about minors."),
    "retention": N_("Show how long what stays, and find data older than allowed."),
    "export": N_("Put together all that is held of one person."),
    "erase": N_("Erase one person from every service."),
    "requests": N_("List people's requests and when they must be answered."),
    "breach": N_("Open a breach: clock, evidence, form of the authority."),
    "check": N_("One verdict for each requirement, with evidence."),
    "transparency": N_("Write what a host like those of CHATONS publishes."),
}


class Group(click.Group):
    """A group that imports a command's module when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if find_spec(f"provisioner.cli.gdpr_{name}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        return localise(importlib.import_module(f"provisioner.cli.gdpr_{cmd_name}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, _(COMMANDS[name])) for name in self.list_commands(ctx)]
        if rows:
            with formatter.section(_("Commands")):
                formatter.write_dl(rows)


@click.group(cls=Group)
def command() -> None:
    """Data protection from what is really deployed. These are tools and drafts, not legal advice.

    \b
    Example:
      provisioner gdpr init
      provisioner gdpr register --folder documents
      provisioner gdpr check
    """
