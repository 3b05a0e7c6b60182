"""Fold a table's rows over seeds: what many models of one kind have in common, for where space is short."""

from collections import Counter

from samefn.reports.tables.table import Cell, Column, Table
from samefn.reports.wording.seed_groups import kind
from samefn.schema.report import Report


def over_seeds(table: Table, report: Report) -> Table:
    """The table with one row for all models that differ in their seed alone.

    A number becomes the least and the greatest of the models', without their intervals; words are counted. Rows of
    models without such siblings stay as they are.

    Args:
        table: whose rows are about models.
        report: that it was made from.
    """
    models = {model.id: model for model in report.models}
    # A model that was not made has no entry, so nobody knows what it differs in: its row is its own.
    kinds = [kind(models[row]) if row in models else ("", str(at)) for at, row in enumerate(table.models)]
    rows, ids = [], []
    for shared in dict.fromkeys(kinds):
        members = [i for i, other in enumerate(kinds) if other == shared]
        cells = [table.rows[i] for i in members]
        first = cells[0]
        if len(members) > 1:
            title = f"{len(members)} independents"
            if shared[0] != "independent":
                title = f"{shared[-1]}, {len(members)} seeds"
            pairs = zip(table.columns[1:], zip(*(row[1:] for row in cells), strict=True), strict=True)
            first = (Cell(title, title), *(_folded(column, column_cells) for column, column_cells in pairs))
        rows.append(first)
        ids.append(table.models[members[0]])
    return Table(table.name, table.title, table.columns, tuple(rows), tuple(ids), table.notes)


def _folded(column: Column, cells: tuple[Cell, ...]) -> Cell:
    texts = [cell.text for cell in cells]
    if not column.numeric:
        counts = Counter(texts)
        return Cell(texts[0] if len(counts) == 1 else ", ".join(f"{many} {text}" for text, many in counts.items()))
    known = sorted((cell for cell in cells if isinstance(cell.raw, int | float)), key=lambda cell: float(cell.raw or 0))
    if not known:
        return Cell(texts[0])
    least, most = known[0], known[-1]
    return Cell(least.text if least.text == most.text else f"{least.text} to {most.text}", least.raw)
