"""The landscape: maps of models with their quality, alone or several panels side by side."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import altair as alt

from samefn.reports.charts.key import KeyEntry, key_height, key_layers
from samefn.reports.charts.map_data import Trail, caption, end_points, map_title, panel_caption, trails
from samefn.reports.charts.marks import Record
from samefn.reports.charts.pixels import column, rectangle, texts, tips, x_pixels, y_pixels
from samefn.reports.charts.scatter import label_layers
from samefn.reports.charts.theme import (
    INK,
    PAPER,
    RULE,
    SMALL,
    WIDTHS,
    Width,
    chart_of,
    dashes,
    framed,
    text_width,
)
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.view import ReportView
from samefn.reports.wording.escaping import printable
from samefn.schema.landscape import LandscapeMap
from samefn.schema.report import Report, Role

_GAP, _TITLE, _CAPTION = 21, 18, 18
_WIDEST = 460
"""A map of two columns is no wider: it is as high as wide."""
_MOVES = "A line is a training run: hollow is its start, filled its end."


def landscape_chart(view: ReportView, chart: LandscapeMap, width: Width = "double") -> alt.LayerChart:
    """One map, names where there is room, and how far to trust it.

    Args:
        view: the report.
        chart: one of its `maps`.
        width: one or two columns.
    """
    side = min(WIDTHS[width], _WIDEST) - 2.0
    drawn = trails(view, chart)
    between = [(x, y) for trail in drawn for _, x, y in trail.points]
    names, left_out = label_layers(end_points(drawn), (side, side), between)
    room = side - 2
    key = [*_role_key(drawn), *_caption_key(caption(chart), room)]
    if left_out:
        key.append(KeyEntry(f"{left_out} names have no room here; the table has them"))
    layers = [*_map_layers(drawn, 0.0, 0.0, side), *names, *key_layers(key, 0, side + 16, room)]
    bottom = 16 + key_height(key, room)
    return framed(layers, width=side, height=side, left=1, right=1, top=2, bottom=bottom)


def panel_maps(report: Report) -> tuple[LandscapeMap, ...]:
    """The panels, and the map of all models by the same method; nothing where no panel was made."""
    if not report.panels:
        return ()
    all_models = [chart for chart in report.landscape if chart.method == report.panels[0].method]
    return (*report.panels, *all_models)


def panels_chart(view: ReportView, width: Width = "double") -> alt.LayerChart:
    """One map a panel, each of its own models and with its quality; two in a row of a wide chart.

    Args:
        view: a report with `panel_maps`.
        width: one or two columns.
    """
    charts = panel_maps(view.report)
    columns = 2 if width == "double" else 1
    side = (WIDTHS[width] - 2 - _GAP * (columns - 1)) / columns
    layers: list[alt.Chart] = []
    everyone: list[Trail] = []
    for at, chart in enumerate(charts):
        left = (at % columns) * (side + _GAP)
        top = (at // columns) * (side + _TITLE + _CAPTION + _GAP) + _TITLE
        drawn = trails(view, chart)
        everyone += drawn
        layers += _map_layers(drawn, left, top, side)
        title = f"{chart.panel}, {map_title(chart.method)}"
        layers += texts([{"text": title, "x": left, "y": top - 10}], color=INK, fontWeight="bold")
        layers += texts([{"text": panel_caption(chart), "x": left, "y": top + side + 10}])
    height = ceil(len(charts) / columns) * (side + _TITLE + _CAPTION + _GAP) - _GAP
    key = [*_role_key(everyone), KeyEntry("Each panel is a map of its own models.")]
    layers += key_layers(key, 0, height + 14, WIDTHS[width] - 2)
    bottom = 14 + key_height(key, WIDTHS[width] - 2)
    return framed(layers, width=WIDTHS[width] - 2, height=height, left=1, right=1, top=1, bottom=bottom)


def _map_layers(drawn: Sequence[Trail], left: float, top: float, side: float) -> list[alt.Chart]:
    """A frame, the lines of those that move, their starts, and where each model ended."""
    layers = [rectangle(left, top, left + side, top + side, fill=None, stroke=RULE)]
    records: list[Record] = [
        {
            "model": printable(trail.model.name),
            "line": number,
            "role": trail.model.role,
            "order": order,
            "epoch": epoch,
            "x": left + side * x,
            "y": top + side * (1 - y),
            "shape": ROLE_STYLES[trail.model.role].path,
            "colour": ROLE_STYLES[trail.model.role].light,
            "tip": printable(_tip(trail, order)),
            "last": order == len(trail.points) - 1,
            "size": 150 if trail.model.role == "base" else 90,
        }
        for number, trail in enumerate(drawn)
        for order, (epoch, x, y) in enumerate(trail.points)
    ]
    for role in dict.fromkeys(trail.model.role for trail in drawn if trail.moves):
        runs = chart_of([point for point in records if point["role"] == role])
        look: dict[str, Any] = {"strokeWidth": 1.2, "opacity": 0.75, "strokeDash": dashes(role), "aria": False}
        line = runs.mark_line(color=ROLE_STYLES[role].light, **look)
        order = {"detail": alt.Detail("line:N"), "order": alt.Order("order:Q")}
        layers.append(line.encode(x=x_pixels(), y=y_pixels(), **order))
    starts = [point for point in records if point["order"] == 0 and not point["last"]]
    # The base stands out from what lies on it.
    ends = sorted((point for point in records if point["last"]), key=lambda point: point["role"] == "base")
    marks = [
        *({**point, "fill": PAPER, "edge": point["colour"]} for point in starts),
        *({**point, "fill": point["colour"], "edge": PAPER} for point in ends),
    ]
    shown = {
        "fill": column(alt.Fill, "fill:N"),
        "stroke": column(alt.Stroke, "edge:N"),
        "size": column(alt.Size, "size:Q"),
        "shape": column(alt.Shape, "shape:N"),
        **tips(),
    }
    mark = chart_of(marks).mark_point(strokeWidth=1.2, opacity=1)
    return [*layers, mark.encode(x=x_pixels(), y=y_pixels(), **shown)]


def _tip(trail: Trail, order: int) -> str:
    if not trail.moves:
        return trail.model.name
    when = {0: "start", len(trail.points) - 1: "end"}.get(order, "")
    epoch = f"epoch {trail.points[order][0]}"
    return f"{trail.model.name}, {f'{when} ({epoch})' if when else epoch}"


def _role_key(drawn: Sequence[Trail]) -> list[KeyEntry]:
    present: set[Role] = {trail.model.role for trail in drawn}
    key = [KeyEntry(style.title, style.light, style.path) for role, style in ROLE_STYLES.items() if role in present]
    return [*key, *([KeyEntry(_MOVES)] if any(trail.moves for trail in drawn) else [])]


def _caption_key(words: str, room: float) -> list[KeyEntry]:
    """The caption in one line, or in its parts where that is too long."""
    return [KeyEntry(part) for part in ([words] if text_width(words, SMALL) <= room else words.split(" · "))]
