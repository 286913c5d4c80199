"""Bring a needs profile to version 1.0: the changes of which each is certain and loses nothing, as edits of the text.

No version before 1.0 was published. What files written by hand or by other programs hold instead of 1.0, and what it
is turned into, is the table STEPS; a later version adds its own steps there. Comments, order and blanks stay.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel

from provisioner.errors import InputError
from provisioner.explain import shown
from provisioner.i18n import _
from provisioner.load import Document, Path_, read_text
from provisioner.models.profile import VERSION, Profile, is_newer
from provisioner.models.profile_base import Date

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DATE_PATTERN = get_args(Date)[1].pattern
YAML_BREAKS = "(\r\n|[\n\r\x85\u2028\u2029])"
VERSION_1 = (1, 1.0, "1")
YES_NO = {"yes": "true", "on": "true", "no": "false", "off": "false"}


@dataclass(frozen=True)
class Step:
    """One certain change: given path, value and whether it stands without quotes, the new text of the value or None."""

    name: str
    change: Callable[[Path_, Any, bool], str | None]


def version(path: Path_, value: Any, plain: bool) -> str | None:
    """1.0, 1 or "1" become the text "1.0"."""
    return f'"{VERSION}"' if path == ("needs_profile",) and _is_version_1(value) else None


def date(path: Path_, value: Any, plain: bool) -> str | None:
    """A date without quotes gets them: other programs turn it into something that is no text."""
    right = plain and isinstance(value, str) and DAY.fullmatch(value)
    return f'"{value}"' if right and _expected(path) is Date else None


def yes_or_no(path: Path_, value: Any, plain: bool) -> str | None:
    """yes, on, no and off, which older YAML took for true and false, become just that where only those are right."""
    right = plain and isinstance(value, str) and _expected(path) is bool
    return YES_NO.get(value.lower()) if right else None


def _is_version_1(value: Any) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool) and value in VERSION_1


STEPS = (Step("version", version), Step("date", date), Step("yes_or_no", yes_or_no))


def migrate(document: Document) -> str:
    """Given a profile's document, return its text in version 1.0; the same text where nothing is to be changed.

    Raise InputError for a newer version, and for one of which nothing is known.
    """
    _refuse_unknown(document)
    breaks = "(\n)" if document.file.lower().endswith(".json") else YAML_BREAKS
    lines = re.split(breaks, document.text)
    edits = sorted(_edits(document), key=lambda edit: edit[:2], reverse=True)
    for line, start, end, text in edits:
        lines[2 * line] = lines[2 * line][:start] + text + lines[2 * line][end:]
    changed = "".join(lines)
    read_text(changed, document.file)
    return changed


def _edits(document: Document) -> Iterator[tuple[int, int, int, str]]:
    shift = 1 if document.text.startswith("\ufeff") else 0
    for path, span in document.spans.items():
        value = _at(document.data, path)
        for step in STEPS:
            text = step.change(path, value, span.plain)
            if text is not None:
                more = shift if span.line == 0 else 0
                yield span.line, span.start + more, span.end + more, text
                break


def _refuse_unknown(document: Document) -> None:
    data = document.data
    if document.findings:
        raise InputError(_("The needs profile cannot be migrated."), document.findings)
    if not isinstance(data, dict) or "needs_profile" not in data:
        text = _('this file names no version: write needs_profile: "1.0" in its first line, then check it')
        raise InputError(
            _("The needs profile cannot be migrated."), [document.finding(("needs_profile",), text, "NP102")]
        )
    found = data["needs_profile"]
    if found == VERSION or _is_version_1(found):
        return
    if is_newer(found if isinstance(found, str) else f"{found}.0" if isinstance(found, int) else str(found)):
        text = _("version {found} is newer than this program: update the tool").format(found=shown(found))
    else:
        text = _("no version {found} was ever published, so what it means is not known").format(found=_plain(found))
    raise InputError(_("The needs profile cannot be migrated."), [document.finding(("needs_profile",), text, "NP101")])


def _plain(value: Any) -> str:
    return shown(str(value).lower() if isinstance(value, bool) else value, 20)


def _at(data: Any, path: Path_) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _expected(path: Path_) -> Any:
    """Return what the model expects at a path: bool, Date, or something else."""
    current: Any = Profile
    for part in path:
        kinds = _inside(current)
        model = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
        if isinstance(part, int):
            continue
        if model is None or part not in model.model_fields:
            return None
        field = model.model_fields[part]
        current = Date if _is_date(field.annotation, field.metadata) else field.annotation
    return current


def _inside(annotation: Any) -> Iterator[Any]:
    """Yield an annotation and all it is made of."""
    yield annotation
    for argument in get_args(annotation):
        yield from _inside(argument)


def _is_date(annotation: Any, metadata: list[Any]) -> bool:
    found = [*metadata, *(part for kind in _inside(annotation) for part in getattr(kind, "__metadata__", ()))]
    return any(getattr(item, "pattern", None) == DATE_PATTERN for item in found)
