"""The needs profile: the model accepts exactly what the JSON Schema accepts; all findings at once, with their lines."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from match_fixture import EXAMPLES, GOLDEN
from pydantic import ValidationError

from provisioner.errors import InputError
from provisioner.i18n import choose_language
from provisioner.load import Document, load_yaml
from provisioner.matching.data import load_rules
from provisioner.models.profile import Profile
from provisioner.models.profile_base import Need
from provisioner.profiles.rules import load_profile, profile_from

CASES = Path(__file__).parent / "cases" / "profile"
SCHEMA = json.loads((CASES / "needs-profile-1.0.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
EXAMPLE_FILES = sorted(EXAMPLES.glob("*.yaml"))


def plain(path: Path) -> dict[str, Any]:
    data = load_yaml(path).data
    return dict(data["profile"] if path.parent.name == "golden" else data)


def by_schema(data: Any) -> bool:
    return bool(VALIDATOR.is_valid(data))


def by_model(data: Any) -> bool:
    """Return whether the model takes it; the one condition of the schema between blocks is a rule (NP214)."""
    try:
        profile = Profile.model_validate(data)
    except ValidationError:
        return False
    return not (profile.organisation.kind == "federation" and profile.federation is None)


def changes(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every place of the data, to be replaced by something wrong."""
    yield path, data
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from changes(value, (*path, key))


def short(data: Any) -> Any:
    """Return data with one entry of every list: enough for the schema, and quickly judged."""
    if isinstance(data, dict):
        return {key: short(value) for key, value in data.items()}
    return [short(item) for item in data[:1]] if isinstance(data, list) else data


def changed(data: Any, path: tuple[str | int, ...], value: Any) -> Any:
    copied = copy.deepcopy(data)
    parent = copied
    for key in path[:-1]:
        parent = parent[key]
    if value is KeyError:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return copied


@pytest.mark.parametrize("path", [*GOLDEN, *EXAMPLE_FILES], ids=lambda path: path.stem)
def test_profile_examples_are_valid_by_schema_and_by_model(path: Path) -> None:
    data = plain(path)
    assert list(VALIDATOR.iter_errors(data)) == []
    assert Profile.model_validate(data).profile.id


@pytest.mark.parametrize("name", ["federation", "work-integration-structure"])
def test_profile_with_a_key_less_or_more_anywhere_is_judged_alike_by_schema_and_by_model(name: str) -> None:
    """Values at their borders are judged alike in test_profile_schema.py."""
    data = short(plain(EXAMPLES / f"{name}.yaml"))
    others = [changed(data, path, KeyError) for path, _value in changes(data) if path]
    others += [
        changed(data, path, {**value, "unknown": 1})
        for path, value in changes(data)
        if isinstance(value, dict) and path
    ]
    assert [other for other in others if by_schema(other) != by_model(other)] == []
    assert len(others) > 80 and any(map(by_model, others)) and not all(map(by_model, others))


def test_profile_extension_keys_are_ignored_and_others_refused() -> None:
    data = plain(EXAMPLE_FILES[0])
    assert by_model(data | {"x-note": 1}) and by_schema(data | {"x-note": 1})
    assert not by_model(data | {"x_note": 1}) and not by_schema(data | {"x_note": 1})


def test_profile_bad_cannot_be_loaded_and_tells_all_errors() -> None:
    with pytest.raises(InputError) as caught:
        load_profile(CASES / "bad.yaml")
    findings = caught.value.findings
    assert len(findings) == 30 and {finding.severity for finding in findings} == {"error"}
    assert str(findings[0]).endswith('bad.yaml:1: needs_profile: must be the text "1.0" in quotes (found 1.0)')


def test_profile_of_a_newer_version_says_update() -> None:
    with pytest.raises(InputError, match="cannot be used") as caught:
        profile_from(Document("profile.yaml", plain(EXAMPLE_FILES[0]) | {"needs_profile": "1.7"}))
    assert "update the tool" in caught.value.findings[0].message


def test_profile_federation_without_its_block_is_told() -> None:
    data = plain(EXAMPLES / "federation.yaml")
    del data["federation"]
    with pytest.raises(InputError) as caught:
        profile_from(Document("profile.yaml", data))
    assert [finding.code for finding in caught.value.findings] == ["NP214"]


def test_profile_empty_file_names_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text("", "utf-8")
    with pytest.raises(InputError) as caught:
        load_profile(path)
    assert {finding.path for finding in caught.value.findings} >= {"needs", "people", "hosting"}


def test_profile_errors_are_told_in_french() -> None:
    choose_language("fr")
    try:
        with pytest.raises(InputError) as caught:
            load_profile(CASES / "bad.yaml")
    finally:
        choose_language("en")
    assert len(caught.value.findings) == 30


def test_taxonomy_has_the_needs_of_the_profile_in_both_languages() -> None:
    taxonomy = load_rules().taxonomy
    assert list(taxonomy.needs) == list(Need.__args__) == SCHEMA["$defs"]["need_id"]["enum"]
    assert {need.family for need in taxonomy.needs.values()} == taxonomy.families.keys()
    assert len(taxonomy.needs) == 40
    for need in taxonomy.needs.values():
        assert need.label.fr != need.label.en or need.label.en
        assert need.definition.fr != need.definition.en


def test_tools_cover_needs_of_the_taxonomy() -> None:
    rules = load_rules()
    for tool in rules.tools.tools.values():
        assert tool.covers.keys() <= rules.taxonomy.needs.keys()


def test_weights_of_skills_add_up() -> None:
    weights = load_rules().weights
    for skills in (weights.unknown_skills, weights.outside_skills):
        assert sum(skills.model_dump().values()) == 100


def test_examples_are_yaml_people_can_read() -> None:
    for path in EXAMPLE_FILES:
        assert yaml.safe_load(path.read_text("utf-8"))["needs_profile"] == "1.0"
