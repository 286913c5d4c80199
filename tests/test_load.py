"""YAML files: the values of YAML 1.2, a line for every value, all errors at once, in words that say what is right."""

from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, field_validator

from provisioner.errors import Finding, InputError
from provisioner.explain import explain, known_keys, suggest
from provisioner.load import MAX_BYTES, json_pointer, load_model, load_yaml, pointer
from provisioner.models.base import Model, Slug


class Part(Model):
    name: Slug
    size: int = Field(default=1, ge=1, le=9)
    kind: Literal["round", "square"] = "round"


class Whole(Model):
    title: str = Field(min_length=2)
    parts: list[Part] = []
    named: dict[str, Part] = {}
    either: Part | list[str] | None = None
    share: float = 0
    open: bool = False

    @field_validator("title")
    @classmethod
    def _polite(cls, value: str) -> str:
        if value == "rude":
            raise ValueError("choose a polite title")
        return value


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "given.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def findings_of(path: Path, model: type[BaseModel] = Whole) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_model(path, model)
    assert caught.value.exit_code == 2
    return [str(finding).replace(f"{path.parent}/", "") for finding in caught.value.findings]


VALUES: list[tuple[str, Any]] = [
    ("yes", "yes"), ("no", "no"), ("on", "on"), ("Off", "Off"), ("y", "y"), ("true", True), ("False", False),
    ('"true"', "true"), ("null", None), ("~", None), ("", None), ("12", 12), ("-3", -3), ("1.5", 1.5), ("1e3", "1e3"),
    ("012", 12), ("0x10", "0x10"), ("1_000", 1000), ("12:30", "12:30"), ("2026-11-22", "2026-11-22"), ('"12"', "12"),
    ("3.10", 3.1), ("fr", "fr"), ("l'été", "l'été"), ("|\n  two\n  lines\n", "two\nlines\n"),
]  # fmt: skip


def test_load_yaml_reads_values_of_yaml_1_2(tmp_path: Path) -> None:
    found = [(text, load_yaml(write(tmp_path, f"key: {text}")).data["key"]) for text, _value in VALUES]
    assert [(text, value, type(value)) for text, value in found] == [
        (text, value, type(value)) for text, value in VALUES
    ]


def test_load_yaml_knows_the_line_of_every_value(tmp_path: Path) -> None:
    text = "# a comment\nparts:\n  - name: a\n    size: 2\n\n  - name: b\nnamed:\n  x: {name: c,\n      size: 3}\n"
    document = load_yaml(write(tmp_path, text))
    assert document.line(("parts", 0, "size")) == 4
    assert document.line(("parts", 1, "name")) == 6
    assert document.line(("named", "x", "size")) == 9
    assert document.line(("named", "x", "not there", "at all")) == 8
    assert document.line(()) == 2


def test_load_yaml_duplicate_keys_name_both_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "title: one\nparts:\n  - name: a\n    name: b\ntitle: two\n")
    assert findings_of(path) == [
        "given.yaml:4: parts[0].name: key 'name' appears twice (first on line 3)",
        "given.yaml:5: title: key 'title' appears twice (first on line 1)",
    ]


def test_load_yaml_refuses_anchors_unless_allowed(tmp_path: Path) -> None:
    path = write(tmp_path, "title: ok\nparts:\n  - &one {name: a}\n  - *one\n&key open: true\n")
    found, text = findings_of(path), "anchors and aliases are not allowed here: write the value out"
    wanted = [f"given.yaml:{place}: {text}" for place in ("3: parts[0]", "4: parts[1]", "5: open")]
    assert [finding for finding in found if text in finding] == wanted
    document = load_yaml(path, anchors=True)
    assert document.data["parts"] == [{"name": "a"}, {"name": "a"}] and not document.findings


def test_load_yaml_refuses_tags_and_keys_that_are_no_words(tmp_path: Path) -> None:
    path = write(tmp_path, "title: !!str ok\n? [a, b]\n: 1\nparts: !mine []\n<<: {share: 1}\n")
    assert findings_of(path) == [
        "given.yaml:1: title: tags such as !!str are not allowed here: write the plain value",
        "given.yaml:2: a key must be a word, not a list or a mapping",
        "given.yaml:4: parts: tags such as !!str are not allowed here: write the plain value",
        "given.yaml:5: <<: unknown key '<<'; known here: either, named, open, parts, share, title",
    ]


def test_load_yaml_more_values_than_any_file_of_ours_is_one_finding(tmp_path: Path) -> None:
    found = findings_of(write(tmp_path, "parts: [" + "x," * 100_000 + "]"))
    assert found == ["given.yaml:1: more than 20000 values, or one that grows without end"]


