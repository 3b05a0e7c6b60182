"""The trade-off: what was saved, sideways, against what was paid in function, upwards."""

import math
from collections.abc import Sequence
from dataclasses import replace

from matplotlib.figure import Figure

from samefn.reports.charts.labels import End, Letters, place
from samefn.reports.charts.theme import WIDTH, drawable, legend_entries, mark, write_labels
from samefn.reports.tables.cost_ranking import COSTS, Cost, Point, points, scaled
from samefn.reports.view import Findings

_LETTERS = Letters(width=0.0155, height=0.04, offset=0.024)


def tradeoffs(findings: Findings) -> tuple[tuple[Cost, list[Point]], ...]:
    """The costs with which a figure can be drawn, by size and latency; none in a study."""
    drawn = [cost for cost in COSTS if cost.name in ("bytes", "latency")]
    return tuple((cost, found) for cost in drawn if (found := points(findings, cost)))


def tradeoff_figure(findings: Findings, cost: Cost, found: Sequence[Point]) -> Figure:
    """One point a candidate with its interval, and the base at full cost and no change."""
    page = Figure(figsize=(WIDTH, 4.8), layout="constrained")
    axes = page.subplots()
    percent = 1.0 if scaled(findings) else 100.0
    right = 1.08 * max(100.0, *(100 * point.cost for point in found))
    ends = [percent * end for p in found for end in (p.low, p.value, p.high) if math.isfinite(end)]
    bottom, top = min(0.0, *ends), max(0.0, *ends)
    room = 0.06 * ((top - bottom) or 1.0)
    bottom, top = bottom - room, top + 2 * room
    for point in found:
        at, high = 100 * point.cost, percent * point.high
        axes.plot(
            [at, at],
            [max(percent * point.low, bottom), min(high, top)],
            color="#aab2bb",
            linewidth=1.6,
            zorder=2,
        )
        axes.plot(at, percent * point.value, zorder=3, clip_on=False, **mark(point.model.role, size=10))
    axes.plot(100, 0, zorder=4, **mark("base", size=8))
    base = "base" if findings.base is None else findings.base.name
    named = [(base, 100.0, 0.0), *((p.model.name, 100 * p.cost, percent * p.value) for p in found)]
    tall = top - bottom
    places = [End(drawable(name, 26), x / right, (y - bottom) / tall) for name, x, y in named]
    labels = [
        replace(
            label,
            x=label.x * right,
            y=bottom + label.y * tall,
            at=(label.at[0] * right, bottom + label.at[1] * tall),
        )
        for label in place(places, near=0.06, sizes=[_LETTERS])
    ]
    axes.set_xlim(0, right)
    axes.set_ylim(bottom, top)
    write_labels(axes, labels)
    axes.grid(visible=True)
    page.suptitle("What was saved, and what it cost in function", x=0.01, ha="left", fontsize=11, fontweight="bold")
    axes.set_xlabel(f"{cost.title}, % of the base's")
    upwards = (
        "scale by answers: 0 is the base's noise, 1 an independent" if percent == 1 else "inputs answered otherwise, %"
    )
    axes.set_ylabel(f"{upwards}; bars are intervals", fontsize=8)
    page.legend(handles=legend_entries(("base", "candidate")), loc="outside lower left", ncols=5, fontsize=8)
    return page
