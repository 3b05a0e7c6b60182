"""The requirements and whether they are met, as a table."""

from samefn.reports.tables.table import Cell, Column, Table
from samefn.reports.view import ReportView
from samefn.reports.wording.requirements import requirement_figure, requirement_sentence
from samefn.schema.report import Report
from samefn.schema.verdicts import RequirementEntry


def requirements_table(report: Report) -> Table:
    """One row for each requirement and candidate, in the order in which they were given."""
    view = ReportView(report)
    columns = (
        Column("requirement", "requirement", numeric=False),
        Column("candidate", "candidate", numeric=False),
        Column("outcome", "outcome", numeric=False),
        Column("value", "figure", interval=True, note="With its interval: that decides, not the point."),
        Column("sentence", "in words", numeric=False),
    )
    rows = tuple(_row(view, entry) for entry in report.requirements)
    ids = tuple(entry.candidate for entry in report.requirements)
    return Table("requirements", "Requirements", columns, rows, ids)


def _row(view: ReportView, entry: RequirementEntry) -> tuple[Cell, ...]:
    shown, sentence = requirement_figure(entry), requirement_sentence(view, entry)
    return (
        Cell(entry.expression, entry.expression),
        Cell(view.name(entry.candidate), entry.candidate),
        Cell(entry.outcome, entry.outcome),
        Cell(shown.text, entry.value, shown.interval, entry.low, entry.high),
        Cell(sentence, sentence),
    )
