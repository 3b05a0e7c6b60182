"""Layers swapped between base and candidate, as a table."""

from samefn.reports.tables.table import Cell, Column, Table
from samefn.reports.view import ReportView
from samefn.reports.wording.layers import format_extra_bytes
from samefn.reports.wording.numbers import MINUS, NONE, format_with_interval
from samefn.schema.layers import LocatedEntry
from samefn.schema.report import Report


def layers_table(report: Report) -> Table:
    """One row a layer and direction, in the report's order; no rows where no layers were swapped."""
    view = ReportView(report)
    columns = (
        Column("candidate", "model", numeric=False),
        Column("group", "layer", numeric=False),
        Column("direction", "direction", numeric=False),
        Column(
            "disagreement", "disagreement", "%", interval=True, note="Inputs whose prediction differs from the base's."
        ),
        Column("total_variation", "total variation", "%", interval=True, note="Mean over the inputs, to the base."),
        Column(
            "share",
            "share",
            "%",
            note="Of the candidate's own total variation: what this layer makes, or what goes away.",
        ),
        Column("bytes", "extra bytes", note="How many bytes more the layer takes as the base stores it."),
        Column("swapped", "swapped", numeric=False),
    )
    rows = tuple(_row(view, entry) for entry in report.located)
    notes = (
        "Forward: the base with this layer of the candidate; the share is what this layer makes alone. Backward: the "
        "candidate with this layer of the base; the share is what goes away. Shares need not sum to 100 %.",
    )
    title = "Layers: one swapped at a time"
    return Table("layers", title, columns, rows, (), notes if rows else ())


def _row(view: ReportView, entry: LocatedEntry) -> tuple[Cell, ...]:
    name = view.name(entry.candidate)
    return (
        Cell(name or NONE, name),
        Cell(entry.group, entry.group),
        Cell(entry.direction, entry.direction),
        _percent_cell(entry.disagreement, entry.disagreement_low, entry.disagreement_high),
        _percent_cell(entry.total_variation, entry.total_variation_low, entry.total_variation_high),
        Cell(NONE if entry.share is None else f"{100 * entry.share:.0f}".replace("-", MINUS), entry.share),
        Cell(format_extra_bytes(entry.bytes), entry.bytes),
        Cell(entry.swapped, entry.swapped),
    )


def _percent_cell(value: float, low: float, high: float) -> Cell:
    shown = format_with_interval(value, low, high, percent=True)
    return Cell(shown.text, value, shown.interval, low, high)
