"""A table that fits a terminal: names whole, headers on one line where there is room, else fewer columns or blocks."""

import textwrap
from collections.abc import Iterator, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text

from samefn.core.join_words import listed
from samefn.reports.tables.render import header
from samefn.reports.tables.table import Column, Table
from samefn.reports.wording.escaping import printable

# What a terminal can do without, the least important first; the files hold every column.
LEAST_FIRST = (
    "bytes",
    "negative_flips",
    "smallest_shown",
    "smallest_disagreement",
    "fort_perturbed",
    "fort_independent",
    "accuracy_deviation",
)
# Headers stand on no more lines than this.
LINES = 4
# Words fold to no fewer letters than this, a row's name to no fewer than that.
WORDS, NAME = 12, 24


def narrowed(table: Table, keys: Sequence[str]) -> Table:
    """The table with only some of its columns."""
    kept = [i for i, column in enumerate(table.columns) if column.key in keys]
    return Table(
        table.name,
        table.title,
        tuple(table.columns[i] for i in kept),
        tuple(tuple(row[i] for i in kept) for row in table.rows),
        table.models,
        table.notes,
    )


def fitted(table: Table, console: Console) -> Iterator[RenderableType]:
    """The table as the terminal has room for it, and what was left out.

    Columns are left out one after another, in the order of `LEAST_FIRST`; where even then it does not fit, each row is
    a block of lines. A number and its interval stay on one line, and no name vanishes.
    """
    for fewer, left_out in _fewer(table):
        for lines in range(1, LINES + 1):
            for narrow in (False, True):
                shown = _grid(fewer, lines, narrow=narrow)
                if _width(shown, console) <= console.width:
                    yield shown
                    if left_out:
                        names = listed([column.title for column in left_out])
                        yield Text(f"no room here for: {names} (the report has it)")
                    return
    yield from _blocks(table)


def _fewer(table: Table) -> Iterator[tuple[Table, list[Column]]]:
    left_out: list[Column] = []
    yield table, left_out
    for key in LEAST_FIRST:
        if found := [column for column in table.columns if column.key == key]:
            left_out = [*left_out, *found]
            yield narrowed(table, [column.key for column in table.columns if column not in left_out]), left_out


def _grid(table: Table, lines: int, *, narrow: bool) -> RichTable:
    """Columns of fixed widths: headers on at most so many lines; words whole, or folded."""
    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    for at, column in enumerate(table.columns):
        cells = max((cell_len(printable(str(row[at]))) for row in table.rows), default=0)
        if narrow and not column.numeric:
            cells = min(cells, WORDS if at else NAME)
        title = _folded(column, cells, lines)
        width = max(cells, *map(cell_len, title.split("\n")))
        shown.add_column(Text(title), justify="right" if column.numeric else "left", width=width, overflow="fold")
    for row in table.rows:
        shown.add_row(*(Text(printable(str(cell))) for cell in row))
    return shown


def _folded(column: Column, width: int, lines: int) -> str:
    """A header no wider than its cells or than so many lines make it; a unit stays in one piece."""
    words = printable(column.title).split(" ") + ([f"[{column.unit}]"] if column.unit else [])
    unbroken = " ".join(word.replace(" ", "\N{NO-BREAK SPACE}") for word in words)
    widths = range(max(width, *map(cell_len, words)), len(unbroken) + 1)
    folds = (textwrap.wrap(unbroken, at, break_long_words=False, break_on_hyphens=False) for at in widths)
    fits = next((fold for fold in folds if len(fold) <= lines), [unbroken])
    return "\n".join(fits).replace("\N{NO-BREAK SPACE}", " ")


def _width(shown: RichTable, console: Console) -> int:
    return Measurement.get(console, console.options.update(width=100_000), shown).maximum


def _blocks(table: Table) -> Iterator[RenderableType]:
    """Each row as lines: its name, then each column and what it holds."""
    for row in table.rows:
        yield Text(f"\n{printable(str(row[0]))}", style="bold")
        for column, cell in zip(table.columns[1:], row[1:], strict=True):
            yield Text(f"  {header(column)}: {printable(str(cell))}")
    yield Text("")
