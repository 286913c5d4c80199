"""The mark of a page's headers, as MDN's HTTP Observatory gives it (mdn/mdn-http-observatory, grader/charts.js). Pure.

From 100 points each fault takes some away. What adds points counts only for a page that has 90 without it.
"""

import re
from collections.abc import Iterator

from provisioner.audit.visit import Seen

GRADES = (
    (100, "A+"), (90, "A"), (85, "A-"), (80, "B+"), (70, "B"), (65, "B-"), (60, "C+"), (50, "C"), (45, "C-"),
    (40, "D+"), (30, "D"), (25, "D-"), (0, "F"),
)  # fmt: skip
HALF_A_YEAR = 15_768_000
BONUS_FROM = 90
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
LOOSE = {"origin", "origin-when-cross-origin", "unsafe-url"}
HASHED = re.compile(r"'(nonce-|sha(256|384|512)-)", re.IGNORECASE)
SESSION = re.compile(r"(?i)(^|_|-|\b)(sess|sid|session|auth|login|token|jwt|connect\.sid)|sess(ion)?(_?id)?$")
Modifier = tuple[str, int, str]


def score(seen: Seen) -> tuple[int, list[Modifier]]:
    """Return the points of a page, 0 and more, and each modifier: (what, points, name of a cookie or "")."""
    parts = (_policy, _cookies, _cors, _redirect, _hsts, _referrer, _scripts, _sniffing, _frames, _resource)
    modifiers = [each for part in parts for each in part(seen)]
    points = 100 + sum(number for _what, number, _name in modifiers if number < 0)
    if points >= BONUS_FROM:
        points += sum(number for _what, number, _name in modifiers if number > 0)
    return max(0, points), modifiers


def grade(points: float) -> str:
    """Return the letters for points."""
    return next(letters for least, letters in GRADES if points >= least)


def directives(seen: Seen) -> dict[str, list[str]]:
    """Return the Content-Security-Policy by directive; of several policies, the sources that all of them allow."""
    result: dict[str, list[str]] = {}
    for policy in seen.headers.get("content-security-policy", "").split(","):
        for directive in policy.split(";"):
            name, *sources = directive.split()[:200] or [""]
            if name:
                lower = [source.lower() for source in sources]
                key = name.lower()
                result[key] = [s for s in result[key] if s in lower] if key in result else lower
    return result


def _policy(seen: Seen) -> Iterator[Modifier]:
    policy = directives(seen)
    if not policy:
        yield ("head_csp_none", -25, "")
        return
    script = policy.get("script-src", policy.get("default-src"))
    style = policy.get("style-src", policy.get("default-src", ["*"]))
    objects = policy.get("object-src", policy.get("default-src"))
    if script is None or _inline(script) or _anywhere(script) or objects is None or _anywhere(objects):
        yield ("head_csp_unsafe", -20, "")
    elif "http:" in script or any(source.startswith("http://") for source in script):
        yield ("head_csp_insecure", -20, "")
    elif "'unsafe-eval'" in script:
        yield ("head_csp_eval", -10, "")
    elif not _inline(style):
        yield ("head_csp_strict", 10 if policy.get("default-src") == ["'none'"] else 5, "")


def _inline(sources: list[str]) -> bool:
    return "'unsafe-inline'" in sources and not any(HASHED.match(source) for source in sources)


def _anywhere(sources: list[str]) -> bool:
    """Any host, or data: (which may hold a script), unless digests or strict-dynamic say which scripts."""
    if "'strict-dynamic'" in sources:
        return False
    return bool({"*", "https:", "http:", "data:"} & set(sources))


def _cookies(seen: Seen) -> Iterator[Modifier]:
    hsts = _age(seen) > 0
    worst: Modifier | None = None
    for line in seen.cookies:
        name, *rest = line.split(";")
        name, flags = name.partition("=")[0].strip(), {part.split("=")[0].strip().lower() for part in rest}
        session = bool(SESSION.search(name))
        each: Modifier | None = None
        if "secure" not in flags:
            each = ("head_cookie_secure", (-10 if session else -5) if hsts else (-40 if session else -20), name)
        if session and "httponly" not in flags:
            other: Modifier = ("head_cookie_http", -30, name)
            each = min(each or other, other, key=lambda modifier: modifier[1])
        if each and (worst is None or each[1] < worst[1]):
            worst = each
    if worst:
        yield worst
    elif seen.cookies and all("samesite" in line.lower() for line in seen.cookies):
        yield ("head_cookie_strict", 5, "")


def _cors(seen: Seen) -> Iterator[Modifier]:
    origin = seen.headers.get("access-control-allow-origin", "")
    if "elsewhere.invalid" in origin and seen.headers.get("access-control-allow-credentials", "").lower() == "true":
        yield ("head_cors", -50, "")


def _redirect(seen: Seen) -> Iterator[Modifier]:
    if not seen.redirects:
        yield ("head_redirect", -20, "")


def _age(seen: Seen) -> int:
    found = re.search(r"max-age\s*=\s*\"?(\d+)", seen.headers.get("strict-transport-security", ""), re.IGNORECASE)
    return int(found[1]) if found and not seen.untrusted else 0


def _hsts(seen: Seen) -> Iterator[Modifier]:
    age = _age(seen)
    if age == 0:
        yield ("head_hsts_none", -20, "")
    elif age < HALF_A_YEAR:
        yield ("head_hsts_short", -10, "")


def _referrer(seen: Seen) -> Iterator[Modifier]:
    values = [value.strip().lower() for value in seen.headers.get("referrer-policy", "").split(",") if value.strip()]
    if values and values[-1] in PRIVATE:
        yield ("head_referrer_private", 5, "")
    elif values and values[-1] in LOOSE:
        yield ("head_referrer", -5, "")


def _scripts(seen: Seen) -> Iterator[Modifier]:
    bare = [src for src, digest in seen.scripts if not digest]
    if any(src.startswith("http:") for src in bare):
        yield ("head_sri", -50, "")
    elif bare:
        yield ("head_sri", -5, "")
    elif seen.scripts:
        yield ("head_sri_all", 5, "")


def _sniffing(seen: Seen) -> Iterator[Modifier]:
    if "nosniff" not in seen.headers.get("x-content-type-options", "").lower():
        yield ("head_nosniff", -5, "")


def _frames(seen: Seen) -> Iterator[Modifier]:
    ancestors = directives(seen).get("frame-ancestors")
    if ancestors is not None and not _anywhere(ancestors):
        yield ("head_frames_policy", 5, "")
    elif seen.headers.get("x-frame-options", "").strip().lower() not in ("deny", "sameorigin"):
        yield ("head_frames", -20, "")


def _resource(seen: Seen) -> Iterator[Modifier]:
    if seen.headers.get("cross-origin-resource-policy", "").strip().lower() in ("same-origin", "same-site"):
        yield ("head_resource", 10, "")
