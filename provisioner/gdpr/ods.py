"""The record as a spreadsheet in the form of the CNIL's simplified template: a first page, then a page an activity."""

import io
import re
import zipfile
from datetime import datetime

from odfdo import Cell, Document, Element, Row, Style, Table

from provisioner.gdpr.words import say
from provisioner.models.base import Text
from provisioner.models.register import Record, Section, Sheet

WIDTHS = ("4.8cm", "6.9cm", "5.9cm")
FIXED = (2020, 1, 1, 0, 0, 0)
FONT = "Liberation Sans"
CELLS = {
    "title": ({"size": "15pt", "bold": True}, {}),
    "lead": ({"size": "9pt"}, {}),
    "head": ({"size": "11pt", "bold": True}, {"background_color": "#d9e2ec"}),
    "label": ({"size": "9pt", "bold": True}, {"background_color": "#f2f4f7"}),
    "cell": ({"size": "9pt"}, {}),
}
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


def _table(name: str, lines: list[Line]) -> Table:
    table = Table(name, style="page")
    for number in range(len(WIDTHS)):
        column = Element.from_tag("table:table-column")
        column.set_attribute("table:style-name", f"column{number}")
        table.append(column)
    for kind, texts in lines:
        table.append(_row(kind, texts))
    return table


def _row(kind: str, texts: list[str]) -> Row:
    """Return a row: over all columns, label and value over two, or the cells of a list."""
    row = Row(style="row")
    styles, spans = SHAPES.get(kind, ([kind], [3]))
    for text, style, span in zip(texts, styles, spans, strict=True):
        cell = Cell(style=style)
        cell.set_attribute("office:value-type", "string")
        for line in text.split("\n"):
            paragraph = Element.from_tag("text:p")
            paragraph.text = line
            cell.append(paragraph)
        if span > 1:
            cell.set_attribute("table:number-columns-spanned", str(span))
            cell.set_attribute("table:number-rows-spanned", "1")
        row.append(cell)
        for _covered in range(span - 1):
            row.append(Element.from_tag("table:covered-table-cell"))
    return row


def _tab(sheet: Sheet, language: str) -> str:
    """Return the name of a page: number and title, of letters that a page's name may have, 31 at most."""
    title = re.sub(r"[\[\]*?:/\\'\s]+", " ", sheet.title.in_language(language)).strip()
    return f"{sheet.number} {title}"[:31].strip()


def _styles(document: Document) -> None:
    for number, width in enumerate(WIDTHS):
        document.insert_style(Style("table-column", name=f"column{number}", width=width), automatic=True)
    row = '<style:style style:name="row" style:family="table-row"><style:table-row-properties '
    row += 'style:use-optimal-row-height="true" fo:keep-together="always"/></style:style>'
    document.insert_style(Element.from_tag(row), automatic=True)
    page = '<style:style style:name="page" style:family="table" style:master-page-name="A4">'
    page += '<style:table-properties table:display="true" style:writing-mode="lr-tb"/></style:style>'
    document.insert_style(Element.from_tag(page), automatic=True)
    for name, (text, cell) in CELLS.items():
        document.insert_style(Element.from_tag(_cell_style(name, text, cell)), automatic=True)
    layout = '<style:page-layout style:name="A4layout"><style:page-layout-properties fo:page-width="21cm" '
    layout += 'fo:page-height="29.7cm" style:print-orientation="portrait" fo:margin-top="1.5cm" '
    layout += 'fo:margin-bottom="1.3cm" fo:margin-left="1.7cm" fo:margin-right="1.7cm" style:scale-to-X="1" '
    layout += 'style:scale-to-Y="0"/><style:header-style/><style:footer-style><style:header-footer-properties '
    layout += 'fo:min-height="0.6cm" fo:margin-top="0.3cm"/></style:footer-style></style:page-layout>'
    styles = document.styles
    styles.get_element("//office:automatic-styles").append(Element.from_tag(layout))
    footer = (
        '<style:master-page style:name="A4" style:page-layout-name="A4layout"><style:header style:display="false"/>'
    )
    footer += "<style:footer><text:p><text:sheet-name/> – <text:page-number>1</text:page-number> / "
    footer += "<text:page-count>1</text:page-count></text:p></style:footer></style:master-page>"
    styles.get_element("//office:master-styles").append(Element.from_tag(footer))


def _cell_style(name: str, text: dict[str, object], cell: dict[str, str]) -> str:
    ground = f' fo:background-color="{cell["background_color"]}"' if cell else ""
    border = "" if name in ("title", "lead") else ' fo:border="0.5pt solid #999999"'
    bold = ' fo:font-weight="bold"' if text.get("bold") else ""
    return (
        f'<style:style style:name="{name}" style:family="table-cell"><style:table-cell-properties '
        f'fo:wrap-option="wrap" style:vertical-align="top" fo:padding="0.08cm"{border}{ground}/>'
        f'<style:paragraph-properties fo:text-align="start"/><style:text-properties '
        f'fo:font-family="{FONT}" fo:font-size="{text["size"]}"{bold}/></style:style>'
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
