"""A paper as Markdown, for the terminal and for files."""

from provisioner.documents.paper import Paper, Part, Table
from provisioner.models.base import Text


def markdown(paper: Paper, language: str) -> str:
    """Return a paper as Markdown in one language."""
    blocks = [f"# {paper.title.in_language(language)}", *(text.in_language(language) for text in paper.lead)]
    for part in paper.parts:
        blocks += _part(part, language)
    return "\n\n".join([*blocks, "---", paper.foot.in_language(language)]) + "\n"


def _part(part: Part, language: str) -> list[str]:
    blocks = [f"## {part.title.in_language(language)}", *(text.in_language(language) for text in part.lines)]
    blocks.append("\n".join(f"{n}. {text.in_language(language)}" for n, text in enumerate(part.steps, 1)))
    blocks.append(_list("-", part.points, language))
    blocks.append(_table(part.table, language) if part.table else "")
    blocks.append(_list("- [ ]", part.boxes, language))
    return [block for block in blocks if block]


def _list(mark: str, texts: list[Text], language: str) -> str:
    return "\n".join(f"{mark} {text.in_language(language)}" for text in texts)


def _table(table: Table, language: str) -> str:
    rows = [_row(row, language) for row in table.rows]
    line = "|" + "|".join("---:" if number in table.figures else "---" for number in range(len(table.head))) + "|"
    return "\n".join([_row(table.head, language), line, *rows])


def _row(cells: list[Text], language: str) -> str:
    return "| " + " | ".join(cell.in_language(language).replace("|", "\\|") for cell in cells) + " |"
