"""Fit a table into a terminal: headers on fewer lines where there is room, else fewer columns, else one block a row."""

import textwrap
from collections.abc import Iterator, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text

from samefn.core.naming import join_words
from samefn.reports.tables.render import header
from samefn.reports.tables.table import Column, Table
from samefn.reports.wording.escaping import printable

# Columns that may be left out, the least important first; the files have every column.
_OPTIONAL = (
    "bytes",
    "negative_flips",
    "smallest_shown",
    "smallest_disagreement",
    "fort_perturbed",
    "fort_independent",
    "accuracy_deviation",
)
# The most lines of a header.
_HEADER_LINES = 4
# The least width to which text is folded, of a cell and of a row's name.
_CELL_WIDTH, _NAME_WIDTH = 12, 24


def narrowed(table: Table, keys: Sequence[str]) -> Table:
    """The table with only some of its columns."""
    indices = [i for i, column in enumerate(table.columns) if column.key in keys]
    return Table(
        table.name,
        table.title,
        tuple(table.columns[i] for i in indices),
        tuple(tuple(row[i] for i in indices) for row in table.rows),
        table.models,
        table.notes,
    )


def fitted(table: Table, console: Console) -> Iterator[RenderableType]:
    """The table as wide as the terminal allows, and a line that names the columns left out.

    Columns are left out one after another, in the order of `_OPTIONAL`. Where that is not enough, each row becomes a
    block of lines. A number and its interval stay on one line, and every name is shown.
    """
    for fewer, left_out in _fewer(table):
        for lines in range(1, _HEADER_LINES + 1):
            for narrow in (False, True):
                shown = _grid(fewer, lines, narrow=narrow)
                if _width(shown, console) <= console.width:
                    yield shown
                    if left_out:
                        names = join_words([column.title for column in left_out])
                        yield Text(f"columns left out here: {names} (see the report)")
                    return
    yield from _blocks(table)


def _fewer(table: Table) -> Iterator[tuple[Table, list[Column]]]:
    left_out: list[Column] = []
    yield table, left_out
    for key in _OPTIONAL:
        if columns := [column for column in table.columns if column.key == key]:
            left_out = [*left_out, *columns]
            yield narrowed(table, [column.key for column in table.columns if column not in left_out]), left_out


def _grid(table: Table, lines: int, *, narrow: bool) -> RichTable:
    """A table with headers on at most so many lines; `narrow` also folds the text of cells."""
    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    for at, column in enumerate(table.columns):
        cells = max((cell_len(printable(str(row[at]))) for row in table.rows), default=0)
        if narrow and not column.numeric:
            cells = min(cells, _CELL_WIDTH if at else _NAME_WIDTH)
        title = _folded(column, cells, lines)
        width = max(cells, *map(cell_len, title.split("\n")))
        shown.add_column(Text(title), justify="right" if column.numeric else "left", width=width, overflow="fold")
    for row in table.rows:
        shown.add_row(*(Text(printable(str(cell))) for cell in row))
    return shown


def _folded(column: Column, width: int, lines: int) -> str:
    """A column's header, folded to the width of its cells or to so many lines; its unit stays in one piece."""
    words = printable(column.title).split(" ") + ([f"[{column.unit}]"] if column.unit else [])
    unbroken = " ".join(word.replace(" ", "\N{NO-BREAK SPACE}") for word in words)
    widths = range(max(width, *map(cell_len, words)), len(unbroken) + 1)
    folds = (textwrap.wrap(unbroken, at, break_long_words=False, break_on_hyphens=False) for at in widths)
    fits = next((fold for fold in folds if len(fold) <= lines), [unbroken])
    return "\n".join(fits).replace("\N{NO-BREAK SPACE}", " ")


def _width(shown: RichTable, console: Console) -> int:
    return Measurement.get(console, console.options.update(width=100_000), shown).maximum


def _blocks(table: Table) -> Iterator[RenderableType]:
    """Each row as lines: its name, then each column with its value."""
    for row in table.rows:
        yield Text(f"\n{printable(str(row[0]))}", style="bold")
        for column, cell in zip(table.columns[1:], row[1:], strict=True):
            yield Text(f"  {header(column)}: {printable(str(cell))}")
    yield Text("")
