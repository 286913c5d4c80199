"""Export and erase of a person through the commands, against a host in this process that answers as the real one."""

import contextlib
import hashlib
import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from fake_people import FakeHost
from gdpr_fixture import answers_data
from stack_fixture import GOOD, lock_of, small_catalog, stack_of

from provisioner.bundle import Bundle
from provisioner.cli import root, tell
from provisioner.errors import ProvisionerError
from provisioner.gdpr import ask, dossier_write
from provisioner.gdpr.casefiles import Cases
from provisioner.gdpr.facts import case_of
from provisioner.gdpr.gather import records
from provisioner.host import layout
from provisioner.i18n import choose_language
from provisioner.models.request import Note, Request

GOLDEN = Path(__file__).parent / "cases" / "gdpr" / "dossier"
ANA, BOB = "ana@example.org", "bob@example.org"
TODAY = date(2026, 11, 23)
COMMAND = {"in": "app", "run": ["person", "{subject}"]}
STAYS = {
    "what": {"fr": "Textes des autres", "en": "Texts of others"},
    "why": {"fr": "Ils sont à eux", "en": "They are theirs"},
    "places": ["dump db"],
}  # fmt: skip


class Killed(BaseException):
    """As kill -9: nothing in the program catches it."""


class Frozen(date):
    """The day of the tests."""

    @classmethod
    def today(cls) -> "Frozen":
        return cls(2026, 11, 23)


@dataclass
class Site:
    """A folder with a stack, a catalog, and the host that answers."""

    folder: Path
    host: FakeHost
    patch: pytest.MonkeyPatch

    @property
    def cases(self) -> Cases:
        return Cases(self.folder)

    def run(self, *words: str, stdin: str = "") -> Result:
        """Run a gdpr command as a person does; errors are told as the program tells them."""
        catalog = [] if words[0] == "requests" else ["--catalog", str(self.folder / "catalog")]
        stack = ["--stack", str(self.folder / "stack.yaml")]
        with self.patch.context() as patch:
            for module in ("gdpr_export", "gdpr_erase", "gdpr_person", "gdpr_requests"):
                patch.setattr(f"provisioner.cli.{module}.date", Frozen)
            patch.setattr("provisioner.remote.ask", lambda bundle, command, request, timeout=0: self.host.ask(
                bundle, command, request))  # fmt: skip
            line = ["gdpr", words[0], *stack, *words[1:], *catalog]
            done = CliRunner().invoke(root, line, input=stdin)
        if isinstance(done.exception, ProvisionerError):
            done.exit_code = done.exception.exit_code
            done.stderr_bytes = (
                done.stderr_bytes or b""
            ) + f"{done.exception} {getattr(done.exception, 'findings', '')}".encode()
        elif done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    def edit(self, service: str, **changes: Any) -> None:
        """Change the block gdpr of a service of the catalog."""
        path = self.folder / "catalog" / service / "service.yaml"
        data = yaml.safe_load(path.read_text("utf-8"))
        data["gdpr"] |= {key: json.loads(json.dumps(value)) for key, value in changes.items()}  # no anchors
        path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), "utf-8")


def host_of() -> FakeHost:
    return FakeHost(
        {
            "foyer_pad": {"ana": "ana wrote this: ana@example.org", BOB: "bob's own"},
            "foyer_notes": {ANA: "her note", BOB: "his note"},
        },
        {"foyer_pad": {"dump db": "bob@example.org praises somebody"}},
    )


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    shutil.copytree(GOOD, tmp_path / "catalog")
    data = stack_of(backup={"destinations": [{"name": "disk", "url": "/mnt/copies", "offsite": False}]})
    (tmp_path / "stack.yaml").write_text(
        yaml.safe_dump(data.model_dump(mode="json", exclude_defaults=True, by_alias=True))
    )
    lock = lock_of(small_catalog()).model_dump(mode="json")
    (tmp_path / "stack.lock.yaml").write_text(yaml.safe_dump(lock))
    (tmp_path / "gdpr.yaml").write_text(yaml.safe_dump(answers_data(), allow_unicode=True))
    found = Site(tmp_path, host_of(), monkeypatch)
    for service in ("pad", "notes"):
        found.edit(service, subjects=COMMAND, export=[COMMAND], erase=[COMMAND])
    return found


