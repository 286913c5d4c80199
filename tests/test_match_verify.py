"""The second computation accepts every plan and rejects every tampered one; every choice tried gives the same plan."""

import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from match_fixture import GOLDEN, example, example_plan, fixture_offer, fixture_rules, golden_plan, golden_profile
from pydantic import ValidationError

from provisioner.matching import verify as match_verify
from provisioner.matching.brute import MOST, enumerate_all, remaining
from provisioner.matching.check import Check
from provisioner.matching.match import content_sha256, match_
from provisioner.matching.recount import Recount, recount
from provisioner.models.profile import Profile
from provisioner.models.proposal import Proposal

EXAMPLES = ("sports-culture-association", "work-integration-structure", "federation")
# Sentences are not claimed to be checked; neither are names of prices, the proof, and what is only bounded.
FREE = re.compile(
    r"\.(reason|sentence|note)(\.|$)|^warnings|^terms\[\]\.label|^levers\[\]\.label\.|^proved_optimal|^proposal$"
    r"|^costs\.(lines|today)\[\]\.(label|source|estimate|funding|kind|counted)|^chosen\[\]\.alternatives\[\]\.score"
    r"|^levers$|^runner_up$|^chosen\[\]\.alternatives$|^dropped\[\]\.reason|^(excluded|not_covered)\[\]\.code"
    r"|\.verdict$|^levers\[\]\.lever$|^terms\[\]\.how$"
)


def plan_of(name: str) -> Proposal:
    return golden_plan(name) if name[0].isdigit() else example_plan(name)


def profile_of(name: str) -> Profile:
    return golden_profile(name) if name[0].isdigit() else example(name)


@cache
def counted(name: str) -> Recount:
    return recount(profile_of(name), fixture_offer(), fixture_rules())


def failed(name: str, plan: Proposal) -> list[Check]:
    profile = profile_of(name)
    checks = match_verify.verify(plan, profile, fixture_offer(), fixture_rules(), content_sha256(profile))
    return [check for check in checks if not check.ok]


@pytest.mark.parametrize("name", [*(path.stem[:3].rstrip("_") for path in GOLDEN), *EXAMPLES])
def test_verify_accepts_the_plan(name: str) -> None:
    assert failed(name, Proposal.model_validate_json(plan_of(name).text())) == []


@pytest.mark.parametrize("name", [path.stem for path in GOLDEN if not path.stem.startswith("08")] + [EXAMPLES[0]])
def test_every_choice_tried_gives_the_plan(name: str) -> None:
    found, plan = enumerate_all(counted(name)), plan_of(name)
    assert len(found.free) <= MOST
    if plan.verdict == "mandate_impossible":
        assert found.best is None
    else:
        assert found.best and (list(found.best), found.score) == (plan.components, plan.score)


def test_as_many_choices_are_allowed_as_the_specification_counts() -> None:
    assert enumerate_all(counted(EXAMPLES[0])).allowed == 352
    assert len(remaining(counted("08"))) == 29


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value in plain data, the containers included."""
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def shown(path: tuple[Any, ...]) -> str:
    return re.sub(r"\.\[", "[", ".".join("[]" if isinstance(part, int) else part for part in path))


def tampered(data: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any] | None:
    """Return a copy with one value changed a little, or None where there is nothing to change."""
    found = copy.deepcopy(data)
    holder: Any = found
    for part in path[:-1]:
        holder = holder[part]
    value = holder[path[-1]]
    if isinstance(value, bool):
        holder[path[-1]] = not value
    elif isinstance(value, int | float):
        holder[path[-1]] = value + 1
    elif isinstance(value, str):
        holder[path[-1]] = value + "x"
    elif isinstance(value, list) and value:
        value.pop()
    else:
        return None
    return found


def cases() -> list[tuple[str, tuple[Any, ...]]]:
    """Return, for some plans, one place of each kind: the last of its kind, where there are several."""
    found: dict[str, tuple[str, tuple[Any, ...]]] = {}
    for name in ("sports-culture-association", "federation", "09", "04", "04b"):
        for path in places(json.loads(plan_of(name).text())):
            if path and path[0] != "content" and not FREE.search(shown(path)):
                found[shown(path)] = (name, path)
    found["content"] = ("04", ("content", "people", "members", "count"))
    return sorted(found.values(), key=str)


def test_verify_rejects_every_tampered_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match_verify, "recount", lambda profile, *_rest: counted(now[0]))
    accepted, now = [], [""]
    for name, path in cases():
        now[0], data = name, tampered(json.loads(plan_of(name).text()), path)
        try:
            plan = Proposal.model_validate(data) if data else None
        except ValidationError:
            continue
        if plan is not None and not failed(name, plan):
            accepted.append((name, shown(path)))
    assert len(cases()) > 150 and accepted == []


WRONG: dict[str, Any] = {
    "a service swapped for its rival": lambda data: data["chosen"][2].update(service="discourse"),
    "a gap hidden": lambda data: data["not_covered"].pop(),
    "a gap without a reason": lambda data: data["not_covered"][0]["reason"].update(en=" ", fr=" "),
    "a reason of another kind": lambda data: data["not_covered"][0].update(code="U1"),
    "a service called barred": lambda data: data["excluded"][0].update(code="H7"),
    "a better verdict": lambda data: data["decision"].update(verdict="deploy_partly"),
    "another computation": lambda data: data["terms"][0].update(how="floor(1 x 2) = 2"),
    "a computation that is a program": lambda data: data["terms"][0].update(how="__import__('os')"),
    "a computation without an end": lambda data: data["terms"][0].update(how="9 x 9 x (9"),
    "a computation as long as a book": lambda data: data["terms"][0].update(how="1 + " * 5000 + "1"),
    "a lever without a name": lambda data: data["levers"].pop(0),
    "a lever renamed": lambda data: data["levers"][1].update(lever="budget"),
    "an unknown component": lambda data: data["runner_up"]["components"].append("nothing"),
    "an alternative too good": lambda data: data["chosen"][0]["alternatives"][0].update(score=5000),
    "a cost of others": lambda data: data["costs"]["lines"].append(
        {"kind": "mail", "label": {"fr": "x", "en": "x"}, "monthly_eur": 1, "source": {"fr": "x", "en": "x"}}
    ),
    "a price file it never saw": lambda data: data["versions"].update(prices="9.9"),
}


@pytest.mark.parametrize("name", WRONG)
def test_verify_rejects(name: str) -> None:
    data = json.loads(plan_of(EXAMPLES[0]).text())
    WRONG[name](data)
    assert failed(EXAMPLES[0], Proposal.model_validate(data))


def test_verify_rejects_a_worse_choice_that_is_counted_right() -> None:
    profile, rules = example(EXAMPLES[0]), fixture_rules()
    poorer = profile.model_copy(update={"limits": profile.limits.model_copy(update={"excluded": ["sympa"]})})
    plan = match_(poorer, fixture_offer(), rules)
    checks = failed(EXAMPLES[0], plan.model_copy(update={"content": profile}))
    assert "no simple move is better" in {check.name for check in checks}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_plan_with_a_number_that_is_none_is_refused(number: str) -> None:
    text = re.sub(r'"score": [0-9.]+', f'"score": {number}', plan_of("11").text())
    with pytest.raises(ValidationError):
        Proposal.model_validate_json(text)
