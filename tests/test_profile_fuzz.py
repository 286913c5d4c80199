"""Whatever stands in a file: findings and never a traceback. bench/check.py measures how long it takes."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hostile_files import hostile_files
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.errors import InputError
from provisioner.load import Document, load_yaml
from provisioner.profiles.known import our_known
from provisioner.profiles.migrate import migrate
from provisioner.profiles.overlay import applied
from provisioner.profiles.redact import redact
from provisioner.profiles.rules import check_file, check_profile
from provisioner.profiles.text import profile_text

HERE = Path(__file__).parent / "cases" / "profile"
TEXTS = {name: (HERE / f"{name}.yaml").read_text("utf-8") for name in ("good", "bad")}
GOOD = load_yaml(HERE / "good.yaml").data
GUARD = 10.0  # far above the goal of one second: only a runaway fails here

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


@settings(max_examples=25)
@given(data=TREES | SHAPED | st.dictionaries(st.sampled_from(FIELDS), SHAPED))
def test_check_any_data_gives_findings(data: Any) -> None:
    checked(data)


@settings(max_examples=30)
@given(place=st.sampled_from(PLACES), value=TREES)
def test_check_any_value_at_any_place_gives_findings(place: tuple[Any, ...], value: Any) -> None:
    data = json.loads(json.dumps(GOOD))
    parent = data
    for part in place[:-1]:
        parent = parent[part]
    parent[place[-1]] = value
    checked(data)


@settings(max_examples=40)
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


@settings(max_examples=15)
@given(cut=st.integers(0, 3000), put=st.sampled_from(["", "\x00", "é", "[", "}", '"', "&a", "!!x", "\t", "- "]))
def test_check_truncated_file_gives_findings(tmp_path_factory: pytest.TempPathFactory, cut: int, put: str) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.yaml"
    text = TEXTS["bad"]
    for changed in (text[: cut % len(text)] + put, text[: cut % len(text)] + put + text[cut % len(text) :]):
        path.write_text(changed, "utf-8")
        assert check_file(path).findings


SMALL = hostile_files(24 * 1024)
WHOLE = {name: text for name, text in hostile_files().items() if name in ("nested flow.yaml", "too many needs.yaml")}
FILES = SMALL | {f"whole {name}": text for name, text in WHOLE.items()}


@pytest.mark.parametrize("name", FILES)
def test_check_hostile_file_gives_bounded_findings(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FILES[name], "utf-8")
    begin = time.process_time()
    found = check_file(path).findings
    assert time.process_time() - begin < GUARD
    assert found and all(len(finding.message) < 1000 and len(finding.pointer) < 800 for finding in found)
    assert any(finding.severity == "error" for finding in found)


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero"),
                                  lambda path: path.symlink_to(path), lambda path: path.symlink_to("/nowhere")],
                         ids=["pipe", "folder", "device", "link to itself", "link to nothing"])  # fmt: skip
def test_check_what_is_no_file_is_a_finding(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "p.yaml"
    make(path)
    [found] = check_file(path).findings
    assert found.code == "NP199" and "cannot be read" in found.message
    with pytest.raises(InputError):
        load_yaml(path)
