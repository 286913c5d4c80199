"""A treasurer with a pencil: from the printed annex alone, every figure of the plan and of the board's page again."""

import ast
import re
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

import pytest
from documents_plans import EXAMPLE_NAMES, living_plan, plan

from provisioner.documents.markdown import markdown
from provisioner.documents.papers import PAPERS
from provisioner.models.proposal import Proposal

PLANS: dict[str, Callable[[str], Proposal]] = {"fixture": plan, "living": living_plan}
CASES = [(kind, name) for kind in PLANS for name in EXAMPLE_NAMES]
LEVELS = ("nothing", "a link or an e-mail", "the basics", "comfortable", "expert")
Rows = list[dict[str, str]]
every_plan = pytest.mark.parametrize(("kind", "name"), CASES)


def printed(kind: str, name: str, paper: str = "annex") -> str:
    return markdown(PAPERS[paper](PLANS[kind](name)), "en").replace("**", "")


def section(text: str, title: str) -> str:
    """Return what stands under a heading."""
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def table(text: str, title: str) -> Rows:
    """Return the rows of the table under a heading, by column."""
    lines = [line for line in section(text, title).splitlines() if line.startswith("|")]
    heads, *rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if "---" not in line]
    return [dict(zip([head.strip() for head in heads], row, strict=True)) for row in rows]


def number(text: str) -> Fraction:
    found = re.search(r"-?[0-9][0-9,]*(\.[0-9]+)?", text)
    assert found, text
    return Fraction(found[0].replace(",", ""))


def worked_out(text: str) -> Fraction:
    """Return what a printed computation gives: + - x /, floor(), ceil(), round() and min()."""
    return _worked(ast.parse(text.replace(" x ", " * "), mode="eval").body)


def _worked(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant):
        return Fraction(str(node.value))
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        found = [_worked(argument) for argument in node.args]
        rounded = {"floor": floor, "ceil": ceil, "round": round}
        return min(found) if node.func.id == "min" else Fraction(rounded[node.func.id](found[0]))
    assert isinstance(node, ast.BinOp), ast.dump(node)
    left, right = _worked(node.left), _worked(node.right)
    if isinstance(node.op, ast.Add | ast.Sub):
        return left + right if isinstance(node.op, ast.Add) else left - right
    return left * right if isinstance(node.op, ast.Mult) else left / right


@every_plan
def test_every_line_gives_its_points_and_they_add_up(kind: str, name: str) -> None:
    *lines, total = table(printed(kind, name), "The points, line by line")
    for line in lines:
        computation, _equals, result = line["Computation"].partition(" = ")
        assert worked_out(computation) == abs(number(line["Points"])), line
        assert not result or Fraction(result) == worked_out(computation)
    assert sum(number(line["Points"]) for line in lines) == number(total["Points"])


@every_plan
def test_weights_in_the_lines_are_those_of_the_printed_rules(kind: str, name: str) -> None:
    text = printed(kind, name)
    rules = section(text, "The rules of the count")
    wanted = {word: str(number(rules.partition(f"{word} ")[2])) for word in ("must", "should", "could")}
    widest = {str(number(found)) for found in re.findall(r"(?:supported|members|volunteers|others) [0-9]+", rules)}
    points = {line["Line"]: line for line in table(text, "The points, line by line")}
    for row in table(text, "What is chosen or kept, and what it covers"):
        if row["Need"] == "–":
            continue
        line = points[f"{row['Need']}: {row['Tool']}"]
        found = re.match(r"floor\((\d+) x (\d+) x (\d+) x (\d+) / 10000\)", line["Computation"])
        assert found
        assert (found[1], found[3], found[4]) == (wanted[row["Priority"]], row["Quality"][:-2], row["Reach"][:-2])
        assert found[2] in widest
        assert int(found[3]) * int(found[4]) >= 100 * number(rules.partition("comes to ")[2])


@every_plan
def test_reach_follows_from_the_printed_skills(kind: str, name: str) -> None:
    text = printed(kind, name)
    skills = {row["Group"]: row for row in table(text, "The people, from the diagnostic")}
    shares: dict[tuple[str, str], list[Fraction]] = {}
    for row in table(text, "Where the reach comes from"):
        there = [number(skills[row["Group"]][level]) for level in LEVELS]
        assert sum(there) == 100
        level = LEVELS.index(row["Level asked"])
        shares.setdefault((row["Tool"], row["Need"]), []).append(reach(row["Computation"], there, level))
    for row in table(text, "What is chosen or kept, and what it covers"):
        if row["Need"] != "–":
            found = shares[row["Tool"], row["Need"]]
            mean = max(found) if "if one person" in row["By group"] else floor(Fraction(sum(found), len(found)))
            assert mean == number(row["Reach"]), row


def reach(computation: str, there: list[Fraction], level: int) -> Fraction:
    """Return the percent of a group, after checking that the numbers used are those of its skills."""
    able, below = sum(there[level:], Fraction(0)), there[level - 1]
    if "know how" in computation or "can learn" in computation or computation == "nobody":
        percent = number(computation) if computation != "nobody" else Fraction(0)
        assert percent == (able if "know" in computation else below if percent else 0)
        return Fraction(100 if "know" in computation else 50 if percent else 0)
    left, _equals, right = computation.partition(" = ")
    assert str(able) in left and ("/ 2" not in left or f"+ {below} / 2" in left)
    assert worked_out(left) == number(right)
    return number(right)


