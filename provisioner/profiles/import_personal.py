"""Which columns of an export look like personal data: by their header or by what stands in them. Pure."""

import re
from functools import cache

from provisioner.aliases import find, fold, load_aliases, sure
from provisioner.errors import Finding, InputError
from provisioner.explain import shown, suggest
from provisioner.i18n import N_, _
from provisioner.models.aliases import Aliases
from provisioner.profiles.import_table import Table
from provisioner.profiles.names import FIRST_NAMES
from provisioner.profiles.rules_privacy import EMAIL, PHONE, STREET, TITLED, holds_person

ASK = r"^(quel(le)? est |what is )?(votre |vos |your |le |la |les |l |the )?"
HEADERS = {
    N_("names"): (
        r"\b(pre ?noms?|nom de famille|nom complet|nom et prenom|patronyme|first ?name|last ?name|sur ?name|full ?name"
        r"|family name|identite|signature)\b"
        rf"|{ASK}(noms?|names?)( usuel| d usage| de naissance| du repondant)?$"
    ),
    N_("e-mail addresses"): (
        rf"{ASK}(adresses? )?(e ?mails?|mels?|mails?|courriels?|electroniques?)( address(es)?)?( du repondant)?$"
    ),
    N_("phone numbers"): (
        rf"{ASK}(n |no |numero (de )?)?(telephones?|tel|portable|mobile|phone|gsm)( (portable|mobile|fixe|number))?$"
    ),
    N_("addresses"): rf"{ASK}(adresses?|address|rue|street)( (postale|ip|home))?$|^(ip|postal|home) address$",
    N_("dates of birth"): r"\b(date de naissance|birth ?date|date of birth|numero de securite sociale)\b",
}
QUESTION = 6
FEW = 0.6
SENTENCE = 4


def refuse_personal(table: Table, drop: tuple[str, ...]) -> set[int]:
    """Given a table and the columns to drop, return the numbers of the dropped ones.

    Raise InputError naming every other column that looks personal, and every column to drop that is not there. No
    value of the table is quoted.
    """
    dropped, findings = _dropped(table, drop)
    for index, header in enumerate(table.headers):
        kind = "" if index in dropped else personal(header, table.column(index))
        if kind:
            name = _("column {number}").format(number=index + 1) if holds_person(header) else f"'{shown(header)}'"
            text = _("{column} looks like {kind}: leave it out with --drop")
            findings.append(Finding(text.format(column=name, kind=_(kind)), table.file, 1))
    if findings:
        hint = _("Better: export again without these columns. Else name each one: --drop COLUMN (its title or number)")
        raise InputError(_("The export holds what a profile must not."), findings, hint)
    return dropped


def personal(header: str, cells: list[str]) -> str:
    """Given the header and the cells of a column, return what personal data it seems to hold; "" for none."""
    plain = fold(header)
    if len(plain.split()) <= QUESTION:
        for kind, pattern in HEADERS.items():
            if re.search(pattern, plain):
                return kind
    filled = [cell for cell in (header, *cells) if cell]
    if any(EMAIL.search(cell[:2000]) for cell in filled if "@" in cell):
        return N_("e-mail addresses")
    if any(PHONE.search(cell[:2000]) for cell in filled):
        return N_("phone numbers")
    if any(STREET.search(cell[:2000]) for cell in filled):
        return N_("addresses")
    if any(TITLED.search(cell[:2000]) or holds_person(cell) for cell in filled):
        return N_("names")
    return N_("names") if _mostly_names(cells) else ""


def _mostly_names(cells: list[str]) -> bool:
    """Return whether most cells are one to three words that look like a person's name (first names, capitals)."""
    filled = [cell for cell in cells if cell]
    named = [cell for cell in filled if len(cell.split()) < SENTENCE and _like_name(cell)]
    return bool(filled) and len(named) / len(filled) >= FEW


def _like_name(cell: str) -> bool:
    words = re.findall(r"[^\W\d_]+", cell.lower())
    if any(word in FIRST_NAMES for word in words):
        return True
    pair = re.fullmatch(r"[A-ZÀ-Þ][\w'’-]+ (?:(?:de|du|le|la|van|von) )?[A-ZÀ-Þ][\w'’-]+", cell)
    return bool(pair) and not sure(find(_registry(), cell))


@cache
def _registry() -> Aliases:
    return load_aliases()


def _dropped(table: Table, drop: tuple[str, ...]) -> tuple[set[int], list[Finding]]:
    found, findings = set(), []
    for name in drop:
        indexes = {index for index, header in enumerate(table.headers) if fold(header) == fold(name) and fold(name)}
        if name.isdigit() and 1 <= int(name) <= len(table.headers):
            indexes.add(int(name) - 1)
        if not indexes:
            text = _("there is no column '{name}' to drop").format(name=name)
            near = suggest(name, [header for header in table.headers if not holds_person(header)])
            findings.append(Finding(text + (f";{near}" if near else ""), table.file, 1))
        found |= indexes
    return found, findings
