"""`provisioner profile check` and its neighbours as a person runs them: output byte for byte, JSON, exit codes."""

import json
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from command_line import run_all

from provisioner.cli.profile_check import command
from provisioner.profiles.rules import check_file

HERE = Path(__file__).parent / "cases" / "profile"
CASES = yaml.safe_load((HERE / "check.yaml").read_text("utf-8"))
GOOD = (HERE / "good.yaml").read_text("utf-8")


@cache
def results(language: str) -> list[tuple[int, str, str]]:
    with TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("good.yaml", "bad.yaml"):
            shutil.copy(HERE / name, folder)
        lines = [line for line in GOOD.splitlines() if not line.startswith("referents")]
        warned = ["referents: {count: 1, admin_hours_per_month: 5}", *lines]
        (folder / "warned.yaml").write_text("\n".join(warned) + "\n", "utf-8")
        (folder / "many.yaml").write_text(GOOD + "".join(f"key{number}: 1\n" for number in range(302)), "utf-8")
        runs = [case["run"] for case in CASES] + [["profile", "check", "--format", "json", "bad.yaml"]]
        return run_all([(folder, run) for run in runs], language, folder)


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: " ".join(CASES[number]["run"][1:]))
def test_profile_command_answers_as_in_the_case(number: int) -> None:
    case, (code, out, err) = CASES[number], results("en")[number]
    wanted = (HERE / case["out_file"]).read_text("utf-8") if "out_file" in case else case.get("out", out)
    assert (code, out) == (case["exit"], wanted)
    assert out.endswith(case.get("ends", "")) and err == case.get("err", err)
    assert "Traceback" not in err


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: " ".join(CASES[number]["run"][1:]))
def test_profile_command_answers_alike_in_french(number: int) -> None:
    (code, out, err), (french_code, french_out, french_err) = results("en")[number], results("fr")[number]
    assert code == french_code
    assert len(out.splitlines()) == len(french_out.splitlines())
    assert len(err.splitlines()) == len(french_err.splitlines())


def test_profile_check_columns_stand_under_each_other_in_french() -> None:
    lines = results("fr")[0][1].splitlines()[1:]
    assert len({line.index(" NP") for line in lines}) == 1
    assert len({line.index(" /") for line in lines}) == 1


def test_profile_check_json_holds_what_the_text_tells() -> None:
    code, out, _err = results("en")[-1]
    found: dict[str, Any] = json.loads(out)
    assert (code, found["file"], found["errors"], found["warnings"], found["valid"]) == (2, "bad.yaml", 30, 5, False)
    assert found["findings"][3] == {
        "severity": "error", "code": "NP108", "line": 5, "pointer": "/profile/sources",
        "message": "at least 1 entry needed",
    }  # fmt: skip
    text = [
        f"  {each['severity']:<7} {each['code']} line {each['line']:<3} {each['pointer']}: {each['message']}"
        for each in found["findings"]
    ]
    assert text == (HERE / "bad.expected.txt").read_text("utf-8").splitlines()[1:]


def test_profile_check_json_of_several_files_is_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command.main(["--format", "json", str(HERE / "good.yaml"), str(HERE / "bad.yaml")], standalone_mode=False)
    assert left.value.code == 2
    assert [report["valid"] for report in json.loads(capsys.readouterr().out)] == [True, False]


def test_profile_check_reads_json_as_it_reads_yaml(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(yaml.safe_load(GOOD), indent="\t"), "utf-8")
    assert check_file(path).findings == [] and check_file(path).profile == check_file(HERE / "good.yaml").profile
    path.write_text(path.read_text("utf-8").replace("4096", "4"), "utf-8")
    (finding,) = check_file(path).findings
    assert finding.code == "NP107" and '"ram_mb"' in path.read_text("utf-8").splitlines()[finding.line - 1]
