"""Layers swapped between base and candidate."""

from collections.abc import Sequence

import altair as alt

from samefn.reports.charts.axis import ValueAxis
from samefn.reports.charts.key import KeyEntry
from samefn.reports.charts.marks import Point
from samefn.reports.charts.rows import Row, rows_chart
from samefn.reports.charts.theme import Width
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_with_interval
from samefn.schema.layers import LocatedEntry, SwapDirection

MOST_LAYERS = 20
"""So many layers are drawn; the table has all."""


LayerGroup = tuple[str, SwapDirection]
"""A candidate's id and a direction."""


def layer_groups(view: ReportView) -> dict[LayerGroup, list[LocatedEntry]]:
    """For each candidate and direction the layers, the most important first."""
    groups: dict[LayerGroup, list[LocatedEntry]] = {}
    for entry in view.report.located:
        groups.setdefault((entry.candidate, entry.direction), []).append(entry)
    return groups


def layers_chart(entries: Sequence[LocatedEntry], width: Width = "double") -> alt.LayerChart:
    """The layers of one candidate and direction: the mean total variation to the base with each of them swapped.

    Args:
        entries: one of `layer_groups`; the first of them are drawn.
        width: one or two columns.
    """
    shown = entries[:MOST_LAYERS]
    points = [_point(entry) for entry in shown]
    axis = ValueAxis.from_zero((end for point in points for end in (point.low, point.value, point.high)), percent=True)
    title = f"mean total variation to the base{f'; {axis.words}' if axis.words else ''}"
    more = len(entries) - len(shown)
    return rows_chart(
        [Row(entry.group, (point,), _text(entry)) for entry, point in zip(shown, points, strict=True)],
        axis,
        width,
        title=title,
        quantity="total_variation",
        key=[KeyEntry(f"{more} more in the table")] if more else (),
    )


def _point(entry: LocatedEntry) -> Point:
    ends = (entry.total_variation, entry.total_variation_low, entry.total_variation_high)
    style, tip = ROLE_STYLES["candidate"], f"{entry.group}: {_text(entry)}"
    return Point("candidate", *ends, style.light, tip, facts=(("layer", entry.group),))


def _text(entry: LocatedEntry) -> str:
    ends = (entry.total_variation, entry.total_variation_low, entry.total_variation_high)
    shown = format_with_interval(*ends, percent=True)
    return f"{shown.text} % {shown.interval}".rstrip()
