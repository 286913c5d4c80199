"""Write gdpr.yaml for a person to read and change: each line says what it is for, in the language in use. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any

import jinja2
import yaml

from provisioner.i18n import _, language
from provisioner.load_edit import comments, editable, pair
from provisioner.models.stack import Stack
from provisioner.paths import data_dir
from provisioner.vocabulary import vocabulary


def gdpr_text(given: Mapping[str, Any]) -> str:
    """Given the values of the template, return the text of gdpr.yaml with its comments."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701
    environment.filters["q"] = lambda text: json.dumps(str(text), ensure_ascii=False)
    template = environment.from_string((data_dir("templates") / "gdpr.yaml.j2").read_text("utf-8"))
    durations = [
        f"{key}: {each.default}   # {each.label.in_language(language())}, {each.starts.in_language(language())}"
        for key, each in vocabulary().retention.items()
    ]
    return template.render(t=_comments(), durations=durations, sensitive=[], **given)


def with_screening(text: str, screening: Mapping[str, Any]) -> str:
    """Return the text of gdpr.yaml with other answers of the screening; all the rest stays as it is.

    Comments inside the old answers go above the new ones.
    """
    lines = ["screening:"]
    for key, value in screening.items():
        if isinstance(value, Mapping):
            lines += [f"  {key}:" if value else f"  {key}: {{}}"]
            lines += [f"    {name}: {str(answer).lower()}" for name, answer in value.items()]
        elif value:
            lines.append(f"  {key}: {value if key != 'by' else json.dumps(str(value), ensure_ascii=False)}")
    block = "\n".join(lines) + "\n"
    text = editable(text)
    start, end = _place(text)
    if start == end:
        return text + "\n" + block
    return text[:start] + comments(text[start:end]) + block + text[end:]


def _place(text: str) -> tuple[int, int]:
    """Return where the block `screening` begins and ends, however it is written; twice the end where there is none."""
    found = pair(text, "screening")
    if found is None:
        return len(text), len(text)
    key, value = found
    start, end = key.start_mark.index, value.end_mark.index
    if not isinstance(value, yaml.CollectionNode) or value.flow_style:
        return start, text.find("\n", end) + 1
    lines = text[start:end].splitlines(keepends=True)
    while lines and (not lines[-1].strip() or lines[-1].startswith("#")):
        end -= len(lines.pop())  # the block ends at the next key; what stands before that at the margin is its own
    return start, end


def known_processors(stack: Stack) -> list[tuple[str, str, list[str]]]:
    """Return role, name and places of the mail relay and of who holds off-site copies; no places where it is one."""
    holders: dict[str, list[str]] = {}
    for each in stack.backup.destinations if stack.backup else []:
        if each.elsewhere:
            host = re.sub(r"^(sftp:[^@]*@|(rest|s3):https?://)", "", each.url)
            holders.setdefault(re.split(r"[:/]", host)[0], []).append(each.name)
    found: list[tuple[str, str, list[str]]] = [("mail", stack.mail.host, [])] if stack.mail else []
    several = sum(map(len, holders.values())) > 1
    return found + [("backup", host, names if several else []) for host, names in holders.items()]


def _comments() -> dict[str, str]:
    return {
        "title": _("What only the association can say about the people whose data it holds. Not legal advice."),
        "updated": _("change it when you change the file"),
        "role": _("controller, or processor where this body runs the services of other associations"),
        "controller": _("Who answers for the data: the association as its articles name it."),
        "number": _("RNA (W...) or SIREN"),
        "officer": _("Data protection officer (internal, external), or whom to ask where there is none (none)."),
        "transfers": _("Out of the European Economic Area: forbidden or allowed."),
        "own_host": _("true: the server stands on the association's own premises"),
        "public_content": _("true: the public may publish here; connection data then stay a year"),
        "processors": _("Who processes data on the association's behalf (art. 28): host, copies, mail..."),
        "places": _("its names in stack.yaml"),
        "contract": _("day of the contract of art. 28"),
        "host": _("stands in the legal notice"),
        "hds": _("true: certified host of health data"),
        "retention": _("How long data stays, where it is not the default. The keys and their defaults:"),
        "services": _("What you say of a service: note, legal_basis, interest, recipients, sensitive."),
        "minors": _("Whether people under 15 use the services, and how a parent consents."),
        "screening": _("Answers of: provisioner gdpr screening"),
    }
