"""Charts of rows: a name, points with their intervals on one line, and figures as text beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import altair as alt

from samefn.reports.charts.axis import ValueAxis
from samefn.reports.charts.key import KeyEntry, key_height, key_layers
from samefn.reports.charts.marks import Point, Record, record
from samefn.reports.charts.pixels import column, lines, texts, tips, y_pixels
from samefn.reports.charts.theme import (
    INK,
    SMALL,
    TEXT,
    WIDTHS,
    Width,
    chart_of,
    framed,
    shortened,
    text_width,
)
from samefn.reports.wording.escaping import printable

_GAP = 10
_MARK = 28
_EDGE = 8
"""Left and right of the axis, so that a mark at its end is whole."""


@dataclass(frozen=True)
class Row:
    """A row: a heading where it has no points.

    Attributes:
        name: stands left of the points, or over them in a narrow chart.
        points: one model, or several that differ in their seed.
        figure: the value in words; stands right.
        note: stands right of it, in the colour of the points.
    """

    name: str
    points: tuple[Point, ...] = ()
    figure: str = ""
    note: str = ""


@dataclass(frozen=True)
class Band:
    """A part of the axis with a meaning."""

    low: float
    high: float
    colour: str


@dataclass(frozen=True)
class _Layout:
    """Where things are, in pixels; x from the left end of the axis."""

    left: float
    plot: float
    figures: float
    notes: float
    heights: tuple[float, ...]
    narrow: bool

    @property
    def tops(self) -> list[float]:
        return [sum(self.heights[:at]) for at in range(len(self.heights))]

    @property
    def height(self) -> float:
        return sum(self.heights)


def rows_chart(
    rows: Sequence[Row],
    axis: ValueAxis,
    width: Width,
    *,
    title: str,
    quantity: str,
    bands: Sequence[Band] = (),
    key: Sequence[KeyEntry] = (),
    second: Sequence[tuple[float, str]] = (),
    second_title: str = "",
) -> alt.LayerChart:
    """The chart.

    Args:
        rows: from the top.
        axis: of the values.
        width: of the whole.
        title: of the axis.
        quantity: what the column of values is called in the chart's data.
        bands: drawn behind all rows.
        key: what colours mean, beneath the axis.
        second: marks of a second axis, above: where on the first, and a text.
        second_title: of the second axis.
    """
    layout = _layout(rows, width)
    shown = axis.axis(layout.plot, title, titleAnchor="start", titleAlign="left", grid=True)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=axis.scale((0, layout.plot)), axis=shown)

    layers = [
        *_band_layers(rows, bands, layout, x),
        *_second_layers(second, second_title, layout, axis),
        *_point_layers(rows, layout, x, quantity),
        *_text_layers(rows, layout),
        *key_layers(key, -layout.left, layout.height + 34, WIDTHS[width]),
    ]
    return framed(
        layers,
        width=layout.plot,
        height=layout.height,
        left=layout.left,
        right=WIDTHS[width] - layout.left - layout.plot,
        top=30 if second else 6,
        bottom=36 + key_height(key, WIDTHS[width]),
    )


def _layout(rows: Sequence[Row], width: Width) -> _Layout:
    whole, narrow = WIDTHS[width], width == "single"
    figures = max((text_width(row.figure, SMALL) for row in rows), default=0.0)
    notes = max((text_width(row.note, SMALL) for row in rows), default=0.0)
    notes += _GAP if notes else 0
    heights = tuple((20.0 if row.points else 22.0) if not narrow else (32.0 if row.points else 22.0) for row in rows)
    if narrow:
        plot = whole - 2 * _EDGE - notes
        return _Layout(_EDGE, plot, whole - _EDGE, plot + _EDGE + _GAP / 2, heights, narrow)
    names = max((text_width(row.name) for row in rows if row.points), default=0.0)
    left = min(names, 0.32 * whole) + _EDGE + _GAP / 2
    plot = whole - left - _EDGE - _GAP - figures - notes
    return _Layout(left, plot, plot + _EDGE + _GAP / 2, plot + _EDGE + _GAP * 1.5 + figures, heights, narrow)


def _point_layers(rows: Sequence[Row], layout: _Layout, x: Callable[[str], alt.X], quantity: str) -> list[alt.Chart]:
    records = [
        {
            "row": printable(row.name),
            **record(point, quantity),
            "y": top + (22 if layout.narrow else 10),
            "seeds": len(row.points),
        }
        for row, top in zip(rows, layout.tops, strict=True)
        for point in row.points
    ]
    chart = chart_of(records)
    y = y_pixels()
    opacity = alt.condition("datum.seeds > 1", alt.value(0.45), alt.value(1.0))
    intervals = chart.mark_rule(strokeWidth=1.8, aria=False).encode(
        x=x("low"), x2=alt.X2("high:Q"), y=y, stroke=column(alt.Stroke, "colour:N"), opacity=opacity
    )
    points = chart.mark_point(size=80, strokeWidth=1, opacity=1).encode(
        x=x(quantity),
        y=y,
        stroke=column(alt.Stroke, "edge:N"),
        fill=column(alt.Fill, "fill:N"),
        shape=column(alt.Shape, "shape:N"),
        fillOpacity=alt.condition("datum.seeds > 1", alt.value(0.7), alt.value(1.0)),
        **tips(),
    )
    return [intervals, points]


def _band_layers(
    rows: Sequence[Row], bands: Sequence[Band], layout: _Layout, x: Callable[[str], alt.X]
) -> list[alt.Chart]:
    if not bands:
        return []
    # In a narrow chart text stands over the points; bands stay clear of it.
    lines = [(top + 13, top + 31) for row, top in zip(rows, layout.tops, strict=True) if row.points]
    records = [
        {"from": band.low, "to": band.high, "colour": band.colour, "top": top, "bottom": bottom}
        for band in bands
        for top, bottom in (lines if layout.narrow else [(0.0, layout.height)])
    ]
    chart = chart_of(records).mark_rect(aria=False)
    colour = column(alt.Fill, "colour:N")
    return [chart.encode(x=x("from"), x2=alt.X2("to:Q"), y=y_pixels("top"), y2=alt.Y2("bottom:Q"), fill=colour)]


def _second_layers(marks: Sequence[tuple[float, str]], title: str, layout: _Layout, axis: ValueAxis) -> list[alt.Chart]:
    if not marks:
        return []
    # The first and the last mark stay; one that would touch another goes.
    ticks: list[Record] = []
    for value, text in [marks[0], marks[-1], *marks[1:-1]]:
        place = layout.plot * axis.at(value)
        if all(abs(place - tick["x"]) > _MARK for tick in ticks):
            ticks.append({"x": place, "y": -4, "to_x": place, "to_y": 0, "text": text})
    return [
        *lines(ticks),
        *texts([{**tick, "y": -10} for tick in ticks], align="center"),
        *texts([{"text": title, "x": 0, "y": -22}]),
    ]


def _text_layers(rows: Sequence[Row], layout: _Layout) -> list[alt.Chart]:
    names, headings, figures, notes = [], [], [], []
    edge = 0 if layout.narrow else -layout.left
    for row, top in zip(rows, layout.tops, strict=True):
        line = top + (8 if layout.narrow else 10)
        if not row.points:
            headings.append({"text": shortened(row.name, layout.left + layout.plot), "x": edge, "y": top + 13})
            continue
        room = layout.left - _EDGE - _GAP / 2
        if layout.narrow:
            room = layout.figures - text_width(row.figure, SMALL) - _GAP
        second = {"x": layout.figures, "y": top + 22} if layout.narrow else {"x": layout.notes, "y": line}
        names.append({"text": shortened(row.name, room), "x": edge, "y": line})
        figures.append({"text": row.figure, "x": layout.figures, "y": line})
        notes.append({"text": row.note, "colour": row.points[0].colour, **second})
    align = "right" if layout.narrow else "left"
    return [
        *texts(headings, fontWeight="bold"),
        *texts(names, color=INK, fontSize=TEXT),
        *texts(figures, align=align),
        *texts(notes, align=align),
    ]
