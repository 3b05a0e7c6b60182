"""The landscape: a map with the true distances beneath it, and the paper's panels side by side."""

import textwrap
from math import ceil

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from samefn.reports.charts.labels import LabelPoint, LetterSize, place_labels
from samefn.reports.charts.map_data import Trail, caption, end_points, map_title, trails
from samefn.reports.charts.old_theme import (
    MUTED,
    WIDTH,
    drawable,
    legend_entries,
    line_style,
    mark_style,
    set_rows,
    set_x,
    write_labels,
)
from samefn.reports.charts.scales import LogScale
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_with_interval
from samefn.schema.landscape import LandscapeMap, TsneSettings
from samefn.schema.report import Report, Role

_MAP_INCHES = 5.2
_PANEL_INCHES = 3.7
_LETTERS = LetterSize(width=0.0155, height=0.03, offset=0.022)


def landscape_figure(view: ReportView, chart: LandscapeMap) -> Figure:
    """The map above, the true distances to the base's last point below."""
    map_trails = trails(view, chart)
    distances = view.final_distances
    rows_inches = 0.9 + 0.21 * max(len(distances), 1)
    page = Figure(figsize=(WIDTH, _MAP_INCHES + 1.5 + rows_inches), layout="constrained")
    # squeeze is for one row and one column; here there are always two.
    upper, lower = page.subfigures(2, 1, height_ratios=[_MAP_INCHES + 1.5, rows_inches], squeeze=False)[:, 0]
    _draw_map(upper.subplots(), chart, map_trails)
    _draw_distances(lower.subplots(), view)
    return page


def panel_maps(report: Report) -> tuple[LandscapeMap, ...]:
    """The panels, and the map of all models by the same method; nothing where no panel was made."""
    if not report.panels:
        return ()
    all_models = [chart for chart in report.landscape if chart.method == report.panels[0].method]
    return (*report.panels, *all_models)


def panels_figure(view: ReportView) -> Figure:
    """One map a panel, two in a row, each with its quality."""
    charts = panel_maps(view.report)
    rows = ceil(len(charts) / 2)
    page = Figure(figsize=(WIDTH, _PANEL_INCHES * rows + 0.8), layout="constrained")
    axes_grid = page.subplots(rows, 2, squeeze=False).flat
    roles: set[Role] = set()
    for axes, chart in zip(axes_grid, charts, strict=False):
        roles |= _draw_panel(axes, view, chart)
    for axes in list(axes_grid)[len(charts) :]:
        axes.set_axis_off()
    page.legend(
        handles=legend_entries(roles),
        loc="outside lower left",
        ncols=4,
        fontsize=8,
        title="A line is a training run: hollow is the start, filled the end. Each panel is a map of its own models.",
        title_fontsize=7.5,
        alignment="left",
    )
    return page


def _draw_map(axes: Axes, chart: LandscapeMap, map_trails: tuple[Trail, ...]) -> None:
    for trail in map_trails:
        role = trail.model.role
        xs, ys = [x for _, x, _ in trail.points], [y for _, _, y in trail.points]
        if trail.moves:
            axes.plot(xs, ys, linewidth=1.3, alpha=0.75, zorder=2, **line_style(role))
            axes.plot(xs[1:-1], ys[1:-1], zorder=3, **(mark_style(role, size=2.6) | {"markeredgewidth": 0}))
            axes.plot(xs[0], ys[0], zorder=4, **mark_style(role, hollow=True, size=6.5))
        axes.plot(xs[-1], ys[-1], zorder=5 + (not trail.moves), **mark_style(role, size=10 if role == "base" else 8))
    between = [(x, y) for trail in map_trails for _, x, y in trail.points]
    write_labels(
        axes, place_labels([_short(end) for end in end_points(map_trails)], near=0.03, sizes=[_LETTERS], others=between)
    )
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color="#d0d6dc")
    axes.set_title(f"{map_title(chart.method)} map of the models' predictions")
    words = "\n".join(textwrap.wrap(drawable(caption(chart), 400), 96))
    axes.set_xlabel(words, fontsize=7.2, loc="left")
    moving = frozenset(trail.model.role for trail in map_trails if trail.moves)
    handles = legend_entries((trail.model.role for trail in map_trails), moving)
    if handles:
        axes.figure.legend(
            handles=handles,
            loc="outside lower left",
            ncols=4,
            fontsize=8,
            title="A line is a training run: hollow is the start, filled the end, dots are the epochs between."
            if moving
            else None,
            title_fontsize=7.5,
            alignment="left",
        )


def _short(end: LabelPoint) -> LabelPoint:
    return LabelPoint(drawable(end.name, 26), end.x, end.y)


def _draw_distances(axes: Axes, view: ReportView) -> None:
    distances = view.final_distances
    axes.figure.suptitle("True distance to the base", x=0.01, ha="left", fontsize=11, fontweight="bold")
    if not distances:
        axes.text(0, 0.5, "no distances were measured", color=MUTED)
        axes.set_axis_off()
        return
    scale = LogScale.over([distance for _, distance in distances])
    for row, (model, distance) in enumerate(distances):
        axes.plot([0, scale.at(distance)], [row, row], color="#c4cbd3", linewidth=1, zorder=2)
        axes.plot(scale.at(distance), row, zorder=3, clip_on=False, **mark_style(model.role))
        axes.text(1.04, row, format_with_interval(distance).text, fontsize=7.5, va="center", color=MUTED)
    set_rows(axes, [model.name for model, _ in distances])
    set_x(axes, scale)
    axes.set_xlabel("root mean square L2 distance of the softmax rows, 0 to √2; logarithmic", fontsize=7.5)


def _draw_panel(axes: Axes, view: ReportView, chart: LandscapeMap) -> set[Role]:
    map_trails = trails(view, chart)
    for trail in map_trails:
        role = trail.model.role
        xs, ys = [x for _, x, _ in trail.points], [y for _, _, y in trail.points]
        if trail.moves:
            axes.plot(xs, ys, linewidth=1.1, alpha=0.7, zorder=2, **line_style(role))
            axes.plot(xs[0], ys[0], zorder=4, **mark_style(role, hollow=True, size=5))
        axes.plot(xs[-1], ys[-1], zorder=5 + (not trail.moves), **mark_style(role, size=8 if role == "base" else 6))
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color="#d0d6dc")
    axes.set_title(f"{chart.panel}, {map_title(chart.method)}", fontsize=10)
    facts = [
        f"{name} {format_with_interval(value).text}" for name, value in _panel_facts(chart).items() if value is not None
    ]
    axes.set_xlabel(" · ".join(facts), fontsize=7.2, loc="left", color=MUTED)
    return {trail.model.role for trail in map_trails}


def _panel_facts(chart: LandscapeMap) -> dict[str, float | None]:
    return {
        "perplexity": chart.settings.perplexity if isinstance(chart.settings, TsneSettings) else None,
        "trustworthiness": chart.quality.trustworthiness,
        "stress": chart.quality.stress,
    }