JSON_CASES: list[tuple[str, str, str]] = [
    ("tabs and escapes", '{\n\t"title": "a\\/b \\ud83d\\ude00 \\ud800"\n}', ""),
    ("numbers", '{"title": "ok", "share": 1e0, "parts": [{"name": "a", "size": 2}]}', ""),
    ("twice", '{"title": "ok",\n "title": "ok"}', "given.json:2: title: key 'title' appears twice (first on line 1)"),
    ("value", '{"title": "ok",\n "parts": [{"name": "a",\n "size": 12}]}', "given.json:3: parts[0].size: 12 is above"),
    (
        "no comma",
        '{"title": "ok"\n "open": true}',
        "given.json:2: this is not valid JSON: a comma or '}' is expected here",
    ),
    ("last comma", '{"title": "ok",}', "given.json:1: this is not valid JSON: a key in double quotes is expected here"),
    ("comment", '// x\n{"title": "ok"}', "given.json:1: this is not valid JSON: a value is expected here"),
    ("cut", '{"title": "o', "given.json:1: this is not valid JSON: this text in quotes"),
    ("more", '{"title": "ok"} x', "given.json:1: this is not valid JSON: something follows after the end"),
    ("no colon", '{"title" 1}', "given.json:1: this is not valid JSON: a colon is expected here"),
    (
        "infinity",
        '{"title": "ok", "share": Infinity}',
        "given.json:1: this is not valid JSON: a value is expected here",
    ),
    ("deep", "[" * 5000, "given.json:1: this is not valid JSON: nested too deeply"),
    ("empty", "", "given.json:1: this is not valid JSON: a value is expected here"),
]


@pytest.mark.parametrize(("name", "text", "wanted"), JSON_CASES, ids=[name for name, _t, _w in JSON_CASES])
def test_load_json_has_the_findings_of_yaml(tmp_path: Path, name: str, text: str, wanted: str) -> None:
    path = tmp_path / "given.json"
    path.write_text(text, "utf-8")
    if wanted:
        assert findings_of(path)[0].startswith(wanted)
    else:
        assert load_model(path, Whole).title


def test_load_yaml_merge_keys_give_way_to_own_ones(tmp_path: Path) -> None:
    text = "base: &base {user: root, init: true}\nmore: &more {cpus: 1, user: other}\n"
    text += "app:\n  user: app\n  <<: [*base, *more]\n"
    assert load_yaml(write(tmp_path, text), anchors=True).data["app"] == {"user": "app", "init": True, "cpus": 1}


def test_load_yaml_merge_list_first_wins_as_compose_reads_it(tmp_path: Path) -> None:
    text = "one: &one {user: first}\ntwo: &two {user: second}\napp: {<<: [*one, *two]}\n"
    path = write(tmp_path, text)
    assert load_yaml(path, anchors=True).data["app"] == yaml.safe_load(text)["app"] == {"user": "first"}


BROKEN: list[tuple[str, bytes, str]] = [
    (
        "control",
        b"title: x\nshare: 1\x07\n",
        "given.yaml:2: this is not valid YAML: the file holds a control character",
    ),
    (
        "not a character",
        "title: é\nshare: \ufffe\n".encode(),
        "given.yaml:2: this is not valid YAML: the file holds a control character",
    ),
    ("tab", b"title: x\n\tparts: []\n", "given.yaml:2: this is not valid YAML: "),
    ("quote", b'title: "x\nparts: []\n', "this is not valid YAML: "),
    ("bracket", b"title: [x\n", "this is not valid YAML: "),
    ("latin-1", "title: été".encode("latin-1"), "given.yaml:1: this is not a text in UTF-8"),
    ("control", b"title: \x00x", "this is not valid YAML: "),
    ("two documents", b"title: x\n---\ntitle: y\n", "this is not valid YAML: "),
    ("huge", b"#" * (MAX_BYTES + 1), "given.yaml:1: the file is larger than 256 KiB"),
]


@pytest.mark.parametrize(("name", "text", "wanted"), BROKEN, ids=[name for name, _t, _w in BROKEN])
def test_load_yaml_broken_file_is_told_with_its_place(tmp_path: Path, name: str, text: bytes, wanted: str) -> None:
    found = findings_of(write(tmp_path, text))
    assert len(found) == 1 and found[0].startswith("given.yaml") and wanted in found[0]


def test_load_yaml_missing_file_and_folder(tmp_path: Path) -> None:
    assert findings_of(tmp_path / "none.yaml") == ["none.yaml: cannot be read: No such file or directory"]
    with pytest.raises(InputError) as caught:
        load_yaml(tmp_path)
    assert "Is a directory" in str(caught.value.findings[0])


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)
)
ENDLESS = {"bomb": BOMB, "itself": "a: &a [*a, *a]\n", "merged itself": "a: &a {<<: *a}\n"}


@pytest.mark.parametrize("anchors", [False, True])
@pytest.mark.parametrize("name", ENDLESS)
def test_load_yaml_endless_aliases_are_a_finding(tmp_path: Path, name: str, anchors: bool) -> None:
    document = load_yaml(write(tmp_path, ENDLESS[name]), anchors=anchors)
    assert {finding.code for finding in document.findings} == {"NP002"} and len(document.findings) < 100


