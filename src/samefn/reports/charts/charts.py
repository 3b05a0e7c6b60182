"""The charts of the HTML report, as positions from 0 to 1: marks are drawn as SVG, text is written as text.

So text keeps its size on a phone, takes the page's colours in dark mode, and works with a screen reader.
"""

from dataclasses import dataclass

from samefn.reports.charts.accuracy import accuracy_changes
from samefn.reports.charts.curves import error_curves, loss_curves
from samefn.reports.charts.dot_plot import Dot, DotPlot
from samefn.reports.charts.labels import Label, LabelPoint, LetterSize, place_labels
from samefn.reports.charts.map_data import Trail, caption, end_points, map_title, trails
from samefn.reports.charts.scales import LogScale, Tick
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_share, format_with_interval
from samefn.schema.landscape import LandscapeMap
from samefn.schema.report import ModelEntry, Role

# Letters of 11 pixels in a chart of 340 and of 640 pixels.
_NARROW, _WIDE = LetterSize(0.0195, 0.05, 0.03), LetterSize(0.0105, 0.027, 0.02)


@dataclass(frozen=True)
class ChartMark:
    """A mark of a chart: x and y from 0 to 1, y downwards; `tip` is the text of its tooltip."""

    role: Role
    x: float
    y: float
    tip: str
    kind: str


@dataclass(frozen=True)
class ChartLine:
    """A line of a chart, as the points of an SVG polyline in thousandths."""

    role: Role
    points: str


@dataclass(frozen=True)
class Chart:
    """A chart with two axes, or a map without any."""

    name: str
    title: str
    lines: tuple[ChartLine, ...]
    marks: tuple[ChartMark, ...]
    labels: tuple[Label, ...] = ()
    x_ticks: tuple[Tick, ...] = ()
    y_ticks: tuple[Tick, ...] = ()
    band: tuple[float, float] | None = None
    corner: float | None = None
    captions: tuple[str, ...] = ()
    height: float = 1.0


def disagreement_plot(view: ReportView) -> DotPlot:
    """Every model's disagreement with its interval, least changed first, on the independents' band."""
    comparisons = view.comparisons
    scale = LogScale.over((v for c in comparisons for v in (c.low, c.value, c.high)), percent=True)
    dots = []
    for c in comparisons:
        shown = format_with_interval(c.value, c.entry.low, c.entry.high, percent=True)
        places = (scale.at(c.value), scale.at(c.low), scale.at(c.high))
        dots.append(Dot(c.name, c.model.role, *places, f"{shown.text} %", shown.interval))
    reference = view.independent_range
    band = (scale.at(reference.low), scale.at(reference.high)) if reference else None
    return DotPlot(tuple(dots), tuple(scale.ticks()), band)


def distance_plot(view: ReportView) -> DotPlot:
    """Every model's true distance to the base's last point."""
    distances = view.final_distances
    scale = LogScale.over(distance for _, distance in distances)
    dots = tuple(
        Dot(
            model.name, model.role, scale.at(distance), 0.0, scale.at(distance), format_with_interval(distance).text, ""
        )
        for model, distance in distances
    )
    return DotPlot(dots, tuple(scale.ticks(4)))


def map_chart(view: ReportView, chart: LandscapeMap) -> Chart:
    """A map with its lines and labels, and its quality as the caption."""
    map_trails = trails(view, chart)
    lines = tuple(
        ChartLine(trail.model.role, _polyline([(x, 1 - y) for _, x, y in trail.points]))
        for trail in map_trails
        if trail.moves
    )
    marks = tuple(mark for trail in map_trails for mark in _trail_marks(trail))
    between = [(x, y) for trail in map_trails for _, x, y in trail.points]
    labels = place_labels(end_points(map_trails), near=0.035, sizes=[_NARROW, _WIDE], others=between)
    return Chart(
        f"map-{chart.method}", map_title(chart.method), lines, marks, tuple(labels), captions=(caption(chart),)
    )


