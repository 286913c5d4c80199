"""A scorecard beside earlier ones: what got better, what got worse, what fails that did not. Pure."""

from collections.abc import Iterable

from provisioner.documents.audit_words import words
from provisioner.models.scorecard import AUDITORS, Audited, Change, Comparison, Found, Scorecard

TOLERANCE = 0.05


def latest(history: Iterable[Scorecard]) -> Scorecard | None:
    """Given scorecards, the one to look at first in front, return one with each auditor from the first where it ran."""
    cards = list(history)
    if not cards:
        return None
    found: dict[str, Audited] = {}
    for card in cards:
        for each in card.auditors:
            if each.not_run is None:
                found.setdefault(each.name, each)
    return cards[0].model_copy(update={"auditors": [found[name] for name in AUDITORS if name in found]})


def compare(now: Scorecard, before: Scorecard) -> Comparison:
    """Return what changed from one scorecard to a later one, for the auditors that were asked both times."""
    pairs = [
        (each, old) for each in now.auditors if (old := before.auditor(each.name)) is not None and old.not_run is None
    ]
    result = Comparison(
        time=before.time,
        changes=[change for new, old in pairs for change in _changes(new, old)],
        silent=[new.name for new, _old in pairs if new.not_run is not None],
        versions=[(new.name, old.version, new.version) for new, old in pairs if _other_version(new, old)],
    )
    both = [(new, old) for new, old in pairs if new.not_run is None]
    failing = [
        (new.name, each) for new, old in both for each in new.found if each.counts and each.rule not in _bad(old)
    ]
    passing = [(old.name, each) for new, old in both for each in old.found if each.counts and _gone(each, new)]
    return result.model_copy(update={"newly_failing": failing, "newly_passing": passing})


def _bad(audited: Audited) -> set[str]:
    return {each.rule for each in audited.found if each.counts}


def _gone(found: Found, new: Audited) -> bool:
    """Say whether a rule holds now; one that is waived now still does not."""
    return found.rule not in {each.rule for each in new.found}


def _other_version(new: Audited, old: Audited) -> bool:
    return new.not_run is None and bool(new.version and old.version) and new.version != old.version


def _changes(new: Audited, old: Audited) -> list[Change]:
    found = []
    for key, value in new.figures.items():
        was = old.figures.get(key)
        if new.not_run is not None or was is None or abs(value - was) < TOLERANCE:
            continue
        way = words().figures[key].better if key in words().figures else ""
        better = None if not way else (value > was) == (way == "higher")
        found.append(Change(auditor=new.name, figure=key, before=was, now=value, better=better))
    return found
