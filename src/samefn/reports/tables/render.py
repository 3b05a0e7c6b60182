"""A table as text, Markdown, LaTeX or CSV."""

import csv
import io
import unicodedata
from collections.abc import Iterable

from samefn.reports.tables.table import Column, Table
from samefn.reports.wording.escaping import latex, markdown, printable, spreadsheet


def header(column: Column) -> str:
    """A column's title with its unit."""
    return printable(f"{column.title} [{column.unit}]" if column.unit else column.title)


def to_text(table: Table) -> str:
    """Plain text for a terminal, columns aligned, no colour."""
    lines = [[header(column) for column in table.columns]]
    lines += [[printable(str(cell)) for cell in row] for row in table.rows]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(table.columns))]
    lines.insert(1, ["─" * width for width in widths])

    def pad(text: str, width: int, column: Column) -> str:
        space = " " * (width - _width(text))
        return space + text if column.numeric else text + space

    return "\n".join(
        "  ".join(pad(*both) for both in zip(line, widths, table.columns, strict=True)).rstrip() for line in lines
    )


def to_markdown(table: Table) -> str:
    """A Markdown table with its title above and its notes beneath."""
    lines = [
        f"### {markdown(table.title)}",
        "",
        _bars(markdown(header(column)) for column in table.columns),
        _bars("---:" if column.numeric else ":---" for column in table.columns),
        *(_bars(markdown(str(cell)) for cell in row) for row in table.rows),
        *(line for note in table.notes for line in ("", markdown(note))),
    ]
    return "\n".join(lines) + "\n"


def to_latex(table: Table) -> str:
    """A LaTeX `table` that needs the booktabs package (and graphicx, to fit the line)."""
    alignment = "".join("r" if column.numeric else "l" for column in table.columns)
    lines = [
        r"% \usepackage{booktabs,graphicx}",
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{latex(table.title)}. {latex(' '.join(table.notes))}}}",
        rf"\label{{tab:samefn-{table.name}}}",
        r"\resizebox{\linewidth}{!}{%",
        rf"\begin{{tabular}}{{@{{}}{alignment}@{{}}}}",
        r"\toprule",
        _ampersands(latex(header(column)) for column in table.columns),
        r"\midrule",
        *(_ampersands(latex(str(cell)) for cell in row) for row in table.rows),
        r"\bottomrule",
        r"\end{tabular}}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def to_csv(table: Table) -> str:
    """CSV with the raw numbers at full precision; an interval has two columns of its own, and no text is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        spreadsheet(name)
        for column in table.columns
        for name in ((column.key, f"{column.key}_low", f"{column.key}_high") if column.interval else (column.key,))
    )
    for row in table.rows:
        writer.writerow(
            spreadsheet(value) if isinstance(value, str) else value
            for column, cell in zip(table.columns, row, strict=True)
            for value in ((cell.raw, cell.low, cell.high) if column.interval else (cell.raw,))
        )
    return out.getvalue()


def _bars(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _ampersands(cells: Iterable[str]) -> str:
    return f"{' & '.join(cells)} \\\\"


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)