@pytest.mark.parametrize("text", ["[" * 200_000, "a:\n" + "".join(" " * i + "- \n" for i in range(200)), "{a: " * 41])
def test_load_yaml_deep_nesting_is_an_error_and_no_crash(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as caught:
        load_yaml(write(tmp_path, text))
    assert "nested too deeply" in str(caught.value.findings[0])


def test_load_model_empty_file_says_what_is_required(tmp_path: Path) -> None:
    assert findings_of(write(tmp_path, "# nothing\n")) == ["given.yaml:1: title: this is required and is missing"]


def test_load_model_list_instead_of_mapping(tmp_path: Path) -> None:
    assert findings_of(write(tmp_path, "- title\n")) == ["given.yaml:1: expected a mapping (key: value), found a list"]


ALL_AT_ONCE = """\
titel: Foyer
parts:
  - name: Not A Slug
    size: 12
  - name: b
    kind: rond
    size: many
named:
  x: {size: 0}
share: a lot
open: perhaps
title: x
"""


def test_load_model_tells_everything_at_once(tmp_path: Path) -> None:
    assert findings_of(write(tmp_path, ALL_AT_ONCE)) == [
        "given.yaml:1: titel: unknown key 'titel'; did you mean 'title'?",
        "given.yaml:3: parts[0].name: 'Not A Slug' does not have the right form "
        "(lower-case letters, digits and hyphens)",
        "given.yaml:4: parts[0].size: 12 is above the maximum 9",
        "given.yaml:6: parts[1].kind: 'rond' is not allowed; did you mean 'round'?",
        "given.yaml:7: parts[1].size: expected a whole number, found 'many'",
        "given.yaml:9: named.x.name: this is required and is missing",
        "given.yaml:9: named.x.size: 0 is below the minimum 1",
        "given.yaml:10: share: expected a number, found 'a lot'",
        "given.yaml:11: open: expected boolean, found 'perhaps'",
        "given.yaml:12: title: at least 2 characters needed",
    ]


def test_load_model_own_rule_is_told_in_its_own_words(tmp_path: Path) -> None:
    assert findings_of(write(tmp_path, "title: rude")) == ["given.yaml:1: title: choose a polite title"]


def test_load_model_union_points_into_the_file(tmp_path: Path) -> None:
    found = findings_of(write(tmp_path, "title: ok\neither:\n  name: a\n  size: 99\n"))
    assert "given.yaml:4: either.size: 99 is above the maximum 9" in found


def test_explain_unknown_key_without_a_near_one_lists_what_is_known(tmp_path: Path) -> None:
    found = findings_of(write(tmp_path, "title: ok\nparts: [{name: a, zzz: 1}]\n"))
    assert found == ["given.yaml:2: parts[0].zzz: unknown key 'zzz'; known here: kind, name, size"]


def test_explain_choice_without_a_near_one_lists_all(tmp_path: Path) -> None:
    found = findings_of(write(tmp_path, "title: ok\nparts: [{name: a, kind: zzz}]\n"))
    assert found == ["given.yaml:2: parts[0].kind: 'zzz' is not allowed; choose one of: round, square"]


def test_explain_unforeseen_error_keeps_pydantics_words() -> None:
    assert explain({"type": "strange", "loc": (), "msg": "as it is"}, Whole) == "as it is"


def test_suggest_says_nothing_when_nothing_is_near() -> None:
    assert suggest("etherpd", ["etherpad", "wiki"]) == " did you mean 'etherpad'?"
    assert suggest("xyz", ["etherpad", "wiki"]) == ""


def test_known_keys_through_lists_and_mappings() -> None:
    assert known_keys(Whole, ("parts", 0)) == known_keys(Whole, ("named", "x")) == ["kind", "name", "size"]
    assert known_keys(Whole, ("nowhere",)) == sorted(Whole.model_fields)


def test_pointer_is_written_as_people_read_it() -> None:
    assert pointer(("services", "etherpad", "settings", 0)) == "services.etherpad.settings[0]"
    assert pointer(()) == ""


def test_json_pointer_is_written_as_the_standard_says() -> None:
    assert json_pointer(("services", "a/b~c", 0)) == "/services/a~1b~0c/0"
    assert json_pointer(()) == ""


def test_finding_leaves_out_what_is_not_known() -> None:
    assert str(Finding("wrong")) == "wrong"
    assert str(Finding("wrong", "a.yaml", 3, "b.c")) == "a.yaml:3: b.c: wrong"


LETTERS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=8)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | LETTERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(LETTERS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=30)
@given(data=PLAIN)
def test_load_yaml_reads_back_what_a_writer_wrote(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "round.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, default_flow_style=False), "utf-8")
    assert load_yaml(path, anchors=True).data == data


@settings(max_examples=40)
@given(text=st.text(max_size=60) | st.text("{}[]:,-&*!|>'\"%@` \n\tab<", max_size=30))
def test_load_model_fails_only_with_findings(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode("utf-8", "replace"))
    try:
        load_model(path, Whole)
    except InputError as error:
        assert error.findings and all(finding.message for finding in error.findings)
