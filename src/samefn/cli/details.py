"""All that `--verbose` adds: the main tables, narrow enough for a terminal, and every sentence of the summary."""

from rich.console import Console
from rich.text import Text

from samefn.cli.terminal_table import fitted, narrowed
from samefn.core.naming import join_words
from samefn.reports.answers.notices import failed_models
from samefn.reports.overview.tables import deviations_table, pair_claims_table
from samefn.reports.tables.language import language_main_table
from samefn.reports.tables.seeds import over_seeds
from samefn.reports.tables.table import Table, models_table
from samefn.reports.tables.verdicts import verdicts_table
from samefn.reports.view import ReportView
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.layers import layer_sentences
from samefn.reports.wording.overview import grouped_warnings, overview_headline, trend_sentences
from samefn.reports.wording.own_noise import own_noise_note
from samefn.reports.wording.protocol import protocol_notice
from samefn.reports.wording.requirements import requirement_sentences
from samefn.reports.wording.summary import headline, summary_sentences
from samefn.reports.wording.verdicts import REFUSAL_WORDS, verdict_sentence
from samefn.reports.wording.warnings import all_warnings
from samefn.schema.overview import Overview
from samefn.schema.report import Report

# Columns for the terminal; the files have every column.
_VERDICT_COLUMNS = (
    "model",
    "verdict",
    "changed",
    "limit",
    "quality",
    "net_loss",
    "distance",
    "relative_distance_disagreement",
)
# The meaning of a column, printed under its table.
_LEGENDS = {
    "relative_distance_disagreement": (
        "relative distance: 0 is the base's noise floor, 1 an independently trained model, below 0 less than the noise"
    )
}
MOST_IN_WORDS = 6  # candidates that have a sentence each in the terminal
_MODEL_COLUMNS = ("model", "accuracy", "accuracy_deviation", "disagreement", "negative_flips", "bytes")


def print_report_details(report: Report, console: Console) -> None:
    """The main tables, the summary, and what could not be made, folded to the width of the console."""
    view = ReportView(report)
    tables = [narrowed(over_seeds(models_table(report), report), _MODEL_COLUMNS)]
    if report.verdicts:
        tables.append(narrowed(over_seeds(verdicts_table(report), report), _VERDICT_COLUMNS))
    if report.language:
        tables.append(language_main_table(report))
    notice = protocol_notice(report)
    lines = [f"{notice.term}: {notice.sentence}"] if notice else []
    summary = summary_sentences(view)
    sentences = [sentence for _, sentence in summary]
    if len(view.judged) <= MOST_IN_WORDS:
        each = [(one.model.name, verdict_sentence(report, one.verdict)) for one in view.judged]
        lines += [f"{name}: {sentence}" for name, sentence in each if sentence not in sentences]
    lines += [f"{term}: {sentence}" for term, sentence in summary]
    lines += [f"no relative distance: {join_words(names)}: {reason}" for reason, names in _refused(view).items()]
    lines += [f"{term}: {sentence}" for term, sentence in layer_sentences(view)]
    lines += [f"requirement: {sentence}" for sentence in requirement_sentences(report)]
    lines += [f"warning: {warning}" for warning in all_warnings(report)]
    lines += [f"note: {join_words(names)}: {note}" for note, names in _notes(report).items()]
    lines += [f"not made: {names}: {error}" for error, names in failed_models(report).items()]
    _print(tables, headline(view), lines, console)


def print_overview_details(overview: Overview, console: Console) -> None:
    """The paper's table and the claims, the trend in words, and what could not be made."""
    tables = [
        deviations_table(overview),
        narrowed(pair_claims_table(overview), ("pair", "claim", "outcome", *overview.variants)),
    ]
    lines = [f"Trend: {sentence}" for sentence in trend_sentences(overview)]
    lines += [f"warning: {names}: {warning}" for names, warning in grouped_warnings(overview)]
    for study in overview.studies:
        lines += [f"not made: {study.name}: {failure.model}: {failure.error}" for failure in study.failures]
        lines += [f"not made: {study.name}: {study.error}"] if study.error else []
    _print([table for table in tables if table.rows], overview_headline(overview), lines, console)


def _refused(view: ReportView) -> dict[str, list[str]]:
    """The models that have no relative distance although there are independents, by the reason."""
    models: dict[str, list[str]] = {}
    for entry in view.report.relative_distances:
        if entry.measure in ("disagreement", "total_variation") and entry.independents and entry.refused:
            names = models.setdefault(REFUSAL_WORDS[entry.refused], [])
            name = view.name(entry.candidate)
            names += [name] if name not in names else []
    return models


def _notes(report: Report) -> dict[str, list[str]]:
    """The notes about the models of a comparison, and the models they are about; those of a study are in its report."""
    models: dict[str, list[str]] = {}
    evaluation = ReportView(report).evaluation
    for model in report.models:
        if noise := own_noise_note(report, model.id, evaluation):
            models.setdefault(f"{noise[0].upper()}{noise[1:]}.", []).append(model.name)
        for note in model.all_notes if model.role in {"base", "candidate", "independent"} else ():
            models.setdefault(note, []).append(model.name)
    return models if report.compared else {}


def _print(tables: list[Table], title: str, lines: list[str], console: Console) -> None:
    """Tables, a headline and lines, folded to the width of the console."""
    for table in tables:
        for part in fitted(table, console):
            console.print(part)
        for legend in _legends(table):
            console.print(Text(legend))
    console.print(Text(printable(title), style="bold"))
    for line in lines:
        console.print(Text(printable(line)))


def _legends(table: Table) -> list[str]:
    return [_LEGENDS[column.key] for column in table.columns if column.key in _LEGENDS]
