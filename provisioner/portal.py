"""The association's start page: its services in plain words, in both languages, inside a route of the proxy. Pure."""

from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from provisioner.catalog import Catalog
from provisioner.load import load_model
from provisioner.matching.data import load_rules
from provisioner.models.base import Model, Text
from provisioner.models.matching import NeedKind
from provisioner.models.protection import Protection
from provisioner.models.stack import Portal, Stack
from provisioner.notice_pages import environment, notice_pages
from provisioner.paths import data_dir
from provisioner.sentences import sentences

PORTAL = "portal"
LANGUAGES = ("fr", "en")
GOOD_ENOUGH = 55
MOST_NEEDS = 4


class Words(Model):
    """The words of the page; {association} and {title} are filled in."""

    title: Text
    lead: Text
    everybody: Text
    team: Text
    purpose: Text
    open: Text
    ask: Text
    write: Text
    free: Text
    other: Text
    empty: Text
    warned: Text
    certificate: Text


def portal_domain(stack: Stack) -> str:
    """Return the name of the start page. Raise ValueError when the stack has none."""
    if stack.portal is None:
        raise ValueError("this stack has no start page")
    return f"{stack.portal.subdomain}.{stack.domain}"


def portal_pages(
    stack: Stack, catalog: Catalog, domains: dict[str, str], answers: Protection | None = None
) -> dict[str, str]:
    """Given a stack and service -> name on the web, return path -> page: /, in the association's language, /fr, /en.

    With the answers of gdpr.yaml there are also the privacy and legal notices, linked from the start page.
    """
    portal = stack.portal or Portal()
    pages = {f"/{language}": _page(stack, portal, catalog, domains, language, bool(answers)) for language in LANGUAGES}
    more = notice_pages(stack, catalog, answers) if answers else {}
    return {"/": pages[f"/{stack.association.language}"], **pages, **more}


def _page(stack: Stack, portal: Portal, catalog: Catalog, domains: dict[str, str], language: str, notices: bool) -> str:
    about, found = stack.association, words()
    texts = {
        name: getattr(found, name).in_language(language).replace("{association}", about.name)
        for name in Words.model_fields
        if name != "open"
    }
    services = [_service(catalog, name, domains[name], language) for name in stack.services]
    services.sort(key=lambda service: service["title"].casefold())
    groups = [
        (texts[heading], [service for service in services if service["facing"] == facing])
        for heading, facing in (("everybody", "community"), ("team", "backoffice"))
    ]
    style = Markup(_read("page.css"))  # noqa: S704 - a file of ours
    return _template().render(
        language=language, other="en" if language == "fr" else "fr", words=texts, contact=about.contact, ask=portal.ask,
        certificate=stack.certificates == "internal", groups=[group for group in groups if group[1]], style=style,
        privacy=sentences("notice").texts["footer_privacy"].in_language(language) if notices else "",
        legal=sentences("notice").texts["legal_title"].in_language(language),
    )  # fmt: skip


def _service(catalog: Catalog, name: str, domain: str, language: str) -> dict[str, Any]:
    service = catalog.entry(name).service
    labels = _labels()
    best = sorted(service.needs.items(), key=lambda item: -item[1].quality)
    useful = [need for need, cover in best if cover.quality >= GOOD_ENOUGH and need in labels]
    return {
        "id": name,
        "title": service.title,
        "summary": service.summary.in_language(language),
        "needs": ", ".join(labels[need].label.in_language(language) for need in useful[:MOST_NEEDS]),
        "facing": service.matching.facing,
        "url": f"https://{domain}/",
        "open": words().open.in_language(language).replace("{title}", service.title),
    }


@cache
def _labels() -> dict[str, NeedKind]:
    return load_rules().taxonomy.needs


@cache
def words() -> Words:
    """Return the words of the page."""
    return load_model(data_dir("templates") / "portal" / "words.yaml", Words)


@cache
def _template() -> jinja2.Template:
    return environment().from_string(_read("page.html.j2"))


def _read(name: str) -> str:
    return (data_dir("templates") / "portal" / name).read_text("utf-8")
