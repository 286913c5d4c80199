"""What `provisioner audit` does beside auditing: past audits, tailoring files for others, taking its things away."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli import print_json, tell
from provisioner.cli.common import print_table
from provisioner.errors import ProvisionerError
from provisioner.i18n import _

if TYPE_CHECKING:
    from provisioner.bundle import Bundle


def show_history(groups: "dict[str, list[Bundle]]", as_json: bool) -> None:
    """Print the past audits of each host."""
    from provisioner.audit import history
    from provisioner.cli.audit_show import history_table

    past = {}
    for name, group in groups.items():
        past[name], strange = history.read(group[0].folder, name)
        for path in strange:
            click.echo(_("Left aside, no scorecard: {path}").format(path=path), err=True)
    if as_json:
        print_json({name: [card.model_dump(mode="json") for card in cards] for name, cards in past.items()})
        return
    for name, cards in past.items():
        click.echo(click.style(name, bold=True))
        if cards:
            print_table(history_table(cards))
        else:
            click.echo("  " + _("No audit yet: provisioner audit"))


def remove(groups: "dict[str, list[Bundle]]", as_json: bool) -> None:
    """Take away from each host what audits put there."""
    from provisioner.audit import there

    answers, code = {}, 0
    for name, group in groups.items():
        try:
            there.send_program(group[0])
            answer = there.ask(group[0], "remove")
            if "error" in answer:
                raise ProvisionerError(_("host {host}: {reason}").format(host=name, reason=answer.get("detail", "")))
        except ProvisionerError as error:
            tell(error)
            code = 1
            continue
        answers[name] = dict(answer)
        if not as_json:
            gone, kept = ", ".join(answer["removed"]) or "-", ", ".join(answer["kept"])
            click.echo(_("{host}: removed {names}").format(host=name, names=gone))
            if kept:
                click.echo(_("  kept, the system needs them: {names}").format(names=kept))
    if as_json:
        print_json(answers)
    sys.exit(code)


def write_tailoring(folder: Path) -> None:
    """Write our waivers as tailoring files, one for each release of Debian and profile."""
    from provisioner.audit.oscap import LEAST
    from provisioner.harden.tailoring import tailoring
    from provisioner.host.layout import write

    try:
        for release in (12, 13):
            for profile in LEAST:
                path = folder / f"tailoring-debian{release}-{profile}.xml"
                write(path, tailoring(profile, release))
                click.echo(_("Written: {path}").format(path=path))
    except OSError as error:
        message = _("{path} cannot be written: {reason}")
        raise ProvisionerError(message.format(path=folder, reason=error.strerror)) from error
