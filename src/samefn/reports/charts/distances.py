"""How far every model really is from the base: what no map in a plane can show exactly."""

import altair as alt

from samefn.reports.charts.axis import ValueAxis
from samefn.reports.charts.marks import Point
from samefn.reports.charts.rows import Row, rows_chart
from samefn.reports.charts.theme import Width
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_with_interval
from samefn.schema.report import ModelEntry


def distances_chart(view: ReportView, width: Width = "double") -> alt.LayerChart:
    """Each model's distance to the base, the nearest first; trained models at the end of their training.

    Args:
        view: a report with `final_distances`.
        width: one or two columns.
    """
    distances = view.final_distances
    axis = ValueAxis.from_zero(distance for _, distance in distances)
    rows = [Row(model.name, (_point(model, distance),), _text(distance)) for model, distance in distances]
    title = "root mean square L2 distance of the softmax rows"
    return rows_chart(rows, axis, width, title=f"{title}; {axis.words}" if axis.words else title, quantity="distance")


def _point(model: ModelEntry, distance: float) -> Point:
    style = ROLE_STYLES[model.role]
    facts = (("model", model.name), ("method", style.title))
    tip = f"{model.name}: {_text(distance)}"
    return Point(model.role, distance, distance, distance, style.light, tip, facts=facts)


def _text(distance: float) -> str:
    return format_with_interval(distance).text
