"""Print what a report says: its answer in words and its main table, narrow enough for a terminal."""

from samefn.reports.answer import headline, sentences
from samefn.reports.contract import Report
from samefn.reports.findings import Findings
from samefn.reports.render import to_text
from samefn.reports.tables import Table, models_table

# What fits beside one another; the files hold every column.
TERMINAL_COLUMNS = (
    "model",
    "accuracy",
    "accuracy_deviation",
    "disagreement",
    "flips_harm",
    "bytes",
    "size_ratio",
)


def print_report(report: Report) -> None:
    """The answer, the main table, and what could not be made, on stdout."""
    findings = Findings(report)
    print(to_text(narrowed(models_table(report), TERMINAL_COLUMNS)))
    print(f"\n{headline(findings)}")
    for term, sentence in sentences(findings):
        print(f"  {term}: {sentence}")
    for failure in report.failures:
        print(f"not made: {failure.model}: {failure.error}")


def narrowed(table: Table, keys: tuple[str, ...]) -> Table:
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