def export(site: Site, *words: str) -> Result:
    return site.run("export", "--person", ANA, "--also-known", "ana", *words)


def folder_of(site: Site, number: int = 1) -> Path:
    return site.folder / "gdpr" / "requests" / f"2026-11-23-{number:02}"


def test_export_has_all_of_one_and_nothing_of_the_other(site: Site) -> None:
    done = export(site)
    assert done.exit_code == 0, done.output
    place = folder_of(site) / "dossier"
    assert {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()} == {
        "index.json", "index.fr.html", "index.en.html", "foyer_pad/1.json", "foyer_notes/1.json",
    }  # fmt: skip
    whole = b"".join(path.read_bytes() for path in place.rglob("*") if path.is_file())
    assert b"ana wrote this" in whole and b"her note" in whole and b"bob" not in whole
    assert "2026-12-23" in done.output and "1182/71" in done.output and "requests close 2026-11-23-01" in done.output


def test_hashes_archive_and_permissions(site: Site) -> None:
    assert export(site).exit_code == 0
    folder = folder_of(site)
    index = json.loads((folder / "dossier" / "index.json").read_text("utf-8"))
    files = [file for part in index["parts"] for file in part["files"]]
    assert len(files) == 2
    for file in files:
        content = (folder / "dossier" / file["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["size"], file["sha256"])
    with zipfile.ZipFile(folder / "dossier.zip") as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    paths = [path for path in (folder / "dossier").rglob("*") if path.is_file()]
    assert inside == {str(path.relative_to(folder / "dossier")): path.read_bytes() for path in paths}
    for path in [folder, *folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize("answers", [True, False], ids=["answers", "no-answers"])
def test_index(site: Site, golden: Callable[[Path, str], None], answers: bool) -> None:
    if not answers:
        (site.folder / "gdpr.yaml").unlink()
    site.host.without.add("foyer_notes")
    site.edit("pad", manual=[{"fr": "Regarder les brouillons", "en": "Look at the drafts"}])
    assert export(site).exit_code == 0
    kind = "answers" if answers else "no-answers"
    for name in ("index.json", "index.fr.html", "index.en.html"):
        golden(GOLDEN / kind / name, (folder_of(site) / "dossier" / name).read_text("utf-8"))


def test_index_tells_what_art_15_wants_and_no_paths(site: Site) -> None:
    assert export(site).exit_code == 0
    page = (folder_of(site) / "dossier" / "index.en.html").read_text("utf-8")
    wanted = ("Purpose", "Categories of data", "Recipients", "Source of the data", "Rights of the people")
    for word in (*wanted, "Coffre SA", "How long data is kept", "complaint", "Not legal advice", "art. 22", "Paper"):
        assert word in page, word
    assert "volume data (" not in page and "volume data: 4" in page and "data:ana" not in page


def test_unreachable_host_keeps_the_case_and_the_next_run_goes_on(site: Site) -> None:
    site.host.down.add("h1")
    done = export(site)
    assert done.exit_code == 3 and "foyer_pad: not searched" in done.output and "stays open" in done.output
    assert (
        json.loads((folder_of(site) / "dossier" / "index.json").read_text())["missing"][0]["instance"] == "foyer_notes"
    )
    site.host.down.clear()
    assert export(site).exit_code == 0
    assert site.cases.ids() == ["2026-11-23-01"], "the same case"
    assert json.loads((folder_of(site) / "dossier" / "index.json").read_text())["missing"] == []
    site.host.down.add("h1")
    assert site.run("export", "--case", "2026-11-23-01").exit_code == 0, "what it had before is kept"
    assert (folder_of(site) / "dossier" / "foyer_pad" / "1.json").is_file()


@pytest.mark.parametrize("damage", ["{", "", None])
def test_dossier_with_a_damaged_index_is_not_replaced(site: Site, damage: str | None) -> None:
    assert export(site).exit_code == 0
    index, file = folder_of(site) / "dossier" / "index.json", folder_of(site) / "dossier" / "foyer_pad" / "1.json"
    index.unlink() if damage is None else index.write_text(damage)
    kept, asked = file.read_bytes(), len(site.host.asked)
    site.host.down.add("h1")
    done = export(site)
    assert done.exit_code == 2 and "is not replaced" in str(done.exception) and len(site.host.asked) == asked
    assert file.read_bytes() == kept and (folder_of(site) / "dossier.zip").is_file()
    assert "dossier.zip" in done.exception.hint  # type: ignore[union-attr]


def test_files_of_a_service_that_gave_no_answer_are_kept_with_a_word_or_nothing_is_replaced(site: Site) -> None:
    assert export(site).exit_code == 0
    file = folder_of(site) / "dossier" / "foyer_pad" / "1.json"
    kept = file.read_bytes()
    for failed in ({"foyer_pad": "the database is down"}, {}):
        site.host.failed = failed
        site.host.people = {name: who for name, who in site.host.people.items() if name != "foyer_pad"}
        done = export(site)
        assert done.exit_code == 0 and file.read_bytes() == kept
        assert "foyer_pad: not searched this time: what was found on 2026-11-23 stays" in done.output
    file.write_text("cut sho")
    done = export(site)
    assert done.exit_code == 1 and "foyer_pad/1.json" in str(done.exception) and file.read_text() == "cut sho"
    assert (folder_of(site) / "dossier" / "foyer_notes" / "1.json").is_file()


def test_file_added_to_the_dossier_by_hand_stays(site: Site) -> None:
    assert export(site).exit_code == 0
    added = folder_of(site) / "dossier" / "foyer_pad" / "paper.pdf"
    added.write_bytes(b"scanned")
    assert export(site).exit_code == 0 and added.read_bytes() == b"scanned"
    assert "foyer_pad/paper.pdf" in zipfile.ZipFile(folder_of(site) / "dossier.zip").namelist()


def test_what_was_not_searched_is_told_and_keeps_the_case_open(site: Site) -> None:
    site.host.failed, site.host.removed = {"foyer_pad": "the database is down"}, ["foyer_old", "other_old"]
    site.host.kept = {"foyer_notes": ["20261120T010203"]}
    done = site.run("erase", "--person", ANA, "--yes")
    assert done.exit_code == 3, done.output
    for said in ("foyer_pad: not searched: the database is down", "foyer_old: not searched: it was removed",
                 "provisioner purge old", "provisioner restore notes --drop", "stays open"):  # fmt: skip
        assert said in done.output, (said, done.output)
    assert "other_old" not in done.output
    assert ANA not in site.host.people["foyer_notes"], "what answered is erased"


def test_accounts_of_the_association_itself_are_not_erased(site: Site) -> None:
    done = site.run("erase", "--person", "contact@foyer.example", "--also-known", "admin", "--yes")
    assert done.exit_code == 2 and "of the association itself" in str(done.exception)
    assert not site.host.ledger and not site.cases.ids()


def test_export_that_arrives_torn_is_not_kept(site: Site) -> None:
    whole = site.host._person_export

    def torn(request: dict[str, Any]) -> dict[str, Any]:
        answer = whole(request)
        if request["instance"] == "foyer_pad":
            answer["files"][0]["bytes_base64"] = "AAAA"
        return answer

    site.host._person_export = torn  # type: ignore[method-assign]
    done = export(site)
    assert done.exit_code == 3 and "did not arrive whole" in done.output
    assert not (folder_of(site) / "dossier" / "foyer_pad").exists()


@pytest.mark.parametrize("name", ["../../evil", "/etc/passwd", ".hidden", "a/b", "", "a" * 200, "a\n"])
def test_file_of_a_host_leads_nowhere_else(name: str) -> None:
    host, bundle = host_of(), Bundle(Path("stack.yaml"), stack_of(), lock_of(small_catalog()))
    assert list(ask.export(bundle, "foyer_notes", ANA, host.ask)) == ["1.json"]

    def evil(*given: Any) -> dict[str, Any]:
        answer = host.ask(*given)
        answer["files"][0]["name"] = name
        return answer

    with pytest.raises(ProvisionerError, match="did not arrive whole"):
        ask.export(bundle, "foyer_notes", ANA, evil)


@pytest.mark.parametrize("step", range(1, 8))
def test_killed_while_the_dossier_is_written(tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier_write.write_dossier(tmp_path, {"index.json": b"old", "b/1.json": b"old"}, TODAY)
    count = [0]

    def killing(real: Callable[..., Any]) -> Callable[..., Any]:
        def act(*args: Any, **more: Any) -> Any:
            count[0] += 1
            if count[0] == step:
                raise Killed
            return real(*args, **more)

        return act

    with monkeypatch.context() as patch:
        patch.setattr(dossier_write, "write", killing(layout.write))
        patch.setattr(dossier_write, "_sync", killing(dossier_write._sync))
        patch.setattr(Path, "rename", killing(Path.rename))
        with contextlib.suppress(Killed):
            dossier_write.write_dossier(tmp_path, {"index.json": b"new", "a/1.json": b"new"}, TODAY)
    assert (count[0] < step) is (step == 7), "every step was tried"
    dossier_write.settle(tmp_path)
    now = {path.read_bytes() for path in (tmp_path / "dossier").rglob("*") if path.is_file()}
    assert now in ({b"old"}, {b"new"})
    if (tmp_path / "dossier.zip").exists():
        with zipfile.ZipFile(tmp_path / "dossier.zip") as archive:
            assert {archive.read(name) for name in archive.namelist()} == now
    dossier_write.write_dossier(tmp_path, {"index.json": b"next"}, TODAY)
    assert {path.name for path in tmp_path.iterdir()} == {"dossier", "dossier.zip"}


def test_address_from_standard_input_and_json(site: Site) -> None:
    done = site.run("export", "--person", "-", "--json", stdin=f"{ANA}\nana\n\n")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["index"]["names"] == ["ana"] and found["due"] == "2026-12-23"


def erase(site: Site, *words: str, stdin: str = "") -> Result:
    return site.run("erase", "--person", ANA, "--also-known", "ana", *words, stdin=stdin)


def test_dry_run_shows_everything_and_changes_nothing(site: Site) -> None:
    site.edit("pad", stays=[STAYS], manual=[{"fr": "Regarder", "en": "Look at the drafts"}], restart=["app"])
    before = json.dumps(site.host.people)
    done = erase(site, "--dry-run")
    assert done.exit_code == 0 and done.output.count("restarts after it") == 1
    for word in ("goes: ana", "Texts of others: They are theirs", "Look at the drafts", "volume data:ana/1.txt (4)"):
        assert word in done.output, word
    assert json.dumps(site.host.people) == before and not site.host.ledger
    assert {command for command, _instance in site.host.asked} == {"person_find"}
    assert not (site.folder / "gdpr").exists()


@pytest.mark.parametrize("answer", ["\n", f"{BOB}\n"])
def test_unconfirmed_changes_nothing(site: Site, answer: str) -> None:
    before = json.dumps(site.host.people)
    assert erase(site, stdin=answer).exit_code == 2
    assert json.dumps(site.host.people) == before and not (site.folder / "gdpr").exists()


def test_erase_then_nothing_is_found(site: Site) -> None:
    done = erase(site, stdin=f"{ANA.upper()}\n")
    assert done.exit_code == 0, done.output
    assert site.host.people == {"foyer_pad": {BOB: "bob's own"}, "foyer_notes": {BOB: "his note"}}
    case = site.cases.read("2026-11-23-01")
    assert all(item.erased and not item.left for item in case.services.values())
    assert "foyer/disk" in done.output and "erases the person again" in done.output
    again = erase(site, "--yes")
    assert again.exit_code == 0 and "Nothing was found" in again.output and "requests close" in again.output
    assert site.run("requests", "close", "2026-11-23-01", "--answer", f"told {ANA}").exit_code == 0


def test_name_and_confirmation_from_standard_input(site: Site) -> None:
    assert site.run("erase", "--person", "-", stdin=f"{ANA}\nana\n\nno\n").exit_code == 2
    assert site.run("erase", "--person", "-", stdin=f"{ANA}\nana\n\n{ANA}\n").exit_code == 0
    assert site.host.people["foyer_pad"].keys() == {BOB}


def test_closed_erasure_forgets_the_name(site: Site) -> None:
    assert erase(site, "--yes").exit_code == 0
    folder = str(site.folder / "stack.yaml")
    done = CliRunner().invoke(
        root, ["gdpr", "requests", "close", "2026-11-23-01", "--answer", "told", "--stack", folder]
    )
    assert done.exit_code == 0, done.output
    text = (folder_of(site) / "case.json").read_text("utf-8")
    assert ANA not in text and '"ana"' not in text and "data:ana" not in text
    again = erase(site, "--yes")
    assert again.exit_code == 0 and site.cases.ids() == ["2026-11-23-01"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("instance", ["foyer_notes", "foyer_pad"])
def test_killed_between_services_and_run_again(site: Site, when: str, instance: str) -> None:
    real = site.host._person_erase

    def killed(request: dict[str, Any]) -> dict[str, Any]:
        if when == "after":
            real(request) if request["instance"] == instance else None
        if request["instance"] == instance:
            raise Killed
        return real(request)

    site.host._person_erase = killed  # type: ignore[method-assign]
    with pytest.raises(Killed):
        erase(site, "--yes")
    case = site.cases.read("2026-11-23-01")
    item = case.services[instance]
    assert item.begun and not item.erased
    assert bool(case.services["foyer_notes"].erased) is (instance == "foyer_pad")
    site.host._person_erase = real  # type: ignore[method-assign]
    asked = len(site.host.asked)
    assert erase(site, "--yes").exit_code == 0
    again = [name for command, name in site.host.asked[asked:] if command == "person_erase"]
    assert instance in again and ("foyer_notes" in again) is (instance == "foyer_notes")
    assert site.cases.ids() == ["2026-11-23-01"]
    assert all(each.erased for each in site.cases.read("2026-11-23-01").services.values())
    assert "ana" not in json.dumps(site.host.people)
    assert {(name, ANA) for name in site.host.people} <= site.host.ledger


def test_what_is_left_fails_unless_declared(site: Site) -> None:
    site.host.others["foyer_pad"]["dump db"] = "thanks to ana@example.org"
    done = erase(site, "--yes")
    assert done.exit_code == 1 and "foyer_pad: left: dump db (3)" in done.output
    site.edit("pad", stays=[STAYS])
    assert erase(site, "--yes").exit_code == 0


def test_service_without_a_command_is_left_by_hand(site: Site) -> None:
    site.host.without.add("foyer_notes")
    site.edit("notes", erase=[], export=[])
    done = erase(site, "--yes")
    assert done.exit_code == 1 and "by hand: this service has no command to erase" in done.output
    assert ("person_erase", "foyer_notes") not in site.host.asked
    site.host.people["foyer_notes"].pop(ANA)
    assert erase(site, "--yes").exit_code == 0


def test_unreachable_host_leaves_the_erasure_open(site: Site) -> None:
    site.host.down.add("h1")
    done = erase(site, "--yes")
    assert done.exit_code == 3 and "not searched" in done.output and "could be searched" in done.output
    assert "Case 2026-11-23-01: to be answered" in done.output
    assert site.cases.read("2026-11-23-01").due.isoformat() == "2026-12-23"  # the month runs all the same


def test_service_held_back_keeps_all_and_the_case_says_why(site: Site) -> None:
    done = erase(site, "--yes", "--hold", "pad=invoices, ten years")
    assert done.exit_code == 0, done.output
    assert "stays: invoices, ten years" in done.output and "left out, as you said" in done.output
    assert "ana" in site.host.people["foyer_pad"] and site.host.people["foyer_notes"].keys() == {BOB}
    assert "invoices, ten years" in site.cases.read("2026-11-23-01").notes[0].text
    again = erase(site, "--yes", "--hold", "pad=invoices, ten years")
    assert again.exit_code == 0 and "services you left out" in again.output
    wrong = erase(site, "--yes", "--hold", "paad=because", "--hold", "pad=")
    assert wrong.exit_code == 2 and "paad=because', 'pad=" in str(wrong.exception or wrong.output)


def test_export_too_large_for_an_answer_is_told(site: Site) -> None:
    def large(request: dict[str, Any]) -> dict[str, Any]:
        raise ProvisionerError("the host program failed on h1: too_large app")

    site.host._person_export = large  # type: ignore[method-assign]
    done = export(site)
    assert done.exit_code == 3 and "more than 64 MB" in done.output


def test_service_that_fails_is_told_and_the_others_go_on(site: Site) -> None:
    real = site.host._person_erase

    def failing(request: dict[str, Any]) -> dict[str, Any]:
        if request["instance"] == "foyer_notes":
            raise ProvisionerError("the host program failed on h1: no")
        return real(request)

    site.host._person_erase = failing  # type: ignore[method-assign]
    done = erase(site, "--yes")
    assert done.exit_code == 3 and "foyer_notes: failed" in done.output
    assert "ana" not in site.host.people["foyer_pad"] and ANA in site.host.people["foyer_notes"]


@pytest.mark.parametrize("day", ["2099-01-01", "0001-01-01"])
@pytest.mark.parametrize("command", ["export", "erase"])
def test_bad_input_is_told_all_at_once(site: Site, command: str, day: str) -> None:
    words = ["--person", "ana", "--also-known", "ab", "--received", day]
    done = site.run(command, *words)
    assert done.exit_code == 2 and isinstance(done.exception, ProvisionerError)
    assert len(getattr(done.exception, "findings", [])) == 3
    assert site.run(command).exit_code == 2
    assert not (site.folder / "gdpr").exists() and not site.host.asked
    tell(done.exception)


def test_dossier_of_before_is_named_by_the_erasure(site: Site) -> None:
    assert export(site).exit_code == 0
    assert "delete it" in erase(site, "--dry-run").output


def test_requests_from_open_to_closed(site: Site) -> None:
    assert "No request" in site.run("requests").output
    words = ["--kind", "rectification", "--person", ANA, "--received", "2026-10-31", "--identity", "called back"]
    done = site.run("requests", "open", *words)
    assert done.exit_code == 0 and "2026-11-30" in done.output and "1182/71" in done.output
    assert site.run("requests", "note", "2026-11-23-01", "her name is spelt otherwise").exit_code == 0
    assert "2027-01-31" in site.run("requests", "extend", "2026-11-23-01", "--why", "paper").output
    shown = site.run("requests", "show", "2026-11-23-01").output
    for word in ("called back", "spelt otherwise", "paper", ANA):
        assert word in shown
    assert site.run("requests", "--check").exit_code == 0
    late = site.run("requests", "open", "--kind", "objection", "--person", BOB, "--received", "2026-10-22")
    assert late.exit_code == 0
    checked = site.run("requests", "--check")
    assert checked.exit_code == 1 and "Overdue: Case 2026-11-23-02" in checked.output
    assert json.loads(site.run("requests", "--json").stdout)["overdue"] == 1
    assert site.run("requests", "extend", "2026-11-23-02", "--why", "late").exit_code == 2
    assert site.run("requests", "close", "2026-11-23-02", "--answer", "stopped").exit_code == 0
    assert site.run("requests", "--check").exit_code == 0
    assert site.run("requests", "close", "2026-11-23-02", "--answer", "again").exit_code == 2
    for words in (["show", "2026-11-23-09"], ["note", "../x", "t"], ["note", "2026-11-23-01", " "]):
        assert site.run("requests", *words).exit_code == 2


def test_case_of_another_kind_or_person_is_refused(site: Site) -> None:
    assert export(site).exit_code == 0
    done = site.run("erase", "--case", "2026-11-23-01", "--person", BOB)
    assert done.exit_code == 2 and len(getattr(done.exception, "findings", [])) == 2
    assert "person_erase" not in {command for command, _name in site.host.asked}


def test_exported_again_with_a_further_name(site: Site) -> None:
    assert site.run("export", "--person", ANA).exit_code == 0
    index = json.loads((folder_of(site) / "dossier" / "index.json").read_text("utf-8"))
    assert {part["instance"]: part["result"] for part in index["parts"]} == {
        "foyer_pad": "by-hand", "foyer_notes": "files",
    }  # fmt: skip
    assert site.run("export", "--case", "2026-11-23-01", "--also-known", "ana").exit_code == 0
    assert (folder_of(site) / "dossier" / "foyer_pad" / "1.json").is_file()
    assert site.cases.read("2026-11-23-01").names == ["ana"]


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"case": "1.0"}', "\x00"])
def test_torn_case_hides_no_other_and_is_told_in_our_words(site: Site, torn: str) -> None:
    for name in (ANA, BOB):
        site.run("requests", "open", "--kind", "access", "--person", name)
    path = sorted(site.folder.rglob("case.json"))[0]
    path.write_text(torn, "utf-8")
    done = site.run("requests")
    assert done.exit_code == 2 and BOB in done.output
    told = str(getattr(done.exception, "findings", ""))
    assert str(path) in told and "Field required" not in told and "Input should" not in told


def test_torn_case_of_one_stops_nobody_else(site: Site) -> None:
    assert site.run("export", "--person", BOB).exit_code == 0
    torn = folder_of(site) / "case.json"
    torn.write_text('{"case": "1.0"', "utf-8")
    done = export(site)
    assert done.exit_code == 0 and f"might be this person's: {torn}" in done.stderr
    shown = erase(site, "--yes")
    assert (
        shown.exit_code == 0 and "might be this person's" in shown.stderr and ANA not in site.host.people["foyer_pad"]
    )
    assert f"{folder_of(site) / 'dossier'} may hold their data" in shown.output
    assert f"{folder_of(site, 2) / 'dossier'} holds their data" in shown.output
    assert torn.read_text("utf-8") == '{"case": "1.0"'


def test_old_texts_that_steer_a_terminal_are_shown_without(site: Site) -> None:
    site.run("requests", "open", "--kind", "access", "--person", ANA)

    def old(case: Request) -> Request:
        note = Note(day=TODAY, text="red \x1b[31m\u202e")
        return case.model_copy(update={"notes": [note], "identity": "\u202eseen", "names": ["a\x1b]0;b"]})

    site.cases.change("2026-11-23-01", old)
    shown = site.run("requests", "show", "2026-11-23-01").output
    assert "red" in shown and "seen" in shown and "\x1b" not in shown and "\u202e" not in shown


@pytest.mark.parametrize("kind", ["file", "link", "requests"])
def test_file_in_place_of_the_folder_is_told(site: Site, kind: str) -> None:
    place = site.folder / "gdpr"
    if kind == "link":
        place.symlink_to(site.folder / "nowhere")
    elif kind == "file":
        place.write_text("notes")
    else:
        place.mkdir()
        (place / "requests").write_text("notes")
    for words in (["requests"], ["requests", "--check"], ["export", "--person", ANA]):
        done = site.run(*words)
        assert done.exit_code == 2 and f"{place}/requests cannot be read" in str(done.exception), words
        assert "No request" not in done.output
    assert records(site.folder, "requests", "case.json", case_of) == ([], ["gdpr/requests"])


def test_french_says_kinds_and_labels_in_french(site: Site) -> None:
    site.run("requests", "open", "--kind", "erasure", "--person", ANA)
    choose_language("fr")
    for words in (["requests"], ["requests", "show", "2026-11-23-01"]):
        shown = site.run(*words).output
        assert "effacement" in shown and "erasure" not in shown, shown
    assert "Nature : effacement" in shown.replace("\u00a0", " ")
    done = site.run("requests", "open", "--kind", "access", "--person", ANA, "--received", "demain")
    assert done.exit_code == 2 and "2026-11-23" in done.output and "%" not in done.output
    done = site.run("export", "--case", "2026-11-23-01")
    assert "effacement" in str(getattr(done.exception, "findings", ""))


def test_french_export_has_a_space_before_its_colons(site: Site) -> None:
    choose_language("fr")
    assert "foyer_pad : 1 fichier" in export(site).output.replace("\u00a0", " ")


def test_torn_key_of_the_hashes_is_refused(site: Site) -> None:
    site.run("requests", "open", "--kind", "erasure", "--person", ANA)
    (site.folder / "gdpr/requests/.salt").write_text("", "utf-8")
    done = site.run("requests", "close", "2026-11-23-01", "--answer", "done")
    assert done.exit_code == 2 and ANA in (site.folder / "gdpr/requests/2026-11-23-01/case.json").read_text("utf-8")
