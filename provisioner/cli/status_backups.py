"""What `status` tells about backups, in words people read."""

from typing import TYPE_CHECKING, Any

import click

from provisioner.cli.common import print_table
from provisioner.host.sentences import SENTENCES
from provisioner.i18n import _, language

if TYPE_CHECKING:
    from rich.table import Table

Answers = dict[str, dict[str, Any]]


def show(answers: Answers) -> None:
    """Print how the backups of all hosts are; nothing where there are none."""
    if words(answers):
        click.echo()
        print_table(table(answers))
        for line in lines(answers):
            click.echo(line)


def table(answers: Answers) -> "Table":
    """Return the table of the backups of all instances. Where all are of one association, its name is left out."""
    from rich.table import Table

    result, rows = Table(box=None, pad_edge=False, header_style="bold"), words(answers)
    for title in (_("Instance"), _("Last good backup"), _("Last drill")):
        result.add_column(title, overflow="fold")
    several = len({name.partition("_")[0] for name in rows}) > 1
    for name, (backup, drill) in rows.items():
        result.add_row(name if several else name.partition("_")[2], backup, drill)
    return result


def words(answers: Answers) -> dict[str, tuple[str, str]]:
    """Return instance -> (its last good backup, its last drill) of all hosts; empty where nothing is backed up."""
    return {
        name: (backup_word(item["destinations"], summary["late_hours"]), drill_word(item["drill"]))
        for summary in _summaries(answers)
        for name, item in summary["instances"].items()
    }


def lines(answers: Answers) -> list[str]:
    """Return a line per destination, per condition that is not as it should be, and one when alerts wait."""
    found = []
    for summary in _summaries(answers):
        found += [destination_line(name, item) for name, item in summary["destinations"].items()]
        found += [condition_line(item) for item in summary["conditions"]]
        if summary["unsent"]:
            found.append(_("Alerts that could not be sent yet: {count}").format(count=summary["unsent"]))
    return found


def backup_word(copies: dict[str, dict[str, Any]], late_hours: float) -> str:
    """Return the age of the last good backup where it is oldest."""
    never = [name for name, item in copies.items() if item["good_hours"] is None]
    if never:
        return _("never") + (f" ({never[0]})" if len(copies) > 1 else "")
    name, hours = max(((name, item["good_hours"]) for name, item in copies.items()), key=lambda pair: pair[1])
    if hours <= late_hours:
        return age(hours)
    return _("LATE") + f", {age(hours)}" + (f" ({name})" if len(copies) > 1 else "")


def drill_word(drill: dict[str, Any]) -> str:
    """Return how the last restore for practice ended and how long ago it was."""
    if drill["hours"] is None:
        return _("never")
    outcome = _("ok") if drill.get("ok") else _("FAILED")
    return f"{outcome}, {age(drill['hours'])}"


def destination_line(name: str, item: dict[str, Any]) -> str:
    """Return when the copies of a destination were last checked well, and how much of them was read back."""
    checked = _("never") if item["check_hours"] is None else age(item["check_hours"])
    text = _("{name}: last good check {age}; read back whole: {read} of {all} parts")
    if item["rounds_read"] == item["rounds"]:
        text = _("{name}: last good check {age}; read back whole, the oldest part {oldest}")
    oldest = age(item["oldest_read_hours"] or 0)
    line = text.format(name=name, age=checked, read=item["rounds_read"], all=item["rounds"], oldest=oldest)
    return line if item["check_ok"] else _("{line}; the LAST CHECK FAILED").format(line=line)


def condition_line(item: dict[str, Any]) -> str:
    """Return what is the matter, as alerts say it; with the message where there is one."""
    texts = SENTENCES[item["code"]]
    headline = texts[language() if language() in texts else "en"][0].format(**item)
    return f"! {headline}" + (f" ({item['message']})" if item["message"] else "")


def age(hours: float) -> str:
    """Return how long ago something was."""
    if hours < 2:
        return _("{minutes} min ago").format(minutes=int(hours * 60))
    return (
        _("{hours} h ago").format(hours=int(hours)) if hours < 72 else _("{days} days ago").format(days=int(hours / 24))
    )


def _summaries(answers: Answers) -> list[dict[str, Any]]:
    return [summary for answer in answers.values() for summary in answer.get("backups", {}).values()]
