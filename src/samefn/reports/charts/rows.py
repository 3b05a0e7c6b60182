"""Charts of rows: a name, points with their intervals on one line, and figures as text beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from samefn.reports.charts.axis import ValueAxis
from samefn.reports.charts.key import KeyEntry, key_height, key_layers
from samefn.reports.charts.theme import (
    INK,
    MUTED,
    PAPER,
    SMALL,
    WIDTHS,
    Width,
    chart_of,
    framed,
    shortened,
    text_width,
)
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.wording.escaping import printable
from samefn.schema.report import Role

_GAP = 10
_MARK = 28
_EDGE = 8
"""Left and right of the axis, so that a mark at its end is whole."""


@dataclass(frozen=True)
class RowPoint:
    """A point of a row with its interval; `facts` are more columns of the chart's data, `tip` is said of the point."""

    role: Role
    value: float
    low: float
    high: float
    colour: str
    tip: str
    hollow: bool = False
    facts: tuple[tuple[str, str], ...] = ()


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
    points: tuple[RowPoint, ...] = ()
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
            **{name: printable(fact) for name, fact in point.facts},
            quantity: point.value,
            "low": point.low,
            "high": point.high,
            "tip": printable(point.tip),
            "y": top + (22 if layout.narrow else 10),
            "shape": ROLE_STYLES[point.role].path,
            "colour": point.colour,
            "fill": PAPER if point.hollow else point.colour,
            "edge": point.colour if point.hollow else PAPER,
            "seeds": len(row.points),
        }
        for row, top in zip(rows, layout.tops, strict=True)
        for point in row.points
    ]
    chart = chart_of(records)
    y, colour = alt.Y("y:Q", scale=None, axis=None), alt.Stroke("colour:N", scale=None)
    seeds = alt.condition("datum.seeds > 1", alt.value(0.45), alt.value(1.0))
    intervals = chart.mark_rule(strokeWidth=1.8, aria=False).encode(
        x=x("low"), x2="high:Q", y=y, stroke=colour, opacity=seeds
    )
    points = chart.mark_point(size=80, strokeWidth=1, opacity=1).encode(
        x=x(quantity),
        y=y,
        stroke=alt.Stroke("edge:N", scale=None),
        fill=alt.Fill("fill:N", scale=None),
        shape=alt.Shape("shape:N", scale=None),
        description="tip:N",
        tooltip="tip:N",
        fillOpacity=alt.condition("datum.seeds > 1", alt.value(0.7), alt.value(1.0)),
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
    y, colour = alt.Y("top:Q", scale=None, axis=None), alt.Fill("colour:N", scale=None)
    return [chart.encode(x=x("from"), x2="to:Q", y=y, y2="bottom:Q", fill=colour)]


def _second_layers(marks: Sequence[tuple[float, str]], title: str, layout: _Layout, axis: ValueAxis) -> list[alt.Chart]:
    if not marks:
        return []
    # The first and the last mark stay; one that would touch another goes.
    records: list[dict[str, Any]] = []
    for value, text in [marks[0], marks[-1], *marks[1:-1]]:
        place = layout.plot * axis.at(value)
        if all(abs(place - record["x"]) > _MARK for record in records):
            records.append({"x": place, "text": text})
    chart = chart_of(records)
    x = alt.X("x:Q", scale=None, axis=None)
    name = chart_of([{"text": title}])
    return [
        chart.mark_rule(color=MUTED, aria=False).encode(x=x, y=alt.value(-4), y2=alt.value(0)),
        chart.mark_text(color=MUTED, fontSize=SMALL, aria=False).encode(x=x, y=alt.value(-10), text="text:N"),
        name.mark_text(color=MUTED, fontSize=SMALL, align="left", aria=False).encode(
            x=alt.value(0), y=alt.value(-22), text="text:N"
        ),
    ]


def _text_layers(rows: Sequence[Row], layout: _Layout) -> list[alt.Chart]:
    names, headings, figures, notes = [], [], [], []
    for row, top in zip(rows, layout.tops, strict=True):
        line = top + (8 if layout.narrow else 10)
        if not row.points:
            headings.append({"text": shortened(row.name, layout.left + layout.plot), "y": top + 13})
            continue
        room = layout.left - _EDGE - _GAP / 2
        if layout.narrow:
            room = layout.figures - text_width(row.figure, SMALL) - _GAP
        names.append({"text": shortened(row.name, room), "y": line})
        figures.append({"text": row.figure, "y": line})
        notes.append({"text": row.note, "y": top + 22 if layout.narrow else line, "colour": row.points[0].colour})

    def texts(records: list[dict[str, Any]], x: float, **look: Any) -> list[alt.Chart]:
        records = [record for record in records if record["text"]]
        if not records:
            return []
        chart = chart_of(records).mark_text(**{"align": "left", "aria": False, **look})
        colour = {"color": alt.Color("colour:N", scale=None)} if "colour" in records[0] else {}
        return [chart.encode(x=alt.value(x), y=alt.Y("y:Q", scale=None, axis=None), text="text:N", **colour)]

    edge = 0 if layout.narrow else layout.left
    beside = {"align": "right"} if layout.narrow else {}
    return [
        *texts(headings, -edge, fontWeight="bold", fontSize=SMALL, color=MUTED),
        *texts(names, -edge, color=INK),
        *texts(figures, layout.figures, fontSize=SMALL, color=MUTED, **beside),
        *texts(notes, layout.figures if layout.narrow else layout.notes, fontSize=SMALL, **beside),
    ]
