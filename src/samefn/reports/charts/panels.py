"""The paper's panels side by side: distillation, quantisation, pruning, and all models."""

from math import ceil

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from samefn.reports.charts.map_data import map_title, trails
from samefn.reports.charts.theme import MUTED, WIDTH, legend_entries, line, mark
from samefn.reports.view import Findings
from samefn.reports.wording.numbers import figure
from samefn.schema.landscape import LandscapeMap, TsneSettings
from samefn.schema.report import Report, Role

_PANEL_INCHES = 3.7


def panel_maps(report: Report) -> tuple[LandscapeMap, ...]:
    """The panels, and the map of all models by the same method; nothing where no panel was made."""
    if not report.panels:
        return ()
    whole = [chart for chart in report.landscape if chart.method == report.panels[0].method]
    return (*report.panels, *whole)


def panels_figure(findings: Findings) -> Figure:
    """One map a panel, two in a row; each says what it is worth."""
    charts = panel_maps(findings.report)
    rows = ceil(len(charts) / 2)
    page = Figure(figsize=(WIDTH, _PANEL_INCHES * rows + 0.8), layout="constrained")
    places = page.subplots(rows, 2, squeeze=False).flat
    roles: set[Role] = set()
    for axes, chart in zip(places, charts, strict=False):
        roles |= _draw(axes, findings, chart)
    for axes in list(places)[len(charts) :]:
        axes.set_axis_off()
    page.legend(
        handles=legend_entries(roles),
        loc="outside lower left",
        ncols=4,
        fontsize=8,
        title="Lines are trainings: hollow is the start, filled the end. Each panel is a map of its own models.",
        title_fontsize=7.5,
        alignment="left",
    )
    return page


def _draw(axes: Axes, findings: Findings, chart: LandscapeMap) -> set[Role]:
    found = trails(findings, chart)
    for trail in found:
        role = trail.model.role
        xs, ys = [x for _, x, _ in trail.points], [y for _, _, y in trail.points]
        if trail.moves:
            axes.plot(xs, ys, linewidth=1.1, alpha=0.7, zorder=2, **line(role))
            axes.plot(xs[0], ys[0], zorder=4, **mark(role, hollow=True, size=5))
        axes.plot(xs[-1], ys[-1], zorder=5 + (not trail.moves), **mark(role, size=8 if role == "base" else 6))
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color="#d0d6dc")
    axes.set_title(f"{chart.panel}, {map_title(chart.method)}", fontsize=10)
    said = [f"{name} {figure(value).text}" for name, value in _facts(chart).items() if value is not None]
    axes.set_xlabel(" · ".join(said), fontsize=7.2, loc="left", color=MUTED)
    return {trail.model.role for trail in found}


def _facts(chart: LandscapeMap) -> dict[str, float | None]:
    return {
        "perplexity": chart.settings.perplexity if isinstance(chart.settings, TsneSettings) else None,
        "trustworthiness": chart.quality.trustworthiness,
        "stress": chart.quality.stress,
    }
