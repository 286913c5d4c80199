"""What the schema of a needs profile refuses, as findings with codes: NP101 to NP108, NP199, and NP301."""

import re
from typing import Any

from provisioner.errors import Finding
from provisioner.explain import code_of, explain, shown
from provisioner.i18n import _
from provisioner.load import SUGGESTED, Document, Fault, judged
from provisioner.models.profile import Profile
from provisioner.profiles.known import NEEDS, Known

PERSON = re.compile(
    r"(?:^|_)(?:president[es]*|presidence|tresorier[es]*|tresoriere|treasurer|secretaire|secretary|chair(?:man|woman|person)?"
    r"|name|names|nom|noms|prenom|prenoms|surname|firstname|lastname|fullname|mail|mails|email|emails|courriel|courriels|e_mail"
    r"|phone|phones|telephone|telephones|tel|mobile|portable|fax|address|addresses|adresse|adresses|street|rue|contact|contacts"
    r"|person|personne|persons|people_names|responsable|director_name|directeur|directrice|dirigeant|dirigeants"
    r"|birth|birthday|birthdate|naissance|age_of|login|username|iban)(?:_|$)"
)  # fmt: skip
ACCENTS = str.maketrans("éèêëàâîïôûùç", "eeeeaaiiouuc")


def schema_findings(document: Document, known: Known) -> tuple[Profile | None, list[Finding]]:
    """Given a document, return its Profile, or None and what the schema refuses (a thousand findings at most)."""
    profile, faults = judged(document, Profile)
    return profile, [_finding(document, fault, known, number < SUGGESTED) for number, fault in enumerate(faults)]


def _finding(document: Document, fault: Fault, known: Known, near: bool) -> Finding:
    error = fault.error
    if error["type"] == "extra_forbidden" and looks_like_person(str(error["loc"][-1])):
        text = _("field '{field}' looks like personal data about a person; the profile needs none, remove it")
        return document.finding(fault.path, text.format(field=shown(str(error["loc"][-1]))), "NP301")
    instead = _about_need(error, known) if near else ""
    return document.finding(fault.path, instead or explain(error, Profile, near=near), code_of(error))


def looks_like_person(field: str) -> bool:
    """Return whether a field's name asks for a person: president, nom, e-mail, phone..."""
    plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"([a-z])([A-Z])", r"\1_\2", field[:100]).lower().translate(ACCENTS))
    return bool(PERSON.search(plain))


def _about_need(error: dict[str, Any], known: Known) -> str:
    """Return a sentence for a word that is no need id: a product, or an everyday word we know; else nothing."""
    word, expected = error.get("input"), str(error.get("ctx", {}).get("expected", ""))
    if error["type"] != "literal_error" or not isinstance(word, str) or not expected.startswith(f"'{NEEDS[0]}'"):
        return ""
    closed = known.closed(word)
    if closed:
        return closed
    needs = known.product(word) if len(word) <= 60 else None
    if needs:
        text = _(
            "'{word}' is a tool, not a need; write the usage (for example {need}) "
            "and list the tool under existing_tools or limits"
        )
        return text.format(word=shown(word), need=needs[0])
    if needs is not None:
        text = _("'{word}' is a tool, not a need; write the usage and list the tool under existing_tools or limits")
        return text.format(word=shown(word))
    meant = known.meant(word)
    if not meant or meant == word:
        return ""
    return (
        _("'{value}' is not allowed;").format(value=shown(word)) + " " + _("did you mean '{word}'?").format(word=meant)
    )
