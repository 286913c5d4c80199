"""The commands. One file each: parse, call one function, print. Loaded only when used, so that --help is fast."""

import importlib
import json
import sys
from typing import Any

import click

from provisioner import __version__
from provisioner.cli.localise import localise
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import _, choose_language

MOST_FINDINGS = 200
COMMANDS = {
    "profile": "Check a needs profile, fill one in, import answers, hide what is confidential.",
    "needs": "List the needs, or find one by an everyday word or a product's name.",
    "match": "Propose the services people will really use, from a needs profile.",
    "report": "Print the page for the board and the papers around a plan.",
    "init": "Write stack.yaml, its lock and its secrets from an accepted proposal.",
    "plan": "Show exactly what apply would change.",
    "apply": "Set up the hosts and bring the stack up.",
    "probe": "Write and read a user's content in each service, over HTTPS by name.",
    "status": "Tell how each instance is.",
    "logs": "Show the last log lines of an instance.",
    "open": "Open an instance in the browser.",
    "run": "Run a command inside a container of an instance.",
    "audit": "Have outside auditors judge a host: one scorecard, with history.",
    "trust": "Show, save and trust the certificate of a lab or local network.",
    "secrets": "Show the passwords people sign in with.",
    "recipients": "Show, add and remove the people who can open the secrets.",
    "recovery-sheet": "Print the sheet from which everything can be rebuilt after a fire.",
    "backup": "Back up now, list snapshots, check repositories, prune.",
    "restore": "Bring an instance, or the whole stack, back from a snapshot.",
    "drill": "Restore for practice, and write a signed report.",
    "recover": "Rebuild everything on a bare host, from the recovery sheet and a copy.",
    "gdpr": "Record, notices, requests, retention, breaches: data protection from what really runs.",
    "people": "Review who has a way in; close every way to somebody who leaves.",
    "purge": "Take a removed instance away for good, with its data.",
    "catalog": "List, show and check the services.",
    "sbom": "List the packages that really run, and known advisories about them.",
    "images": "Build stand-in images and fill a registry.",
    "lab": "Rehearsal hosts on this machine.",
}


class LazyGroup(click.Group):
    """A group that imports a command's module when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return localise(importlib.import_module(f"provisioner.cli.{cmd_name.replace('-', '_')}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(text)) for name, text in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of messages (default: that of the system).")
@click.version_option(__version__)
def root(lang: str | None) -> None:
    """From an association's needs profile to a running, proved stack on its own host.

    \b
    Example, on a rehearsal host:
      provisioner lab up
      provisioner match profile.yaml --save plan.json
      provisioner init plan.json --domain asso.lab.test --lab
      provisioner apply stack.yaml
    """
    if lang:
        choose_language(lang)


def main(arguments: list[str] | None = None) -> None:
    """Run the program. The only place that catches: a ProvisionerError is told, anything else is a bug."""
    choose_language(_language_argument(arguments if arguments is not None else sys.argv[1:]))
    localise(root)
    try:
        root.main(args=arguments, prog_name="provisioner", standalone_mode=False)
    except ProvisionerError as error:
        tell(error)
        sys.exit(error.exit_code)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.Abort as stop:
        if stop.__cause__ is None:  # at a question, where Click says no more; elsewhere the interrupt is the cause
            click.echo("\n" + _("Stopped at a question: what it was about was not done."), err=True)
            sys.exit(130)
        click.echo(_("Stopped. What was under way on a host goes on there; `provisioner status` tells."), err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)


def _language_argument(arguments: list[str]) -> str | None:
    for index, word in enumerate(arguments):
        if word.startswith("--lang="):
            return word.partition("=")[2]
        if word == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
    return None


def tell(error: ProvisionerError) -> None:
    """Print an error for a person: the findings first, then the sentence, then the way out."""
    if isinstance(error, InputError):
        for finding in error.findings[:MOST_FINDINGS]:
            click.echo(str(finding), err=True)
        if len(error.findings) > MOST_FINDINGS:
            click.echo(_("and {count} more").format(count=len(error.findings) - MOST_FINDINGS), err=True)
    click.echo(_("Error: {message}").format(message=error.message), err=True)
    if error.hint:
        click.echo("  " + error.hint.replace("\n", "\n  "), err=True)


def print_json(data: Any) -> None:
    """Print data as JSON for scripts: keys sorted, stable from run to run."""
    click.echo(json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False, default=str))
