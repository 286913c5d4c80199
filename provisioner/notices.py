"""Privacy notices of art. 13 and the legal notice, from what is installed and what gdpr.yaml says. Pure."""

from dataclasses import dataclass

from provisioner.adequacy import ground, safeguard
from provisioner.catalog import Catalog
from provisioner.models.protection import About, OwnActivity, Processor, Protection
from provisioner.models.service import Service
from provisioner.models.stack import Stack
from provisioner.notices_times import backup_days, kept_lines, period_in, removed_by_hand
from provisioner.retention import periods
from provisioner.sentences import country_name, sentence
from provisioner.vocabulary import vocabulary

LANGUAGES = ("fr", "en")
INDIRECT = ("named", "contacts", "partners", "suppliers", "beneficiaries", "minors")


@dataclass(frozen=True)
class Section:
    """One item of a notice."""

    id: str
    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Notice:
    """A notice in one language."""

    id: str
    title: str
    language: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Around:
    """What every section is made from."""

    stack: Stack
    answers: Protection
    language: str

    def say(self, key: str, **given: object) -> str:
        """Return one of the words, filled in."""
        return sentence("notice", key, {name: str(value) for name, value in given.items()}).in_language(self.language)

    def section(self, name: str, *lines: str) -> Section:
        """Return a section under its heading, without empty lines."""
        return Section(name, self.say(name), tuple(line for line in lines if line))


def service_notice(stack: Stack, service: Service, answers: Protection, language: str) -> Notice:
    """Return the notice of one service of a stack: every item of art. 13(1) and (2)."""
    around, about = Around(stack, answers, language), answers.services.get(service.name, About())
    sections = (
        *_who(around), _purposes(around, service, about), _mandatory(around, service, about),
        _recipients(around, about.recipients), _transfers(around, service.gdpr.outgoing),
        _duration(around, service), *_kept_elsewhere(around), _rights(around, service, about), *_last(around),
        _source(around, service), around.section("minors", around.say("minors_text")),
    )  # fmt: skip
    return Notice(service.name, around.say("notice_title", title=service.title), language, sections)


def overview(stack: Stack, catalog: Catalog, answers: Protection, language: str) -> Notice:
    """Return the notice of the whole association: what holds for all services, and what each is for."""
    around = Around(stack, answers, language)
    services = [catalog.entry(name).service for name in stack.services]
    outgoing = sorted({host for service in services for host in service.gdpr.outgoing})
    told: dict[str, list[str]] = {}
    for name, make in (("purposes", _purposes), ("mandatory", _mandatory), ("rights", _rights)):
        told[name] = [
            f"{service.title} : {line}" if language == "fr" else f"{service.title}: {line}"
            for service in services
            for line in make(around, service, answers.services.get(service.name, About())).lines
            if not (name == "rights" and line in _how_to_ask(around))
        ]
    durations = [f"{service.title}. {line}" for service in services for line in _duration(around, service).lines]
    told["purposes"] += [_own_purpose(around, own) for own in answers.own]
    durations += [around.say("own_kept", name=own.name, period=_own_period(around, own)) for own in answers.own]
    people = list(dict.fromkeys(name for service in services for name in _indirect(service)))
    given = [each for about in answers.services.values() for each in about.recipients]
    sections = (
        *_who(around), around.section("purposes", *told["purposes"]), around.section("mandatory", *told["mandatory"]),
        _recipients(around, given), _transfers(around, outgoing), around.section("duration", *durations),
        *_kept_elsewhere(around), around.section("rights", *told["rights"], *_how_to_ask(around)), *_last(around),
        _origin(around, people), around.section("minors", around.say("minors_text")),
    )  # fmt: skip
    return Notice("privacy", around.say("overview_title", association=stack.association.name), language, sections)


def legal_notice(stack: Stack, answers: Protection, language: str) -> Notice:
    """Return the legal notice: publisher, director of publication, host (LCEN)."""
    around, controller = Around(stack, answers, language), answers.controller
    none = around.say("not_given")
    hosts = [each for each in answers.processors if each.role == "host"]
    named = [
        around.say("host_text", name=each.name, address=each.address or none, phone=each.phone or none)
        for each in hosts
    ]
    if answers.own_host or not named:
        named = [around.say("own_host_text", name=controller.name, address=controller.address), *named]
    number = around.say("number_text", number=controller.number) if controller.number else ""
    sections = (
        around.section("publisher", *_identity(around), number),
        around.section("director", controller.representative.name),
        around.section("host", *named),
    )
    return Notice("legal", around.say("legal_title"), language, sections)


def _identity(around: Around) -> list[str]:
    who = around.answers.controller
    representative = who.representative.name
    if who.representative.role:
        representative += f" ({who.representative.role})"
    lines = [
        around.say("identity_text", name=who.name, address=who.address, representative=representative,
                   contact=around.stack.association.contact)
    ]  # fmt: skip
    return [*lines, around.say("phone_text", phone=who.phone)] if who.phone else lines


def _who(around: Around) -> tuple[Section, ...]:
    officer = around.answers.officer
    joint = [around.say("joint_text", name=each.name, email=each.email or "") for each in around.answers.joint]
    text = "contact_text" if officer.kind == "none" else "officer_text"
    return (
        around.section("identity", *_identity(around), *joint),
        around.section("officer", around.say(text, name=officer.name, email=officer.email)),
    )


def _labels(around: Around, kind: str, names: list[str]) -> str:
    known = getattr(vocabulary(), kind)
    return ", ".join(known[name].label.in_language(around.language) for name in names)


