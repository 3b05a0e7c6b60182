"""A table as a Polars frame: the numbers of report.json, and names where people read names."""

import polars as pl

from samefn.reports.tables.table import Column, Raw, Table
from samefn.schema.report import Report

# Columns that hold ids of models.
_MODELS = ("base", "candidate", "model", "teacher")


def table_frame(table: Table, report: Report) -> pl.DataFrame:
    """The table with its numbers in full precision; an interval has two columns of its own.

    Args:
        table: of the report.
        report: it names the models.
    """
    names = {model.id: model.name for model in report.models}
    columns: dict[str, pl.Series] = {}
    for at, column in enumerate(table.columns):
        cells = [row[at] for row in table.rows]
        values: list[Raw] = [cell.raw for cell in cells]
        if column.key in _MODELS:
            values = [names.get(str(value), value) for value in values]
        columns[column.key] = _series(column, values)
        if column.interval:
            columns[f"{column.key}_low"] = pl.Series([cell.low for cell in cells], dtype=pl.Float64)
            columns[f"{column.key}_high"] = pl.Series([cell.high for cell in cells], dtype=pl.Float64)
    return pl.DataFrame(columns)


def _series(column: Column, values: list[Raw]) -> pl.Series:
    """Text, whole numbers or floats: what the values are, and where there is none what the column is for."""
    if not column.numeric or any(isinstance(value, str) for value in values):
        return pl.Series([None if value is None else str(value) for value in values], dtype=pl.String)
    known = [value for value in values if value is not None]
    whole = bool(known) and all(isinstance(value, int) for value in known)
    return pl.Series(values, dtype=pl.Int64 if whole else pl.Float64, strict=False)
