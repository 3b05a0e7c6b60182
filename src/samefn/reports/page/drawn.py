"""The charts of the page, drawn for wide windows and for phones, each with words for those who cannot see it."""

from dataclasses import dataclass
from functools import cached_property

from samefn.reports.charts.drawings import drawings
from samefn.reports.charts.inline import inline_chart
from samefn.reports.charts.map_data import map_title
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_count, format_with_interval
from samefn.schema.landscape import LandscapeMap

# By the beginning of a chart's name.
_TITLES = {
    "candidates": "Share of changed predictions of each model, with its interval. The table of models has the numbers.",
    "tradeoff-bytes": "Size against distance to the base. The ranking has the numbers.",
    "tradeoff-latency": "Latency against distance to the base. The ranking has the numbers.",
    "landscape": "A map of the models. The true distances stand in the table below it.",
    "distances": "True distances to the base. The table has the numbers.",
    "transfer": "Shares transferred from the teacher, with their intervals. The tables have the numbers.",
    "layers": "Layers swapped between base and candidate. The table has the numbers.",
    "error": "Error of the trained models by epoch.",
    "loss": "Training loss of the trained models by epoch.",
    "accuracy": "Change of accuracy against share of changed predictions. The table of models has the numbers.",
}
_SIDE_BY_SIDE = ("tradeoff", "error", "loss")
"""Charts that the page shows in pairs."""

_MEANINGS = {
    "trustworthiness": "near on the map is near in truth: 1 is best, a random map about 0.5",
    "neighbours_kept": "share of neighbours on the map that are true ones: 1 is best",
    "stress": "how far distances on the map are from the true ones: 0 is best",
}


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


class PageCharts:
    """The charts that a report has data for, as SVG.

    Args:
        view: the report.
    """

    def __init__(self, view: ReportView) -> None:
        self._view = view

    def named(self, *beginnings: str) -> tuple[str, ...]:
        """The charts whose names begin so; none where the report has nothing to draw."""
        return tuple(chart for beginning in beginnings for name, chart in self._all if name.startswith(beginning))

    @cached_property
    def maps(self) -> tuple[DrawnMap, ...]:
        """The maps of enough points, with their honesty figures."""
        return tuple(_map(chart, *self.named(f"landscape-{chart.method}")) for chart in self._view.maps)

    @cached_property
    def _all(self) -> list[tuple[str, str]]:
        return [
            (one.name, inline_chart(one.make, _title(one.name), narrow=one.name.startswith(_SIDE_BY_SIDE)))
            for one in drawings(self._view)
        ]


def _title(name: str) -> str:
    return next(title for beginning, title in _TITLES.items() if name.startswith(beginning))


def _map(chart: LandscapeMap, drawn: str) -> DrawnMap:
    quality = tuple(
        (name.replace("_", " "), format_with_interval(value).text, _MEANINGS[name])
        for name, value in chart.quality
        if value is not None
    )
    points = f"{format_count(chart.settings.points)} points"
    return DrawnMap(map_title(chart.method), drawn, points, quality, chart.settings.notes)
