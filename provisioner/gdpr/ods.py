"""The record as a spreadsheet in the form of the CNIL's simplified template: a first page, then a page an activity."""

import io
import re
import zipfile
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from odfdo import Document, Element

from provisioner.gdpr.words import say
from provisioner.models.base import Text
from provisioner.models.register import Record, Section, Sheet

WIDTHS = ("4.8cm", "6.9cm", "5.9cm")
FIXED = (2020, 1, 1, 0, 0, 0)
FONT = "Liberation Sans"
CELLS = {
    # name: size, bold, background
    "title": ("15pt", True, ""),
    "lead": ("9pt", False, ""),
    "head": ("11pt", True, "#d9e2ec"),
    "label": ("9pt", True, "#f2f4f7"),
    "cell": ("9pt", False, ""),
}
COLUMN = (
    '<style:style style:name="column{number}" style:family="table-column">'
    '<style:table-column-properties style:column-width="{width}"/></style:style>'
)
ROW = (
    '<style:style style:name="row" style:family="table-row"><style:table-row-properties '
    'style:use-optimal-row-height="true" fo:keep-together="always"/></style:style>'
)
PAGE = (
    '<style:style style:name="page" style:family="table" style:master-page-name="A4">'
    '<style:table-properties table:display="true" style:writing-mode="lr-tb"/></style:style>'
)
LAYOUT = (
    '<style:page-layout style:name="A4layout"><style:page-layout-properties fo:page-width="21cm" '
    'fo:page-height="29.7cm" style:print-orientation="portrait" fo:margin-top="1.5cm" fo:margin-bottom="1.3cm" '
    'fo:margin-left="1.7cm" fo:margin-right="1.7cm" style:scale-to-X="1" style:scale-to-Y="0"/><style:header-style/>'
    '<style:footer-style><style:header-footer-properties fo:min-height="0.6cm" fo:margin-top="0.3cm"/>'
    "</style:footer-style></style:page-layout>"
)
MASTER = (
    '<style:master-page style:name="A4" style:page-layout-name="A4layout"><style:header style:display="false"/>'
    "<style:footer><text:p><text:sheet-name/> – <text:page-number>1</text:page-number> / "
    "<text:page-count>1</text:page-count></text:p></style:footer></style:master-page>"
)
SHAPES: dict[str, tuple[list[str], list[int]]] = {
    "field": (["label", "cell"], [1, 2]),
    "labels": (["label"] * 3, [1, 1, 1]),
    "three": (["cell"] * 3, [1, 1, 1]),
    "list_head": (["label"] * 2, [2, 1]),
    "list": (["cell"] * 2, [2, 1]),
}
Line = tuple[str, list[str]]


def ods(record: Record, language: str) -> bytes:
    """Return the record as an OpenDocument spreadsheet in "fr" or "en"; the same record gives the same bytes."""
    document = Document("spreadsheet")
    document.body.clear()
    _styles(document)
    tables = [_table(say("first_sheet").in_language(language), _first(record, language))]
    tables += [_table(_tab(sheet, language), _lines(sheet, language)) for sheet in record.sheets]
    for table in tables:
        document.body.append(table)
    _meta(document, record, language)
    return _stable(document)


def _first(record: Record, language: str) -> list[Line]:
    """Return the first page: the organisation, then the list of activities."""

    def say_(text: Text) -> str:
        return text.in_language(language)

    lines: list[Line] = [("title", [say_(record.title)]), ("lead", [say_(record.lead)])]
    for section in record.first:
        lines += _section(section, language)
    lines.append(("head", [say_(say("list_of_sheets"))]))
    lines.append(("list_head", [say_(say(f"head_{key}")) for key in ("activity", "reference")]))
    titles = [say_(say("sheet_title", number=sheet.number, title=sheet.title)) for sheet in record.sheets]
    lines += [("list", [title, sheet.reference]) for title, sheet in zip(titles, record.sheets, strict=True)]
    return [*lines, ("lead", [say_(record.foot)])]


def _lines(sheet: Sheet, language: str) -> list[Line]:
    """Return the page of one activity."""
    title = say("sheet_title", number=sheet.number, title=sheet.title).in_language(language)
    lines: list[Line] = [("title", [title])]
    for section in sheet.sections:
        lines += _section(section, language, sheet if section.key == "duration" else None)
    return lines


