"""The figures of language models as a table: one row a model and figure."""

from samefn.reports.contract import Report
from samefn.reports.contract_language import LanguageEntry
from samefn.reports.findings import Findings
from samefn.reports.numbers import NONE, figure
from samefn.reports.tables import Cell, Column, Table

SHARES = {"same_top"}  # shown in percent
PROBABILITIES = "true_change"  # likewise


def language_table(report: Report) -> Table:
    """One row a model and figure, in the report's order; no rows where no language model was compared."""
    findings = Findings(report)
    columns = (
        Column("candidate", "model", numeric=False),
        Column("figure", "figure", numeric=False),
        Column("value", "value", interval=True, note="In brackets: the interval with the block as the unit."),
        Column("unit", "unit", numeric=False),
        Column("error", "standard error", note="With the block as the unit."),
        Column("naive_error", "as if independent", note="As if tokens were independent, as llama-perplexity prints."),
        Column("interval", "interval by", numeric=False),
        Column("note", "note", numeric=False),
    )
    rows = tuple(_row(findings, entry) for entry in report.language)
    ids = tuple(entry.candidate for entry in report.language)
    notes: tuple[str, ...] = ()
    if report.language:
        first = report.language[0]
        notes = (
            f"{first.tokens:,} scored tokens in {first.blocks:,} blocks: the second half of each window of the text.",
            "p of the true token is the probability that a model gave the token that came next.",
        )
    return Table("language", "Language models: the figures of llama-perplexity", columns, rows, ids, notes)


def _row(findings: Findings, entry: LanguageEntry) -> tuple[Cell, ...]:
    percent = entry.figure in SHARES or entry.figure.startswith(PROBABILITIES)
    unit = "%" if percent else entry.unit
    shown = figure(entry.value, entry.low, entry.high, percent=percent)
    name = findings.name(entry.candidate)
    return (
        Cell(name, name),
        Cell(entry.title, entry.figure),
        Cell(shown.text, entry.value, shown.interval, entry.low, entry.high),
        Cell(unit, entry.unit),
        _error(entry.error, percent=percent),
        _error(entry.naive_error, percent=percent),
        Cell(entry.interval, entry.interval),
        Cell(entry.note, entry.note),
    )


def _error(value: float | None, *, percent: bool) -> Cell:
    return Cell(NONE) if value is None else Cell(figure(value, percent=percent).text, value)
