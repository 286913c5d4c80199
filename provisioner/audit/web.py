"""Figures and findings about TLS, certificates and headers from visits to every name of a stack. Pure."""

from collections.abc import Iterator

from provisioner.audit.headers import grade, score
from provisioner.audit.visit import Seen
from provisioner.documents.audit_words import words
from provisioner.models.base import Text
from provisioner.models.scorecard import Audited, Found

OLD = ("SSL 3.0", "TLS 1.0", "TLS 1.1")
# A certificate is late when less than this part of its life is left: renewal begins at a third.
LATE = 0.15


def judge(visits: list[Seen], extra: list[Found] | None = None) -> Audited:
    """Given what was seen of each name and what testssl.sh added, return figures and findings."""
    if not visits:
        return Audited(name="web", not_run=words().reason("no_names"))
    found = [each for seen in visits for each in _tls(seen)]
    notes, marks = [], []
    for seen in visits:
        if seen.error:
            marks.append(0)
            continue
        points, modifiers = score(seen)
        marks.append(points)
        notes.append(words().note("web_mark", domain=seen.domain, grade=grade(points), score=str(points)))
        if seen.status >= 500:
            found.append(_said("fail", "web_error", seen, status=str(seen.status)))
        found += [
            _said("advice", what, seen, points=str(number), name=name)
            for what, number, name in modifiers
            if number < 0 and what != "head_redirect"  # which is a fault of TLS already
        ]
    problems = [*(each for each in found if each.kind == "fail"), *(extra or [])]
    days = [seen.days for seen in visits if seen.days]
    figures = {
        "domains": len(visits),
        "lowest": min(marks),
        "problems": len(problems),
        **({"days": int(10 * min(days)) / 10} if days else {}),
    }
    return Audited(name="web", figures=figures, found=[*found, *(extra or [])], notes=notes)


def _tls(seen: Seen) -> Iterator[Found]:
    if seen.error:
        yield _said("fail", "web_silent", seen, why=seen.error)
        return
    for protocol in OLD:
        if seen.protocols.get(protocol):
            yield _said("fail", "tls_old", seen, protocol=protocol)
    if not seen.protocols.get("TLS 1.2") and not seen.protocols.get("TLS 1.3"):
        yield _said("fail", "tls_none", seen, why=seen.untrusted or "-")
    if seen.untrusted:
        yield _said("fail", "tls_certificate", seen, why=seen.untrusted)
    elif seen.days < LATE * seen.lifetime:
        yield _said("fail", "tls_soon", seen, days=f"{seen.days:.1f}")
    if not seen.redirects:
        yield _said("fail", "tls_plain", seen)


def _said(kind: str, what: str, seen: Seen, **values: str) -> Found:
    action: Text = words().said("head_do" if what.startswith("head_") else f"{what}_do", **values)
    title = words().said(what, domain=seen.domain, **values)
    detail = values.get("protocol") or values.get("name") or ""
    rule = ":".join(part for part in (seen.domain, what, detail) if part)
    return Found(rule=rule, kind="fail" if kind == "fail" else "advice", title=title, action=action)
