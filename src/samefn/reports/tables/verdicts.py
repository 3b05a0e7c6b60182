"""The verdicts as a table: each candidate's relative distances, or without independents Fort's curves."""

from samefn.reports.tables.noise_floor import noise_floor_names
from samefn.reports.tables.table import (
    Cell,
    Column,
    Table,
    relative_distance_cell,
)
from samefn.reports.view import ReportView
from samefn.reports.wording.measures import DISTANCE_SOURCES
from samefn.reports.wording.numbers import NONE, format_limit, format_with_interval
from samefn.reports.wording.summary import how_to_add_independents
from samefn.reports.wording.verdicts import REFUSAL_WORDS
from samefn.schema.report import Report
from samefn.schema.verdicts import VerdictEntry

_DISTANCE = Column("distance", "how far?", numeric=False, note="By the relative distance by predictions.")
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
_FLIPS = (
    Column("net_loss", "net loss", "points", interval=True, note="Base's accuracy less the candidate's."),
    Column("negative_flips", "negative flips", "inputs", note="Inputs right to wrong."),
    Column("positive_flips", "positive flips", "inputs", note="Inputs wrong to right."),
    Column("flips_p_value", "p", note="Exact McNemar test: are negative and positive flips equally likely?"),
    Column("over", "over their limit", numeric=False, note="Classes and slices that changed too much."),
)


def verdicts_table(report: Report) -> Table:
    """One row a candidate, in the report's order; no rows where nothing was judged.

    Without independents there are no relative distances: disagreement stands beside Fort's two curves instead.
    """
    view = ReportView(report)
    absolute = view.without_independents
    measured = _FORT if absolute else (_DISTANCE, *_RELATIVE_DISTANCES)
    columns = (
        Column("model", "model", numeric=False),
        Column("verdict", "same?", numeric=False, note="Is the share of changed predictions within the limit?"),
        Column("changed", "changed predictions", "%", interval=True),
        Column("limit", "limit", "%"),
        Column("quality", "better or worse?", numeric=False, note="By the labels; exact McNemar test, 5 %."),
        *_FLIPS,
        *measured,
    )
    verdicts = [verdict for verdict in report.verdicts if verdict.evaluation == view.evaluation]
    rows = tuple(
        (
            Cell(view.name(verdict.candidate), view.name(verdict.candidate)),
            Cell(verdict.outcome, verdict.outcome),
            _share_cell(verdict),
            Cell(format_limit(verdict.against[0].limit), verdict.against[0].limit),
            Cell(verdict.quality, verdict.quality),
            _loss_cell(verdict),
            _count_cell(verdict.negative_flips),
            _count_cell(verdict.positive_flips),
            Cell(format_with_interval(verdict.flips_p_value).text, verdict.flips_p_value),
            _over_cell(verdict),
            *(_fort_cells(verdict) if absolute else _relative_distance_cells(view, verdict)),
        )
        for verdict in verdicts
    )
    notes = () if not verdicts else _fort_notes(view) if absolute else _relative_distance_notes(view, verdicts[0])
    ids = tuple(verdict.candidate for verdict in verdicts)
    return Table("verdicts", "Is it still the same function?", columns, rows, ids, notes)


def _share_cell(verdict: VerdictEntry) -> Cell:
    against = verdict.against[0]
    shown = format_with_interval(against.value, against.low, against.high, percent=True)
    return Cell(shown.text, against.value, shown.interval, against.low, against.high)


def _loss_cell(verdict: VerdictEntry) -> Cell:
    shown = format_with_interval(verdict.net_loss, verdict.net_loss_low, verdict.net_loss_high, percent=True)
    return Cell(shown.text, verdict.net_loss, shown.interval, verdict.net_loss_low, verdict.net_loss_high)


def _over_cell(verdict: VerdictEntry) -> Cell:
    names = ", ".join(one.name if one.by == "class" else f"{one.by} {one.name}" for one in verdict.over)
    return Cell(names or NONE, names)


def _relative_distance_cells(view: ReportView, verdict: VerdictEntry) -> tuple[Cell, ...]:
    distances = (
        relative_distance_cell(view.relative_distance(verdict.candidate, measure)) for measure in DISTANCE_SOURCES
    )
    return (Cell(verdict.distance or NONE, verdict.distance), *distances)


def _fort_cells(verdict: VerdictEntry) -> tuple[Cell, ...]:
    curves = (verdict.fort_independent, verdict.fort_perturbed)
    return tuple(Cell(format_with_interval(value, percent=True).text, value) for value in curves)


def _count_cell(number: int | None) -> Cell:
    return Cell(NONE) if number is None else Cell(f"{number:,}", number)


def _fort_notes(view: ReportView) -> tuple[str, ...]:
    return (
        f"There are no relative distances without independently trained models. {how_to_add_independents(view)}",
        "If errors were independent: the disagreement of two models with these accuracies. If perturbed at random: the "
        "disagreement if random predictions replaced some of the base's, down to this accuracy (Fort et al. 2019). "
        "Both need labels and are computed, not measured.",
    )


def _relative_distance_notes(view: ReportView, verdict: VerdictEntry) -> tuple[str, ...]:
    if not view.relative_distances:
        return ()
    entry = view.relative_distances[0]
    notes = (
        f"Relative distance: 0 is the base's noise floor ({noise_floor_names(view)}), 1 the independent distance (mean "
        f"over {entry.independents}).",
        f"Near: relative distance by predictions shown below {verdict.near:g}; independent: shown above "
        f"{verdict.independent:g}. Intervals cover {entry.covers}.",
    )
    refused = sorted({REFUSAL_WORDS[entry.refused] for entry in view.relative_distances if entry.refused})
    return (*notes, *(f"A dash: {reason}." for reason in refused))
