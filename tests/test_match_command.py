"""provisioner match: what people read, what is written, bad input; with the living catalog and with one file."""

import json
import stat
from functools import cache
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from match_fixture import EXAMPLES, FIXTURE, golden

from provisioner.cli import match_offer
from provisioner.cli.match import command
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import choose_language
from provisioner.models.proposal import Proposal

DEMO, SPORTS = str(EXAMPLES / "demo-association.yaml"), str(EXAMPLES / "sports-culture-association.yaml")
FILE = ("--catalog", str(FIXTURE))


FOLDER, ONE_FILE = cache(match_offer._from_folder), cache(match_offer._from_file)


@pytest.fixture(autouse=True)
def load_each_catalog_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of a run is spent on reading the catalog: read it once for all tests, unless a plan says what was there."""
    read = match_offer._from_folder
    monkeypatch.setattr(
        match_offer,
        "_from_folder",
        lambda path, images, plan: read(path, images, plan) if plan else FOLDER(path, images, None),
    )
    monkeypatch.setattr(match_offer, "_from_file", ONE_FILE)


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(command, [*arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def profile_file(folder: Path, start: str, **blocks: object) -> str:
    path = folder / "profile.yaml"
    path.write_text(yaml.safe_dump({**golden(start)["profile"], **blocks}), "utf-8")
    return str(path)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_command_prints_at_most_a_hundred_columns_and_the_next_step(language: str) -> None:
    choose_language(language)
    try:
        text = run(DEMO, "--images", "registry", "--explain")
    finally:
        choose_language("en")
    assert max(map(len, text.splitlines())) <= 100
    assert "Les Amis du Jardin partagé" in text and "provisioner report board plan.json" in text


def test_command_is_short_unless_asked_to_explain() -> None:
    short, long = run(SPORTS, *FILE), run(SPORTS, *FILE, "--explain")
    assert "Proved optimal" in short and "floor(" not in short
    assert "floor(4 x 110 x 100 x 47 / 10000) = 206" in long
    assert "discourse" in long and "3694" in long and "4514" in long


def test_command_saves_what_init_reads_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    printed = run(DEMO, "--images", "registry", "--save", str(path), "--json")
    saved = Proposal.model_validate_json(path.read_bytes())
    assert saved == Proposal.model_validate_json(printed)
    assert len(saved.profile.sha256) == 64 and saved.versions.catalog and saved.versions.aliases
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_command_overwrites_its_own_plans_and_nothing_else(tmp_path: Path) -> None:
    path, small = tmp_path / "plan.json", profile_file(tmp_path, "11")
    run(small, *FILE, "--save", str(path))
    run(small, *FILE, "--save", str(path))
    path.write_text('{"letters": 1}', "utf-8")
    with pytest.raises(InputError, match="is no plan"):
        run(small, *FILE, "--save", str(path))
    assert path.read_text("utf-8") == '{"letters": 1}'
    run(small, *FILE, "--save", str(path), "--force")
    assert Proposal.model_validate_json(path.read_bytes()).score == 983


def test_command_that_cannot_save_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ProvisionerError, match="cannot be written"):
        run(SPORTS, *FILE, "--save", str(tmp_path / "file" / "plan.json"))


def test_command_with_a_missing_profile_says_so() -> None:
    with pytest.raises(InputError) as caught:
        run("nowhere.yaml")
    assert "cannot be read" in str(caught.value.findings[0])


def test_command_with_a_missing_or_wrong_catalog_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no catalog"):
        run(SPORTS, "--catalog", str(tmp_path / "nowhere"))
    wrong = tmp_path / "catalog.yaml"
    wrong.write_text("sso: {ram_mb: 1, admin_min_per_month: 1}\ncomponents: [{id: x, ram_mb: -1}]\n", "utf-8")
    with pytest.raises(InputError) as caught:
        run(SPORTS, "--catalog", str(wrong))
    assert len(caught.value.findings) > 3


def test_command_shows_the_choice_without_the_mandate_apart(tmp_path: Path) -> None:
    text = run(profile_file(tmp_path, "04b"), *FILE)
    assert "1255 MB" in text and "nothing mandated" in text and "yeswiki" in text


def test_command_any_offers_services_without_a_recipe_and_marks_them() -> None:
    data = json.loads(run(DEMO, "--images", "any", "--json"))
    later = [item["service"] for item in data["chosen"] if not item["deployable"]]
    assert later and any("cannot deploy" in text["en"] for text in data["warnings"])
    assert " *" in run(DEMO, "--images", "any")
    today = json.loads(run(DEMO, "--images", "registry", "--json"))
    assert all(item["deployable"] for item in today["chosen"])
    assert {item["code"] for item in today["excluded"] if item["service"] in later} <= {"H15", "N"}


def test_command_verifies_a_plan_and_refuses_a_tampered_one(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    run(SPORTS, *FILE, "--save", str(path))
    assert "All 41 checks hold" in run(SPORTS, *FILE, "--verify", str(path))
    data = json.loads(path.read_text("utf-8"))
    data["score"] += 1
    path.write_text(json.dumps(data), "utf-8")
    assert "do not use" in run(SPORTS, *FILE, "--verify", str(path), code=1)
    report = json.loads(run(SPORTS, *FILE, "--verify", str(path), "--json", code=1))
    assert not report["ok"] and any("score" in check["name"] and not check["ok"] for check in report["checks"])
    path.write_text("{", "utf-8")
    with pytest.raises(InputError, match="plan cannot be used"):
        run(SPORTS, *FILE, "--verify", str(path))


def test_command_verifies_a_plan_made_with_images_missing(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    run(DEMO, "--images", "build", "--save", str(path))
    run(DEMO, "--verify", str(path))


def test_command_tries_every_choice_where_few_candidates_remain(tmp_path: Path) -> None:
    assert "allowed: 352" in run(SPORTS, *FILE, "--brute-force")
    assert json.loads(run(SPORTS, *FILE, "--brute-force", "--json"))["agree"]
    with pytest.raises(InputError, match="too many candidates remain"):
        run(profile_file(tmp_path, "08"), *FILE, "--brute-force")


def test_command_refuses_options_that_do_not_go_together(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--verify goes with"):
        run(SPORTS, "--verify", "plan.json", "--save", str(tmp_path / "x"))


def test_command_names_what_the_profile_excludes_in_vain(tmp_path: Path) -> None:
    text = run(profile_file(tmp_path, "01", limits={"excluded": ["nextclod"]}), *FILE)
    assert "nextclod (did you mean 'nextcloud'?)" in " ".join(text.split()) and "Check the" in text
