"""Parts of charts that stand at places in pixels: texts, lines, rectangles and marks beside the axes."""

from typing import Any

import altair as alt

from samefn.reports.charts.marks import Record
from samefn.reports.charts.theme import MUTED, SMALL, chart_of


def x_pixels(field: str = "x") -> alt.X:
    """The column holds pixels from the left end of the axis."""
    return alt.X(f"{field}:Q", scale=None, axis=None)


def y_pixels(field: str = "y") -> alt.Y:
    """The column holds pixels from the top of the chart, downwards."""
    return alt.Y(f"{field}:Q", scale=None, axis=None)


def column(kind: type[Any], field: str) -> Any:
    """A channel whose column holds what is drawn: a colour, a shape, a size."""
    return kind(field, scale=None)


def tips() -> dict[str, Any]:
    """What is said of a mark: to those who point at it, and to those who cannot see it."""
    return {"description": alt.Description("tip:N"), "tooltip": alt.Tooltip("tip:N")}


def texts(records: list[Record], **look: Any) -> list[alt.Chart]:
    """A layer of texts: `text` at `x`, `y`, in their `colour` if they have one; nothing where all are empty."""
    records = [record for record in records if record["text"]]
    if not records:
        return []
    mark: dict[str, Any] = {"align": "left", "fontSize": SMALL, "color": MUTED, "aria": False, **look}
    colour = {"color": column(alt.Color, "colour:N")} if "colour" in records[0] else {}
    chart = chart_of(records).mark_text(**mark)
    return [chart.encode(x=x_pixels(), y=y_pixels(), text=alt.Text("text:N"), **colour)]


def lines(records: list[Record], **look: Any) -> list[alt.Chart]:
    """A layer of straight lines from `x`, `y` to `to_x`, `to_y`."""
    if not records:
        return []
    chart = chart_of(records).mark_rule(color=MUTED, aria=False, **look)
    return [chart.encode(x=x_pixels(), y=y_pixels(), x2=alt.X2("to_x:Q"), y2=alt.Y2("to_y:Q"))]


def rectangle(left: float, top: float, right: float, bottom: float, **look: Any) -> alt.Chart:
    """A layer of one rectangle."""
    chart = chart_of([{"x": left, "y": top, "to_x": right, "to_y": bottom}]).mark_rect(aria=False, **look)
    drawn: alt.Chart = chart.encode(x=x_pixels(), y=y_pixels(), x2=alt.X2("to_x:Q"), y2=alt.Y2("to_y:Q"))
    return drawn
