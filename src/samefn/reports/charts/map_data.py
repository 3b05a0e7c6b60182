"""A map as it is drawn: each model's line, scaled into a square, and the quality of the map in words."""

from dataclasses import dataclass
from math import inf

from samefn.reports.charts.labels import LabelPoint
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_with_interval
from samefn.schema.landscape import LandscapeMap, TsneSettings
from samefn.schema.report import ModelEntry

MAP_TITLES = {"tsne": "t-SNE", "mds": "MDS", "pca": "PCA"}
_MARGIN = 0.06


@dataclass(frozen=True)
class Trail:
    """One model on a map.

    Attributes:
        model: the model.
        points: (epoch, x, y), x and y from 0 to 1, y upwards; a compressed model has one, its epoch none.
    """

    model: ModelEntry
    points: tuple[tuple[int | None, float, float], ...]

    @property
    def moves(self) -> bool:
        """Whether it is a trajectory, not a single point."""
        return len(self.points) > 1


def map_title(method: str) -> str:
    """A map's name for people."""
    return MAP_TITLES.get(method, method)


def trails(view: ReportView, chart: LandscapeMap) -> tuple[Trail, ...]:
    """The models of a map, trajectories first and the base last among them, so that it is drawn on top."""
    xs, ys = [point.x for point in chart.points], [point.y for point in chart.points]
    if not xs:
        return ()
    # One factor for both directions: a map's distances mean the same along x and y.
    extent = max(max(xs) - min(xs), max(ys) - min(ys)) or 1.0
    middle = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)
    factor = (1 - 2 * _MARGIN) / extent
    by_model: dict[str, list[tuple[int | None, float, float]]] = {}
    for point in chart.points:
        position = (point.epoch, 0.5 + (point.x - middle[0]) * factor, 0.5 + (point.y - middle[1]) * factor)
        by_model.setdefault(point.model, []).append(position)
    unordered = [
        Trail(model, tuple(sorted(by_model[model.id], key=lambda p: inf if p[0] is None else p[0])))
        for model in view.models
        if model.id in by_model
    ]
    return tuple(sorted(unordered, key=lambda trail: (not trail.moves, trail.model.role == "base")))


def end_points(map_trails: tuple[Trail, ...]) -> list[LabelPoint]:
    """Where each model ended, the base first: the order in which labels are placed."""
    ordered = sorted(map_trails, key=lambda trail: (trail.model.role != "base", trail.model.role != "independent"))
    return [LabelPoint(trail.model.name, trail.points[-1][1], trail.points[-1][2]) for trail in ordered]


def quality_text(chart: LandscapeMap) -> str:
    """The quality of the map, in one line.

    The figures are those of the report: trustworthiness and neighbours kept (1 is best), stress (0 is best).
    """
    return " · ".join(f"{name.replace('_', ' ')} {format_with_interval(value).text}" for name, value in chart.quality)


def caption(chart: LandscapeMap) -> str:
    """What a reader of the map needs, in one line: points, perplexity where it has one, and quality."""
    perplexity = chart.settings.perplexity if isinstance(chart.settings, TsneSettings) else None
    shown = [f"points {chart.settings.points}", *([f"perplexity {_value(perplexity)}"] if perplexity else [])]
    return f"{' · '.join([*shown, quality_text(chart)])}."


def panel_caption(chart: LandscapeMap) -> str:
    """The same in a few words, for a small map."""
    facts: dict[str, float | None] = {
        "perplexity": chart.settings.perplexity if isinstance(chart.settings, TsneSettings) else None,
        "trustworthiness": chart.quality.trustworthiness,
        "stress": chart.quality.stress,
    }
    return " · ".join(f"{name} {format_with_interval(fact).text}" for name, fact in facts.items() if fact is not None)


def settings_text(chart: LandscapeMap) -> str:
    """The map's settings in one line; report.json holds the libraries' versions too."""
    shown = {name: value for name, value in chart.settings if value is not None and name not in {"notes", "libraries"}}
    return ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in shown.items())


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return " and ".join(_value(part) for part in value)
    return f"{value:.3g}" if isinstance(value, float) else str(value)
