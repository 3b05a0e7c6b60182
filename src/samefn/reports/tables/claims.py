"""The paper's claims as tables: one row a claim, and one row for each figure that decided one."""

from samefn.reports.tables.table import Cell, Column, Table
from samefn.reports.view import ReportView
from samefn.reports.wording.claims import CLAIM_WORDING, claim_figure, claim_model, claim_reason
from samefn.reports.wording.numbers import format_two_decimals, format_with_interval
from samefn.schema.claims import ClaimFigure
from samefn.schema.report import Report


def claims_table(report: Report) -> Table:
    """One row a claim, in the report's order."""
    view = ReportView(report)
    columns = (
        Column("id", "claim", numeric=False),
        Column("statement", "the paper says", numeric=False),
        Column("outcome", "outcome", numeric=False),
        Column("because", "because", numeric=False),
        Column("rule", "rule", numeric=False),
    )
    texts = (
        (
            claim.id,
            CLAIM_WORDING[claim.id].statement,
            claim.outcome,
            claim_reason(view, claim),
            CLAIM_WORDING[claim.id].rule,
        )
        for claim in report.claims
    )
    rows = tuple(tuple(Cell(text, text) for text in row) for row in texts)
    return Table("claims", "The paper's claims, put to the test", columns, rows)


def claim_figures_table(report: Report) -> Table:
    """One row a figure, claim by claim."""
    view = ReportView(report)
    columns = (
        Column("claim", "claim", numeric=False),
        Column("candidate", "model", numeric=False),
        Column("figure", "figure", numeric=False),
        Column("value", "value", interval=True),
    )
    rows = tuple(
        (Cell(claim.id, claim.id), *figure_cells(view, claimed)) for claim in report.claims for claimed in claim.figures
    )
    return Table("claims-figures", "The figures that decided the claims", columns, rows)


def figure_cells(view: ReportView, claimed: ClaimFigure) -> tuple[Cell, ...]:
    """Model, figure and value of one figure."""
    format_value = format_two_decimals if claimed.quantity == "relative_distance" else format_with_interval
    shown = format_value(claimed.value, claimed.low, claimed.high)
    name, what = claim_model(view, claimed), claim_figure(claimed)
    return (
        Cell(name, claimed.candidate or name),
        Cell(what, what),
        Cell(shown.text, claimed.value, shown.interval, claimed.low, claimed.high),
    )
