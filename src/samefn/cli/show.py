"""Print what a report or an overview says: its main tables, narrow enough for a terminal, and its answer in words."""

import sys

from rich.console import Console
from rich.text import Text

from samefn.cli.terminal_table import fitted, narrowed
from samefn.core.join_words import listed
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

# What fits beside one another; the files hold every column.
VERDICT_COLUMNS = (
    "model",
    "verdict",
    "scale_disagreement",
    "scale_total_variation",
    "disagreement",
    "fort_independent",
    "fort_perturbed",
    "smallest_disagreement",
)
# The scales that decide a verdict.
SCALES = ("disagreement", "total_variation")
# What a column cannot say by its title, under its table.
LEGENDS = {
    "scale_disagreement": "scale: 0 is the base's noise, 1 a model trained independently, below 0 nearer than the noise"
}
TERMINAL_COLUMNS = ("model", "accuracy", "accuracy_deviation", "disagreement", "negative_flips", "bytes")


def print_report(report: Report) -> None:
    """The main table, the verdicts, the answer and what could not be made, folded to the width of a terminal."""
    findings = Findings(report)
    tables = [narrowed(over_seeds(models_table(report), report), TERMINAL_COLUMNS)]
    if report.verdicts:
        tables.append(narrowed(over_seeds(verdicts_table(report), report), VERDICT_COLUMNS))
    if report.language:
        tables.append(language_summary(report))
    protocol = protocol_said(report)
    said = [f"{protocol.term}: {protocol.sentence}"] if protocol else []
    said += [f"{term}: {sentence}" for term, sentence in sentences(findings)]
    said += [f"no scale: {listed(names)}: {reason}" for reason, names in _refused(report).items()]
    said += [f"{term}: {sentence}" for term, sentence in located_sentences(findings)]
    said += [f"requirement: {sentence}" for sentence in requirement_sentences(report)]
    said += [f"warning: {warning}" for warning in report.warnings]
    said += [f"note: {listed(names)}: {note}" for note, names in _notes(report).items()]
    said += [f"not made: {listed(models)}: {error}" for error, models in _failed(report).items()]
    _print(tables, headline(findings), said)


def _failed(report: Report) -> dict[str, list[str]]:
    """Why models failed, and which: what is wrong with the data is wrong for all of them, and said once."""
    found: dict[str, list[str]] = {}
    for failure in report.failures:
        found.setdefault(failure.error, []).append(failure.label)
    return found


def _refused(report: Report) -> dict[str, list[str]]:
    """Why there is no scale although there are independents, and for whom; that there are none is said anyway."""
    found: dict[str, list[str]] = {}
    for entry in (one for one in report.scale if one.measure in SCALES and one.independents):
        name = report.model(entry.candidate).name
        if entry.refused and name not in found.setdefault(REFUSALS[entry.refused], []):
            found[REFUSALS[entry.refused]].append(name)
    return found


def _notes(report: Report) -> dict[str, list[str]]:
    """What a reader must know of models that were compared, and of which; a study says it in its report only."""
    found: dict[str, list[str]] = {}
    for model in report.models:
        for note in model.all_notes if model.role in {"base", "candidate", "independent"} else ():
            found.setdefault(note, []).append(model.name)
    return found if any(model.role == "candidate" for model in report.models) else {}


def print_overview(overview: Overview) -> None:
    """The paper's table and the claims, the answer on the trend, and what could not be made."""
    tables = [
        deviations_table(overview),
        narrowed(pair_claims_table(overview), ("pair", "claim", "outcome", *overview.variants)),
    ]
    said = [f"Trend: {sentence}" for sentence in answer(overview)]
    said += [f"warning: {names}: {warning}" for names, warning in warned(overview)]
    for study in overview.studies:
        said += [f"not made: {study.name}: {failure.model}: {failure.error}" for failure in study.failures]
        said += [f"not made: {study.name}: {study.error}"] if study.error else []
    _print([table for table in tables if table.rows], overview_headline(overview), said)


def _print(tables: list[Table], first: str, said: list[str]) -> None:
    """Tables, a headline and sentences: folded to the width of a terminal, or as plain text elsewhere."""
    if not sys.stdout.isatty():
        for table in tables:
            print("\n".join([to_text(table), *_legends(table), ""]))
        print("\n".join(map(printable, [first, *said])))
        return
    console = Console(highlight=False)
    for table in tables:
        for part in fitted(table, console):
            console.print(part)
        for legend in _legends(table):
            console.print(Text(legend))
    console.print(Text(printable(first), style="bold"))
    for sentence in said:
        console.print(Text(printable(sentence)))


def _legends(table: Table) -> list[str]:
    return [LEGENDS[column.key] for column in table.columns if column.key in LEGENDS]
