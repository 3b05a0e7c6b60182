"""The trade-off: cost relative to the base, sideways, against the distance to the base, upwards."""

import math

import altair as alt

from samefn.reports.charts.axis import ValueAxis
from samefn.reports.charts.marks import Point, judged_point
from samefn.reports.charts.scatter import Placed, ScatterAxis, scatter_chart
from samefn.reports.charts.theme import INK, Width
from samefn.reports.costs import COSTS, Cost, CostPoint, cost_points, has_relative_distances
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_two_decimals, format_with_interval

_BASE = "base"


def tradeoff_costs(view: ReportView) -> tuple[Cost, ...]:
    """The costs that can be drawn, of size and latency; none in a study."""
    return tuple(cost for cost in COSTS if cost.name in ("bytes", "latency") and cost_points(view, cost))


def tradeoff_chart(view: ReportView, cost: Cost, width: Width = "double") -> alt.LayerChart:
    """One point a candidate with its interval, and the base at full cost and no change.

    Args:
        view: a report of a comparison.
        cost: one of `tradeoff_costs`.
        width: one or two columns.
    """
    relative, points = has_relative_distances(view), cost_points(view, cost)
    outcomes = {entry.candidate: entry.outcome for entry in view.report.verdicts if entry.evaluation == view.evaluation}
    # An interval may be infinite; it is drawn to the end of the axis.
    ends = [end for point in points for end in (point.value, point.low, point.high) if math.isfinite(end)]
    y = ValueAxis.from_zero(ends, percent=not relative)
    x = ValueAxis.linear([1.08, *(point.cost / 100 for point in points)], percent=True)
    name = view.base.name if view.base else _BASE
    base = Placed(name, 1.0, Point("base", 0.0, 0.0, 0.0, INK, f"{name}: the base", facts=(("model", name),)))
    placed = [base]
    for point in points:
        outcome = outcomes.get(point.model.id)
        low, high = max(point.low, y.low), min(point.high, y.high)
        figure = f"{point.cost:.3g} % of the base's {cost.title}, {_text(point, relative=relative)}"
        drawn = judged_point(point.model, point.model.name, outcome, (point.value, low, high), figure)
        placed.append(Placed(point.model.name, point.cost / 100, drawn))
    upwards = "relative distance: 0 noise floor, 1 independent" if relative else "changed predictions"
    return scatter_chart(
        placed,
        ScatterAxis(x, "cost", f"{cost.title}, % of the base's"),
        ScatterAxis(y, "distance", f"{upwards}{f'; {y.words}' if y.words else ''}"),
        width,
    )


def _text(point: CostPoint, *, relative: bool) -> str:
    if relative:
        return f"relative distance {format_two_decimals(point.value, point.low, point.high)}"
    shown = format_with_interval(point.value, point.low, point.high, percent=True)
    return f"{shown.text} % {shown.interval} of predictions changed"
