"""The tables of an overview: the paper's, the claims, and each method's relative distances."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from samefn.core.naming import join_words
from samefn.reports.tables.paper import PaperColumn, paper_column_title, published_cell, published_row, published_source
from samefn.reports.tables.table import Cell, Column, Table, deviation_cell, relative_distance_cell
from samefn.reports.wording.claims import CLAIM_WORDING, dependence_reason, dependence_title
from samefn.reports.wording.measures import DISTANCE_SOURCES
from samefn.reports.wording.numbers import NONE, format_share
from samefn.schema.overview import DeviationEntry, Overview, StudyEntry, TrendEntry

Deviations: TypeAlias = dict[tuple[str, str, str], DeviationEntry]
_ROLES = ("student", "quantized", "pruned")


def overview_tables(overview: Overview) -> tuple[Table, ...]:
    """Every table of the overview that has rows."""
    makers: tuple[Callable[[Overview], Table], ...] = (
        studies_table,
        deviations_table,
        pair_claims_table,
        study_claims_table,
        trend_table,
    )
    return tuple(table for make in makers if (table := make(overview)).rows)


def studies_table(overview: Overview) -> Table:
    """One row a study, those that could not be made too."""
    columns = (
        Column("study", "study", numeric=False),
        Column("data", "data", numeric=False),
        Column("net", "net", numeric=False),
        Column("variant", "protocol or switch", numeric=False),
        Column("base_accuracy", "base accuracy", "%"),
        Column("examples", "inputs"),
        Column("not_made", "models not made"),
        Column("error", "why there is no report", numeric=False),
    )
    rows = tuple(
        (
            *(_text(text) for text in (study.name, study.data, study.net, study.variant)),
            _accuracy(study),
            Cell(NONE) if study.examples is None else Cell(f"{study.examples:,}", study.examples),
            Cell(NONE) if study.error else Cell(str(len(study.failures)), len(study.failures)),
            _text(study.error),
        )
        for study in overview.studies
    )
    return Table("studies", "The studies", columns, rows)


def deviations_table(overview: Overview) -> Table:
    """The paper's table for every pair: ours by protocol and switch, the published row, and the differences."""
    deviations: Deviations = {(entry.study, entry.role, entry.strength): entry for entry in overview.deviations}
    paper_columns: list[PaperColumn] = sorted(
        {(entry.role, entry.strength) for entry in overview.deviations}, key=_order
    )
    columns = (
        Column("pair", "pair", numeric=False),
        Column("row", "row", numeric=False),
        Column("base_accuracy", "base accuracy", "%"),
        *(Column(f"{role}_{key}", paper_column_title(role, key), interval=True) for role, key in paper_columns),
    )
    rows = tuple(
        (_text(pair), *row)
        for pair in overview.pairs
        for row in _pair_rows([study for study in overview.studies if study.pair == pair], deviations, paper_columns)
    )
    notes = (
        "KD: students, by alpha; of several seeds the mean, and in brackets the smallest and the largest. 8-bit: int8 "
        "weights, activations quantised on the fly.",
        f"Published: {published_source()}. A difference is this study's minus the published; a dash "
        "where the data are not the published splits, or where one of the two is missing.",
    )
    return Table("deviations", "Deviation of accuracy from the base's, relative percent", columns, rows, (), notes)


def pair_claims_table(overview: Overview) -> Table:
    """One row a pair and claim: the outcome by every protocol and switch, and over all of them."""
    columns = (
        Column("pair", "pair", numeric=False),
        Column("claim", "claim", numeric=False),
        Column("outcome", "over all", numeric=False),
        *(Column(variant, variant, numeric=False) for variant in overview.variants),
        Column("because", "because", numeric=False),
    )
    studies = {(study.pair, study.variant): study for study in overview.studies}
    outcomes = {(entry.study, entry.claim): entry.outcome for entry in overview.claims}
    rows = []
    for entry in overview.settled:
        made = (studies.get((entry.pair, variant)) for variant in overview.variants)
        each = [NONE if study is None else outcomes.get((study.name, entry.claim), "not made") for study in made]
        over_all = f"{entry.outcome}: {dependence_title(entry)}" if entry.depends_on else entry.outcome
        because = dependence_reason(overview, entry)
        rows.append(tuple(_text(text) for text in (entry.pair, entry.claim, over_all, *each, because)))
    notes = tuple(f"{claim}: {words.statement}" for claim, words in CLAIM_WORDING.items())
    return Table("claims", "The paper's claims by pair", columns, tuple(rows), (), notes)


