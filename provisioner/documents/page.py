"""A paper as one HTML file: no script, no request to anywhere, a content policy that would refuse both."""

import base64
import hashlib
import re
from functools import cache
from math import sqrt
from typing import Any

import jinja2
from markupsafe import Markup, escape

from provisioner.documents.paper import Paper
from provisioner.documents.words import say
from provisioner.models.base import Text
from provisioner.paths import data_dir

ROOMY, LINE = 4400, 30
STRONG = re.compile(r"\*\*(.+?)\*\*")
UNBROKEN = re.compile(r"\be-mails?\b", re.IGNORECASE)
FRENCH_SPACES = re.compile(r" (?=[:;?!»€%])|(?<=«) ")
THIN = re.compile(r"(?<=[0-9]) (?=(h|Mo|Go|MB|GB|min|minutes)\b)")


def print_scale(paper: Paper, language: str) -> int:
    """Return the size of print, in percent, at which a tight paper fills one side of A4, wide fonts included.

    The area that text takes grows with the square of its size; ROOMY characters fit at 100 percent.
    """
    length = sum(len(text.in_language(language)) + LINE * bool(text.fr) for text in paper.texts())
    return max(76, min(118, int(100 * sqrt(ROOMY / length)))) if paper.tight else 100


def page(paper: Paper, language: str, scale: int = 0) -> str:
    """Return a paper as HTML in one language; `scale` is the size of print in percent (0: what fits)."""
    scale = scale or print_scale(paper, language)

    def spoken(text: Text) -> Markup:
        return marked(text.in_language(language), language)

    style = _style(scale)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _template().render(
        paper=paper, language=language, t=spoken, style=Markup(style), policy=f"sha256-{digest}",  # noqa: S704
        label=say("page_label"), sheet=say("page_sheet"),
    )  # fmt: skip


def filled(template: str, language: str, css: str = "", **values: Any) -> str:
    """Given a template of our own and one more style sheet beside it, return the page; `t` makes texts HTML."""
    style = _style(100)
    style += (data_dir("templates") / "documents" / css).read_text("utf-8") if css else ""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    def spoken(text: Text) -> Markup:
        return marked(text.in_language(language), language)

    sheet = Markup(style)  # noqa: S704
    return _template(template).render(language=language, t=spoken, style=sheet, policy=f"sha256-{digest}", **values)


def index_page(title: Text, rows: list[tuple[Text, dict[str, list[tuple[str, str]]]]]) -> str:
    """Given papers with their files by language (label, file), return a page in both languages that leads to them."""
    style = _style(100)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    sheet = Markup(style)  # noqa: S704
    template = _template("index.html.j2")
    return template.render(title=title, rows=rows, style=sheet, policy=f"sha256-{digest}", lead=say("index_lead"))


def marked(text: str, language: str) -> Markup:
    """Return a text as HTML: strong where it has asterisks, spaces that must not break kept together."""
    if language == "fr":
        text = FRENCH_SPACES.sub("\u00a0", text)
    text = THIN.sub("\u00a0", text)
    html = STRONG.sub(r"<strong>\1</strong>", str(escape(text)))
    return Markup(UNBROKEN.sub(r'<span class="unbroken">\g<0></span>', html))  # noqa: S704


@cache
def _style(scale: int) -> str:
    text = (data_dir("templates") / "documents" / "paper.css").read_text("utf-8")
    return text.replace("@SCALE@", f"{scale}%")


@cache
def _template(name: str = "paper.html.j2") -> jinja2.Template:
    loader = jinja2.FileSystemLoader(data_dir("templates") / "documents")
    environment = jinja2.Environment(
        loader=loader, undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name)
