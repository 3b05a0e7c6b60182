"""The requirements and whether they are met, as a table and in words."""

from samefn.reports.tables.table import Cell, Column, Table
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import NONE, format_with_interval
from samefn.schema.report import Report
from samefn.schema.verdicts import RequirementEntry


def requirements_table(report: Report) -> Table:
    """One row a requirement and candidate, in the order in which they were asked."""
    findings = ReportView(report)
    columns = (
        Column("requirement", "requirement", numeric=False),
        Column("candidate", "candidate", numeric=False),
        Column("outcome", "outcome", numeric=False),
        Column("value", "figure", interval=True, note="With its interval: that decides, not the point."),
        Column("sentence", "in words", numeric=False),
    )
    rows = tuple(
        (
            Cell(entry.expression, entry.expression),
            Cell(findings.name(entry.candidate), entry.candidate),
            Cell(entry.outcome, entry.outcome),
            _figure(entry),
            Cell(entry.sentence, entry.sentence),
        )
        for entry in report.requirements
    )
    ids = tuple(entry.candidate for entry in report.requirements)
    return Table("requirements", "Requirements", columns, rows, ids)


def _figure(entry: RequirementEntry) -> Cell:
    """In the unit that was asked for; a report from before there was one has the bare numbers."""
    if not entry.shown and entry.value is not None:
        shown = format_with_interval(
            entry.value, *((None, None) if entry.low == entry.high else (entry.low, entry.high))
        )
        return Cell(shown.text, entry.value, shown.interval, entry.low, entry.high)
    return Cell(entry.shown or NONE, entry.value, entry.shown_interval, entry.low, entry.high)


def requirements_met(report: Report) -> str:
    """How many requirements hold, each held against each candidate; empty without any."""
    met, asked = sum(entry.outcome == "holds" for entry in report.requirements), len(report.requirements)
    if asked == 1:
        return f"The one requirement {'holds' if met else 'is not shown to hold'}."
    return f"{met} of {asked} requirements hold." if asked else ""


def requirements_said(report: Report) -> tuple[str, ...]:
    """How many requirements hold, and a sentence for each and every candidate; nothing without any."""
    return (requirements_met(report), *(entry.sentence for entry in report.requirements)) if report.requirements else ()