def study_claims_table(overview: Overview) -> Table:
    """One row a claim and study, with why."""
    columns = tuple(Column(key, key, numeric=False) for key in ("study", "claim", "outcome", "because"))
    rows = tuple(
        tuple(_text(text) for text in (entry.study, entry.claim, entry.outcome, entry.because))
        for entry in overview.claims
    )
    return Table("claims-by-study", "The paper's claims by study", columns, rows)


def trend_table(overview: Overview) -> Table:
    """One row a method and study: both relative distances, and the verdict."""
    columns = (
        Column("method", "method", numeric=False),
        Column("pair", "pair", numeric=False),
        Column("variant", "protocol or switch", numeric=False),
        Column("base_accuracy", "base accuracy", "%"),
        Column("relative_distance_disagreement", "relative distance by predictions", interval=True),
        Column("relative_distance_total_variation", "relative distance by probabilities", interval=True),
        Column("verdict", "verdict", numeric=False),
    )
    studies = {study.name: study for study in overview.studies}
    by_both: dict[tuple[str, str], dict[str, TrendEntry]] = {}
    for entry in overview.trend:
        by_both.setdefault((entry.method, entry.study), {})[entry.measure] = entry
    methods = list(dict.fromkeys(method for method, _ in by_both))
    rows = []
    for (method, name), entries in sorted(by_both.items(), key=lambda item: methods.index(item[0][0])):
        study, outcomes = studies[name], entries["disagreement"].outcomes
        distances = (relative_distance_cell(entries[measure]) for measure in DISTANCE_SOURCES)
        names = (_text(text) for text in (method, study.pair, study.variant))
        rows.append((*names, _accuracy(study), *distances, _text(join_words(outcomes))))
    notes = (
        "Relative distance: 0 is the base's noise floor, 1 an independently trained model. Students of several seeds: "
        "the mean, and the outermost ends of their intervals. A dash: no relative distance.",
    )
    return Table("trend", "Each method over the pairs", columns, tuple(rows), (), notes)


def _pair_rows(
    studies: list[StudyEntry], deviations: Deviations, columns: list[PaperColumn]
) -> Iterator[tuple[Cell, ...]]:
    for study in studies:
        cells = (_deviation(deviations.get((study.name, *column))) for column in columns)
        yield (_text(study.variant if not study.error else f"{study.variant}, not made"), _accuracy(study), *cells)
    row = published_row(studies[0].data, studies[0].net)
    if row is None:
        return
    entries = {
        column: [entry for study in studies if (entry := deviations.get((study.name, *column)))] for column in columns
    }
    cells = (published_cell(next((entry.published for entry in entries[column]), None)) for column in columns)
    yield (_text("published in the paper"), Cell(f"{row.base_accuracy:.2f}", row.base_accuracy / 100), *cells)
    for study in studies:
        if study.variant in {"corrected", "published"}:
            differences = [
                entry.difference if (entry := deviations.get((study.name, *column))) else None for column in columns
            ]
            yield (_text(f"{study.variant} minus paper"), Cell(NONE), *map(deviation_cell, differences))


def _deviation(entry: DeviationEntry | None) -> Cell:
    shown = deviation_cell(entry.value if entry else None)
    if entry is None or entry.low is None or entry.high is None:
        return shown
    ends = (deviation_cell(entry.low).text, deviation_cell(entry.high).text)
    spread = f"[{ends[0]}, {ends[1]}]" if len(entry.models) > 1 else ""
    return Cell(shown.text, shown.raw, spread, entry.low, entry.high)


def _order(column: PaperColumn) -> tuple[int, float]:
    """Students by alpha, 16 bits before 8, pruned by fraction."""
    role, key = column
    return _ROLES.index(role), ("float16", "int8").index(key) if role == "quantized" else float(key)


def _accuracy(study: StudyEntry) -> Cell:
    return Cell(format_share(study.base_accuracy, study.examples or 1), study.base_accuracy)


def _text(text: str) -> Cell:
    return Cell(text or NONE, text)
