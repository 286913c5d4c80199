"""What the matching reads of the catalog: services known without a compose.yaml, needs, tools and prices; first the
checks as data (cases/catalog/data: right files, changed), then the whole real catalog."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from provisioner.catalog import load_catalog, load_outline
from provisioner.cli import root
from provisioner.cli.catalog import check_catalog
from provisioner.errors import InputError
from provisioner.load import load_model
from provisioner.matching.data import load_rules
from provisioner.models.prices import Prices
from provisioner.paths import data_dir
from provisioner.schema import schema_text

CASES = Path(__file__).parent / "cases" / "catalog"
CATALOG, RULES = load_catalog(), load_rules()
ABOUT = {about.name: about for about in CATALOG.all_outlines}
EACH = pytest.mark.parametrize("name", ABOUT)
BAD = yaml.safe_load((CASES / "data.yaml").read_text("utf-8"))
PAGE = Path(__file__).parent.parent / "docs" / "catalog.md"


def changed(case: dict[str, Any], folder: Path) -> Path:
    """Copy the right files and change their texts as the case says; each text to replace stands there exactly once."""
    shutil.copytree(CASES / "data", folder / "catalog")
    for name in (key for key in case if key.endswith(".yaml")):
        file = folder / "catalog" / name
        text = file.read_text("utf-8")
        for old, new in case[name].items():
            assert text.count(old) == 1, f"{name} has {text.count(old)} times {old!r}"
            text = text.replace(old, new)
        file.write_text(text, "utf-8")
    return folder / "catalog"


def test_right_files_have_no_finding() -> None:
    assert check_catalog(CASES / "data", ()) == []


@pytest.mark.parametrize("case", BAD, ids=lambda case: str(case["about"]))
def test_check_tells_what_the_case_expects(case: dict[str, Any], tmp_path: Path) -> None:
    folder = changed(case, tmp_path)
    found = [str(finding).replace(f"{folder}/", "") for finding in check_catalog(folder, ())]
    assert sorted(found) == sorted(case["expect"])


def test_load_catalog_tells_outlines_from_services(tmp_path: Path) -> None:
    shutil.copytree(CASES / "good", tmp_path / "catalog")
    before = load_catalog(tmp_path / "catalog")
    shutil.copytree(CASES / "data" / "pads", tmp_path / "catalog" / "pads")
    catalog = load_catalog(tmp_path / "catalog")
    assert (list(catalog.services), list(catalog.outlines), catalog.blocks) == (["notes", "pad"], ["pads"], [])
    assert [about.name for about in catalog.all_outlines] == ["notes", "pad", "pads"]
    assert catalog.outline("pads").title == "Pads" and catalog.outline("pad").name == "pad"
    assert catalog.digest != before.digest
    with pytest.raises(InputError, match="'pads' is known for matching, but cannot be deployed yet"):
        catalog.entry("pads")


@pytest.mark.parametrize("name", ["needs.yaml", "tools.yaml", "prices.yaml", "weights.yaml"])
def test_digest_changes_with_each_data_file(name: str, tmp_path: Path) -> None:
    shutil.copytree(CASES / "good", tmp_path / "catalog")
    before = load_catalog(tmp_path / "catalog").digest
    (tmp_path / "catalog" / name).write_text("version: '9'\n", "utf-8")
    assert load_catalog(tmp_path / "catalog").digest != before


def test_catalog_has_thirty_services_and_more() -> None:
    assert len(ABOUT) >= 50 and len(CATALOG.services) >= 6


@EACH
def test_every_service_says_where_its_figures_come_from(name: str) -> None:
    about = ABOUT[name]
    assert set(about.resources.origins) == {"memory_mb", "memory_mb_per_concurrent_user", "disk_gb"}
    for origin in about.resources.origins.values():
        assert origin.kind != "measured" or re.search(r"2 cores|Image", origin.note), "measured on which machine?"
    assert "2026" in about.matching.source and len(about.matching.source) >= 20
    assert about.matching.estimate, "nobody has measured how people take to a service"


@EACH
def test_every_service_says_what_people_do_with_it_and_how_they_leave(name: str) -> None:
    about = ABOUT[name]
    assert about.exports and len(about.summary.fr) > 15 and about.summary.fr != about.summary.en
    assert all(cover.reason for cover in about.needs.values())
    assert about.matching.accessibility == "unknown", "no source of ours says anything of accessibility"


@pytest.mark.parametrize("name", CATALOG.outlines)
def test_outline_is_what_the_schema_for_editors_accepts(name: str) -> None:
    data = load_outline(CATALOG.folder / name)[1].data
    jsonschema.Draft202012Validator(json.loads(schema_text("outline"))).validate(data)


def test_requires_and_conflicts_fit_together() -> None:
    for name, about in ABOUT.items():
        assert set(about.matching.requires) <= set(ABOUT)
        for other in about.matching.conflicts:
            assert name in ABOUT[other].matching.conflicts, f"{other} does not say that it excludes {name}"
        host = ABOUT.get(about.matching.tool)
        assert host and (host.name == name or host.name in about.matching.requires), "add-ons require their host"


def test_open_core_is_said() -> None:
    """Each was checked: what its makers sell apart is not counted among the needs it covers."""
    open_core = {"rallly", "baserow", "odoo", "metabase", "mattermost", "grist", "onlyoffice"}
    assert {name for name, about in ABOUT.items() if about.license_scope} >= open_core
    assert ABOUT["rallly"].needs["date_polling"].quality < 100 and "accounting" not in ABOUT["odoo"].needs


def test_every_need_has_a_service_or_a_signpost() -> None:
    covered = {need for about in ABOUT.values() for need in about.needs}
    kept = {need for tool in RULES.tools.tools.values() for need in tool.covers}
    assert len(RULES.taxonomy.needs) == 40
    for name, need in RULES.taxonomy.needs.items():
        assert name in covered or (need.signpost and name in kept), name
    assert "email_accounts" not in covered, "no mail server: its signpost says who runs the mailboxes"


def test_tools_cover_known_needs_with_a_reason() -> None:
    for name, tool in RULES.tools.tools.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name) and tool.covers, name
        assert set(tool.covers) <= set(RULES.taxonomy.needs) and all(c.reason for c in tool.covers.values()), name
    assert RULES.tools.tools["helloasso"].regulated and not RULES.tools.tools["trello"].regulated


@pytest.mark.parametrize("name", yaml.safe_load((CASES / "named-tools.yaml").read_text("utf-8")))
def test_tools_named_by_associations_are_known(name: str) -> None:
    assert name in RULES.tools.tools


def test_mappings_signposts_and_ids_that_are_taken() -> None:
    needs = RULES.taxonomy.needs
    assert all("publiccode" in need.mappings or "software" in need.mappings for need in needs.values())
    assert [item.name for item in needs["file_sharing"].mappings["software"]] == ["Nextcloud"]
    assert needs["office_documents"].mappings["chatons"][0].unchecked
    assert "payroll" in RULES.taxonomy.refused and "helpdesk" in RULES.taxonomy.reserved
    assert len(RULES.taxonomy.reserved) == 9 and len(RULES.taxonomy.refused) == 4


def test_prices_have_every_kind_of_hosting_and_say_what_is_estimated() -> None:
    prices = RULES.prices
    assert prices and set(prices.hosting) == {
        "vps", "own_server", "refurbished_pc", "lent_by_federation", "offline_box", "undecided",
    }  # fmt: skip
    assert prices.hosting["undecided"] == prices.hosting["vps"]
    for tier in (tier for tiers in prices.hosting.values() for tier in tiers):
        assert tier.estimate or not tier.counted, f"no price list was read today: {tier.label.en}"
    assert not prices.electricity_eur_per_kwh.estimate and "www." in prices.electricity_eur_per_kwh.source.en


def test_tier_is_the_cheapest_that_is_large_enough() -> None:
    prices = load_model(data_dir("catalog") / "prices.yaml", Prices)
    tier = prices.tier("vps", 4096, 80)
    assert tier and (tier.ram_mb, tier.monthly_eur) == (4096, 7.8)
    larger = prices.tier("vps", 4097, 80)
    assert larger and larger.ram_mb == 8192
    assert prices.tier("vps", 10**6, 80) is None
    box = prices.tier("offline_box", 4096, 200)
    assert box and prices.electricity_monthly_eur(box) == 0.85  # 6 W x 730 h / 1000 x 0.194 EUR


def test_page_leaves_out_nothing_that_is_there() -> None:
    """The list of what was left out, with the reason, and the folders of the catalog have no name in common."""
    table = PAGE.read_text("utf-8").partition("## Left out, and why")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")][2:]
    assert len(rows) >= 20 and all(len(row) == 2 and len(row[1].strip()) > 15 for row in rows)
    names = {re.sub(r"\W+", "", name).lower() for row in rows for name in row[0].split(",")}
    there = {re.sub(r"\W+", "", word).lower() for about in ABOUT.values() for word in (about.name, about.title)}
    assert names & there == set()


def test_show_and_list_of_an_outline() -> None:
    shown = CliRunner().invoke(root, ["catalog", "show", "paheko"])
    assert shown.exit_code == 0 and "it cannot be deployed yet" in shown.output
    assert "covers accounting: quality 85" in shown.output and "(not tried)" in shown.output
    data = json.loads(CliRunner().invoke(root, ["catalog", "list", "--json"]).stdout)
    assert "paheko" in {row["name"] for row in data["outlines"]} - {row["name"] for row in data["services"]}
    assert json.loads(CliRunner().invoke(root, ["catalog", "show", "paheko", "--json"]).stdout)["deployable"] is False
    unknown = CliRunner().invoke(root, ["catalog", "show", "pahko"])
    assert "no service 'pahko' in the catalog; did you mean 'paheko'" in str(unknown.exception)
