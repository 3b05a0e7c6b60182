"""Change of accuracy against changed predictions: far above the diagonal accuracy hides the changes."""

import altair as alt

from samefn.reports.charts.axis import ValueAxis
from samefn.reports.charts.key import KeyEntry
from samefn.reports.charts.marks import judged_point
from samefn.reports.charts.pixels import rectangle, x_pixels, y_pixels
from samefn.reports.charts.scatter import Placed, ScatterAxis, plot_size, scatter_chart
from samefn.reports.charts.theme import BAND, IMPOSSIBLE, Width, chart_of
from samefn.reports.view import ModelComparison, ReportView
from samefn.reports.wording.numbers import format_share, format_with_interval
from samefn.schema.report import ModelEntry


def accuracy_changes(view: ReportView) -> tuple[tuple[ModelEntry, float, float], ...]:
    """(model, size of its change of accuracy, disagreement), as shares, of every model against the base."""
    return tuple((c.model, change, c.value) for c, change in _changes(view))


def accuracy_chart(view: ReportView, width: Width = "double") -> alt.LayerChart:
    """One point a model; on the diagonal every changed prediction shows in accuracy.

    Args:
        view: a report with `accuracy_changes`.
        width: one or two columns.
    """
    changes, reference = _changes(view), view.independent_range
    verdicts = {entry.candidate: entry for entry in view.report.verdicts if entry.evaluation == view.evaluation}
    axis = ValueAxis.from_zero((end for c, change in changes for end in (change, c.low, c.value, c.high)), percent=True)
    points = []
    for comparison, change in changes:
        verdict = verdicts.get(comparison.model.id)
        outcome = verdict.outcome if verdict else None
        ends = (comparison.value, comparison.low, comparison.high)
        figure = (
            f"accuracy {format_share(comparison.model.accuracy, view.examples)} %, "
            f"{format_with_interval(comparison.value, percent=True).text} % of predictions changed"
        )
        point = judged_point(comparison.model, comparison.model.name, outcome, ends, figure)
        points.append(Placed(comparison.model.name, change, point))
    key = [KeyEntry("impossible: accuracy cannot change more than predictions do", IMPOSSIBLE)]
    if reference:
        key.append(KeyEntry("range of the independents", BAND))
    note = f"; {axis.words}" if axis.words else ""
    return scatter_chart(
        points,
        ScatterAxis(axis, "accuracy_change", f"change of accuracy, points without sign{note}"),
        ScatterAxis(axis, "changed", f"changed predictions, % of inputs{note}"),
        width,
        behind=_behind(view, axis, width),
        key=key,
    )


def _behind(view: ReportView, axis: ValueAxis, width: Width) -> list[alt.Chart]:
    """The corner beneath the diagonal, and the band of the independents."""
    across, tall = plot_size(width)
    corner = [{"x": 0.0, "y": tall, "to_y": tall}, {"x": across, "y": 0.0, "to_y": tall}]
    area = chart_of(corner).mark_area(color=IMPOSSIBLE, opacity=1, aria=False)
    layers = [area.encode(x=x_pixels(), y=y_pixels(), y2=alt.Y2("to_y:Q"))]
    if view.independent_range:
        low, high = (tall * (1 - axis.at(end)) for end in (view.independent_range.low, view.independent_range.high))
        layers.append(rectangle(0.0, high, across, low, color=BAND))
    return layers


def _changes(view: ReportView) -> list[tuple[ModelComparison, float]]:
    if view.base is None or view.base.accuracy is None:
        return []
    base = view.base.accuracy
    return [
        (c, abs(c.model.accuracy - base))
        for c in view.comparisons
        if c.against.role == "base" and c.model.accuracy is not None
    ]
