"""Which of two versions is older, by the rules of each ecosystem. What cannot be compared is None, never a guess."""

import re
from collections.abc import Callable

from debian.debian_support import Version as DebianVersion
from packaging.version import InvalidVersion
from packaging.version import Version as PythonVersion

# Alpine: 1.2.3a_rc1-r4. Suffixes before the version, then the version itself, then those after it.
ALPINE = re.compile(
    r"(\d+(?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(?:~[0-9a-f]+)?(?:-r(\d+))?"
)
SUFFIXES = ("alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p")
SEMVER = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")


def older(left: str, right: str, ecosystem: str) -> bool | None:
    """Say whether `left` is an older version than `right`; None when either is none of that ecosystem's versions."""
    compare = COMPARE.get(ecosystem.partition(":")[0])
    return compare(left, right) if compare else None


def _debian(left: str, right: str) -> bool | None:
    try:
        return bool(DebianVersion(left) < DebianVersion(right))
    except ValueError:
        return None


def _python(left: str, right: str) -> bool | None:
    try:
        return PythonVersion(left) < PythonVersion(right)
    except InvalidVersion:
        return None


def _semver(left: str, right: str) -> bool | None:
    one, other = _semver_key(left), _semver_key(right)
    return None if one is None or other is None else one < other


def _semver_key(text: str) -> tuple[object, ...] | None:
    """Numbers first; a version with a pre-release is older than the one without; its parts: numbers before words."""
    match = SEMVER.fullmatch(text) if text != "0" else SEMVER.fullmatch("0.0.0")
    if not match:
        return None
    parts = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in (match[4] or "").split(".") if part]
    return (int(match[1]), int(match[2]), int(match[3] or 0), not match[4] or False, tuple(parts))


def _alpine(left: str, right: str) -> bool | None:
    one, other = _alpine_key(left), _alpine_key(right)
    return None if one is None or other is None else one < other


def _alpine_key(text: str) -> tuple[object, ...] | None:
    match = ALPINE.fullmatch(text)
    if not match:
        return None
    suffixes = [(SUFFIXES.index(name), int(number or 0)) for name, number in re.findall(r"_([a-z]+)(\d*)", match[3])]
    end = (SUFFIXES.index(""), 0)
    return (tuple(int(part) for part in match[1].split(".")), match[2], (*suffixes, end), int(match[4] or 0))


COMPARE: dict[str, Callable[[str, str], bool | None]] = {
    "Debian": _debian, "Ubuntu": _debian, "Alpine": _alpine, "PyPI": _python, "npm": _semver, "Go": _semver,
}  # fmt: skip
