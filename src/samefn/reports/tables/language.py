"""The figures of language models as tables: the main ones a row a model, all of them a row a model and figure."""

from samefn.reports.tables.table import Cell, Column, Table
from samefn.reports.view import ReportView
from samefn.reports.wording.notes import notes_text
from samefn.reports.wording.numbers import NONE, format_with_interval
from samefn.schema.language import LanguageEntry
from samefn.schema.report import Report

MAIN_FIGURES = (
    ("perplexity", "perplexity"),
    ("perplexity_ratio", "ratio to the base's"),
    ("kld_mean", "KL divergence, mean"),
    ("kld_p99", "KL divergence, 99 %"),
    ("true_change_rms", "change of p, RMS"),
    ("same_top", "same top token"),
)


def language_main_table(report: Report) -> Table:
    """The main figures, one row a model, in the report's order; no rows where no language model was compared."""
    view = ReportView(report)
    units = {entry.figure: entry.unit for entry in report.language}
    columns = (
        Column("model", "model", numeric=False),
        *(
            Column(name, title, "%" if _in_percent(name) else units.get(name, ""), interval=True)
            for name, title in MAIN_FIGURES
        ),
    )
    entries = {(entry.candidate, entry.figure): entry for entry in report.language}
    models = tuple(dict.fromkeys(entry.candidate for entry in report.language))
    rows = tuple(
        (Cell(view.name(model), view.name(model)), *(_figure(entries.get((model, name))) for name, _ in MAIN_FIGURES))
        for model in models
    )
    return Table("language-main", "Main figures", columns, rows, models)


def language_table(report: Report) -> Table:
    """One row a model and figure, in the report's order; no rows where no language model was compared."""
    view = ReportView(report)
    columns = (
        Column("candidate", "model", numeric=False),
        Column("figure", "figure", numeric=False),
        Column("value", "value", interval=True, note="In brackets: the interval with the block as the unit."),
        Column("unit", "unit", numeric=False),
        Column("error", "standard error", note="With the block as the unit."),
        Column(
            "naive_error",
            "as if independent",
            note="Standard error as if tokens were independent, as llama-perplexity prints it.",
        ),
        Column("interval", "interval by", numeric=False),
        Column("note", "note", numeric=False),
    )
    rows = tuple(_row(view, entry) for entry in report.language)
    ids = tuple(entry.candidate for entry in report.language)
    notes: tuple[str, ...] = ()
    if report.language:
        first = report.language[0]
        notes = (
            f"{first.tokens:,} scored tokens, the second half of each window of the text. A block, the unit of "
            f"intervals, is a {first.block}: there are {first.blocks:,}.",
            "p of the true token: the probability that a model gave to the token that came next.",
        )
    return Table("language", "Language models: the figures of llama-perplexity", columns, rows, ids, notes)


def _row(view: ReportView, entry: LanguageEntry) -> tuple[Cell, ...]:
    percent = _in_percent(entry.figure)
    unit = "%" if percent else entry.unit
    name, note = view.name(entry.candidate), notes_text(entry.notes, entry.tokens)
    return (
        Cell(name, name),
        Cell(entry.title, entry.figure),
        _figure(entry),
        Cell(unit, entry.unit),
        _error(entry.error, percent=percent),
        _error(entry.naive_error, percent=percent),
        Cell(entry.interval, entry.interval),
        Cell(note, note),
    )


def _in_percent(name: str) -> bool:
    """Whether a figure is a share of tokens or a change of probability, which people read in percent."""
    return name == "same_top" or name.startswith("true_change")


def _figure(entry: LanguageEntry | None) -> Cell:
    if entry is None:
        return Cell(NONE)
    shown = format_with_interval(entry.value, entry.low, entry.high, percent=_in_percent(entry.figure))
    return Cell(shown.text, entry.value, shown.interval, entry.low, entry.high)


def _error(value: float | None, *, percent: bool) -> Cell:
    return Cell(NONE) if value is None else Cell(format_with_interval(value, percent=percent).text, value)
