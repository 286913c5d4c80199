"""The published JSON Schema: that of the specification, each field described; schema and model judge alike."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from match_fixture import EXAMPLES
from pydantic import ValidationError

from provisioner.load import load_yaml
from provisioner.models.profile import Profile
from provisioner.paths import data_dir

SPECIFIED = json.loads((Path(__file__).parent / "cases/profile/needs-profile-1.0.schema.json").read_text("utf-8"))
PUBLISHED = json.loads((data_dir("schemas") / "needs-profile-1.0.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(PUBLISHED)
WORDS = ("$id", "title", "description")


def short(data: Any) -> Any:
    """Return data with one entry of every list: enough for the schema, and quickly judged."""
    if isinstance(data, dict):
        return {key: short(value) for key, value in data.items()}
    return [short(item) for item in data[:1]] if isinstance(data, list) else data


FULL = short(load_yaml(EXAMPLES / "federation.yaml").data)
EDITOR = "# yaml-language-server: $schema=../../schemas/needs-profile-1.0.schema.json"


def bare(schema: Any) -> Any:
    """Return a schema without the words for people. A property may be called like one of them."""
    if isinstance(schema, dict):
        return {
            key: {name: bare(value) for name, value in item.items()} if key in ("properties", "$defs") else bare(item)
            for key, item in schema.items()
            if key not in WORDS
        }
    return [bare(item) for item in schema] if isinstance(schema, list) else schema


def fields(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every field of the schema with its path."""
    for name, field in schema.get("properties", {}).items():
        yield f"{path}/{name}", field
        yield from fields(field, f"{path}/{name}")
        yield from fields(field.get("items", {}), f"{path}/{name}/-")


FIELDS = [
    *fields(PUBLISHED),
    *(pair for name in ("skills", "group") for pair in fields(PUBLISHED["$defs"][name], name)),
]


def test_published_schema_is_that_of_the_specification() -> None:
    assert bare(PUBLISHED) == bare(SPECIFIED)
    jsonschema.Draft202012Validator.check_schema(PUBLISHED)


def test_full_profile_is_right_as_a_whole_and_block_by_block() -> None:
    assert VALIDATOR.is_valid(FULL) and Profile.model_validate(FULL).federation
    assert all(BLOCKS[block].is_valid(FULL[block]) for block in FULL)


def test_published_schema_names_nobody_and_no_place() -> None:
    assert PUBLISHED["$id"] == "urn:needs-profile:1.0"
    assert "http" not in json.dumps({key: value for key, value in PUBLISHED.items() if key != "$schema"})


def test_every_field_has_a_description() -> None:
    assert len(FIELDS) > 140
    assert [path for path, field in FIELDS if not field.get("description", "").endswith((".", ")."))] == []


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_examples_name_the_schema_for_editors(path: Path) -> None:
    assert path.read_text("utf-8").splitlines()[0] == EDITOR
    assert (path.parent / EDITOR.partition("=")[2]).is_file()


def alike(path: tuple[Any, ...], value: Any) -> bool:
    """Return whether schema and model judge the full profile alike when it has another value at a path.

    The schema looks at the block of that path alone: the others are right, and with them all its only condition
    between blocks, that a federation describes itself, holds.
    """
    data = changed(FULL, path, value)
    try:
        taken = bool(Profile.model_validate(data))
    except ValidationError:
        taken = False
    return taken == BLOCKS[path[0]].is_valid(data[path[0]])


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of the data with another value at a path; only the way to it is copied."""
    if not path:
        return value
    copied = dict(data) if isinstance(data, dict) else list(data)
    copied[path[0]] = changed(data[path[0]], path[1:], value)
    return copied


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = PUBLISHED["$defs"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    return found


def leaves(
    schema: dict[str, Any], data: Any, path: tuple[Any, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Yield each place of the data with the schema for it, one entry of every list."""
    schema = _resolved(schema)
    yield path, schema
    if isinstance(data, dict):
        for name, item in data.items():
            yield from leaves(schema["properties"][name], item, (*path, name))
    elif isinstance(data, list) and data:
        yield from leaves(schema["items"], data[0], (*path, 0))


BLOCKS = {block: VALIDATOR.evolve(schema=PUBLISHED["properties"][block]) for block in FULL}
LEAVES = [pair for pair in leaves(PUBLISHED, FULL) if pair[0]]


def edges(schema: dict[str, Any]) -> list[Any]:
    """Return values at and beside every border of a schema."""
    found: list[Any] = [None, True, 0, 1, -1, 0.5, 2.0, "", "x", [], {}, 10**30]
    for name in ("minimum", "maximum"):
        if name in schema:
            found += [schema[name], schema[name] - 1, schema[name] + 1, float(schema[name]), schema[name] + 0.5]
    found += [*schema.get("enum", []), *(word.upper() for word in schema.get("enum", []))]
    if "maxLength" in schema:
        found += ["é" * schema["maxLength"], "é" * (schema["maxLength"] + 1)]
    if "pattern" in schema:
        found += [
            "FR",
            "fr",
            "fr-FR",
            "2026-01-02",
            "2026-1-2",
            "a",
            "ab",
            "a" * 60,
            "a" * 61,
            "/a/b",
            "/",
        ]
    if schema.get("type") == "array":
        found += [["x", "x"], [None], ["fr"], ["a-b", "c"], [1, 1]]
    return found


@pytest.mark.parametrize("block", list(FULL))
def test_schema_and_model_judge_every_border_alike(block: str) -> None:
    inside = [(path, value) for path, schema in LEAVES if path[0] == block for value in edges(schema)]
    assert [(path, value) for path, value in inside if not alike(path, value)] == []
    assert inside


@settings(max_examples=40)
@given(
    place=st.sampled_from([path for path, _schema in LEAVES]),
    value=st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    ),
)
def test_schema_and_model_judge_any_value_alike(place: tuple[Any, ...], value: Any) -> None:
    assert alike(place, value)