def _section(section: Section, language: str, sheet: Sheet | None = None) -> list[Line]:
    lines: list[Line] = [("head", [section.title.in_language(language)])]
    if sheet and sheet.kept:
        lines.append(("labels", [say(f"head_{key}").in_language(language) for key in ("data", "long", "goes")]))
        lines += [
            ("three", [text.in_language(language) for text in (each.names, each.long, each.goes)])
            for each in sheet.kept
        ]
    for row in section.rows:
        text = "\n".join(value.in_language(language) for value in row.values)
        lines.append(("field", [row.label.in_language(language), text]))
    return lines


def _table(name: str, lines: list[Line]) -> Element:
    """Return a page of the spreadsheet. It is read from one text: an element at a time would take ten times as long."""
    columns = "".join(f'<table:table-column table:style-name="column{number}"/>' for number in range(len(WIDTHS)))
    rows = "".join(_row(kind, texts) for kind, texts in lines)
    return Element.from_tag(
        f'<table:table table:name={quoteattr(name)} table:style-name="page">{columns}{rows}</table:table>'
    )


def _row(kind: str, texts: list[str]) -> str:
    """Return a row: over all columns, label and value over two, or the cells of a list."""
    styles, spans = SHAPES.get(kind, ([kind], [3]))
    cells = [_cell(*each) for each in zip(texts, styles, spans, strict=True)]
    return f'<table:table-row table:style-name="row">{"".join(cells)}</table:table-row>'


def _cell(text: str, style: str, span: int) -> str:
    wide = f' table:number-columns-spanned="{span}" table:number-rows-spanned="1"' if span > 1 else ""
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
    covered = "<table:covered-table-cell/>" * (span - 1)
    start = f'<table:table-cell table:style-name="{style}" office:value-type="string"{wide}>'
    return f"{start}{lines}</table:table-cell>{covered}"


def _tab(sheet: Sheet, language: str) -> str:
    """Return the name of a page: number and title, of letters that a page's name may have, 31 at most."""
    title = re.sub(r"[\[\]*?:/\\'\s]+", " ", sheet.title.in_language(language)).strip()
    return f"{sheet.number} {title}"[:31].strip()


def _styles(document: Document) -> None:
    """Put the styles into the document: columns, rows that fit their text, cells, a printed page of A4."""
    parts = [COLUMN.format(number=number, width=width) for number, width in enumerate(WIDTHS)]
    parts += [ROW, PAGE, *(_cell_style(name, *about) for name, about in CELLS.items())]
    _put(document.content.get_element("//office:automatic-styles"), parts)
    _put(document.styles.get_element("//office:automatic-styles"), [LAYOUT])
    _put(document.styles.get_element("//office:master-styles"), [MASTER])


def _put(place: Element | None, parts: list[str]) -> None:
    for text in parts:
        if place is not None:
            place.append(Element.from_tag(text))


def _cell_style(name: str, size: str, bold: bool, ground: str) -> str:
    filling = f' fo:background-color="{ground}"' if ground else ""
    border = "" if name in ("title", "lead") else ' fo:border="0.5pt solid #999999"'
    weight = ' fo:font-weight="bold"' if bold else ""
    return (
        f'<style:style style:name="{name}" style:family="table-cell"><style:table-cell-properties '
        f'fo:wrap-option="wrap" style:vertical-align="top" fo:padding="0.08cm"{border}{filling}/>'
        f'<style:paragraph-properties fo:text-align="start"/><style:text-properties '
        f'fo:font-family="{FONT}" fo:font-size="{size}"{weight}/></style:style>'
    )


def _meta(document: Document, record: Record, language: str) -> None:
    """Set title, language and dates: those of the record, not of this minute."""
    meta = document.meta
    meta.title = record.title.in_language(language)
    meta.language = "fr-FR" if language == "fr" else "en-GB"
    meta.generator = "provisioner"
    meta.creation_date = datetime.fromisoformat(record.created)
    meta.date = datetime.fromisoformat(record.updated)


def _stable(document: Document) -> bytes:
    """Return the saved document, written anew with one date for all of its parts."""
    saved, stable = io.BytesIO(), io.BytesIO()
    document.save(saved, pretty=False)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(stable, "w") as target:
        names = source.namelist()
        for name in ["mimetype", *sorted(each for each in names if each != "mimetype")]:
            about = zipfile.ZipInfo(name, FIXED)
            about.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            target.writestr(about, source.read(name))
    return stable.getvalue()
