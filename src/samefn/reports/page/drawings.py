"""The charts of the page, drawn for wide windows and for phones."""

from dataclasses import dataclass
from functools import partial

from samefn.reports.charts.candidates import candidates_chart
from samefn.reports.charts.inline import inline_chart
from samefn.reports.charts.map_data import map_title
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_count, format_with_interval
from samefn.schema.landscape import LandscapeMap


@dataclass(frozen=True)
class Drawings:
    """The charts by section; empty where the report has nothing to draw."""

    candidates: str
    tradeoffs: tuple[str, ...] = ()
    transfers: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    curves: tuple[str, ...] = ()


@dataclass(frozen=True)
class DrawnMap:
    """A map of the landscape, and how far it can be trusted.

    Attributes:
        title: its method.
        drawn: the chart.
        points: how many points it was made of, in words.
        quality: the figures of its quality: name, value, what they mean.
        notes: what a reader must know.
    """

    title: str
    drawn: str
    points: str
    quality: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]


_MEANINGS = {
    "trustworthiness": "near on the map is near in truth: 1 is best, a random map about 0.5",
    "neighbours_kept": "share of neighbours on the map that are true ones: 1 is best",
    "stress": "how far distances on the map are from the true ones: 0 is best",
}


def drawings(view: ReportView) -> Drawings:
    """Every chart but the maps."""
    candidates = ""
    if view.comparisons:
        title = "Share of changed predictions of each model, with its interval. The table of models has the numbers."
        candidates = inline_chart(partial(candidates_chart, view), title)
    return Drawings(candidates)


def landscape_maps(view: ReportView) -> tuple[DrawnMap, ...]:
    """The maps of enough points, with their honesty figures."""
    return tuple(_map(chart) for chart in view.maps)


def _map(chart: LandscapeMap) -> DrawnMap:
    quality = tuple(
        (name.replace("_", " "), format_with_interval(value).text, _MEANINGS[name])
        for name, value in chart.quality
        if value is not None
    )
    points = f"{format_count(chart.settings.points)} points"
    return DrawnMap(map_title(chart.method), "", points, quality, chart.settings.notes)
