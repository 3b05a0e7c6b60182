"""A map with the true distances beneath it, so that nobody reads more from the map than it holds."""

import textwrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from samefn.reports.charts.labels import End, Letters, place
from samefn.reports.charts.map_data import Trail, caption, ends, map_title, trails
from samefn.reports.charts.scales import LogScale
from samefn.reports.charts.theme import (
    MUTED,
    WIDTH,
    drawable,
    legend_entries,
    line,
    mark,
    set_rows,
    set_x,
    write_labels,
)
from samefn.reports.view import Findings
from samefn.reports.wording.numbers import figure
from samefn.schema.landscape import LandscapeMap

_MAP_INCHES = 5.2
_LETTERS = Letters(width=0.0155, height=0.03, offset=0.022)


def landscape_figure(findings: Findings, chart: LandscapeMap) -> Figure:
    """The map above, the true distances to the base's last point below."""
    found = trails(findings, chart)
    distances = findings.final_distances
    rows_inches = 0.9 + 0.21 * max(len(distances), 1)
    page = Figure(figsize=(WIDTH, _MAP_INCHES + 1.5 + rows_inches), layout="constrained")
    # squeeze is for one row and one column; here there are always two.
    upper, lower = page.subfigures(2, 1, height_ratios=[_MAP_INCHES + 1.5, rows_inches], squeeze=False)[:, 0]
    _draw_map(upper.subplots(), chart, found)
    _draw_distances(lower.subplots(), findings)
    return page


def _draw_map(axes: Axes, chart: LandscapeMap, found: tuple[Trail, ...]) -> None:
    for trail in found:
        role = trail.model.role
        xs, ys = [x for _, x, _ in trail.points], [y for _, _, y in trail.points]
        if trail.moves:
            axes.plot(xs, ys, linewidth=1.3, alpha=0.75, zorder=2, **line(role))
            axes.plot(xs[1:-1], ys[1:-1], zorder=3, **(mark(role, size=2.6) | {"markeredgewidth": 0}))
            axes.plot(xs[0], ys[0], zorder=4, **mark(role, hollow=True, size=6.5))
        axes.plot(xs[-1], ys[-1], zorder=5 + (not trail.moves), **mark(role, size=10 if role == "base" else 8))
    between = [(x, y) for trail in found for _, x, y in trail.points]
    write_labels(axes, place([_short(end) for end in ends(found)], near=0.03, sizes=[_LETTERS], others=between))
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color="#d0d6dc")
    axes.set_title(f"{map_title(chart.method)} map of what the models answer")
    words = "\n".join(textwrap.wrap(drawable(caption(chart), 400), 96))
    axes.set_xlabel(words, fontsize=7.2, loc="left")
    moving = frozenset(trail.model.role for trail in found if trail.moves)
    handles = legend_entries((trail.model.role for trail in found), moving)
    if handles:
        axes.figure.legend(
            handles=handles,
            loc="outside lower left",
            ncols=4,
            fontsize=8,
            title="Lines are trainings: hollow is the start, filled the end, dots the epochs between."
            if moving
            else None,
            title_fontsize=7.5,
            alignment="left",
        )


def _short(end: End) -> End:
    return End(drawable(end.name, 26), end.x, end.y)


def _draw_distances(axes: Axes, findings: Findings) -> None:
    distances = findings.final_distances
    axes.figure.suptitle("True distance to the base", x=0.01, ha="left", fontsize=11, fontweight="bold")
    if not distances:
        axes.text(0, 0.5, "not made: no distances were measured", color=MUTED)
        axes.set_axis_off()
        return
    scale = LogScale.over([distance for _, distance in distances])
    for row, (model, distance) in enumerate(distances):
        axes.plot([0, scale.at(distance)], [row, row], color="#c4cbd3", linewidth=1, zorder=2)
        axes.plot(scale.at(distance), row, zorder=3, clip_on=False, **mark(model.role))
        axes.text(1.04, row, figure(distance).text, fontsize=7.5, va="center", color=MUTED)
    set_rows(axes, [model.name for model, _ in distances])
    set_x(axes, scale)
    axes.set_xlabel("root mean square L2 distance of the softmax rows, 0 to √2; logarithmic", fontsize=7.5)
