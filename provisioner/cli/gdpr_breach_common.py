"""What the commands of a breach share: checks, papers, what is printed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner.cli.common import print_table
from provisioner.errors import InputError
from provisioner.i18n import _, language

if TYPE_CHECKING:
    from provisioner.bundle import Bundle
    from provisioner.catalog import Catalog
    from provisioner.models.breach import Breach


def judged(risk: str | None, reason: str) -> dict[str, str]:
    """Return what is to be noted of a risk. Raise InputError for a risk without reason, or the other way round."""
    if risk and not reason.strip():
        raise InputError(_("say why the risk is judged so: --reason"))
    if reason.strip() and not risk:
        raise InputError(_("--reason goes with --risk"))
    return {"risk": risk, "reason": reason.strip()} if risk else {}


def checked(data: dict[str, Any]) -> "Breach":
    """Return the breach that data describes. Raise InputError saying what cannot be noted."""
    from pydantic import ValidationError

    from provisioner.explain import explain
    from provisioner.models.breach import Breach

    try:
        return Breach.model_validate(data)
    except ValidationError as error:
        wrong = [explain(dict(item), Breach) for item in error.errors()]
        raise InputError(_("this cannot be noted: {reason}").format(reason="; ".join(wrong))) from error


def in_order(breach: "Breach") -> "Breach":
    """Return a breach. Raise InputError where it ended before it began, or began after the association was aware."""
    if breach.began and breach.ended and breach.ended < breach.began:
        raise InputError(_("a breach cannot end before it began"))
    if breach.began and breach.began > breach.aware:
        raise InputError(_("a breach cannot begin after the association was aware of it: look at --began and --aware"))
    return breach


def write_papers(bundle: "Bundle", catalog: "Catalog", breach: "Breach") -> list[Path]:
    """Write the form of a breach anew, in both languages and for scripts."""
    from provisioner.gdpr.breach_paper import files_of
    from provisioner.gdpr.breaches import folder_of
    from provisioner.host.layout import write

    paths = []
    for name, text in files_of(bundle, catalog, breach).items():
        paths.append(folder_of(bundle) / breach.id / name)
        write(paths[-1], text, 0o600)
    return paths


def data_of(breach: "Breach") -> dict[str, Any]:
    """Return a breach for scripts, with its clock as it stands now."""
    from provisioner.gdpr.breach_clock import deadline, hours_left, needs_complement, state

    now = datetime.now(UTC)
    more = {"deadline": deadline(breach.aware).isoformat(), "hours_left": hours_left(breach, now)}
    return {
        **breach.model_dump(mode="json"),
        **more,
        "state": state(breach, now),
        "complement": needs_complement(breach),
    }


def show_table(bundle: "Bundle", shown: list[dict[str, Any]]) -> None:
    """Print breaches as a table, in red what presses."""
    from rich.table import Table

    from provisioner.documents.figures import decimal
    from provisioner.gdpr.breach_clock import local
    from provisioner.sentences import harmless

    words = {
        "running": _("the clock runs"), "pressing": _("less than a day left"), "late": _("TOO LATE, not notified"),
        "notified": _("notified"), "notified-late": _("notified late"), "not-needed": _("no risk: not to be notified"),
        "closed": _("closed"),
    }  # fmt: skip
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (_("Breach"), _("Before"), _("Hours left"), _("State"), _("What")):
        table.add_column(title, overflow="fold")
    for each in shown:
        style = "red" if each["state"] in ("pressing", "late") else ""
        state = words[each["state"]] + (" " + _("(the rest is owed)") if each["complement"] else "")
        state += ", " + words["closed"] if each["closed"] and each["state"] != "closed" else ""
        last = local(datetime.fromisoformat(each["deadline"]), bundle.stack.association.timezone)
        left = (
            decimal(each["hours_left"]).in_language(language())
            if each["state"] in ("running", "pressing", "late")
            else "-"
        )
        table.add_row(each["id"], last, left, state, harmless(each["what"][:80]), style=style)
    print_table(table)
