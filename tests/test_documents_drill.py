"""The page about a drill: the verdict first, a reason for what failed, French for everything that is counted."""

import pytest

from provisioner.catalog import load_catalog
from provisioner.documents.drill import COUNTED, FAILURES, drill_paper
from provisioner.documents.page import page
from provisioner.host import sandbox
from provisioner.models.drill import Drilled, DrillReport

GOOD = {
    "instance": "asso_wiki",
    "ok": True,
    "marker": "probe1",
    "counts": {"accounts": 3},
    "rto_seconds": 90.0,
    "rpo_seconds": 5400,
}


def report(*items: dict[str, object], signed: str = "yes") -> DrillReport:
    about = {"format": 1, "kind": "drill", "association": "asso", "host": "h", "time": 1_700_000_000, "signed": signed}
    return DrillReport.model_validate({**about, "instances": [Drilled.model_validate(item) for item in items]})


def test_page_says_first_whether_everything_came_back() -> None:
    paper = drill_paper(report(GOOD), "Asso")
    assert "Tout est revenu" in paper.lead[0].fr and "Everything came back" in paper.lead[0].en
    html = page(paper, "fr")
    assert "comptes" in html and "1,5" in html and "Signé par la clé du serveur" in html


@pytest.mark.parametrize("code", [*FAILURES, "anything else"])
def test_what_failed_has_a_reason_and_changes_the_verdict(code: str) -> None:
    paper = drill_paper(report(GOOD, {"instance": "asso_pad", "ok": False, "code": code}), "Asso")
    assert "Attention" in paper.lead[0].fr and "1 services sur 2" in paper.lead[0].fr
    reason = paper.parts[0].table.rows[1][-1] if paper.parts[0].table else None
    assert reason and reason.fr and reason.en and reason.fr != reason.en


def test_wrong_signature_is_no_good_drill() -> None:
    assert not report(GOOD, signed="wrong").ok and report(GOOD, signed="no").ok
    assert "pas celle du serveur" in drill_paper(report(GOOD, signed="wrong"), "Asso").foot.fr


def test_everything_that_is_counted_has_a_french_word() -> None:
    counted = {name for entry in load_catalog().services.values() for name in entry.service.backup.counts}
    assert counted and counted <= set(COUNTED)


def test_known_failures_are_those_of_the_host_program() -> None:
    assert {"import_failed", "not_healthy", "miscounted", "unreadable"} <= set(FAILURES)
    assert sandbox.NotGood("memory", "x").code in FAILURES
