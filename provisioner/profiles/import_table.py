"""The bytes of a CSV export -> a table. Encoding and delimiter are found out; no content is told."""

import csv
import io
from dataclasses import dataclass

from provisioner.errors import Finding, InputError
from provisioner.i18n import _

DELIMITERS = (";", ",", "\t")
MAX_BYTES = 20 * 1024 * 1024
MAX_COLUMNS = 2000


@dataclass(frozen=True)
class Row:
    """One answer sheet: the line it starts on, and its cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """Headers and rows of an export, all of the same width."""

    file: str
    headers: list[str]
    rows: list[Row]

    def column(self, index: int) -> list[str]:
        """Return the cells of one column, without blanks around them."""
        return [row.cells[index].strip() for row in self.rows]


def read_table(raw: bytes, file: str) -> Table:
    """Given the bytes of a CSV file, return its table. Raise InputError with every faulty line.

    UTF-8 with or without a mark at the start, else Windows-1252; fields parted by ";", "," or tab; quoted line breaks.
    """
    text = _decoded(raw, file)
    records = list(_records(text, _delimiter(text), file))
    if not records:
        raise _unusable([Finding(_("the file is empty"), file, 1)])
    head, *rows = records
    if len(head.cells) > MAX_COLUMNS:
        raise _unusable([Finding(_("more than {count} columns").format(count=MAX_COLUMNS), file, 1)])
    text = _("this line has {found} fields, the first line has {wanted}")
    findings = [
        Finding(text.format(found=len(row.cells), wanted=len(head.cells)), file, row.line)
        for row in rows
        if len(row.cells) != len(head.cells)
    ]
    if not rows:
        findings = [Finding(_("the first line holds the titles, and no answers follow"), file, 1)]
    if findings:
        raise _unusable(findings)
    return Table(file, [cell.strip() for cell in head.cells], rows)


def _decoded(raw: bytes, file: str) -> str:
    if len(raw) > MAX_BYTES:
        raise _unusable([Finding(_("the file is larger than 20 MB"), file)])
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw:
        raise _unusable([Finding(_("this is no CSV text: export it again as CSV in UTF-8"), file, 1)])
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unusable([Finding(_("neither UTF-8 nor Windows-1252: export it again as CSV in UTF-8"), file, 1)])


def _delimiter(text: str) -> str:
    """Return the sign that cuts the first record into most fields; the first of ";", "," and tab where they tie."""
    counts = []
    for sign in DELIMITERS:
        try:
            counts.append(len(next(csv.reader(io.StringIO(text, newline=""), delimiter=sign), [])))
        except csv.Error:
            counts.append(0)
    return DELIMITERS[counts.index(max(counts))]


def _records(text: str, delimiter: str, file: str) -> list[Row]:
    reader, rows, line = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise _unusable([Finding(_("this line is no valid CSV (a quote that does not close?)"), file, line)]) from error
    return rows


def _unusable(findings: list[Finding]) -> InputError:
    return InputError(_("The export cannot be used."), findings)
