"""Which newer version of an image may be taken: within the same series, the same major version, or one major on. Pure.

A tag is read as prefix, numbers, suffix: `v3.9.0`, `34.0.4-apache`, `2025-05-14b`. Only tags of the same form are
compared: another suffix is another image (Alpine instead of Debian), fewer numbers is a tag that moves.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Policy = Literal["patch", "minor", "major"]
FORM = re.compile(
    r"^(?P<prefix>[a-z]+-?)?(?P<numbers>\d+(?:[.-]\d+)*)(?P<letter>[a-z]?)(?P<suffix>(?:[-.+][A-Za-z].*)?)$"
)
UNFINISHED = re.compile(r"(?i)(alpha|beta|rc|dev|preview|nightly|develop|unstable|snapshot)")


@dataclass(frozen=True)
class Tag:
    """A tag taken apart. `numbers` decide which is newer, a letter behind them comes last."""

    text: str
    form: tuple[str, str, int]
    numbers: tuple[int, ...]
    letter: str

    @property
    def order(self) -> tuple[tuple[int, ...], str]:
        """What tags of one form are ordered by."""
        return self.numbers, self.letter


def read_tag(text: str) -> Tag | None:
    """Given a tag, return it taken apart, or None when it names no version (`latest`, `stable`)."""
    found = FORM.match(text)
    if not found:
        return None
    numbers = tuple(int(each) for each in re.split(r"[.-]", found["numbers"]))
    signs = re.sub(r"\d", "", found["numbers"])
    return Tag(text, (found["prefix"] or "", f"{signs}{found['suffix']}", len(numbers)), numbers, found["letter"])


def newer(current: str, tags: Iterable[str]) -> dict[Policy, str]:
    """Given the tag in use and those of the repository, return the newest step of each policy, where there is one.

    patch: same numbers but the last. minor: same first number. major: the newest of the next first number there is,
    never further, because applications migrate from one major version to the next. A date counts as one series.
    """
    now = read_tag(current)
    if now is None:
        return {}
    found = [tag for tag in map(read_tag, tags) if tag and tag.form == now.form and tag.order > now.order]
    found = [tag for tag in found if not UNFINISHED.search(tag.text) or UNFINISHED.search(current)]
    if 1900 < now.numbers[0] < 2100:
        return {"patch": max(found, key=lambda tag: tag.order).text} if found else {}
    minor = [tag for tag in found if tag.numbers[0] == now.numbers[0]]
    patch = [tag for tag in minor if tag.numbers[:-1] == now.numbers[:-1]]
    further = [tag for tag in found if tag.numbers[0] > now.numbers[0]]
    first = min((tag.numbers[0] for tag in further), default=0)
    steps: dict[Policy, list[Tag]] = {
        "patch": patch,
        "minor": [tag for tag in minor if tag not in patch],
        "major": [tag for tag in further if tag.numbers[0] == first],
    }
    return {policy: max(each, key=lambda tag: tag.order).text for policy, each in steps.items() if each}
