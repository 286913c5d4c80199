"""Bring the French catalog up to date with the code: python scripts/messages.py [--check].

Texts come from _() in the package, from the help of every command, and from Click itself. --check changes nothing and
ends with 1 when a text is new, gone, not translated, or has other {names} in French.
"""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from provisioner.cli import COMMANDS, root
from provisioner.cli.localise import help_texts

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "provisioner" / "locale" / "fr" / "LC_MESSAGES" / "messages.po"
CLICK = ("core.py", "decorators.py", "exceptions.py", "formatting.py", "types.py", "parser.py", "termui.py")
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def wanted() -> Catalog:
    """Return a catalog of every English text that people can meet, without translations."""
    catalog = Catalog(locale="fr", project="provisioner", fuzzy=False)
    package = ROOT / "provisioner"
    for file, _line, message, _comments, context in extract_from_dir(str(package), keywords=KEYWORDS):
        if message:
            catalog.add(message, locations=[(f"provisioner/{file}", 1)], context=context)
    for file, _line, message, _comments, context in extract_from_dir(
        str(Path(click.__file__).parent), keywords=KEYWORDS
    ):
        if file in CLICK and message:
            catalog.add(message, locations=[(f"click/{file}", 1)], context=context)
    for tasks in (ROOT / "roles").glob("*/tasks/*.yml"):
        for name in re.findall(r"(?m)^- name: (.+)$", tasks.read_text("utf-8")):
            catalog.add(name, locations=[("roles", 1)])
    for text in {*help_texts(root), *COMMANDS.values()}:
        catalog.add(text, locations=[("help", 1)])
    for name in COMMANDS:
        command = root.get_command(click.Context(root), name)
        for text in help_texts(command) if command else ():
            catalog.add(text, locations=[("help", 1)])
    return catalog


def updated() -> Catalog:
    """Return the French catalog with new texts added and gone ones dropped; nothing is guessed."""
    with PO.open("rb") as stream:
        catalog = read_po(stream, locale="fr")
    catalog.update(wanted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def problems(catalog: Catalog) -> list[str]:
    """Return what is wrong with the translations."""
    found = []
    for message in catalog:
        if not message.id:
            continue
        pairs = zip(_forms(message.id), _forms(message.string), strict=False)
        if not all(_forms(message.string)) or message.fuzzy:
            found.append(f"not translated: {message.id!r}")
        elif any(set(_names(one)) != set(_names(other)) for one, other in pairs):
            found.append(f"other {{names}} than in English: {message.id!r}")
    return found


def _forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))  # type: ignore[arg-type]


def _names(text: str) -> list[str]:
    return re.findall(r"(?<!\{)\{([a-z_]+)[^}]*\}(?!\})", text)


def main() -> int:
    """Update the file, or check it."""
    with PO.open("rb") as stream:
        old = {str(message.id) for message in read_po(stream, locale="fr")}
    catalog = updated()
    if "--check" in sys.argv:
        drift = sorted(old ^ {str(message.id) for message in catalog})
        found = [f"new or gone: {text!r}" for text in drift] + problems(catalog)
        print("\n".join(found) or "French is complete.")
        return 1 if found else 0
    catalog.project, catalog.version = "provisioner", ""
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = "provisioner"
    with PO.open("wb") as stream:
        write_po(stream, catalog, omit_header=False, sort_output=True, width=110, no_location=True)
    print(f"{PO.relative_to(ROOT)}: {len(problems(catalog))} texts to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
