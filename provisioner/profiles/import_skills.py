"""Results of Pix or LesBonsClics -> five shares of a group. Pure; rows are counted and forgotten, no value is quoted.

The bridge between their levels and ours is our own reading, to be tested in the field: LesBonsClics failed = none or
email (half each, an odd one counts as none), passed = basic; Pix average level below 3 = basic, 3 and 4 =
comfortable, 5 and more = advanced.
"""

import re
from dataclasses import dataclass
from typing import Literal

from provisioner.aliases import fold
from provisioner.errors import Finding, InputError
from provisioner.i18n import _
from provisioner.profiles.import_many import SMALLEST_GROUP, five_shares
from provisioner.profiles.import_table import Table

Kind = Literal["pix", "lesbonsclics"]
HIGHEST = 8.0
LEVEL_HEADERS = {
    "pix": ("niveau moyen", "niveau pix", "niveau", "level", "average level", "pix level", "moyenne"),
    "lesbonsclics": ("resultat", "resultats", "statut", "niveau", "reussite", "result", "status", "passed"),
}
PASSED = {
    "reussi",
    "reussie",
    "reussite",
    "valide",
    "validee",
    "acquis",
    "oui",
    "passed",
    "pass",
    "yes",
    "ok",
    "succes",
}
FAILED = {
    "echoue", "echouee", "echec", "non valide", "non validee", "non acquis", "non reussi", "non", "failed", "fail",
    "no", "a revoir", "en cours d acquisition",
}  # fmt: skip


@dataclass(frozen=True)
class SkillShares:
    """The shares of five levels, how many results they rest on, where they come from, and whether a part is a guess."""

    skills: dict[str, int]
    people: int
    source: str
    guessed: bool


def recognised(table: Table) -> Kind | None:
    """Return which kind of results a table holds, by the words in its column of levels; None where it is unclear."""
    possible: list[Kind] = []
    for kind in ("pix", "lesbonsclics"):
        index = _level_column(table, kind)
        cells = [cell for cell in table.column(index) if cell] if index is not None else []
        if cells and all(_level(kind, cell) for cell in cells):
            possible.append(kind)
    return possible[0] if len(possible) == 1 else None


def skill_shares(table: Table, kind: Kind | None, column: str = "") -> SkillShares:
    """Given results, their kind (None: find out) and the title of the column of levels ("": find out), return shares.

    Raise InputError for a group of fewer than five, an unknown column, or lines that hold no level (all at once).
    """
    kind = kind or recognised(table)
    if kind is None:
        hint = _("Say which: --kind pix or --kind lesbonsclics, and if need be --column TITLE.")
        raise InputError(_("this is no export of Pix or LesBonsClics that we know"), hint=hint)
    index = _level_column(table, kind, column)
    if index is None:
        hint = _("Say which column holds the levels: --column TITLE, or its number.")
        raise InputError(_("no column of levels was found"), hint=hint)
    levels, wrong = _levels(table, kind, index)
    if wrong:
        text = _("no level that we know stands here")
        raise InputError(_("The results cannot be used."), [Finding(text, table.file, line) for line in wrong])
    if len(levels) < SMALLEST_GROUP:
        hint = _(
            "Shares of fewer than five people can be traced to a person. Put groups together, or leave skills out."
        )
        raise InputError(_("{count} results: at least five are needed").format(count=len(levels)), hint=hint)
    shares = five_shares(levels)
    return SkillShares(shares, len(levels), f"{kind}_aggregate", guessed=bool(shares["none"] or shares["email"]))


def _levels(table: Table, kind: Kind, index: int) -> tuple[list[str], list[int]]:
    """Return the level of each row that has one, and the lines that hold something else."""
    levels, wrong = [], []
    for row in table.rows:
        cell = row.cells[index].strip()
        level = _level(kind, cell) if cell else ""
        if level:
            levels.append(level)
        elif cell:
            wrong.append(row.line)
    failed = levels.count("failed")
    levels = [level for level in levels if level != "failed"]
    return levels + ["none"] * (failed - failed // 2) + ["email"] * (failed // 2), wrong


def _level(kind: Kind, cell: str) -> str:
    """Return our level for a result; "failed" for LesBonsClics failed; "" for anything else."""
    if kind == "lesbonsclics":
        word = fold(cell)
        return "failed" if word in FAILED else "basic" if word in PASSED else ""
    plain = cell.replace(",", ".").strip()
    if not re.fullmatch(r"[0-9](?:\.[0-9]{1,4})?", plain) or float(plain) > HIGHEST:
        return ""
    value = float(plain)
    return "basic" if value < 3 else "comfortable" if value < 5 else "advanced"


def _level_column(table: Table, kind: Kind, column: str = "") -> int | None:
    if column.isdigit() and 1 <= int(column) <= len(table.headers):
        return int(column) - 1
    wanted = (fold(column),) if column else LEVEL_HEADERS[kind]
    plain = [fold(header) for header in table.headers]
    return next((plain.index(name) for name in wanted if name in plain), None)
