"""One row for all seeds of a method, where space is short."""

from collections import Counter

from samefn.reports.tables.table import Cell, Column, Table
from samefn.reports.wording.groups import seed_group
from samefn.schema.report import Report


def over_seeds(table: Table, report: Report) -> Table:
    """The table with one row for all models that differ in their seed alone.

    A number becomes the smallest and the largest of the models, without their intervals; words are counted. A row of a
    model that has no other seed stays as it is.

    Args:
        table: a table whose rows are about models.
        report: the report that the table was made from.
    """
    models = {model.id: model for model in report.models}
    # A model that was not made has no entry, so its seed group is not known: it keeps a row of its own.
    groups = [seed_group(models[row]) if row in models else ("", str(at)) for at, row in enumerate(table.models)]
    rows, ids = [], []
    for group in dict.fromkeys(groups):
        members = [index for index, other in enumerate(groups) if other == group]
        cells = [table.rows[index] for index in members]
        first = cells[0]
        if len(members) > 1:
            title = f"{len(members)} independents"
            if group[0] != "independent":
                title = f"{group[-1]}, {len(members)} seeds"
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
    smallest, largest = known[0], known[-1]
    text = smallest.text if smallest.text == largest.text else f"{smallest.text} to {largest.text}"
    return Cell(text, smallest.raw)