def _bases(service: Service, about: About) -> list[str]:
    return [about.legal_basis.get(number, each.legal_basis) for number, each in enumerate(service.gdpr.activities, 1)]


def _purposes(around: Around, service: Service, about: About) -> Section:
    lines = []
    for number, (activity, name) in enumerate(zip(service.gdpr.activities, _bases(service, about), strict=True), 1):
        basis = vocabulary().bases[name]  # type: ignore[index]
        told = around.say("purpose_text", purpose=activity.purpose.in_language(around.language),
                          people=_labels(around, "people", activity.subjects),
                          data=_labels(around, "data", activity.data))  # fmt: skip
        label = basis.label.in_language(around.language)
        told += " " + around.say("basis_text", basis=label, article=basis.article)
        if name == "legitimate-interest":
            named = (activity.interest or activity.purpose).in_language(around.language)
            told += " " + around.say("interest_text", interest=about.interest.get(number, named))
        lines.append(told)
    if about.sensitive:
        lines.append(around.say("sensitive_text", data=_labels(around, "data", about.sensitive)))
    return around.section("purposes", *lines, about.note)


def _own_purpose(around: Around, own: OwnActivity) -> str:
    """Return what a processing without a service is for: paper, another program."""
    basis = vocabulary().bases[own.legal_basis]
    told = around.say("purpose_text", purpose=f"{own.name} : {own.purpose}" if around.language == "fr"
                      else f"{own.name}: {own.purpose}", people=_labels(around, "people", own.subjects),
                      data=_labels(around, "data", own.data))  # fmt: skip
    told += " " + around.say("basis_text", basis=basis.label.in_language(around.language), article=basis.article)
    if own.legal_basis == "legitimate-interest":
        told += " " + around.say("interest_text", interest=own.interest or own.purpose)
    return told


def _own_period(around: Around, own: OwnActivity) -> str:
    return period_in(periods(around.answers.retention, vocabulary())[own.period], around.say)


def _mandatory(around: Around, service: Service, about: About) -> Section:
    lines = [
        around.say(f"mandatory_{name}", purpose=activity.purpose.in_language(around.language))
        for activity, name in zip(service.gdpr.activities, _bases(service, about), strict=True)
    ]
    return around.section("mandatory", *lines)


def _recipients(around: Around, more: list[str]) -> Section:
    processors = [
        around.say("processor_text", name=each.name, country=country_name(each.country).in_language(around.language),
                   role=each.for_ or around.say(f"role_{each.role}"))
        for each in around.answers.processors
    ]  # fmt: skip
    return around.section("recipients", around.say("inside_text"), *processors, *(f"{each}." for each in more))


def _transfers(around: Around, outgoing: list[str]) -> Section:
    outside = [each for each in around.answers.processors if ground(each.country) != "eea"]
    lines = [_transfer(around, each) for each in outside] or [around.say("no_transfer")]
    if outgoing:
        lines.append(around.say("outgoing_text", hosts=", ".join(outgoing)))
    return around.section("transfers", *lines)


def _transfer(around: Around, each: Processor) -> str:
    allowed, email = safeguard(each), around.answers.officer.email
    told = allowed.in_language(around.language) if allowed else around.say("safeguard_none")
    country = country_name(each.country).in_language(around.language)
    return around.say("transfer_text", name=each.name, country=country, safeguard=told, email=email)


def _duration(around: Around, service: Service) -> Section:
    return around.section("duration", *kept_lines(service, around.answers, around.language, around.say))


def _kept_elsewhere(around: Around) -> tuple[Section, ...]:
    map_ = periods(around.answers.retention, vocabulary())
    logs = map_["hosting" if around.answers.public_content else "security_logs"]
    backup = around.stack.backup
    if backup is None:
        copies = [around.say("no_backups")]
    else:
        by_hand = around.say("backups_by_hand") if removed_by_hand(backup) else ""
        copies = [around.say("backups_text", days=backup_days(backup)), by_hand]
    text = around.say("logs_text", period=period_in(logs, around.say))
    return around.section("logs", text), around.section("backups", *copies)


def _how_to_ask(around: Around) -> list[str]:
    return [around.say("ask_text", email=around.answers.officer.email), around.say("withdrawal_text")]


def _rights(around: Around, service: Service, about: About) -> Section:
    found = vocabulary()
    lines = []
    for activity, name in zip(service.gdpr.activities, _bases(service, about), strict=True):
        rights = [found.rights[each].in_language(around.language) for each in found.bases[name].rights]  # type: ignore[index]
        purpose = activity.purpose.in_language(around.language)
        lines.append(around.say("rights_text", purpose=purpose, rights=", ".join(rights)))
    return around.section("rights", *lines, *_how_to_ask(around))


def _last(around: Around) -> tuple[Section, ...]:
    asked, email = around.answers.screening.dpia, around.answers.officer.email
    taken, scored = asked.get("automated_decision"), asked.get("scoring")
    if taken is None or scored is None:
        lines = [around.say("automated_open", email=email)]
    else:
        lines = [
            around.say("automated_taken", email=email) if taken else around.say("automated_text"),
            around.say("profiling_done", email=email) if scored else around.say("profiling_text"),
        ]
    return around.section("complaint", around.say("complaint_text")), around.section("automated", *lines)


def _indirect(service: Service) -> list[str]:
    named = {name for activity in service.gdpr.activities for name in activity.subjects}
    return [name for name in INDIRECT if name in named]


def _source(around: Around, service: Service) -> Section:
    return _origin(around, _indirect(service))


def _origin(around: Around, people: list[str]) -> Section:
    more = around.say("indirect_text", people=_labels(around, "people", people)) if people else ""
    return around.section("source", around.say("direct_text"), more)
