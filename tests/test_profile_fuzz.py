"""Whatever stands in a file: findings within a second, and never a traceback."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.errors import InputError
from provisioner.load import MAX_BYTES, Document, load_yaml
from provisioner.profiles.known import our_known
from provisioner.profiles.migrate import migrate
from provisioner.profiles.overlay import applied
from provisioner.profiles.redact import redact
from provisioner.profiles.rules import check_file, check_profile
from provisioner.profiles.text import profile_text

HERE = Path(__file__).parent / "cases" / "profile"
TEXTS = {name: (HERE / f"{name}.yaml").read_text("utf-8") for name in ("good", "bad")}
GOOD = load_yaml(HERE / "good.yaml").data
SECOND = 1.0
BIG = MAX_BYTES - 1024

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.just(10**400), st.just("\x00"),
    st.sampled_from(["must", "health", "keep", "nextcloud", "forbidden", "Mme Martin", "a@b.fr", "federation", "1.0"]),
)  # fmt: skip
TREES = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner))
FIELDS = sorted({str(key) for key in json.dumps(GOOD).replace('"', " ").split() if key.isidentifier()})
SHAPED = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6)
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, item in items for place in places(item, (*path, key)))]


PLACES = places(GOOD)[1:]


def checked(data: Any) -> None:
    """Check, redact and lay over whatever the data is; only InputError may come out."""
    begin = time.perf_counter()
    found = check_profile(Document("x.yaml", data), our_known())
    assert all(finding.message and finding.code for finding in found.findings)
    assert found.profile is None or isinstance(data, dict)
    if isinstance(data, dict):
        redact(data, anonymous=True)
        for base, over in ((data, GOOD), (GOOD, data)):
            try:
                profile_text(applied(Document("a.yaml", base), Document("b.yaml", over)))
            except InputError as error:
                assert error.findings
    assert time.perf_counter() - begin < SECOND


@settings(max_examples=50)
@given(data=TREES | SHAPED | st.dictionaries(st.sampled_from(FIELDS), SHAPED))
def test_check_any_data_gives_findings(data: Any) -> None:
    checked(data)


@settings(max_examples=60)
@given(place=st.sampled_from(PLACES), value=TREES)
def test_check_any_value_at_any_place_gives_findings(place: tuple[Any, ...], value: Any) -> None:
    data = json.loads(json.dumps(GOOD))
    parent = data
    for part in place[:-1]:
        parent = parent[part]
    parent[place[-1]] = value
    checked(data)


@settings(max_examples=80)
@given(
    raw=st.binary(max_size=200) | st.text("{}[]:,-&*!|>'\"%@` \n\tab1~?<", max_size=80).map(str.encode),
    kind=st.booleans(),
)
def test_check_any_file_gives_findings(tmp_path_factory: pytest.TempPathFactory, raw: bytes, kind: bool) -> None:
    path = tmp_path_factory.getbasetemp() / f"any.{'json' if kind else 'yaml'}"
    path.write_bytes(raw)
    assert check_file(path).findings
    try:
        migrate(load_yaml(path))
    except InputError as error:
        assert error.findings


@settings(max_examples=30)
@given(cut=st.integers(0, 3000), put=st.sampled_from(["", "\x00", "é", "[", "}", '"', "&a", "!!x", "\t", "- "]))
def test_check_truncated_file_gives_findings(tmp_path_factory: pytest.TempPathFactory, cut: int, put: str) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.yaml"
    text = TEXTS["bad"]
    for changed in (text[: cut % len(text)] + put, text[: cut % len(text)] + put + text[cut % len(text) :]):
        path.write_text(changed, "utf-8")
        assert check_file(path).findings


HOSTILE = {
    "20000 needs": "needs:\n" + "- {id: x}\n" * 20_000,
    "wrong needs": "needs:\n" + "".join(f"- {{id: w{n}rd}}\n" for n in range(6_000)),
    "wrong tools": "existing_tools:\n" + "".join(f"- {{tool: T{n}}}\n" for n in range(6_000)),
    "words near known ones": "existing_tools: [{covers: [" + ",".join(f"website{n}" for n in range(15_000)) + "]}]",
    "the same audience": "needs: [{audience: [" + "board," * 19_000 + "]}]",
    "unknown keys": "".join(f"presidnt{n}: 1\n" for n in range(9_000)),
    "key over and over": "budget: 1\n" * 9_000,
    "one long word": f"needs_profile: {'a' * BIG}",
    "one long key": f'? "{"a" * BIG}"\n: 1',
    "signs of addresses": f"x-a: {'a@' * (BIG // 2)}",
    "addresses": "x-a: [" + "a@b.fr," * 19_000 + "]",
    "comments": "# a@b.fr\n" * 20_000,
    "endless note": f'needs: [{{id: x, note: "{"Jean 06 12 M. " * 15_000}"}}]',
    "notes": "needs:\n" + "- {note: voir Jean Dupont}\n" * 6_000,
    "anchors": "".join(f"a{n}: &x{n} 1\n" for n in range(9_000)),
    "nested flow": "[" * BIG,
    "nested flow, closed": "x-a: " + "[" * 38 + "[]," * 80_000 + "]" * 38,
    "digits": f"needs_profile: {'1' * BIG}",
    "mandated": "limits: {mandated: [" + ",".join(f"t{n}" for n in range(19_000)) + "]}",
    "line breaks": 'x-a: "' + "\\n" * (BIG // 2) + '"',
    "NUL": "needs_profile: \x00",
    "keys that are no words": "1: a\nnull: b\n? [c]\n: d\n? {e: f}\n: g\ntrue: h\n1.5: i\n",
}


HOSTILE_JSON = {
    "needs": '{"needs": [' + '{"id": "x"},' * 6_000 + "1]}",
    "the same key": "{" + '"needs": 1,' * 9_000 + '"x": 1}',
    "nested": "[" * BIG,
    "numbers": "[" + "1e5," * 60_000 + "1]",
    "one number": "1" * BIG,
    "blanks": " " * BIG,
    "escapes": '"' + "\\ud800" * (BIG // 6),
}
FILES = {
    **{f"{name}.yaml": text[:BIG] for name, text in HOSTILE.items()},
    **{f"{name}.json": text[:BIG] for name, text in HOSTILE_JSON.items()},
}


@pytest.mark.parametrize("name", FILES)
def test_check_hostile_file_takes_no_second(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FILES[name], "utf-8")
    begin = time.process_time()
    found = check_file(path).findings
    assert time.process_time() - begin < SECOND
    assert found and all(len(finding.message) < 1000 and len(finding.pointer) < 800 for finding in found)
