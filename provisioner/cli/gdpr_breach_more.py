"""provisioner gdpr breach show, note, close"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import print_json
from provisioner.cli.backup import stack_option
from provisioner.cli.common import catalog_option, json_option, load_all
from provisioner.cli.gdpr_breach_common import checked, data_of, in_order, judged, show_table, write_papers
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import _, language

if TYPE_CHECKING:
    from provisioner.bundle import Bundle
    from provisioner.catalog import Catalog
    from provisioner.gdpr.breach_form import Section
    from provisioner.models.breach import Breach, Notified


@click.command("show")
@click.argument("breach", metavar="ID", default="last")
@click.option("--extract", type=click.Path(path_type=Path), help="Put the pieces of its evidence into this new folder.")
@stack_option
@json_option
@catalog_option
def show(breach: str, extract: Path | None, stack: Path, as_json: bool, catalog_dir: Path | None) -> None:
    """Show a breach: clock, who to call, what is still to be filled in; and verify the seals of its evidence.

    Exit 1 when a seal does not hold.

    \b
    Example:
      provisioner gdpr breach show last
      provisioner gdpr breach show 2026-11-23-01 --extract /media/usb/evidence
    """
    from provisioner.gdpr.breach_form import form
    from provisioner.gdpr.breach_paper import calls
    from provisioner.gdpr.breaches import read

    [bundle], catalog = load_all((stack,), catalog_dir)
    found = read(bundle, breach)
    seals, broken = _seals(bundle, found, extract)
    empty = [each for section in form(bundle, catalog, found) for each in section.fields if each.open]
    if as_json:
        fields = [each.key for each in empty]
        print_json({**data_of(found), "seals": seals, "to_fill": fields, "calls": calls(bundle)})
    else:
        _print(bundle, found, seals, [each.label.in_language(language()) for each in empty])
    if broken:
        raise ProvisionerError(broken[0], _("Keep it as it is, and note it in the timeline."))


def _seals(bundle: "Bundle", breach: "Breach", extract: Path | None) -> tuple[dict[str, str], list[str]]:
    """Open each file of evidence and verify it. Return file -> how its seal is, and what does not hold."""
    from provisioner.gdpr.breach_evidence import digest_of, unsealed
    from provisioner.gdpr.breaches import folder_of
    from provisioner.secrets import identity_path
    from provisioner.unwritten import told as written

    if extract:
        if extract.exists():
            raise InputError(_("{path} exists already").format(path=extract), hint=_("Choose another folder."))
        with written(extract):
            extract.mkdir(parents=True, mode=0o700)
    seals, broken = {}, []
    for each in breach.evidence:
        path = folder_of(bundle) / breach.id / each.file
        if not identity_path().is_file() and path.is_file() and digest_of(path) == each.sha256:
            seals[each.file] = "unread"
            continue
        try:
            with unsealed(bundle, path, each) as (seal, folder):
                seals[each.file] = seal.signed
                if extract:
                    with written(extract):
                        _copy(folder, extract / each.file.partition(".")[0])
        except ProvisionerError as error:
            seals[each.file] = "broken"
            broken.append(error.message)
    return seals, broken


def _copy(source: Path, target: Path) -> None:
    from provisioner.host.layout import write

    for path in sorted(source.rglob("*")):
        if path.is_file():
            write(target / path.relative_to(source), path.read_bytes(), 0o600)


def _print(bundle: "Bundle", breach: "Breach", seals: dict[str, str], empty: list[str]) -> None:
    from provisioner.gdpr.breach_clock import local
    from provisioner.gdpr.breach_paper import calls
    from provisioner.gdpr.breach_words import CALL, DECISION
    from provisioner.gdpr.breaches import folder_of
    from provisioner.sentences import harmless

    show_table(bundle, [data_of(breach)])
    words = {
        "yes": _("whole, signed by the host"), "no": _("whole, not signed: the host has no key"),
        "wrong": _("signed by another key"), "broken": _("THE SEAL DOES NOT HOLD"),
        "unread": _("not opened: no identity here can read it"),
    }  # fmt: skip
    for name, state in seals.items():
        click.echo(_("Evidence {file}: {state}").format(file=name, state=words[state]))
    if breach.trouble:
        click.echo(_("Warning: not collected: {what}").format(what=harmless(breach.trouble)), err=True)
    for kind, how in calls(bundle):
        click.echo(_("Call: {who}: {how}").format(who=CALL[kind].in_language(language()), how=how))
    for point in DECISION if breach.risk == "unknown" else []:
        click.echo(f"- {point.in_language(language())}")
    for line in breach.timeline:
        click.echo(f"{local(line.time, bundle.stack.association.timezone)} {line.by}: {harmless(line.text)}")
    if empty:
        click.echo(_("Still to be filled in: {fields}").format(fields=", ".join(empty)))
    click.echo(_("Form to be copied: {path}").format(path=folder_of(bundle) / breach.id / "form-fr.html"))


@click.command("note")
@click.argument("breach", metavar="ID")
@click.argument("text")
@click.option("--risk", type=click.Choice(["none", "risk", "high"]), help="As judged now, with --reason.")
@click.option("--reason", default="", help="Why the risk is judged so.")
@click.option("--people", type=click.IntRange(0), help="How many people, about.")
@click.option("--records", type=click.IntRange(0), help="How many records, about.")
@click.option("--cause", default="", help="Where it comes from.")
@click.option("--measure", is_flag=True, help="TEXT is a measure taken or planned: it goes into the form.")
@click.option("--why-people", default="", help="Why people were or were not told.")
@click.option("--began", default="", metavar="TIME", help="When it began, as far as known.")
@click.option("--ended", default="", metavar="TIME", help="When it ended, as far as known.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(["confidentiality", "integrity", "availability"]),
              help="What was lost; may be given again.")  # fmt: skip
@click.option("--answer", "answers", multiple=True, metavar="KEY=TEXT", help="A field of the form (keys: form.json).")
@click.option("--notified", type=click.Choice(["authority", "people"]), help="They were told.")
@click.option("--stage", type=click.Choice(["whole", "initial", "complement"]), default="whole", show_default=True,
              help="All of it, a first stage, or the rest of one.")  # fmt: skip
@click.option("--at", default="", metavar="TIME", help="When they were told (default: now).")
@click.option("--reference", default="", help="The number the authority gave, or how people were told.")
@stack_option
@json_option
@catalog_option
def note(breach: str, text: str, stack: Path, as_json: bool, catalog_dir: Path | None, **given: Any) -> None:
    """Add a line to the timeline of a breach; with options, what is known by now, or who was told.

    \b
    Example:
      provisioner gdpr breach note last "All sessions ended, passwords changed" --measure
      provisioner gdpr breach note last "Told the authority" --notified authority --stage initial --reference 123
    """
    from provisioner.gdpr.breaches import alone, keep, read

    [bundle], catalog = load_all((stack,), catalog_dir)
    with alone(bundle):
        new = _noted(bundle, catalog, read(bundle, breach), text, given)
        keep(bundle, new)
        write_papers(bundle, catalog, new)
    if as_json:
        print_json(data_of(new))
        return
    show_table(bundle, [data_of(new)])
    click.echo(_("Next: provisioner gdpr breach show {id}").format(id=new.id))


def _noted(bundle: "Bundle", catalog: "Catalog", found: "Breach", text: str, given: dict[str, Any]) -> "Breach":
    """Return a breach with a line more, and what is known by now. Raise InputError."""
    from provisioner.gdpr.breach_clock import moment
    from provisioner.gdpr.breach_form import form
    from provisioner.gdpr.breaches import whoami
    from provisioner.gdpr.said import said
    from provisioner.models.breach import Noted

    now, zone = datetime.now(UTC).replace(microsecond=0), bundle.stack.association.timezone
    text, given = said(text), {key: said(each) if isinstance(each, str) else each for key, each in given.items()}
    if not text:
        raise InputError(_("an empty text: say it in a sentence"))
    told = _told(bundle, found, given, now)
    data = found.model_dump() | judged(given["risk"], given["reason"])
    data |= {key: moment(given[key], zone, now) for key in ("began", "ended") if given[key]}
    data |= {"kinds": list(given["kinds"])} if given["kinds"] else {}
    data["answers"] = found.answers | _answers(given["answers"], form(bundle, catalog, found))
    data |= {key: given[key] for key in ("people", "records") if given[key] is not None}
    data |= {key: given[name] for key, name in (("cause", "cause"), ("people_why", "why_people")) if given[name]}
    data["timeline"] = [*found.timeline, Noted(time=now, by=whoami(), text=text)]
    data["measures"] = [*found.measures, text] if given["measure"] else found.measures
    data["notified"] = [*found.notified, told] if told else found.notified
    return in_order(checked(data)) if given["began"] or given["ended"] else checked(data)


def _answers(given: tuple[str, ...], sections: "list[Section]") -> dict[str, str]:
    """Return key -> text. Raise InputError for a field that the form has not."""
    from provisioner.gdpr.said import said

    known = [field.key for section in sections for field in section.fields]
    found = {}
    for each in given:
        key, _equals, text = each.partition("=")
        if key not in known or not text.strip():
            hint = _("KEY=TEXT; keys: {names}").format(names=", ".join(known))
            raise InputError(_("'{text}' answers no field of the form").format(text=each), hint=hint)
        found[key] = said(text)
    return found


def _told(bundle: "Bundle", breach: "Breach", given: dict[str, Any], now: datetime) -> "Notified | None":
    """Return who was told. Raise InputError for a time before anybody knew, or a complement to nothing."""
    from provisioner.gdpr.breach_clock import first_notice, moment
    from provisioner.models.breach import Notified

    if not given["notified"]:
        if given["at"] or given["reference"] or given["stage"] != "whole":
            raise InputError(_("--at, --stage and --reference go with --notified"))
        return None
    when = moment(given["at"], bundle.stack.association.timezone, now)
    if when < breach.aware:
        raise InputError(_("nobody can be told before the association was aware"))
    if given["stage"] == "complement" and first_notice(breach) is None:
        raise InputError(_("there is nothing to complete yet: --stage initial comes first"))
    return Notified(time=when, whom=given["notified"], stage=given["stage"], reference=given["reference"])


@click.command("close")
@click.argument("breach", metavar="ID")
@click.option("--outcome", required=True, help="What came of it.")
@click.option("--not-notified", default="", metavar="WHY", help="Why the authority was not told.")
@click.option("--late", default="", metavar="WHY", help="Why it was told after 72 hours.")
@stack_option
@json_option
@catalog_option
def close(
    breach: str, outcome: str, not_notified: str, late: str, stack: Path, as_json: bool, catalog_dir: Path | None
) -> None:
    """Close a breach. It stays in the register; the authority may ask for it.

    \b
    Example:
      provisioner gdpr breach close last --outcome "Password changed; nobody had signed in"
      provisioner gdpr breach close last --outcome "Disk was encrypted" --not-notified "No risk: nobody can read it"
    """
    from provisioner.gdpr.breaches import alone, keep, read, whoami
    from provisioner.gdpr.said import said
    from provisioner.models.breach import Noted

    [bundle], catalog = load_all((stack,), catalog_dir)
    outcome, not_notified, late = said(outcome), said(not_notified), said(late)
    now = datetime.now(UTC).replace(microsecond=0)
    ended = {"time": now, "by": whoami(), "outcome": outcome, "not_notified": not_notified, "late": late}
    line = Noted(time=now, by=whoami(), text=_("{label}: {value}").format(label=_("closed"), value=outcome)[:4000])
    with alone(bundle):
        found = read(bundle, breach)
        _closable(found, not_notified, late)
        new = checked(found.model_dump() | {"closed": ended, "timeline": [*found.timeline, line]})
        keep(bundle, new)
        write_papers(bundle, catalog, new)
    if as_json:
        print_json(data_of(new))
    else:
        click.echo(_("Breach {id} is closed. It stays in the register.").format(id=new.id))


def _closable(breach: "Breach", not_notified: str, late: str) -> None:
    """Raise InputError where what the law asks is not said yet."""
    from provisioner.gdpr.breach_clock import deadline, first_notice, needs_complement

    told = first_notice(breach)
    if breach.closed:
        raise InputError(_("breach {id} is closed already").format(id=breach.id))
    if breach.risk == "unknown":
        hint = _("provisioner gdpr breach note {id} TEXT --risk none --reason WHY").format(id=breach.id)
        raise InputError(_("the risk has not been judged yet"), hint=hint)
    if told is None and not not_notified:
        hint = _("Note it (gdpr breach note {id} TEXT --notified authority), or say why not: --not-notified WHY")
        raise InputError(_("the authority was not told"), hint=hint.format(id=breach.id))
    if told is not None and not_notified:
        raise InputError(_("the authority was told: leave --not-notified out"))
    if late and (told is None or told <= deadline(breach.aware)):
        reason = _("the authority was told in time") if told else _("the authority was not told")
        raise InputError(_("{reason}: leave --late out").format(reason=reason))
    if told is not None and told > deadline(breach.aware) and not late:
        raise InputError(_("the authority was told after 72 hours: say why with --late (art. 33(1))"))
    if needs_complement(breach):
        raise InputError(_("only a first stage was notified: the rest is owed (--stage complement)"))
    if breach.risk == "high" and not breach.people_why and not any(each.whom == "people" for each in breach.notified):
        raise InputError(_("a high risk: people are to be told too (art. 34)"), hint=_("Or say why not: --why-people"))