def accuracy_chart(view: ReportView) -> Chart:
    """Change of accuracy against the share of changed predictions; `corner` is where the diagonal starts."""
    points = accuracy_changes(view)
    examples = view.examples
    scale = LogScale.over((v for _, x, y in points for v in (x, y)), percent=True)
    marks = tuple(
        ChartMark(
            model.role,
            scale.at(x),
            1 - scale.at(y),
            _accuracy_tip(model, y, examples),
            "end",
        )
        for model, x, y in points
    )
    named = [LabelPoint(model.name, scale.at(x), scale.at(y)) for model, x, y in points]
    reference = view.independent_range
    return Chart(
        "accuracy",
        "Accuracy against changed predictions",
        (),
        marks,
        tuple(place_labels(named, near=0.06, sizes=[_NARROW, _WIDE])),
        tuple(scale.ticks(5)),
        tuple(scale.ticks(5)),
        (scale.at(reference.low), scale.at(reference.high)) if reference else None,
        scale.gap,
    )


def curve_charts(view: ReportView) -> tuple[Chart, ...]:
    """Learning curves: error on the evaluation set, and training loss; those that were recorded."""
    panels = (
        ("error", f"Error on the {view.evaluation or 'evaluation'} set", error_curves(view), True),
        ("loss", "Training loss", loss_curves(view), False),
    )
    return tuple(_curves(name, title, curves, percent) for name, title, curves, percent in panels if curves)


def _accuracy_tip(model: ModelEntry, disagreement: float, examples: int) -> str:
    changed = format_share(disagreement, examples)
    return f"{model.name}: accuracy {format_share(model.accuracy, examples)} %, {changed} % of predictions changed"


def _epoch_ticks(first: float, last: float) -> list[int]:
    """At most seven whole epochs, multiples of 1, 2 or 5 times a power of ten."""
    steps = (step * 10**power for power in range(12) for step in (1, 2, 5))
    step = next(step for step in steps if (last - first) / step <= 6)
    return [epoch for epoch in range(0, int(last) + 1, step) if epoch >= first]


def _curves(name: str, title: str, curves: list[tuple[ModelEntry, list[tuple[float, float]]]], percent: bool) -> Chart:
    scale = LogScale.over((y for _, points in curves for _, y in points), percent=percent)
    epochs = [x for _, points in curves for x, _ in points]
    first, last = min(epochs), max(epochs)

    def across(epoch: float) -> float:
        return (epoch - first) / (last - first) if last > first else 0.5

    lines, marks = [], []
    for model, points in curves:
        lines.append(ChartLine(model.role, _polyline([(across(x), (1 - scale.at(y)) * 0.6) for x, y in points])))
        for x, y in points:
            value = f"{format_with_interval(y, percent=percent)}{' %' if percent else ''}"
            kind = "end" if (x, y) == points[-1] else "dot"
            marks.append(ChartMark(model.role, across(x), 1 - scale.at(y), f"{model.name}, epoch {x:g}: {value}", kind))
    ticks = tuple((across(epoch), f"{epoch}") for epoch in _epoch_ticks(first, last))
    return Chart(name, title, tuple(lines), tuple(marks), (), ticks, tuple(scale.ticks(5)), height=0.6)


def _trail_marks(trail: Trail) -> list[ChartMark]:
    role, name = trail.model.role, trail.model.name
    if not trail.moves:
        _, x, y = trail.points[0]
        return [ChartMark(role, x, 1 - y, name, "end")]
    last = len(trail.points) - 1
    kinds = {0: "start", last: "end"}
    tips = {
        0: f"{name}, start (epoch {trail.points[0][0]})",
        last: f"{name}, end (epoch {trail.points[-1][0]})",
    }
    return [
        ChartMark(role, x, 1 - y, tips.get(i, f"{name}, epoch {epoch}"), kinds.get(i, "dot"))
        for i, (epoch, x, y) in enumerate(trail.points)
    ]


def _polyline(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{1000 * x:.1f},{1000 * y:.1f}" for x, y in points)
