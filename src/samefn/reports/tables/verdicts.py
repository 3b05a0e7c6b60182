"""The verdicts as a table: where each candidate is on the scale, or without one, beside Fort's curves."""

from samefn.reports.tables.noise_floor import noise_floor_names
from samefn.reports.tables.table import Cell, Column, Table, measure_cell, measure_column
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import NONE, format_two_decimals, format_with_interval
from samefn.reports.wording.summary import how_to_add_independents
from samefn.reports.wording.verdicts import REFUSALS
from samefn.schema.report import Report
from samefn.schema.verdicts import ScaleEntry, VerdictEntry

_SCALES = (
    Column(
        "relative_distance_disagreement",
        "scale by answers",
        interval=True,
        note="0: the base's noise; 1: an independent.",
    ),
    Column(
        "relative_distance_total_variation",
        "scale by probabilities",
        interval=True,
        note="The same by total variation.",
    ),
)
_FORT = (
    Column(
        "fort_independent",
        "if errors were unrelated",
        "%",
        note="Fort's curve: what two models with these accuracies would differ by, erring independently.",
    ),
    Column(
        "fort_perturbed",
        "if worsened at random",
        "%",
        note="Fort's curve: what the base would differ by, its answers replaced at random down to this accuracy.",
    ),
)
_SHOWN = Column(
    "minimum_detectable_change",
    "smallest change that would show",
    "on the scale",
    note="A change of so much on the scale would have been shown in 4 of 5 cases.",
)
_SHOWN_ABSOLUTE = Column(
    "minimum_detectable_share",
    "smallest change that would show",
    "% of answers",
    note="So many changed answers would have been shown in 4 of 5 cases.",
)
_FLIPS = (
    Column("negative_flips", "negative_flips", "inputs", note="Inputs right to wrong."),
    Column("positive_flips", "positive_flips", "inputs", note="Inputs wrong to right."),
    Column("flips_p_value", "p", note="Exact McNemar test: negative_flips and positive_flips equally likely?"),
    Column("classes", "classes hit", numeric=False, note="Changed more than the others; Holm over classes."),
)


def verdicts_table(report: Report) -> Table:
    """One row a candidate, in the report's order; no rows where nothing was judged.

    Without independents there is no scale: disagreement stands beside Fort's two curves instead.
    """
    view = ReportView(report)
    absolute = view.without_independents
    measured = (measure_column("disagreement", "disagreement"), *_FORT) if absolute else _SCALES
    columns = (
        Column("model", "model", numeric=False),
        Column("verdict", "verdict", numeric=False),
        *measured,
        _SHOWN_ABSOLUTE if absolute else _SHOWN,
        *_FLIPS,
    )
    scales = {(one.candidate, one.measure): one for one in view.relative_distances}
    rows, ids = [], []
    for verdict in report.verdicts:
        if verdict.evaluation != view.evaluation:
            continue
        name = view.name(verdict.candidate)
        by_answers, by_probabilities = (
            scales.get((verdict.candidate, measure)) for measure in ("disagreement", "total_variation")
        )
        rows.append(
            (
                Cell(name, name),
                Cell(verdict.outcome, verdict.outcome),
                *(
                    _absolute_cells(view, verdict)
                    if absolute
                    else (_scale_cell(by_answers), _scale_cell(by_probabilities))
                ),
                _smallest(verdict, absolute=absolute),
                _count(verdict.negative_flips),
                _count(verdict.positive_flips),
                Cell(format_with_interval(verdict.flips_p_value).text, verdict.flips_p_value),
                Cell(", ".join(verdict.classes) or NONE, ", ".join(verdict.classes)),
            )
        )
        ids.append(verdict.candidate)
    notes = () if not rows else _absolute_notes(view) if absolute else _scale_notes(view)
    return Table("verdicts", "Is it still the same function?", columns, tuple(rows), tuple(ids), notes)


def _scale_cell(entry: ScaleEntry | None) -> Cell:
    if entry is None or entry.value is None:
        return Cell(NONE)
    shown = format_two_decimals(entry.value, entry.low, entry.high)
    return Cell(shown.text, entry.value, shown.interval, entry.low, entry.high)


def _absolute_cells(view: ReportView, verdict: VerdictEntry) -> tuple[Cell, ...]:
    model = next((model for model in view.report.models if model.id == verdict.candidate), None)
    curves = (verdict.fort_independent, verdict.fort_perturbed)
    return (
        measure_cell(view.entry(model, "disagreement") if model else None),
        *(Cell(format_with_interval(value, percent=True).text, value) for value in curves),
    )


def _smallest(verdict: VerdictEntry, *, absolute: bool) -> Cell:
    value = verdict.minimum_detectable_share if absolute else verdict.minimum_detectable_change
    return Cell((format_with_interval(value, percent=True) if absolute else format_two_decimals(value)).text, value)


def _count(number: int | None) -> Cell:
    return Cell(NONE) if number is None else Cell(f"{number:,}", number)


def _absolute_notes(view: ReportView) -> tuple[str, ...]:
    return (
        f"There is no scale without independently trained models. {how_to_add_independents(view)}",
        "If errors were unrelated: what two models with these accuracies would differ by. If worsened at random: what "
        "the base would, its answers replaced at random down to this accuracy (Fort et al. 2019). Both need labels; "
        "neither was measured here.",
        "Smallest change that would show: so many changed answers would in 4 of 5 cases have been shown to be more "
        "than counts as the same (1 %, or a tenth of the base's error rate).",
    )


def _scale_notes(view: ReportView) -> tuple[str, ...]:
    if not view.relative_distances:
        return ()
    scale = view.relative_distances[0]
    one = next(verdict for verdict in view.report.verdicts if verdict.evaluation == view.evaluation)
    notes = [
        f"Scale: 0 is the base's own noise (noise_floor: {noise_floor_names(view)}), 1 a model trained independently "
        f"(independent_distance: the mean over {scale.independents}).",
        f"Same: both scales below {one.limit:g}; independent: both above {one.independent:g}. "
        f"Intervals cover {scale.covers}.",
        "Smallest change that would show: a change of so much on the scale would have been shown in 4 of 5 cases.",
    ]
    refused = sorted({REFUSALS[entry.refused] for entry in view.relative_distances if entry.refused})
    return (*notes, *(f"A dash: {reason}." for reason in refused))
