"""Tables at most 100 columns wide: figures to the right, never broken; nothing in a cell is markup."""

from typing import TYPE_CHECKING

from provisioner.i18n import _

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDTH = 100


def console() -> "Console":
    """Return a console of at most 100 columns."""
    from rich.console import Console

    found = Console(highlight=False)
    return Console(highlight=False, width=min(found.width, WIDTH) if found.is_terminal else WIDTH)


def new_table(title: str, *columns: str) -> "Table":
    """Return an empty table; figures are aligned to the right and never broken."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, expand=False)
    right = (_("Quality"), _("Reach"), _("Used"), _("Limit"), _("Points"), _("Score"), _("Index"), _("Value"))
    for number, column in enumerate(columns):
        figures = column in right
        one_line = figures or (number == 1 and _("Quality") in columns)
        table.add_column(
            column, justify="right" if figures else "left", no_wrap=one_line, overflow="fold",
            min_width=10 if number == 0 else None,
        )  # fmt: skip
    return table


def add(table: "Table", *cells: str) -> None:
    """Add a row of plain text: nothing in it is markup."""
    from rich.text import Text as Plain

    table.add_row(*[Plain(cell) for cell in cells])
