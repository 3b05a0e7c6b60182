"""What candidates cost and how far they moved: the ranked table, and the points of the trade-off figure."""

from collections.abc import Callable
from dataclasses import dataclass

from samefn.reports.tables.table import Cell, Column, Table, measure_cell, measure_column
from samefn.reports.view import Findings
from samefn.reports.wording.numbers import NONE, figure, hundredths
from samefn.schema.costs import Latency
from samefn.schema.report import ModelEntry, Report
from samefn.schema.verdicts import FROM_BEST, Outcome, ScaleEntry

Reads = Callable[[ModelEntry], float | None]


@dataclass(frozen=True)
class Cost:
    """One thing that is saved.

    Attributes:
        name: for file names.
        title: for people.
        of: reads it from a model; None where it is not known.
    """

    name: str
    title: str
    of: Reads


@dataclass(frozen=True)
class Point:
    """A candidate: what it costs, as a share of what the base costs, and how far it moved, with an interval."""

    model: ModelEntry
    cost: float
    value: float
    low: float
    high: float


def _median(latency: Latency | None) -> float | None:
    """Seconds; None where it could not be measured."""
    return latency.median if latency else None


COSTS = (
    Cost("bytes", "size", lambda model: model.bytes),
    Cost("latency", "latency of a batch", lambda model: _median(model.cost.whole) if model.cost else None),
    Cost("latency-one", "latency of one input", lambda model: _median(model.cost.one) if model.cost else None),
    Cost("memory", "peak memory", lambda model: model.cost.memory if model.cost else None),
)


def candidates(findings: Findings) -> list[ModelEntry]:
    """The models of a comparison that are asked about; none in a study."""
    return [model for model in findings.models if model.role == "candidate"]


def scaled(findings: Findings) -> bool:
    """Whether every candidate that has a disagreement is on its scale, so that the scale can be the axis."""
    known = [model for model in candidates(findings) if findings.entry(model, "disagreement")]
    return bool(known) and all((one := _scale(findings, model)) and one.value is not None for model in known)


def points(findings: Findings, cost: Cost) -> list[Point]:
    """The candidates whose cost and change are known; none where the base's cost is not."""
    base = cost.of(findings.base) if findings.base else None
    if not base:
        return []
    on_scale = scaled(findings)
    found = []
    for model in candidates(findings):
        moved = _scale(findings, model) if on_scale else findings.entry(model, "disagreement")
        paid = cost.of(model)
        if paid is None or moved is None or moved.value is None:
            continue
        low, high = (moved.value if end is None else end for end in (moved.low, moved.high))
        found.append(Point(model, paid / base, moved.value, low, high))
    return found


def ranking_table(report: Report) -> Table:
    """Several candidates, the best first: by verdict, then by the scale, then by disagreement.

    No rows for fewer than two. Costs are shares of the base's.
    """
    findings = Findings(report)
    costs = [cost for cost in COSTS if any(_ratio(findings, model, cost) is not None for model in candidates(findings))]
    columns = (
        Column("rank", "rank"),
        Column("model", "model", numeric=False),
        Column("verdict", "verdict", numeric=False),
        Column("scale", "scale", interval=True, note="0: the base's noise; 1: an independent; by answers."),
        measure_column("disagreement", "disagreement"),
        *(Column(f"{cost.name}_ratio", cost.title, "% of base's", note="Relative to the base's.") for cost in costs),
    )
    ranked = sorted(candidates(findings), key=lambda model: _order(findings, model))
    if len(ranked) < 2:
        return Table("ranking", "Ranking", columns, ())
    rows = tuple(
        (
            Cell(str(rank), rank),
            Cell(model.name, model.name),
            _verdict_cell(_outcome(findings, model)),
            _scale_cell(_scale(findings, model)),
            measure_cell(findings.entry(model, "disagreement")),
            *(_ratio_cell(_ratio(findings, model, cost)) for cost in costs),
        )
        for rank, model in enumerate(ranked, start=1)
    )
    note = "Ranked by verdict, then by the scale by answers, then by disagreement; cost plays no part in the order."
    return Table("ranking", "Ranking", columns, rows, tuple(model.id for model in ranked), (note,))


def _order(findings: Findings, model: ModelEntry) -> tuple[float, float, float]:
    outcome, scale = _outcome(findings, model), _scale(findings, model)
    moved = findings.entry(model, "disagreement")
    return (
        len(FROM_BEST) if outcome is None else FROM_BEST.index(outcome),
        float("inf") if scale is None or scale.value is None else scale.value,
        float("inf") if moved is None or moved.value is None else moved.value,
    )


def _outcome(findings: Findings, model: ModelEntry) -> Outcome | None:
    found = (one for one in findings.report.verdicts if one.evaluation == findings.evaluation)
    return next((one.outcome for one in found if one.candidate == model.id), None)


def _scale(findings: Findings, model: ModelEntry) -> ScaleEntry | None:
    return next((one for one in findings.scales if one.candidate == model.id and one.measure == "disagreement"), None)


def _ratio(findings: Findings, model: ModelEntry, cost: Cost) -> float | None:
    base, paid = (cost.of(findings.base) if findings.base else None), cost.of(model)
    return None if not base or paid is None else 100 * paid / base


def _verdict_cell(outcome: Outcome | None) -> Cell:
    return Cell(outcome or NONE, outcome)


def _scale_cell(entry: ScaleEntry | None) -> Cell:
    if entry is None or entry.value is None:
        return Cell(NONE)
    shown = hundredths(entry.value, entry.low, entry.high)
    return Cell(shown.text, entry.value, shown.interval, entry.low, entry.high)


def _ratio_cell(value: float | None) -> Cell:
    return Cell(figure(value).text, value)
