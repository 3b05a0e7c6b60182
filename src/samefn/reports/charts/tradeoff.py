"""The trade-off: cost relative to the base, sideways, against the distance to the base, upwards."""

import math
from collections.abc import Sequence
from dataclasses import replace

from matplotlib.figure import Figure

from samefn.reports.charts.labels import LabelPoint, LetterSize, place_labels
from samefn.reports.charts.old_theme import WIDTH, drawable, legend_entries, mark_style, write_labels
from samefn.reports.costs import COSTS, Cost, CostPoint, cost_points, has_relative_distances
from samefn.reports.view import ReportView

_LETTERS = LetterSize(width=0.0155, height=0.04, offset=0.024)


def tradeoffs(view: ReportView) -> tuple[tuple[Cost, list[CostPoint]], ...]:
    """The costs with which a figure can be drawn, by size and latency; none in a study."""
    drawn = [cost for cost in COSTS if cost.name in ("bytes", "latency")]
    return tuple((cost, points) for cost in drawn if (points := cost_points(view, cost)))


def tradeoff_figure(view: ReportView, cost: Cost, points: Sequence[CostPoint]) -> Figure:
    """One point a candidate with its interval, and the base at full cost and no change."""
    page = Figure(figsize=(WIDTH, 4.8), layout="constrained")
    axes = page.subplots()
    percent = 1.0 if has_relative_distances(view) else 100.0
    right = 1.08 * max(100.0, *(point.cost for point in points))
    ends = [percent * end for p in points for end in (p.low, p.value, p.high) if math.isfinite(end)]
    bottom, top = min(0.0, *ends), max(0.0, *ends)
    room = 0.06 * ((top - bottom) or 1.0)
    bottom, top = bottom - room, top + 2 * room
    for point in points:
        at, high = point.cost, percent * point.high
        axes.plot(
            [at, at],
            [max(percent * point.low, bottom), min(high, top)],
            color="#aab2bb",
            linewidth=1.6,
            zorder=2,
        )
        axes.plot(at, percent * point.value, zorder=3, clip_on=False, **mark_style(point.model.role, size=10))
    axes.plot(100, 0, zorder=4, **mark_style("base", size=8))
    base = "base" if view.base is None else view.base.name
    named = [(base, 100.0, 0.0), *((p.model.name, p.cost, percent * p.value) for p in points)]
    tall = top - bottom
    places = [LabelPoint(drawable(name, 26), x / right, (y - bottom) / tall) for name, x, y in named]
    labels = [
        replace(
            label,
            x=label.x * right,
            y=bottom + label.y * tall,
            at=(label.at[0] * right, bottom + label.at[1] * tall),
        )
        for label in place_labels(places, near=0.06, sizes=[_LETTERS])
    ]
    axes.set_xlim(0, right)
    axes.set_ylim(bottom, top)
    write_labels(axes, labels)
    axes.grid(visible=True)
    page.suptitle("Cost saved against change of function", x=0.01, ha="left", fontsize=11, fontweight="bold")
    axes.set_xlabel(f"{cost.title}, % of the base's")
    upwards = (
        "relative distance by predictions: 0 noise floor, 1 independent"
        if percent == 1
        else "changed predictions, % of inputs"
    )
    axes.set_ylabel(f"{upwards}; bars are intervals", fontsize=8)
    page.legend(handles=legend_entries(("base", "candidate")), loc="outside lower left", ncols=5, fontsize=8)
    return page
