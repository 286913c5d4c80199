"""What our pages say is true: commands exist, links lead somewhere, tables and examples are those of the code."""

import hashlib
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from docs_page import ROOT, Page, pages

from provisioner.catalog import load_catalog
from provisioner.catalog_check import PLATFORM_VARIABLES
from provisioner.cli import root
from provisioner.cli.catalog import check_catalog
from provisioner.hardening import RULES
from provisioner.images import load_images, load_recipes, stand_in
from provisioner.ladder.many import provable
from provisioner.load import load_model
from provisioner.models.compose import repository
from provisioner.models.proof import Proofs
from provisioner.models.stack import Stack
from provisioner.paths import data_dir
from provisioner.stackfile import stack_text

PROOFS = ROOT / "docs" / "proofs.json"
GENERATED = re.compile(r"(<!-- generated: (\w+) -->\n)(.*?)(<!-- end -->)", re.S)
HERE = re.compile(r"/(work|root|home|opt)/|\bshared/")
EXAMPLE = ROOT / "inventories" / "example-single" / "stack.yaml"
ALL = pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.path.relative_to(ROOT)))


def unknown_words(line: str) -> list[str]:
    """Given a command line of ours, return the words that are no command or no option of it."""
    words = shlex.split(line)[1:]
    words = words[: words.index("--")] if "--" in words else words
    context = click.Context(root)
    found: click.Command = root
    while isinstance(found, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        inner = found.get_command(context, name)
        if inner is None:
            return [name]
        found = inner
    if found.name == "ssh":
        return []
    known = {option for parameter in found.params for option in parameter.opts} | {"--help"}
    return [word for word in words if word.startswith("-") and word.partition("=")[0] not in known]


def services_table() -> str:
    """Return the table of services: a row for each image."""
    catalog, images, recipes = load_catalog(), load_images(), load_recipes()
    rows = ["| service | covers | image | stands in | tried |", "|---|---|---|---|---|"]
    for entry in catalog.services.values():
        needs = ", ".join(sorted(entry.service.needs)) or "no need of people by itself"
        first = f"[{entry.service.title}]({entry.service.homepage}) | {needs}"
        for reference in entry.images:
            found = stand_in(reference, images)
            source = f"{found.version} ({recipes[found.folder.parent.name].source})" if found else "nothing"
            tried = entry.service.upstream[repository(reference)].tried
            rows.append(f"| {first} | `{reference}` | {source} | {tried} |")
            first = " | "
    return "\n".join(rows)


def outlines_table() -> str:
    """Return the table of services known for matching only: needs and their quality, licence, memory and origin."""
    rows = ["| service | covers (quality) | licence | memory, idle | why not yet |", "|---|---|---|---|---|"]
    for about in load_catalog().outlines.values():
        covers = ", ".join(f"{need} {cover.quality}" for need, cover in sorted(about.needs.items()))
        memory = f"{about.resources.memory_mb} MB, {about.resources.origins['memory_mb'].kind}"
        about_it = f"[{about.title}]({about.homepage}) | {covers} | {about.license} | {memory}"
        rows.append(f"| {about_it} | {' '.join(about.not_yet.split())} |")
    return "\n".join(rows)


def blocks_table() -> str:
    """Return the table of building blocks."""
    recipes = load_recipes()
    rows = ["| building block | stands in for | version | from |", "|---|---|---|---|"]
    for name in load_catalog().blocks:
        recipe = recipes[name]
        rows.append(f"| {name} | {recipe.stands_in_for} | {recipe.version} | {recipe.source} |")
    return "\n".join(rows)


def rules_table() -> str:
    """Return the table of hardening rules."""
    rows = [f"| `{name}` | {wanted} |" for name, (_holds, wanted) in RULES.items()]
    return "\n".join(["| rule | wanted |", "|---|---|", *rows])


def proofs_table() -> str:
    """Return the table of proofs: one row for each service of docs/proofs.json."""
    rows = [
        "| service | ran | upgraded from | Debian | seconds: install, all | memory (declared) | passed | otherwise |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, proof in load_model(PROOFS, Proofs).proofs.items():
        seconds = {rung.name: rung.seconds for rung in proof.rungs}
        passed = [rung for rung in proof.rungs if rung.outcome == "passed"]
        asked = [rung for rung in proof.rungs if rung.outcome != "later"]
        times = f"{seconds['install']:.0f}, {sum(seconds.values()):.0f}"
        others = [f"{r.name} {r.outcome}: {r.told}" for r in asked if r.outcome != "passed"]
        memory = f"{proof.memory_mb} MB ({proof.declared_mb})"
        cells = [
            name,
            proof.version,
            proof.previous or "-",
            proof.debian,
            times,
            memory,
            f"{len(passed)} of {len(asked)}",
        ]
        rows.append("| " + " | ".join([*cells, "; ".join(others).replace("|", "/") or "-"]) + " |")
    return "\n".join(rows)


TABLES: dict[str, Callable[[], str]] = {
    "services": services_table,
    "outlines": outlines_table,
    "proofs": proofs_table,
    "blocks": blocks_table,
    "rules": rules_table,
    "variables": lambda: ", ".join(f"`{name}`" for name in PLATFORM_VARIABLES) + ".",
}


def test_catalog_page_shows_what_the_catalog_says(golden: Callable[[Path, str], None]) -> None:
    page = Page(ROOT / "docs" / "catalog.md")
    assert {name for _start, name, _text, _end in GENERATED.findall(page.text)} == set(TABLES)
    golden(page.path, GENERATED.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n\n{found[4]}", page.text))


def test_every_service_that_runs_here_is_proved_at_its_version() -> None:
    proofs, images, catalog = load_model(PROOFS, Proofs).proofs, load_images(), load_catalog()
    for name in provable(catalog):
        entry = catalog.services[name]
        reference = entry.compose.services[entry.service.upgrade.version_of].image
        main = stand_in(reference, images)
        assert name in proofs and proofs[name].ok, f"provisioner catalog prove {name} --save docs/proofs.json"
        assert main and main.version in proofs[name].images[reference].split(), f"{name} was proved at another version"
        recipe = load_recipes()[main.folder.parent.name]
        declared = recipe.memory_mb or entry.service.resources.memory_mb
        assert proofs[name].declared_mb == declared, f"{name} declares another memory than when it was proved"


def test_example_stack_is_what_init_writes(golden: Callable[[Path, str], None]) -> None:
    stack = load_model(EXAMPLE, Stack)
    golden(EXAMPLE, stack_text(stack, load_catalog(), stack.association.language))


@ALL
def test_commands_exist_with_their_options(page: Page) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for line in page.commands():
        unknown = set(line.split()[1:]) - targets if line.startswith("make ") else unknown_words(line)
        assert not unknown, f"{line}: {unknown}"


@ALL
def test_links_lead_somewhere(page: Page) -> None:
    for target in page.links():
        name, _mark, anchor = target.partition("#")
        file = page.path.parent / name if name else page.path
        assert file.exists(), target
        assert not anchor or anchor in Page(file).anchors(), target


@ALL
def test_names_nothing_of_the_machine_it_was_written_on(page: Page) -> None:
    assert [line for line in page.text.splitlines() if HERE.search(line)] == []


def test_readme_says_the_same_in_both_languages() -> None:
    english, french = Page(ROOT / "README.md"), Page(ROOT / "README.fr.md")
    assert english.blocks() == french.blocks()
    assert english.commands() == french.commands()
    assert [mark.split()[0] for mark in english.headings()] == [mark.split()[0] for mark in french.headings()]
    assert sorted(english.links()[1:]) == sorted(french.links()[1:])
    for sign in (r"^\| ", r"^- "):
        counts = [len(re.findall(sign, page.prose, re.M)) for page in (english, french)]
        assert counts[0] == counts[1], f"lines that begin with {sign}: {counts}"


def test_service_of_the_page_passes_the_check(tmp_path: Path) -> None:
    for path in data_dir("catalog").glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    shown = Page(ROOT / "docs" / "add-a-service.md").files()
    for name, text in shown.items():
        file = tmp_path / Path(name).relative_to("catalog")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    assert check_catalog(tmp_path, ("tiddlywiki",)) == []
    assert {"service.yaml", "compose.yaml", "Dockerfile", "image.yaml", "example.env"} <= {Path(n).name for n in shown}
    assert not (data_dir("catalog") / "tiddlywiki").exists(), "the page adds a service that is not there yet"


def test_license_is_the_whole_agpl() -> None:
    digest = hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest()
    assert digest == "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"
