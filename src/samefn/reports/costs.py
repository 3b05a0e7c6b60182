"""What candidates cost relative to the base, and how far they are from it."""

from collections.abc import Callable
from dataclasses import dataclass

from samefn.reports.view import ReportView
from samefn.schema.costs import Latency
from samefn.schema.report import ModelEntry


@dataclass(frozen=True)
class Cost:
    """One thing that compression saves.

    Attributes:
        name: for file names.
        title: for people.
        read: reads it from a model; None where it is not known.
    """

    name: str
    title: str
    read: Callable[[ModelEntry], float | None]


@dataclass(frozen=True)
class CostPoint:
    """A candidate: its cost in percent of the base's, and its distance to the base with the ends of an interval."""

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


def candidates(view: ReportView) -> list[ModelEntry]:
    """The candidates of a comparison; none in a study."""
    return [model for model in view.models if model.role == "candidate"]


def cost_percent(view: ReportView, model: ModelEntry, cost: Cost) -> float | None:
    """A model's cost in percent of the base's; none where one of the two is not known."""
    base = cost.read(view.base) if view.base else None
    value = cost.read(model)
    return None if not base or value is None else 100 * value / base


def has_relative_distances(view: ReportView) -> bool:
    """Whether every candidate that has a disagreement has a relative distance too, so that it can be the axis."""
    measured = [model for model in candidates(view) if view.entry(model, "disagreement")]
    entries = [view.relative_distance(model.id, "disagreement") for model in measured]
    return bool(entries) and all(entry is not None and entry.value is not None for entry in entries)


def cost_points(view: ReportView, cost: Cost) -> list[CostPoint]:
    """The candidates whose cost and distance are known; none where the base's cost is not."""
    relative = has_relative_distances(view)
    points = []
    for model in candidates(view):
        entry = view.relative_distance(model.id, "disagreement") if relative else view.entry(model, "disagreement")
        percent = cost_percent(view, model, cost)
        if percent is None or entry is None or entry.value is None:
            continue
        low, high = (entry.value if end is None else end for end in (entry.low, entry.high))
        points.append(CostPoint(model, percent, entry.value, low, high))
    return points
