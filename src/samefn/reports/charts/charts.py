"""The charts of the HTML report, as positions from 0 to 1: marks are drawn as SVG, text is written as text.

So every word keeps its size on a phone, takes the page's colours in the dark, and can be read aloud.
"""

from dataclasses import dataclass

from samefn.reports.charts.dot_plot import Dot, DotPlot
from samefn.reports.charts.figures import accuracy_changes, error_curves, loss_curves
from samefn.reports.charts.labels import End, Label, Letters, place
from samefn.reports.charts.map_data import Trail, caption, ends, map_title, trails
from samefn.reports.charts.scales import LogScale, Tick
from samefn.reports.view import Findings
from samefn.reports.wording.numbers import figure, share
from samefn.schema.landscape import LandscapeMap
from samefn.schema.report import ModelEntry, Role

# Letters of 11 pixels in a chart of 340 and of 640 pixels.
_NARROW, _WIDE = Letters(0.0195, 0.05, 0.03), Letters(0.0105, 0.027, 0.02)


@dataclass(frozen=True)
class Mark:
    """A mark of a chart: x and y from 0 to 1, y downwards; `tip` is what it says when pointed at."""

    role: Role
    x: float
    y: float
    tip: str
    kind: str


@dataclass(frozen=True)
class Line:
    """A line of a chart, as the points of an SVG polyline in thousandths."""

    role: Role
    points: str


@dataclass(frozen=True)
class Chart:
    """A chart with two axes, or a map without any."""

    name: str
    title: str
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...] = ()
    x_ticks: tuple[Tick, ...] = ()
    y_ticks: tuple[Tick, ...] = ()
    band: tuple[float, float] | None = None
    corner: float | None = None
    said: tuple[str, ...] = ()
    height: float = 1.0


def disagreement_plot(findings: Findings) -> DotPlot:
    """Every model's disagreement with its interval, least changed first, on the independents' band."""
    comparisons = findings.comparisons
    scale = LogScale.over((v for c in comparisons for v in (c.low, c.value, c.high)), percent=True)
    dots = []
    for c in comparisons:
        shown = figure(c.value, c.entry.low, c.entry.high, percent=True)
        places = (scale.at(c.value), scale.at(c.low), scale.at(c.high))
        dots.append(Dot(c.name, c.model.role, *places, f"{shown.text} %", shown.interval))
    reference = findings.reference
    band = (scale.at(reference.low), scale.at(reference.high)) if reference else None
    return DotPlot(tuple(dots), tuple(scale.ticks()), band)


def distance_plot(findings: Findings) -> DotPlot:
    """Every model's true distance to the base's last point."""
    distances = findings.final_distances
    scale = LogScale.over(distance for _, distance in distances)
    dots = tuple(
        Dot(model.name, model.role, scale.at(distance), 0.0, scale.at(distance), figure(distance).text, "")
        for model, distance in distances
    )
    return DotPlot(dots, tuple(scale.ticks(4)))


def map_chart(findings: Findings, chart: LandscapeMap) -> Chart:
    """A map with its lines, labels, and what it is worth."""
    found = trails(findings, chart)
    lines = tuple(
        Line(trail.model.role, _polyline([(x, 1 - y) for _, x, y in trail.points])) for trail in found if trail.moves
    )
    marks = tuple(mark for trail in found for mark in _trail_marks(trail))
    between = [(x, y) for trail in found for _, x, y in trail.points]
    labels = place(ends(found), near=0.035, sizes=[_NARROW, _WIDE], others=between)
    said = (caption(chart),)
    return Chart(f"map-{chart.method}", map_title(chart.method), lines, marks, tuple(labels), said=said)


def accuracy_chart(findings: Findings) -> Chart:
    """How far accuracy moved against how many answers changed; `corner` is where the diagonal starts."""
    points = accuracy_changes(findings)
    examples = findings.examples
    scale = LogScale.over((v for _, x, y in points for v in (x, y)), percent=True)
    marks = tuple(
        Mark(
            model.role,
            scale.at(x),
            1 - scale.at(y),
            _accuracy_tip(model, y, examples),
            "end",
        )
        for model, x, y in points
    )
    named = [End(model.name, scale.at(x), scale.at(y)) for model, x, y in points]
    reference = findings.reference
    return Chart(
        "accuracy",
        "What accuracy shows, and what changed",
        (),
        marks,
        tuple(place(named, near=0.06, sizes=[_NARROW, _WIDE])),
        tuple(scale.ticks(5)),
        tuple(scale.ticks(5)),
        (scale.at(reference.low), scale.at(reference.high)) if reference else None,
        scale.gap,
    )


def curve_charts(findings: Findings) -> tuple[Chart, ...]:
    """Learning curves: error on the evaluation set, and training loss; those that were recorded."""
    panels = (
        ("error", f"Error on the {findings.evaluation or 'evaluation'} set", error_curves(findings), True),
        ("loss", "Training loss", loss_curves(findings), False),
    )
    return tuple(_curves(name, title, curves, percent) for name, title, curves, percent in panels if curves)


def _accuracy_tip(model: ModelEntry, disagreement: float, examples: int) -> str:
    changed = share(disagreement, examples)
    return f"{model.name}: accuracy {share(model.accuracy, examples)} %, {changed} % of answers changed"


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
        lines.append(Line(model.role, _polyline([(across(x), (1 - scale.at(y)) * 0.6) for x, y in points])))
        for x, y in points:
            value = f"{figure(y, percent=percent)}{' %' if percent else ''}"
            kind = "end" if (x, y) == points[-1] else "dot"
            marks.append(Mark(model.role, across(x), 1 - scale.at(y), f"{model.name}, epoch {x:g}: {value}", kind))
    ticks = tuple((across(epoch), f"{epoch}") for epoch in _epoch_ticks(first, last))
    return Chart(name, title, tuple(lines), tuple(marks), (), ticks, tuple(scale.ticks(5)), height=0.6)


def _trail_marks(trail: Trail) -> list[Mark]:
    role, name = trail.model.role, trail.model.name
    if not trail.moves:
        _, x, y = trail.points[0]
        return [Mark(role, x, 1 - y, name, "end")]
    last = len(trail.points) - 1
    kinds = {0: "start", last: "end"}
    tips = {
        0: f"{name}, start (epoch {trail.points[0][0]})",
        last: f"{name}, end (epoch {trail.points[-1][0]})",
    }
    return [
        Mark(role, x, 1 - y, tips.get(i, f"{name}, epoch {epoch}"), kinds.get(i, "dot"))
        for i, (epoch, x, y) in enumerate(trail.points)
    ]


def _polyline(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{1000 * x:.1f},{1000 * y:.1f}" for x, y in points)
