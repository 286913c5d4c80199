"""Which answers of the association are missing for the record: each with its place in gdpr.yaml. Pure."""

from provisioner.catalog import Catalog
from provisioner.errors import Finding
from provisioner.gdpr.processors import Lack, processors
from provisioner.i18n import _, language, ngettext
from provisioner.models.stack import Stack
from provisioner.protection import Answers
from provisioner.protection_refusals import tool_here


def missing(answers: Answers, stack: Stack, catalog: Catalog) -> list[Finding]:
    """Return every answer without which a field of the record would be empty or untrue."""
    document, said = answers.document, answers.data
    found = []
    for number, joint in enumerate(said.joint):
        if not (joint.email or joint.phone):
            found.append(document.finding(("joint", number), _("a joint controller needs a contact: email or phone")))
    for name, about in said.services.items():
        known = len(catalog.entry(name).service.gdpr.activities)
        for field, given in (("legal_basis", about.legal_basis), ("interest", about.interest)):
            for number in given:
                if not 1 <= number <= known:
                    text = ngettext(
                        "'{service}' has {count} activity: there is no number {number}",
                        "'{service}' has {count} activities: there is no number {number}",
                        known,
                    )
                    place = ("services", name, field)
                    found.append(document.finding(place, text.format(service=name, count=known, number=number)))
    for number, own in enumerate(said.own):
        if not own.measures and not tool_here(own.tool, stack, catalog):
            text = _("say how this data is protected: a locked cupboard, a password")
            found.append(document.finding(("own", number, "measures"), text))
    if not (said.screening.dpia_done or (said.screening.answered and said.screening.dpia)):
        text = _("the questions on the impact assessment are not answered: provisioner gdpr screening")
        found.append(document.finding(("screening",), text))
    return [*found, *_processors(answers, stack)]


def _processors(answers: Answers, stack: Stack) -> list[Finding]:
    listed = processors(stack, answers.data)
    found = [
        answers.document.finding(("processors", each.number, *_field(lack)), lack.text.in_language(language()))
        for each in listed.listed
        for lack in each.missing
        if lack.code in ("safeguard", "document")
    ]
    return found + [
        answers.document.finding(("processors",), each.text.in_language(language())) for each in listed.unnamed
    ]


def _field(lack: Lack) -> tuple[str]:
    return (lack.field.rpartition(".")[2],)
