"""The paper's claims as tables: one row a claim, and one row for each figure that decided one."""

from samefn.reports.tables.table import Cell, Column, Table
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import NONE, format_two_decimals, format_with_interval
from samefn.schema.report import Report
from samefn.schema.verdicts import ClaimFigure


def claims_table(report: Report) -> Table:
    """One row a claim, in the report's order."""
    columns = tuple(
        Column(key, title, numeric=False)
        for key, title in (
            ("id", "claim"),
            ("statement", "the paper says"),
            ("outcome", "outcome"),
            ("switch", "depends on"),
            ("because", "because"),
            ("rule", "rule"),
        )
    )
    rows = tuple(
        tuple(
            Cell(text or NONE, text)
            for text in (claim.id, claim.statement, claim.outcome, claim.switch, claim.because, claim.rule)
        )
        for claim in report.claims
    )
    return Table("claims", "The paper's claims, put to the test", columns, rows)


def claim_figures_table(report: Report) -> Table:
    """One row a figure, claim by claim."""
    findings = ReportView(report)
    columns = (
        Column("claim", "claim", numeric=False),
        Column("candidate", "model", numeric=False),
        Column("figure", "figure", numeric=False),
        Column("value", "value", interval=True),
    )
    rows = tuple(
        (Cell(claim.id, claim.id), *figure_cells(findings, decided))
        for claim in report.claims
        for decided in claim.figures
    )
    return Table("claims-figures", "The figures that decided the claims", columns, rows)


def figure_cells(findings: ReportView, decided: ClaimFigure) -> tuple[Cell, ...]:
    """Model, figure and value of one figure."""
    format_value = format_two_decimals if decided.quantity == "scale" else format_with_interval
    shown = format_value(decided.value, decided.low, decided.high)
    name = findings.name(decided.candidate)
    return (
        Cell(name, decided.candidate),
        Cell(decided.figure, decided.figure),
        Cell(shown.text, decided.value, shown.interval, decided.low, decided.high),
    )
