"""Charts of two axes: points with an upright interval, and their names where there is room."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from samefn.reports.charts.axis import ValueAxis
from samefn.reports.charts.key import KeyEntry, key_height, key_layers
from samefn.reports.charts.labels import LabelPoint, LetterSize, place_labels
from samefn.reports.charts.marks import Point, record
from samefn.reports.charts.pixels import column, lines, texts, tips
from samefn.reports.charts.theme import INK, SMALL, WIDTHS, Width, chart_of, framed, shortened, text_width

LEFT, TOP = 58, 24
_OFF = 7
_RIGHT = 10
_NAME = 150
"""The most room for a name, in pixels."""


@dataclass(frozen=True)
class ScatterAxis:
    """An axis, what its column is called in the chart's data, and its title."""

    axis: ValueAxis
    quantity: str
    title: str


@dataclass(frozen=True)
class Placed:
    """A point of two axes: `point` is upright."""

    name: str
    x: float
    point: Point


def plot_size(width: Width) -> tuple[float, float]:
    """Width and height of the part inside the axes."""
    across = WIDTHS[width] - LEFT - _RIGHT
    return across, across * (0.62 if width == "double" else 0.9)


def scatter_chart(
    points: Sequence[Placed],
    x: ScatterAxis,
    y: ScatterAxis,
    width: Width,
    *,
    behind: Sequence[alt.Chart] = (),
    key: Sequence[KeyEntry] = (),
) -> alt.LayerChart:
    """The chart.

    Args:
        points: the most important first: its name is placed first.
        x: the axis from left to right.
        y: the axis upwards.
        width: of the whole.
        behind: layers that are drawn first.
        key: what colours mean.
    """
    across, tall = plot_size(width)
    records = [{**record(placed.point, y.quantity), x.quantity: placed.x} for placed in points]
    chart = chart_of(records)
    across_axis = x.axis.axis(across, x.title, titleAnchor="end", offset=_OFF)
    xs = alt.X(f"{x.quantity}:Q", scale=x.axis.scale((0, across)), axis=across_axis)

    def ys(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=y.axis.scale((tall, 0)), axis=y.axis.axis(tall, offset=_OFF))

    intervals = [place for placed in points for place in _interval(placed, x.axis, y.axis)]
    labels = [LabelPoint(placed.name, x.axis.at(placed.x), y.axis.at(placed.point.value)) for placed in points]
    names, left_out = label_layers(labels, (across, tall), intervals)
    key = [*key, *([KeyEntry(f"{left_out} names have no room here; the table has them")] if left_out else [])]
    rule = chart.mark_rule(strokeWidth=1.8, opacity=0.5, aria=False)
    layers = [
        *behind,
        rule.encode(x=xs, y=ys("low"), y2=alt.Y2("high:Q"), stroke=column(alt.Stroke, "colour:N")),
        chart.mark_point(size=90, strokeWidth=1, opacity=1).encode(
            x=xs,
            y=ys(y.quantity),
            stroke=column(alt.Stroke, "edge:N"),
            fill=column(alt.Fill, "fill:N"),
            shape=column(alt.Shape, "shape:N"),
            **tips(),
        ),
        *names,
        *texts([{"text": y.title, "x": -LEFT, "y": 8 - TOP}]),
        *key_layers(key, -LEFT, tall + 48, WIDTHS[width]),
    ]
    bottom = 48 + key_height(key, WIDTHS[width])
    return framed(layers, width=across, height=tall, left=LEFT, right=_RIGHT, top=TOP, bottom=bottom)


def label_layers(
    points: Sequence[LabelPoint], size: tuple[float, float], others: Sequence[tuple[float, float]] = ()
) -> tuple[list[alt.Chart], int]:
    """Names beside points where they cover nothing, and how many have no room.

    Args:
        points: places from 0 to 1, y upwards; the most important first.
        size: of the plot, in pixels.
        others: places that names keep clear of where they can.
    """
    across, tall = size
    short = [LabelPoint(shortened(point.name, _NAME, SMALL), point.x, point.y) for point in points]
    longest = max((text_width(point.name, SMALL) / max(len(point.name), 1) for point in short), default=1.0)
    letters = LetterSize(width=longest / across, height=12 / tall, offset=12 / min(across, tall))
    placed = place_labels(short, near=10 / across, letters=letters, others=others)
    leads = [
        {
            "x": label.x * across,
            "y": (1 - label.y) * tall,
            "to_x": label.at[0] * across,
            "to_y": (1 - label.at[1]) * tall,
        }
        for label in placed
        if label.led
    ]
    layers = lines(leads, strokeWidth=0.6)
    for align in ("left", "center", "right"):
        names = [
            {"text": label.text, "x": label.at[0] * across, "y": (1 - label.at[1]) * tall}
            for label in placed
            if label.align == align
        ]
        layers += texts(names, align=align, color=INK)
    named = sum(label.names for label in placed)
    return layers, len(points) - named


def _interval(placed: Placed, x: ValueAxis, y: ValueAxis) -> list[tuple[float, float]]:
    """Places along the interval of a point."""
    low, high = y.at(placed.point.low), y.at(placed.point.high)
    return [(x.at(placed.x), low + (high - low) * step / 20) for step in range(21)]
