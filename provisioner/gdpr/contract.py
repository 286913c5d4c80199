"""A draft contract with a processor (art. 28): what it is about, from the stack, and the eight clauses. Pure."""

from markupsafe import Markup

from provisioner.catalog import Catalog
from provisioner.documents.page import filled, marked
from provisioner.documents.paper import Paper, Part
from provisioner.gdpr.words import LANGUAGES, data_names, joined, people
from provisioner.models.base import Text
from provisioner.models.protection import Protection
from provisioner.models.stack import Stack
from provisioner.sentences import Value, sentence

CLAUSES = "abcdefgh"


def _say(key: str, **values: Value) -> Text:
    return sentence("contract", key, values)


def contract(stack: Stack, catalog: Catalog, protection: Protection) -> Paper:
    """Return the draft as a paper."""
    about, found = protection.controller, [catalog.entry(name) for name in stack.services]
    activities = [each for entry in found for each in entry.service.gdpr.activities]
    persons = list(dict.fromkeys(key for each in activities for key in each.subjects))
    typed = [key for name, each in protection.services.items() if name in stack.services for key in each.sensitive]
    data = list(dict.fromkeys([*(key for each in activities for key in each.data), *typed]))
    without = ", ".join(each.name for each in protection.processors if each.contract is None)
    parties = [_say("parties_controller", name=about.name, address=about.address,
                    representative=about.representative.name), _say("parties_processor")]  # fmt: skip
    parties += [_say("parties_named", names=without)] if without else []
    subject = [
        _say("subject"), _say("duration"), _say("nature"),
        _say("purpose", purposes=joined([each.purpose for each in activities], "; ")),
        _say("data", data=joined(data_names(data), "; ")), _say("persons", persons=joined(people(persons), "; ")),
    ]  # fmt: skip
    place = _say("place" if protection.transfers == "forbidden" else "place_allowed")
    parts = [
        Part(title=_say("parties"), points=parties), Part(title=_say("about"), points=subject),
        Part(title=_say("clauses"), points=[_say(f"clause_{letter}") for letter in CLAUSES]),
        Part(title=_say("places"), points=[place]),
    ]  # fmt: skip
    return Paper(name="contract", title=_say("title"), lead=[_say("lead")], parts=parts, foot=_say("foot"))


def contract_page(stack: Stack, catalog: Catalog, protection: Protection) -> str:
    """Return the draft as one HTML page, French first, then English."""
    paper = contract(stack, catalog, protection)

    def spoken(text: Text, language: str) -> Markup:
        return marked(text.in_language(language), language)

    return filled("contract.html.j2", "fr", papers=[paper, paper], languages=LANGUAGES, s=spoken)