@every_plan
def test_coverage_index_is_the_sum_over_all_needs(kind: str, name: str) -> None:
    text = printed(kind, name)
    *rows, total = table(text, "The coverage index, need by need")
    whole = covered = Fraction(0)
    for row in rows:
        weight, _equals, result = row["Priority x audience"].partition(" = ")
        assert worked_out(weight) == Fraction(result)
        product = Fraction(result) * number(row["Quality"]) * number(row["Reach"])
        assert product == number(row["Product"])
        whole, covered = whole + Fraction(result), covered + product
    assert (whole, covered) == (number(total["Priority x audience"]), number(total["Product"]))
    assert floor(covered / (100 * whole)) == number(text.partition("Coverage index: ")[2])
    named = {row["Need"] for row in table(text, "What is chosen or kept, and what it covers")} - {"–"}
    named |= {row["Need"] for row in table(text, "What is not covered")} if "## What is not covered" in text else set()
    assert {row["Need"] for row in rows} == named


@every_plan
def test_services_add_up_to_what_is_used_and_that_keeps_the_limits(kind: str, name: str) -> None:
    text = printed(kind, name)
    *services, total = table(text, "What each service takes")
    used = {row["Limit"]: row for row in table(text, "What it takes, and what there is")}
    rules = section(text, "The rules of the count")
    system = {
        "Memory (MB)": number(rules.partition("the system takes ")[2]),
        "Disk (GB)": number(rules.partition("Disk: the system takes ")[2]),
        "Upkeep (minutes a month)": number(rules.partition("the server alone asks for ")[2]),
    }
    for thing, base in system.items():
        assert sum(number(row[thing]) for row in services) == number(total[thing]) == number(used[thing]["Used"])
        assert number(services[0][thing]) == base
    for row in used.values():
        assert number(row["There is"]) - number(row["Used"]) == number(row["Left"]) >= 0
        if row["Where the limit comes from"][0].isdigit():
            assert worked_out(row["Where the limit comes from"]) == number(row["There is"])
    everyday = sum(row["Kind"] == "everyday" for row in services)
    office = sum(row["Kind"] == "back office" for row in services)
    assert everyday == number(used["Everyday tools"]["Used"])
    assert everyday + office == number(used["Tools in all"]["Used"])
    by_line = {row["Line"]: row["Computation"] for row in table(text, "The points, line by line")}
    assert f" x {total['To learn (minutes)']} / 60)" in by_line["Minutes of training per person"]
    assert f"x ({everyday} x {everyday + 1} / 2 + {office})" in by_line["Each tool more to learn"]


@every_plan
def test_money_of_the_page_and_of_the_forecast_is_that_of_the_printed_prices(kind: str, name: str) -> None:
    text, page, forecast = (printed(kind, name, paper) for paper in ("annex", "board", "forecast"))
    *prices, total = table(text, "Prices")
    counted = [row for row in prices if "not counted" not in row["Line"]]
    once, monthly = (sum(number(row[column]) for row in counted) for column in ("Once", "A month"))
    assert (once, monthly) == (number(total["Once"]), number(total["A month"]))
    used = {row["Limit"]: row for row in table(text, "What it takes, and what there is")}
    assert monthly == number(used["Expense (euros a month)"]["Used"])
    year = once + 12 * monthly
    assert f"= €{float(year):,.2f}." in section(text, "Prices")
    assert f"€{ceil(monthly):,} a month" in page and f"€{ceil(once):,} once" in page
    exact = [f"€{float(amount):,.2f}" for amount in (year, once, monthly)]
    assert "The first year: {}, that is {} once and {} a month".format(*exact) in forecast
    months = table(forecast, "Month by month, the first year")
    assert sum(number(row["To pay"]) for row in months) == number(months[-1]["So far"]) == year
    for row in prices:
        source = row["Source of the price"]
        assert re.search(r"20\d\d|from the diagnostic", source), "a price without a date"
        computed = re.search(r"(\S.*?) = (\d+) ct\.", source)
        if computed:
            cents = number(row["A month"]) * 100
            assert worked_out(computed[1].partition(": ")[2] or computed[1]) == int(computed[2]) == cents
    computed = sum(" ct." in row["Source of the price"] for row in prices)
    assert computed >= 2, "domain and backups are computed, so their computation is printed"


@every_plan
def test_hours_of_the_page_are_those_of_the_printed_courses(kind: str, name: str) -> None:
    text, page, forecast = (printed(kind, name, paper) for paper in ("annex", "board", "forecast"))
    *courses, total = table(text, "How many hours")
    for row in courses:
        assert number(row["People"]) * number(row["Minutes per person"]) == number(row["Minutes in all"])
    minutes = sum(number(row["Minutes in all"]) for row in courses)
    assert minutes == number(total["Minutes in all"])
    assert f"About {rounded(minutes)} hours of training" in page
    assert f"Training: about {rounded(minutes)} hours" in forecast
    used = {row["Limit"]: row for row in table(text, "What it takes, and what there is")}
    care = number(used["Upkeep (minutes a month)"]["Used"])
    assert f"{quarters(care)} hours of upkeep a month" in page
    assert f"Together, the first year: about {rounded(12 * care + minutes)} hours" in forecast


def rounded(minutes: Fraction) -> str:
    """Return hours as the annex says: up to a whole hour from ten hours, up to a hundred from a thousand."""
    step = 100 * 60 if minutes >= 1000 * 60 else 60
    return f"{ceil(minutes / step) * step // 60:,}"


def quarters(minutes: Fraction) -> str:
    whole, rest = divmod(ceil(minutes / 15) * 15, 60)
    return f"{whole}{dict(zip((0, 15, 30, 45), ('', '¼', '½', '¾'), strict=True))[rest]}"
