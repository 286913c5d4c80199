"""Privacy and legal notices as pages: of the start page, or as files of their own. Pure."""

import html
from functools import cache

import jinja2
from markupsafe import Markup

from provisioner.catalog import Catalog
from provisioner.models.protection import Protection
from provisioner.models.stack import Stack
from provisioner.notices import LANGUAGES, Notice, legal_notice, overview, service_notice
from provisioner.paths import data_dir
from provisioner.sentences import sentences


def escaped(value: object) -> str:
    """Return a text for HTML inside a Caddyfile: a brace would begin a placeholder of the proxy."""
    if isinstance(value, Markup):
        return str(value)
    return html.escape(str(value)).replace("{", "&#123;").replace("}", "&#125;")


def environment() -> jinja2.Environment:
    """Return what templates of the start page are read with."""
    return jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False, finalize=escaped)  # noqa: S701


def notices(stack: Stack, catalog: Catalog, answers: Protection) -> dict[str, Notice]:
    """Return path -> notice: /fr/privacy, /fr/privacy/SERVICE, /fr/legal, and the same in English."""
    found = {}
    for language in LANGUAGES:
        found[f"/{language}/privacy"] = overview(stack, catalog, answers, language)
        for name in stack.services:
            service = catalog.entry(name).service
            found[f"/{language}/privacy/{name}"] = service_notice(stack, service, answers, language)
        found[f"/{language}/legal"] = legal_notice(stack, answers, language)
    return found


def notice_pages(stack: Stack, catalog: Catalog, answers: Protection) -> dict[str, str]:
    """Return path -> page of every notice, as the start page serves them."""
    found = notices(stack, catalog, answers)
    titles = {name: catalog.entry(name).service.title for name in stack.services}
    pages = {}
    for path, notice in found.items():
        links = [(f"{path}/{name}", title) for name, title in titles.items()] if notice.id == "privacy" else []
        pages[path] = page_of(notice, links, path)
    return pages


def page_of(notice: Notice, links: list[tuple[str, str]] | None = None, path: str = "") -> str:
    """Return the page of a notice; without a path it is a file of its own, without links to the other pages."""
    language = notice.language
    other = ("en" if language == "fr" else "fr") if path else ""
    texts = sentences("notice").texts
    said = {name: texts[name].in_language(language) for name in ("all_services", "draft", "home", "footer_privacy")}
    return _template().render(
        notice=notice, language=language, other=other, other_path=f"/{other}{path[3:]}",
        other_word={"fr": "Français", "en": "English", "": ""}[other], links=links or [], draft=said["draft"],
        services_word=said["all_services"], home=said["home"], privacy=said["footer_privacy"],
        legal=texts["legal_title"].in_language(language), style=Markup(_read("page.css")),  # noqa: S704 - ours
    )  # fmt: skip


@cache
def _template() -> jinja2.Template:
    return environment().from_string(_read("notice.html.j2"))


def _read(name: str) -> str:
    return (data_dir("templates") / "portal" / name).read_text("utf-8")
