"""The data of a needs profile -> the text of its YAML file, with comments. Pure."""

from typing import Any

import yaml

from provisioner.i18n import N_, _

COMMENTS = {
    "profile": N_("Which profile this is and where it comes from. `assumed` lists what nobody confirmed."),
    "organisation": N_("What kind of association."),
    "people": N_("Counts and shares only: nothing here is about one person. Shares are percent and add up to 100."),
    "maturity": N_("How far the association is with digital tools."),
    "referents": N_("Who looks after the tools, and the hours a month there are for it."),
    "existing_tools": N_("Tools used today. intent: keep, replace, migrate, undecided."),
    "needs": N_("Usages, never products. priority: must, should, could, not_now."),
    "connectivity": N_("The server's link to the world."),
    "hosting": N_("The machine, and who runs it."),
    "budget": N_("Euros, taxes included."),
    "data_protection": N_("Which data, and the rules they must follow."),
    "accessibility": N_("Who must not be shut out by a screen."),
    "domain_email": N_("The name on the internet, and where e-mail is."),
    "backups": N_("Where copies go. One outside the provider is necessary."),
    "security": N_("How people sign in, and what is done today."),
    "limits": N_("What others decided already."),
    "federation": N_("The member associations."),
}
WIDE = 10**6
LONGEST = 118


def profile_text(data: dict[str, Any], heading: str = "") -> str:
    """Given the data of a profile (whole or in part) and a first comment, return YAML with a comment for each block."""
    lines = [f"# {heading}"] if heading else []
    for name, block in data.items():
        if name in COMMENTS:
            lines += ["", f"# {_(COMMENTS[name])}"]
        lines += _lines(name, block, depth=0)
    return "\n".join(lines) + "\n"


def _lines(name: str, value: Any, depth: int) -> list[str]:
    """Return the lines of one key: a block and a list of records line by line, anything smaller on one line."""
    start = "  " * depth + _flow(name) + ":"
    if isinstance(value, dict) and value and not depth:
        return [start, *(line for key, inner in value.items() for line in _lines(key, inner, depth + 1))]
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return [start, *(f"{'  ' * (depth + 1)}- {_flow(item)}" for item in value)]
    line = f"{start} {_flow(value)}"
    if len(line) > LONGEST and isinstance(value, list):
        return [start, *(f"{'  ' * (depth + 1)}- {_flow(item)}" for item in value)]
    return [line]


def _flow(value: Any) -> str:
    text: str = yaml.safe_dump([value], sort_keys=False, allow_unicode=True, width=WIDE, default_flow_style=True)
    return text.strip()[1:-1]
