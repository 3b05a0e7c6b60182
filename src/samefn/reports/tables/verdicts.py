"""The verdicts as a table: each candidate's relative distances, or without independents Fort's curves."""

from samefn.reports.tables.noise_floor import noise_floor_names
from samefn.reports.tables.table import (
    Cell,
    Column,
    Table,
    measure_cell,
    measure_column,
    relative_distance_cell,
)
from samefn.reports.view import ReportView
from samefn.reports.wording.measures import DISTANCE_SOURCES
from samefn.reports.wording.numbers import NONE, format_two_decimals, format_with_interval
from samefn.reports.wording.summary import how_to_add_independents
from samefn.reports.wording.verdicts import REFUSAL_WORDS
from samefn.schema.report import Report
from samefn.schema.verdicts import VerdictEntry

_RELATIVE_DISTANCES = (
    Column(
        "relative_distance_disagreement",
        "relative distance by predictions",
        interval=True,
        note="0: the base's noise floor; 1: an independent.",
    ),
    Column(
        "relative_distance_total_variation",
        "relative distance by probabilities",
        interval=True,
        note="The same by total variation.",
    ),
)
_FORT = (
    Column(
        "fort_independent",
        "if errors were independent",
        "%",
        note="Fort's curve: the disagreement of two models with these accuracies whose errors are independent.",
    ),
    Column(
        "fort_perturbed",
        "if perturbed at random",
        "%",
        note="Fort's curve: the disagreement if random predictions replaced some of the base's, down to this accuracy.",
    ),
)
_DETECTABLE_DISTANCE = Column(
    "minimum_detectable_change",
    "minimum detectable change",
    "relative distance",
    note="These data would have shown a change of this size in 4 of 5 cases.",
)
_DETECTABLE_SHARE = Column(
    "minimum_detectable_share",
    "minimum detectable change",
    "% of predictions",
    note="These data would have shown so many changed predictions in 4 of 5 cases.",
)
_FLIPS = (
    Column("negative_flips", "negative flips", "inputs", note="Inputs right to wrong."),
    Column("positive_flips", "positive flips", "inputs", note="Inputs wrong to right."),
    Column("flips_p_value", "p", note="Exact McNemar test: are negative and positive flips equally likely?"),
    Column("classes", "classes changed more", numeric=False, note="Changed more than the others; Holm over classes."),
)


def verdicts_table(report: Report) -> Table:
    """One row a candidate, in the report's order; no rows where nothing was judged.

    Without independents there are no relative distances: disagreement stands beside Fort's two curves instead.
    """
    view = ReportView(report)
    absolute = view.without_independents
    measured = (measure_column("disagreement", "disagreement"), *_FORT) if absolute else _RELATIVE_DISTANCES
    columns = (
        Column("model", "model", numeric=False),
        Column("verdict", "verdict", numeric=False),
        *measured,
        _DETECTABLE_SHARE if absolute else _DETECTABLE_DISTANCE,
        *_FLIPS,
    )
    verdicts = [verdict for verdict in report.verdicts if verdict.evaluation == view.evaluation]
    rows = tuple(
        (
            Cell(view.name(verdict.candidate), view.name(verdict.candidate)),
            Cell(verdict.outcome, verdict.outcome),
            *(_fort_cells(view, verdict) if absolute else _relative_distance_cells(view, verdict)),
            _detectable_cell(verdict, absolute=absolute),
            _count_cell(verdict.negative_flips),
            _count_cell(verdict.positive_flips),
            Cell(format_with_interval(verdict.flips_p_value).text, verdict.flips_p_value),
            Cell(", ".join(verdict.classes) or NONE, ", ".join(verdict.classes)),
        )
        for verdict in verdicts
    )
    notes = () if not verdicts else _fort_notes(view) if absolute else _relative_distance_notes(view, verdicts[0])
    ids = tuple(verdict.candidate for verdict in verdicts)
    return Table("verdicts", "Is it still the same function?", columns, rows, ids, notes)


def _relative_distance_cells(view: ReportView, verdict: VerdictEntry) -> tuple[Cell, ...]:
    return tuple(
        relative_distance_cell(view.relative_distance(verdict.candidate, measure)) for measure in DISTANCE_SOURCES
    )


def _fort_cells(view: ReportView, verdict: VerdictEntry) -> tuple[Cell, ...]:
    model = next((model for model in view.report.models if model.id == verdict.candidate), None)
    curves = (verdict.fort_independent, verdict.fort_perturbed)
    return (
        measure_cell(view.entry(model, "disagreement") if model else None),
        *(Cell(format_with_interval(value, percent=True).text, value) for value in curves),
    )


def _detectable_cell(verdict: VerdictEntry, *, absolute: bool) -> Cell:
    value = verdict.minimum_detectable_share if absolute else verdict.minimum_detectable_change
    return Cell((format_with_interval(value, percent=True) if absolute else format_two_decimals(value)).text, value)


def _count_cell(number: int | None) -> Cell:
    return Cell(NONE) if number is None else Cell(f"{number:,}", number)


def _fort_notes(view: ReportView) -> tuple[str, ...]:
    return (
        f"There are no relative distances without independently trained models. {how_to_add_independents(view)}",
        "If errors were independent: the disagreement of two models with these accuracies. If perturbed at random: the "
        "disagreement if random predictions replaced some of the base's, down to this accuracy (Fort et al. 2019). "
        "Both need labels and are computed, not measured.",
        "Minimum detectable change: in 4 of 5 cases these data would have shown so many changed predictions to be over "
        "the limit (1 %, or a tenth of the base's error rate).",
    )


def _relative_distance_notes(view: ReportView, verdict: VerdictEntry) -> tuple[str, ...]:
    if not view.relative_distances:
        return ()
    entry = view.relative_distances[0]
    notes = (
        f"Relative distance: 0 is the base's noise floor ({noise_floor_names(view)}), 1 the independent distance (mean "
        f"over {entry.independents}).",
        f"Same: both relative distances below {verdict.limit:g}; independent: both above {verdict.independent:g}. "
        f"Intervals cover {entry.covers}.",
        "Minimum detectable change: these data would have shown a relative distance of this size in 4 of 5 cases.",
    )
    refused = sorted({REFUSAL_WORDS[entry.refused] for entry in view.relative_distances if entry.refused})
    return (*notes, *(f"A dash: {reason}." for reason in refused))
