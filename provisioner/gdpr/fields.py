"""Fields that every sheet shares: who answers for the data, basis and rights, sensitive data, transfers. Pure."""

from provisioner.gdpr.words import capital, data_names, date_text, given, joined, people, plain, say
from provisioner.models.base import Text
from provisioner.models.gdpr import LegalBasis
from provisioner.models.protection import Officer, Person, Protection
from provisioner.models.register import Row, Section
from provisioner.screening import answered, verdict
from provisioner.vocabulary import vocabulary

SOFTWARE_NOTES = {"connection", "devices", "usage", "history", "trash", "location"}
SENSITIVE_OWN_ROWS = ("national_number", "criminal")


def row(key: str, *values: Text) -> Row:
    """Return a field with its label."""
    return Row(key=key, label=say(f"label_{key}"), values=list(values))


def section(key: str, *rows: Row) -> Section:
    """Return a section with its heading."""
    return Section(key=key, title=say(f"section_{key}"), rows=list(rows))


def person(each: Person) -> Text:
    """Return a person with role and how to reach them."""
    name = say("person", name=each.name, role=each.role) if each.role else plain(each.name)
    return joined([name, *(plain(way) for way in (each.email or "", each.phone) if way)])


def officer(each: Officer) -> Text:
    """Return the officer or contact, and how to reach them."""
    name = say(f"officer_{each.kind}", name=each.name)
    return joined([name, *(plain(way) for way in (each.email, each.phone) if way)])


def controller(protection: Protection) -> Text:
    """Return the controller on one line."""
    about = protection.controller
    return joined([plain(text) for text in (about.name, about.address, about.number, about.phone) if text])


def who(protection: Protection) -> Section:
    """Return controller, joint controllers, representative, officer."""
    joint = [person(each) for each in protection.joint] or [say("joint_none")]
    return section(
        "who", row("controller", controller(protection)), row("joint", *joint),
        row("representative", person(protection.controller.representative)),
        row("officer", officer(protection.officer)),
    )  # fmt: skip


def organisation(protection: Protection, label: str = "controller") -> Section:
    """Return the first page of the record."""
    about = protection.controller
    joint = [person(each) for each in protection.joint] or [say("joint_none")]
    return section(
        "organisation", row(label, plain(about.name)), row("address", plain(about.address)),
        row("registration", given(about.number)), row("phone", given(about.phone)),
        row("representative", person(about.representative)), row("officer", officer(protection.officer)),
        row("joint", *joint), row("created", date_text(protection.created)),
        row("updated", date_text(protection.updated)),
    )  # fmt: skip


def identity(number: int, reference: str, name: Text, protection: Protection) -> Section:
    """Return number, reference, name and dates of a sheet."""
    return section(
        "identity", row("number", plain(number)), row("reference", plain(reference)), row("name", name),
        row("created", date_text(protection.created)), row("updated", date_text(protection.updated)),
    )  # fmt: skip


def purpose(text: Text, basis: LegalBasis, interest: Text | None, protection: Protection, *more: Row) -> Section:
    """Return purpose, basis with the interest pursued, the rights that follow, assessment; then further fields."""
    known = vocabulary()
    told = interest or say("interest_default")
    pursued = told if basis == "legitimate-interest" else say("interest_none")
    rights = [capital(known.rights[each]) for each in known.bases[basis].rights]
    without = [known.rights[each] for each in known.rights if each not in known.bases[basis].rights]
    rights.append(capital(say("right_complaint")))
    rights += [say("objection_none", rights=joined(without))] if without else []
    named = say("basis", basis=known.bases[basis].label, article=known.bases[basis].article)
    return section(
        "purpose", row("purpose", text), row("basis", named), row("interest", pursued),
        row("rights", *rights), row("dpia", _assessment(protection)), *more,
    )  # fmt: skip


def _assessment(protection: Protection) -> Text:
    found = protection.screening
    if found.dpia_done:
        return say("dpia_done", date=date_text(found.dpia_done))
    day = date_text(found.answered) if found.answered else say("not_given")
    said = verdict(answered(found))
    key = "dpia_unsettled" if said.dpia is None else "dpia_needed" if said.dpia else "dpia_not_needed"
    return say(key, date=day)


def people_and_data(who_: list[str], data: list[str], typed: list[str], source: list[Text]) -> Section:
    """Return categories of people and of data, the three questions of the CNIL, and the source."""
    known, every = vocabulary().data, list(dict.fromkeys([*data, *typed]))
    sensitive = data_names([key for key in every if known[key].sensitive])
    return section(
        "people", row("people", *people(who_)), row("data", *data_names(every)),
        row("sensitive", say("yes", what=joined(sensitive, "; ")) if sensitive else say("no")),
        *(_asked(key, every) for key in SENSITIVE_OWN_ROWS), row("source", *source),
    )  # fmt: skip


def _asked(key: str, data: list[str]) -> Row:
    return row(key, say("yes", what=joined(data_names([key]))) if key in data else say("no"))


def source_of(who_: list[str], data: list[str]) -> list[Text]:
    """Return where the data of a service comes from."""
    noted = SOFTWARE_NOTES & set(data)
    found = [say("source_people")] if set(data) - SOFTWARE_NOTES else []
    found += [say("source_software")] if noted else []
    return [*found, say("source_others")] if {"named", "contacts", "suppliers", "beneficiaries"} & set(who_) else found
