"""The report of an import in words: columns used, ignored, contradictory, not understood."""

from typing import TYPE_CHECKING, Any

from provisioner.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from provisioner.profiles.import_csv import Report

WHY = {
    "no answer": N_("no answer"),
    "fewer than five answers": N_("fewer than five answers"),
    "too few want it": N_("too few want it"),
}
MOST_LINES = 10


def report_lines(report: "Report") -> list[str]:
    """Given a report, return its lines for people."""
    rows = ngettext("{count} answer sheet read.", "{count} answer sheets read.", report.rows)
    lines = [rows.format(count=report.rows)]
    lines += _part(_("Columns used:"), [_used(item) for item in report.used])
    lines += _part(_("Contradictory answers:"), [_conflict(item) for item in report.conflicting])
    lines += _part(_("Answers not understood, left out:"), [_lost(item) for item in report.not_understood])
    nothing = _("{column} -> {to}: {why}")
    lines += _part(
        _("Nothing written:"), [nothing.format(**{**item, "why": _(WHY[item["why"]])}) for item in report.not_written]
    )
    lines += _part(_("Columns ignored:"), report.ignored)
    if report.dropped:
        dropped = ngettext("{count} column was not read.", "{count} columns were not read.", report.dropped)
        lines.append(dropped.format(count=report.dropped))
    lines += _part(_("Nobody confirmed:"), report.assumed)
    return lines


def _part(title: str, items: list[str]) -> list[str]:
    return [title, *(f"  {item}" for item in items)] if items else []


def _used(item: dict[str, Any]) -> str:
    answers = ngettext("{count} answer", "{count} answers", item["answers"]).format(count=item["answers"])
    return f"{item['column']} -> {item['to']} ({item['aggregate']}, {answers}): {_value(item['value'])}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {share}" for name, share in value.items())
    return ", ".join(map(str, value)) or "-" if isinstance(value, list) else str(value)


def _conflict(item: dict[str, Any]) -> str:
    counts = ", ".join(f"{name} {count}" for name, count in item["answers"].items() if name)
    text = _("{to}: {counts}; taken: {taken}") if counts else _("{to}: several answers; taken: {taken}")
    tie = " " + _("(a tie, so assumed)") if item["tie"] else ""
    return text.format(to=item["to"], counts=counts, taken=_value(item["taken"])) + tie


def _lost(item: dict[str, Any]) -> str:
    lines = item["lines"]
    numbers = ", ".join(map(str, lines[:MOST_LINES])) + (", ..." if len(lines) > MOST_LINES else "")
    return _("{column}: lines {numbers}").format(column=item["column"], numbers=numbers)
