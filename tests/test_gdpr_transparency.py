"""The transparency pack: counts and services, in both languages, and nobody's name in it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_gdpr_check import BASE, copied, facts_of
from test_protection_refusals import merged

from provisioner.documents.page import page
from provisioner.errors import InputError
from provisioner.gdpr.authorities import add_request, load_authorities
from provisioner.gdpr.transparency import pack
from provisioner.gdpr.transparency_page import NAME, chatons, transparency_paper
from provisioner.models.authorities import Authorities
from provisioner.sentences import sentences

START, END = date(2026, 1, 1), date(2026, 11, 23)
# Every one stands somewhere in the facts.
SECRETS = ("Ada", "Martin", "Berthe", "Dupond", "Trésor", "secrétaire", "Zoé", "@", "2026-001", "présidente")
NAMED = {
    "gdpr": {
        "officer": {"kind": "external", "name": "Berthe Dupond", "email": "berthe@dpo.example"},
        "processors": [
            {"name": "Hébergeur", "role": "host", "country": "FR", "contract": date(2026, 1, 5)},
            {"name": "Zoé Dupond", "role": "maintenance", "country": "FR", "contract": date(2026, 1, 5)},
        ],
    },
    "cases": [
        {"name": "2026-001", "kind": "export", "received": date(2026, 3, 1), "person": "Zoé Dupond"},
        {"name": "2026-002", "kind": "Zoé Dupond", "received": date(2026, 3, 1)},
        {"name": "2025-001", "kind": "export", "received": date(2025, 3, 1)},
    ],
    "breaches": [{"name": "b", "aware": "2026-05-02T08:00:00Z", "kinds": ["availability", "Zoé"], "what": "Zoé"}],
    "drills": [
        {
            **BASE["drills"][0],
            "instances": [{"instance": "foyer_pad", "ok": True, "counts": {"accounts": 12, "pads": 9}}],
        }
    ],
}  # fmt: skip


def data_of(change: dict[str, Any], kept: list[Authorities | None] | None = None) -> dict[str, Any]:
    return pack([facts_of(copied(merged(BASE, change)))], kept or [None], START, END)


def test_nobody_is_named_in_data_and_pages() -> None:
    data = data_of(NAMED)
    texts = [json.dumps(data, ensure_ascii=False), *(page(transparency_paper(data), each) for each in ("fr", "en"))]
    for text in texts:
        body = text.partition("</style>")[2] or text
        assert [word for word in SECRETS if word in body] == []
        assert "Hébergeur" in body


def test_counts_are_those_of_the_period() -> None:
    data = data_of(NAMED)
    assert data["people"]["received"] == {"export": 1, "other": 1} and data["figures"]["accounts"] == 12
    assert [each["day"] for each in data["incidents"]["breaches"]] == ["2026-05-02"]
    assert {each["service"]: each["instances"] for each in data["services"]} == {"notes": 1, "pad": 1}
    assert data["services"][1]["license"] == "Apache-2.0 OR MIT" and data["place"]["hosts"][0]["country"] == "FR"
    assert data_of({"breaches": []})["incidents"]["breaches"] == []


def test_what_is_not_known_is_said_so() -> None:
    data = data_of({"gdpr": None, "host": None, "drills": [], "stack": {"backup": None}})
    text = page(transparency_paper(data), "en")
    for key in ("healthy_unknown", "accounts_unknown", "place_unknown", "authorities_unkept", "no_backup"):
        assert sentences(NAME).texts[key].en.split("(")[0].strip() in text.replace("\u00a0", " "), key
    none = page(transparency_paper(data_of({}, [Authorities()])), "fr")
    assert "Aucune pendant cette période" in none


def test_requests_of_authorities_are_kept_sorted_and_name_nobody(tmp_path: Path) -> None:
    add_request(tmp_path, ("2026-05-04", "tribunal de Nantes", "données d'un compte", "données"))
    path = add_request(tmp_path, ("2026-02-04", "police", "journaux d'un jour", "refus : pas de base légale"))
    kept = load_authorities(tmp_path)
    assert kept and [str(each.day) for each in kept.requests] == ["2026-02-04", "2026-05-04"]
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    for wrong in (
        ("demain", "p", "w", "a"),
        ("2026-01-01", "p", "zoe@foyer.example", "a"),
        ("2026-01-01", "", "w", "a"),
        ("2026-02-30", "p", "w", "a"),
        ("9999-12-31", "p", "w", "a"),
    ):
        with pytest.raises(InputError) as caught:
            add_request(tmp_path, wrong)
        assert caught.value.exit_code == 2 and path.read_bytes() == before
    data = data_of({}, [kept])
    assert "tribunal de Nantes" in page(transparency_paper(data), "fr") and len(data["authorities"]["requests"]) == 2


ENTRY = "day: 2026-05-04\n{0}who: police\n{0}what: logs  # of one day\n{0}answer: refused"
WRITTEN = (
    "# kept by hand\nauthorities: '1.0'\nrequests:\n# first\n- " + ENTRY.format("  ") + "\n# at the end\n",
    "requests:  # ours\n  - " + ENTRY.format("    ") + "   # phoned\n\n# by day\nauthorities: '1.0'\n",
    "requests: []  # none yet\nauthorities: '1.0'  # version\n",
    "\ufeffrequests: [] # none\n# really",
    "requests: [{day: 2026-05-04, who: p, what: w, answer: a},]   # one\n# by day\n",
    "requests: [\n  # the first\n  {day: 2026-05-04, who: p, what: w, answer: a}\n]\n",
    "# nothing but this\n",
    "# dos\r\nrequests:\r\n- {day: 2026-05-04, who: p, what: w, answer: a} # one\r\n# end\r\n",
    "requests:\n- day: 2026-05-04\n  who: p\n  what: w\n  answer: >-\n    many\n    words\n# end\n",
)


@pytest.mark.parametrize("text", WRITTEN)
def test_comments_of_the_file_kept_by_hand_stay(tmp_path: Path, text: str) -> None:
    path = tmp_path / "gdpr" / "authorities.yaml"
    path.parent.mkdir()
    path.write_bytes(text.encode())
    before = load_authorities(tmp_path)
    for day in ("2026-02-04", "2026-06-01"):
        add_request(tmp_path, (day, "court: of Nantes", "x" * 200, "# given"))
    after, written = load_authorities(tmp_path), path.read_bytes().decode()
    assert after and before and len(after.requests) == len(before.requests) + 2
    assert set(before.requests) < set(after.requests) and str(after.requests[0].day) == "2026-02-04"
    for line in text.splitlines():
        if "#" in line:
            assert "#" + line.partition("#")[2] in written, line


def test_file_that_cannot_be_added_to_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "gdpr" / "authorities.yaml"
    path.parent.mkdir()
    path.write_text("{authorities: '1.0'}\n")
    with pytest.raises(InputError, match="nothing can be added") as told:
        add_request(tmp_path, ("2026-02-04", "court", "what", "given"))
    assert "who: court" in told.value.hint and path.read_text() == "{authorities: '1.0'}\n"


def test_every_criterion_of_the_charter_says_where_it_shows() -> None:
    assert all(each.shown in sentences(NAME).texts for each in chatons().criteria) and chatons().to_check
    assert len({each.id for each in chatons().criteria}) == len(chatons().criteria)


def test_requests_of_authorities_noted_at_once_all_stay(tmp_path: Path) -> None:
    given = [("2026-03-01", f"authority {number}", "accounts", "refused") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda each: add_request(tmp_path, each), given))
    found = load_authorities(tmp_path)
    assert found and {each.who for each in found.requests} == {who for _day, who, *_rest in given}
