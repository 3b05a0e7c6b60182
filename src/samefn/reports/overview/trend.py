"""Each method's relative distance over architectures and data sets, as dot plots and as still figures."""

from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.figure import Figure

from samefn.reports.charts.dot_plot import Dot, DotPlot
from samefn.reports.charts.old_theme import BAND, MUTED, WIDTH, legend_entries, mark_style, set_rows, set_x
from samefn.reports.charts.scales import LogScale
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.wording.measures import DISTANCE_SOURCES
from samefn.reports.wording.numbers import format_share, format_two_decimals
from samefn.reports.wording.overview import comparable_studies
from samefn.schema.overview import Overview, StudyEntry, TrendEntry
from samefn.verdict.how_far import INDEPENDENT

SMALLEST_SHOWN = 1e-3
"""A smaller relative distance is drawn at 0."""


@dataclass(frozen=True)
class TrendPanel:
    """One method by one distance: its entries, a study each, in order."""

    method: str
    measure: str
    entries: tuple[tuple[StudyEntry, TrendEntry], ...]


def panels(overview: Overview, measure: str) -> tuple[TrendPanel, ...]:
    """A panel a method."""
    studies = {study.name: study for study in comparable_studies(overview)}
    by_method: dict[str, list[tuple[StudyEntry, TrendEntry]]] = {}
    for entry in overview.trend:
        if entry.measure == measure and entry.study in studies and entry.value is not None:
            by_method.setdefault(entry.method, []).append((studies[entry.study], entry))
    return tuple(TrendPanel(method, measure, tuple(entries)) for method, entries in by_method.items())


def trend_plots(overview: Overview, measure: str) -> tuple[tuple[str, DotPlot], ...]:
    """A title and a dot plot for each method, all on one axis; the band is where independents are."""
    trend_panels = panels(overview, measure)
    scale = _scale(trend_panels)
    plots = []
    for panel in trend_panels:
        dots = []
        for study, entry in panel.entries:
            shown = format_two_decimals(entry.value, entry.low, entry.high)
            dots.append(Dot(_row(overview, study), entry.role, *_ends(scale, entry), shown.text, shown.interval))
        plots.append((panel.method, DotPlot(tuple(dots), tuple(scale.ticks(4)), (scale.at(INDEPENDENT), 1.0))))
    return tuple(plots)


def trend_figures(overview: Overview) -> Iterator[tuple[str, Figure]]:
    """The same as still figures, one a distance. Draw them inside `theme()`."""
    for measure, source in DISTANCE_SOURCES.items():
        if trend_panels := panels(overview, measure):
            yield f"trend-{measure.replace('_', '-')}", _figure(overview, trend_panels, source)


def _row(overview: Overview, study: StudyEntry) -> str:
    """The title of a row: the pair, or in a suite of one pair the protocol or switch; and how good its base is."""
    name = study.variant if len(overview.pairs) == 1 else study.pair
    accuracy = (
        "" if study.base_accuracy is None else f", base {format_share(study.base_accuracy, study.examples or 1)} %"
    )
    return f"{name}{accuracy}"


def _scale(trend_panels: tuple[TrendPanel, ...]) -> LogScale:
    """One axis for all panels: from 0 over 0.001 to beyond the independents."""
    values = [
        value
        for panel in trend_panels
        for _, entry in panel.entries
        for value in (entry.value, entry.low, entry.high)
        if value is not None
    ]
    return LogScale.over([0.0, 1.0, *(value if value >= SMALLEST_SHOWN else 0.0 for value in values)])


def _ends(scale: LogScale, entry: TrendEntry) -> tuple[float, float, float]:
    """Where value and interval lie; without an interval, where the value does."""
    value = entry.value if entry.value is not None else 0.0
    ends = (value, value if entry.low is None else entry.low, value if entry.high is None else entry.high)
    at, low, high = (scale.at(number if number >= SMALLEST_SHOWN else 0.0) for number in ends)
    return at, low, high


def _figure(overview: Overview, trend_panels: tuple[TrendPanel, ...], source: str) -> Figure:
    rows = [len(panel.entries) for panel in trend_panels]
    page = Figure(figsize=(WIDTH, 1.2 + sum(0.5 + 0.2 * row for row in rows)), layout="constrained")
    axes_grid = page.subplots(
        len(trend_panels), 1, squeeze=False, sharex=True, height_ratios=[row + 0.8 for row in rows]
    )
    scale = _scale(trend_panels)
    for axes, panel in zip(axes_grid[:, 0], trend_panels, strict=True):
        axes.axvspan(scale.at(INDEPENDENT), 1.0, color=BAND, zorder=0)
        for row, (_, entry) in enumerate(panel.entries):
            at, low, high = _ends(scale, entry)
            axes.plot([low, high], [row, row], color=ROLE_STYLES[entry.role].light, linewidth=1.6, zorder=2)
            axes.plot(at, row, zorder=3, clip_on=False, **mark_style(entry.role))
            text = format_two_decimals(entry.value, entry.low, entry.high)
            axes.text(1.05, row, f"{text.text}  {text.interval}", fontsize=7.5, va="center", color=MUTED)
        set_rows(axes, [_row(overview, study) for study, _ in panel.entries])
        set_x(axes, scale, most=4)
        axes.set_title(panel.method, fontsize=9.5)
    axes.set_xlabel(
        f"logarithmic; bars are intervals; the band begins at {INDEPENDENT:g}, where independents are", fontsize=7.5
    )
    page.suptitle(f"Relative distance by {source}", x=0.01, ha="left", fontsize=11, fontweight="bold")
    roles = [entry.role for panel in trend_panels for _, entry in panel.entries]
    page.legend(handles=legend_entries(roles), loc="outside lower left", ncols=5, fontsize=8)
    return page
