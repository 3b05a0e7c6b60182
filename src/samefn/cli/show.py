"""Print a report or an overview in the terminal: its main tables and its summary."""

import sys

from rich.console import Console
from rich.text import Text

from samefn.cli.terminal_table import fitted, narrowed
from samefn.core.naming import join_words
from samefn.reports.overview.page import headline as overview_headline
from samefn.reports.overview.page import warned
from samefn.reports.overview.tables import deviations_table, pair_claims_table
from samefn.reports.overview.trend import answer
from samefn.reports.tables.language import language_summary
from samefn.reports.tables.layers import located_sentences
from samefn.reports.tables.render import to_text
from samefn.reports.tables.seeds import over_seeds
from samefn.reports.tables.table import Table, models_table
from samefn.reports.tables.verdicts import verdicts_table
from samefn.reports.view import Findings
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.protocol import protocol_said
from samefn.reports.wording.requirements import requirement_sentences
from samefn.reports.wording.summary import headline, sentences
from samefn.reports.wording.verdicts import REFUSALS
from samefn.schema.overview import Overview
from samefn.schema.report import Report

# Columns for the terminal; the files have every column.
_VERDICT_COLUMNS = (
    "model",
    "verdict",
    "scale_disagreement",
    "scale_total_variation",
    "disagreement",
    "fort_independent",
    "fort_perturbed",
    "smallest_disagreement",
)
# The measures whose scales decide a verdict.
_VERDICT_MEASURES = ("disagreement", "total_variation")
# Legends under a table, by column.
_LEGENDS = {
    "scale_disagreement": "scale: 0 is the base's noise, 1 a model trained independently, below 0 nearer than the noise"
}
_MODEL_COLUMNS = ("model", "accuracy", "accuracy_deviation", "disagreement", "negative_flips", "bytes")


def print_report(report: Report) -> None:
    """Print the main tables, the summary, warnings and failures of a report."""
    findings = Findings(report)
    tables = [narrowed(over_seeds(models_table(report), report), _MODEL_COLUMNS)]
    if report.verdicts:
        tables.append(narrowed(over_seeds(verdicts_table(report), report), _VERDICT_COLUMNS))
    if report.language:
        tables.append(language_summary(report))
    protocol = protocol_said(report)
    lines = [f"{protocol.term}: {protocol.sentence}"] if protocol else []
    lines += [f"{term}: {sentence}" for term, sentence in sentences(findings)]
    lines += [f"no scale: {join_words(names)}: {reason}" for reason, names in _refused(report).items()]
    lines += [f"{term}: {sentence}" for term, sentence in located_sentences(findings)]
    lines += [f"requirement: {sentence}" for sentence in requirement_sentences(report)]
    lines += [f"warning: {warning}" for warning in report.warnings]
    lines += [f"note: {join_words(names)}: {note}" for note, names in _notes(report).items()]
    lines += [f"not made: {join_words(models)}: {error}" for error, models in _failed(report).items()]
    _print(tables, headline(findings), lines)


def _failed(report: Report) -> dict[str, list[str]]:
    """The failed models by error: an error that all share is printed once."""
    models: dict[str, list[str]] = {}
    for failure in report.failures:
        models.setdefault(failure.error, []).append(failure.label)
    return models


def _refused(report: Report) -> dict[str, list[str]]:
    """The candidates without a relative distance although there are independents, by reason."""
    candidates: dict[str, list[str]] = {}
    for entry in report.scale:
        name = report.model(entry.candidate).name
        decides = entry.measure in _VERDICT_MEASURES and entry.independents and entry.refused
        if decides and name not in candidates.setdefault(REFUSALS[entry.refused], []):
            candidates[REFUSALS[entry.refused]].append(name)
    return candidates


def _notes(report: Report) -> dict[str, list[str]]:
    """The models of a comparison by note. The notes of a study are in its report only."""
    models: dict[str, list[str]] = {}
    for model in report.models:
        for note in model.all_notes if model.role in {"base", "candidate", "independent"} else ():
            models.setdefault(note, []).append(model.name)
    return models if any(model.role == "candidate" for model in report.models) else {}


def print_overview(overview: Overview) -> None:
    """Print the main tables, the trend, warnings and failures of an overview."""
    tables = [
        deviations_table(overview),
        narrowed(pair_claims_table(overview), ("pair", "claim", "outcome", *overview.variants)),
    ]
    lines = [f"Trend: {sentence}" for sentence in answer(overview)]
    lines += [f"warning: {names}: {warning}" for names, warning in warned(overview)]
    for study in overview.studies:
        lines += [f"not made: {study.name}: {failure.model}: {failure.error}" for failure in study.failures]
        lines += [f"not made: {study.name}: {study.error}"] if study.error else []
    _print([table for table in tables if table.rows], overview_headline(overview), lines)


def _print(tables: list[Table], first: str, lines: list[str]) -> None:
    """Print tables, a headline and lines: folded to the width of a terminal, or as plain text elsewhere."""
    if not sys.stdout.isatty():
        for table in tables:
            print("\n".join([to_text(table), *_legends(table), ""]))
        print("\n".join(map(printable, [first, *lines])))
        return
    console = Console(highlight=False)
    for table in tables:
        for part in fitted(table, console):
            console.print(part)
        for legend in _legends(table):
            console.print(Text(legend))
    console.print(Text(printable(first), style="bold"))
    for line in lines:
        console.print(Text(printable(line)))


def _legends(table: Table) -> list[str]:
    return [_LEGENDS[column.key] for column in table.columns if column.key in _LEGENDS]
