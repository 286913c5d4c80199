"""Load the gdpr.yaml of an association, and check it against the vocabulary and the stack."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from provisioner.errors import Finding, InputError
from provisioner.explain import suggest_or_list
from provisioner.i18n import _
from provisioner.load import Document, load_yaml, model_from
from provisioner.models.protection import Protection
from provisioner.models.stack import Stack
from provisioner.retention import out_of_bounds
from provisioner.sentences import is_country
from provisioner.vocabulary import vocabulary

FILE = "gdpr.yaml"
OLDEST, LAST = 1990, 2099  # before and after, a year was mistyped


@dataclass(frozen=True)
class Answers:
    """gdpr.yaml as it was read."""

    path: Path
    data: Protection
    document: Document


def load_answers(folder: Path, stack: Stack) -> Answers | None:
    """Given the folder of a stack.yaml, return its gdpr.yaml, or None where there is none.

    Raise InputError with every finding.
    """
    path = folder / FILE
    if not path.exists() and not path.is_symlink():  # a link to nowhere is told: without answers nothing is purged
        return None
    document = load_yaml(path)
    answers = Answers(path, model_from(document, Protection), document)
    findings = check_answers(answers, stack)
    if findings:
        raise InputError(_("The answers on data protection have errors."), findings)
    return answers


def check_answers(answers: Answers, stack: Stack) -> list[Finding]:
    """Return what in gdpr.yaml does not fit the vocabulary or the stack."""
    words, data, document = vocabulary(), answers.data, answers.document
    findings = [
        document.finding(("retention", key), text) for key, text in out_of_bounds(data.retention, words).items()
    ]
    for name, about in data.services.items():
        if name not in stack.services:
            text = _("no service '{name}' in this stack;").format(name=name)
            findings.append(document.finding(("services", name), text + suggest_or_list(name, list(stack.services))))
        findings += _unknown(document, ("services", name, "sensitive"), about.sensitive, list(words.data))
    for number, own in enumerate(data.own):
        findings += _unknown(document, ("own", number, "subjects"), own.subjects, list(words.people))
        findings += _unknown(document, ("own", number, "data"), own.data, list(words.data))
        findings += _unknown(document, ("own", number, "period"), [own.period], list(words.retention))
    for number, each in enumerate(data.processors):
        findings += _no_place(document, ("processors", number, "places"), each.places, _places(stack))
        if not is_country(each.country):
            text = _("'{code}' is no country: two letters of ISO 3166 are wanted, such as FR, DE, GB or US")
            findings.append(document.finding(("processors", number, "country"), text.format(code=each.country)))
    if data.updated < data.created:
        findings.append(document.finding(("updated",), _("before the day it was created")))
    return findings + _odd_days(document, data)


def today(stack: Stack, now: datetime) -> date:
    """Return the latest day it is by now for those who write gdpr.yaml: on their clock, or in UTC."""
    return max(now.astimezone(UTC).date(), now.astimezone(ZoneInfo(stack.association.timezone)).date())


def _odd_days(document: Document, data: Protection) -> list[Finding]:
    """Return the days of another age. Those that are yet to come `gdpr check` tells: a clock may be slow, and what is
    done after a fire must not hang on it.
    """
    days: dict[tuple[str | int, ...], date | None] = {
        ("created",): data.created, ("updated",): data.updated,
        ("screening", "answered"): data.screening.answered, ("screening", "dpia_done"): data.screening.dpia_done,
    }  # fmt: skip
    days |= {("processors", number, "contract"): each.contract for number, each in enumerate(data.processors)}
    days |= {("seen", key, "day"): each.day for key, each in data.seen.items()}
    text = _("{day}: is the year right?")
    return [
        document.finding(place, text.format(day=day))
        for place, day in days.items()
        if day and not OLDEST <= day.year <= LAST
    ]


def _places(stack: Stack) -> list[str]:
    copies = [each.name for each in stack.backup.destinations] if stack.backup else []
    return [stack.mail.host, *copies] if stack.mail else copies


def _no_place(document: Document, place: tuple[str | int, ...], given: list[str], known: list[str]) -> list[Finding]:
    texts = [
        _("no mail relay and no destination of copies is called '{name}' in stack.yaml;").format(name=name)
        + suggest_or_list(name, known)
        for name in given
        if name not in known
    ]
    return [document.finding(place, text) for text in texts]


def _unknown(document: Document, place: tuple[str | int, ...], given: list[str], known: list[str]) -> list[Finding]:
    texts = [
        _("'{name}' is not in catalog/gdpr.yaml;").format(name=name) + suggest_or_list(name, known)
        for name in given
        if name not in known
    ]
    return [document.finding(place, text) for text in texts]
