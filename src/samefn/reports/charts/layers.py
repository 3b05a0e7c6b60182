"""Layers swapped between base and candidate, as dot plots."""

from samefn.reports.charts.dot_plot import Dot, DotPlot
from samefn.reports.charts.scales import LogScale
from samefn.reports.view import ReportView
from samefn.reports.wording.layers import DIRECTION_TITLES
from samefn.reports.wording.numbers import format_with_interval
from samefn.schema.layers import LocatedEntry, SwapDirection

MOST_LAYERS = 20
"""So many layers are drawn; the table has all."""


def layer_plots(view: ReportView) -> list[tuple[str, str, DotPlot]]:
    """For each candidate and direction its name, a title, and mean total variation, the most important layer first."""
    groups: dict[tuple[str, SwapDirection], list[LocatedEntry]] = {}
    for entry in view.report.located:
        groups.setdefault((entry.candidate, entry.direction), []).append(entry)
    return [
        (view.name(candidate), DIRECTION_TITLES[direction], _plot(entries[:MOST_LAYERS]))
        for (candidate, direction), entries in groups.items()
    ]


def _plot(entries: list[LocatedEntry]) -> DotPlot:
    ends = [(e.total_variation, e.total_variation_low, e.total_variation_high) for e in entries]
    scale = LogScale.over((value for values in ends for value in values), percent=True)
    dots = []
    for entry, values in zip(entries, ends, strict=True):
        shown = format_with_interval(*values, percent=True)
        places = (scale.at(values[0]), scale.at(values[1]), scale.at(values[2]))
        dots.append(Dot(entry.group, "candidate", *places, f"{shown.text} %", shown.interval))
    return DotPlot(tuple(dots), tuple(scale.ticks(4)))
