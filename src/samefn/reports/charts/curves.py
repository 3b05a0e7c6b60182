"""Learning curves: error on the evaluation set, or training loss, epoch by epoch."""

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt

from samefn.reports.charts.axis import ValueAxis
from samefn.reports.charts.key import KeyEntry, key_height, key_layers
from samefn.reports.charts.pixels import column, texts, tips
from samefn.reports.charts.theme import WIDTHS, Width, chart_of, dashes, framed
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.view import ReportView
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.numbers import format_with_interval
from samefn.schema.records import Epoch
from samefn.schema.report import ModelEntry

Curve = tuple[ModelEntry, list[tuple[float, float]]]
_LEFT, _TOP, _RIGHT = 58, 24, 12


def error_curves(view: ReportView) -> list[Curve]:
    """(model, (epoch, 1 - accuracy) at every epoch) of the trained models."""
    return [(model, [(x, 1 - y) for x, y in points]) for model, points in _curves(view, lambda epoch: epoch.accuracy)]


def loss_curves(view: ReportView) -> list[Curve]:
    """(model, (epoch, training loss) at every epoch that has one) of the trained models."""
    return _curves(view, lambda epoch: epoch.loss)


def curves_chart(curves: Sequence[Curve], title: str, width: Width = "double", *, percent: bool) -> alt.LayerChart:
    """A line a model, in the colour and dashes of its role; a mark where it ends.

    Args:
        curves: `error_curves` or `loss_curves`.
        title: of the figures.
        width: one or two columns.
        percent: whether they are shares.
    """
    across = WIDTHS[width] - _LEFT - _RIGHT
    tall = across * (0.45 if width == "double" else 0.75)
    axis = ValueAxis.logarithmic((y for _, points in curves for _, y in points), percent=percent)
    epochs = [x for _, points in curves for x, _ in points]
    first, last = min(epochs), max(epochs)
    records = [
        {"model": printable(model.name), "line": number, "role": model.role, "epoch": x, "value": y}
        for number, (model, points) in enumerate(curves)
        for x, y in points
    ]
    roles = [role for role in ROLE_STYLES if any(model.role == role for model, _ in curves)]
    ends = [_end(model, points[-1], percent=percent) for model, points in curves]
    scale = alt.Scale(domain=[first, last if last > first else first + 1], range=[0, across], nice=False, zero=False)
    ticks: dict[str, Any] = {"values": _epoch_ticks(first, last), "format": "d", "grid": False, "offset": 7}
    shown = alt.Axis(title="epoch", titleAnchor="end", **ticks)
    x = alt.X("epoch:Q", scale=scale, axis=shown)
    y = alt.Y("value:Q", scale=axis.scale((tall, 0)), axis=axis.axis(tall, offset=7))
    key = [KeyEntry(ROLE_STYLES[role].title, ROLE_STYLES[role].light, ROLE_STYLES[role].path) for role in roles]
    lines = [
        chart_of([point for point in records if point["role"] == role])
        .mark_line(strokeWidth=1.2, opacity=0.85, color=ROLE_STYLES[role].light, strokeDash=dashes(role), aria=False)
        .encode(x=x, y=y, detail=alt.Detail("line:N"))
        for role in roles
    ]
    layers = [
        *lines,
        chart_of(ends)
        .mark_point(size=55, filled=True, opacity=1)
        .encode(x=x, y=y, color=column(alt.Color, "colour:N"), shape=column(alt.Shape, "shape:N"), **tips()),
        *texts([{"text": f"{title}; {axis.words}", "x": -_LEFT, "y": 8 - _TOP}]),
        *key_layers(key, -_LEFT, tall + 48, WIDTHS[width]),
    ]
    bottom = 48 + key_height(key, WIDTHS[width])
    return framed(layers, width=across, height=tall, left=_LEFT, right=_RIGHT, top=_TOP, bottom=bottom)


def _end(model: ModelEntry, point: tuple[float, float], *, percent: bool) -> dict[str, object]:
    style, (epoch, value) = ROLE_STYLES[model.role], point
    tip = f"{model.name}, epoch {epoch:g}: {format_with_interval(value, percent=percent)}{' %' if percent else ''}"
    return {"epoch": epoch, "value": value, "colour": style.light, "shape": style.path, "tip": printable(tip)}


def _epoch_ticks(first: float, last: float) -> list[int]:
    """At most seven whole epochs, multiples of 1, 2 or 5 times a power of ten."""
    steps = (step * 10**power for power in range(12) for step in (1, 2, 5))
    step = next(step for step in steps if (last - first) / step <= 6)
    return [epoch for epoch in range(0, int(last) + 1, step) if epoch >= first]


def _curves(view: ReportView, read: Callable[[Epoch], float | None]) -> list[Curve]:
    # Epoch 0, before training, is left out: beside its error of nine tenths all others would look equal.
    curves = []
    for model in view.models:
        points = [(float(e.epoch), y) for e in model.history if e.epoch > 0 and (y := read(e)) is not None]
        if points:
            curves.append((model, points))
    return curves
