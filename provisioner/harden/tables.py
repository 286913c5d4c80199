"""What is done to a host and what is not, as tables that people read: for docs/security.md. Pure."""

from provisioner.harden.data import rules, titles, waivers
from provisioner.harden.model import GROUPS, Class, Measure
from provisioner.models.base import Text

CLASSES: dict[Class, Text] = {
    "container": Text(fr="hôte de répétition", en="rehearsal host"),
    "docker": Text(fr="Docker", en="Docker"),
    "ansible": Text(fr="Ansible, sauvegardes", en="Ansible, backups"),
    "infrastructure": Text(fr="fournisseur", en="provider"),
    "accessibility": Text(fr="fermerait la porte", en="would shut people out"),
    "letter": Text(fr="but atteint autrement", en="goal met otherwise"),
    "absent": Text(fr="n'existe pas ici", en="not used here"),
}
HEADS = {
    "measures": Text(
        fr="| mesure | dès le niveau | pourquoi | sources |", en="| measure | from level | why | sources |"
    ),
    "waivers": Text(fr="| règles | motif | raison |", en="| rules | class | reason |"),
    "letter": Text(fr="(à la lettre seulement)", en="(letter only)"),
}


def sources(measure: Measure) -> dict[str, list[str]]:
    """Return who asks for a measure: "anssi", "cis" and "lynis" numbers, from its XCCDF rules in both releases."""
    numbers: dict[str, set[str]] = {"anssi": set(measure.anssi), "cis": set(measure.cis)}
    for known in (titles(12).rules, titles(13).rules):
        for _title, anssi, cis, _profiles in (known[rule] for rule in measure.xccdf if rule in known):
            numbers["anssi"] |= set(anssi.split())
            numbers["cis"] |= set(cis.split())
    return {**{name: sorted(found, key=_natural) for name, found in numbers.items()}, "lynis": sorted(measure.lynis)}


def measures_table(language: str) -> str:
    """Return every measure in Markdown, one table for each group, in "fr" or "en"."""
    parts = []
    for group, title in GROUPS.items():
        rows = [_row(measure, language) for measure in rules().measures if measure.group == group]
        head = [f"#### {title.in_language(language)}", "", HEADS["measures"].in_language(language), "|---|---|---|---|"]
        parts.append("\n".join([*head, *rows]))
    return "\n\n".join(parts) + "\n"


def waivers_table(language: str) -> str:
    """Return every waiver in Markdown, in "fr" or "en"."""
    lines = [HEADS["waivers"].in_language(language), "|---|---|---|"]
    for waiver in waivers().waivers:
        names = ", ".join(f"`{rule}`" for rule in waiver.rules)
        releases = "" if len(waiver.only) == 2 else f" (Debian {waiver.only[0]})"
        kind, reason = CLASSES[waiver.kind].in_language(language), waiver.reason.in_language(language)
        lines.append(f"| {names} | {kind}{releases} | {reason} |")
    return "\n".join(lines) + "\n"


def _row(measure: Measure, language: str) -> str:
    asked = sources(measure)
    shown = [("ANSSI", asked["anssi"]), ("CIS", asked["cis"]), ("Lynis", asked["lynis"])]
    who = "; ".join(f"{name} {', '.join(numbers)}" for name, numbers in shown if numbers)
    why = measure.why.in_language(language)
    if measure.letter_only:
        why += f" {HEADS['letter'].in_language(language)} {measure.letter_only.in_language(language)}"
    return f"| {measure.id} | {measure.level} | {why} | {who} |"


def _natural(number: str) -> list[int]:
    return [int(part) for part in number.lstrip("R").split(".") if part.isdigit()]
