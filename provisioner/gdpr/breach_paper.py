"""The papers of a breach: the form in both languages, as HTML and JSON, with whom to call and how to decide. Pure."""

from typing import Any

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.documents.page import page
from provisioner.documents.paper import Paper, Part, Table
from provisioner.gdpr.breach_clock import deadline, local
from provisioner.gdpr.breach_form import Section, form, same
from provisioner.gdpr.breach_words import CALL, COPY, DECISION, HELP, HIDDEN, NOT_ADVICE
from provisioner.models.base import Text
from provisioner.models.breach import Breach
from provisioner.recipients import people

Call = tuple[str, str]


def calls(bundle: Bundle) -> list[Call]:
    """Return who is to be called: a key of CALL, and name with address and number, as far as known here."""
    data = bundle.protection
    found: list[Call] = [("contact", bundle.stack.association.contact)]
    if data:
        officer, chair = data.officer, data.controller.representative
        found.append(("officer", _line(officer.name, officer.email, officer.phone)))
        found.append(("representative", _line(chair.name, chair.email or "", chair.phone or data.controller.phone)))
        found += [("joint", _line(each.name, each.email or "", each.phone)) for each in data.joint]
        for each in data.processors:
            kind = "host" if each.role == "host" else "processor"
            found.append((kind, _line(each.name, each.phone, each.country, each.document)))
    found += [("recipient", each.name or each.key) for each in people(bundle.stack)]
    return [*found, ("help", HELP)]


def _line(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def files_of(bundle: Bundle, catalog: Catalog, breach: Breach) -> dict[str, str]:
    """Return the papers by file name: the form in French and English, and for scripts."""
    import json

    sections = form(bundle, catalog, breach)
    paper = breach_paper(bundle, breach, sections)
    data = json.dumps(form_data(bundle, breach, sections), indent=1, ensure_ascii=False) + "\n"
    return {"form-fr.html": page(paper, "fr"), "form-en.html": page(paper, "en"), "form.json": data}


def form_data(bundle: Bundle, breach: Breach, sections: list[Section]) -> dict[str, Any]:
    """Return the form for scripts: each field with label and answer in both languages."""
    fields = {
        each.key: {"label": each.label.model_dump(), "answer": each.answer.model_dump(), "to_fill": each.open}
        for section in sections
        for each in section.fields
    }
    return {
        "breach": breach.id, "association": breach.association, "deadline": deadline(breach.aware).isoformat(),
        "fields": fields, "calls": [{"who": kind, "how": how} for kind, how in calls(bundle)],
        "notice": NOT_ADVICE.model_dump(),
    }  # fmt: skip


def breach_paper(bundle: Bundle, breach: Breach, sections: list[Section]) -> Paper:
    """Return the paper of a breach."""
    zone, name = bundle.stack.association.timezone, bundle.stack.association.name
    last = local(deadline(breach.aware), zone)
    head = [Text(fr="Champ", en="Field"), Text(fr="Réponse", en="Answer")]
    parts = [
        Part(
            title=section.title,
            table=Table(head=head, rows=[[f.label, _seen(f.answer, f.open)] for f in section.fields]),
        )
        for section in sections
    ]
    rows = [[CALL[kind], same(how)] for kind, how in calls(bundle)]
    who = Part(
        title=Text(fr="Qui appeler", en="Who to call"),
        table=Table(head=[Text(fr="Rôle", en="Role"), Text(fr="Coordonnées", en="How to reach them")], rows=rows),
    )
    decide = Part(title=Text(fr="Faut-il notifier ?", en="Is it to be notified?"), points=DECISION)
    return Paper(
        name="breach",
        title=Text(
            fr=f"Violation de données {breach.id} : {name}", en=f"Breach of personal data {breach.id}: {name}"
        ),
        lead=[Text(fr=f"**À notifier avant le {last}.**", en=f"**To be notified before {last}.**"), COPY, HIDDEN],
        parts=[decide, who, *parts, _history(breach, zone)],
        foot=NOT_ADVICE,
        created=f"{breach.opened:%Y-%m-%d}",
    )  # fmt: skip


def _seen(text: Text, wanted: bool) -> Text:
    return Text(fr=f"**{text.fr}**", en=f"**{text.en}**") if wanted else text


def _history(breach: Breach, zone: str) -> Part:
    rows = [[same(local(each.time, zone)), same(each.by), same(each.text)] for each in breach.timeline]
    for each in breach.evidence:
        text = f"SHA-256 {each.sha256} {each.file} ({local(each.since, zone)} … {local(each.until, zone)})"
        rows.append([same(local(each.taken, zone)), same(each.by), same(text)])
    head = [Text(fr="Quand", en="When"), Text(fr="Qui", en="Who"), Text(fr="Quoi", en="What")]
    title = Text(fr="Journal et pièces", en="Timeline and evidence")
    return (
        Part(title=title, table=Table(head=head, rows=rows))
        if rows
        else Part(title=title, lines=[Text(fr="Rien encore.", en="Nothing yet.")])
    )
