"""How a method scales over architectures and data sets: panels of dots, and an answer made from the figures."""

from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.figure import Figure

from samefn.core.naming import join_words
from samefn.reports.charts.dot_plot import Dot, DotPlot
from samefn.reports.charts.scales import LogScale
from samefn.reports.charts.theme import BAND, MUTED, WIDTH, legend_entries, mark, set_rows, set_x
from samefn.reports.styles import STYLES
from samefn.reports.wording.numbers import hundredths, share
from samefn.schema.overview import Overview, StudyEntry, TrendEntry
from samefn.verdict.decide import INDEPENDENT

MEASURES = {"disagreement": "by answers", "total_variation": "by probabilities"}
LEAST = 1e-3
"""What is nearer to the base's own noise is drawn at 0."""


@dataclass(frozen=True)
class Panel:
    """One method by one distance: its entries, a study each, in order."""

    method: str
    measure: str
    entries: tuple[tuple[StudyEntry, TrendEntry], ...]


def compared(overview: Overview) -> tuple[StudyEntry, ...]:
    """The studies whose figures stand beside one another.

    With several pairs one protocol of each, corrected where it was asked; with one pair all its variants.
    """
    made = [study for study in overview.studies if not study.error]
    if len(overview.pairs) == 1:
        return tuple(made)
    return tuple(study for study in made if study.variant == overview.variants[0])


def panels(overview: Overview, measure: str) -> tuple[Panel, ...]:
    """A panel a method."""
    studies = {study.name: study for study in compared(overview)}
    found: dict[str, list[tuple[StudyEntry, TrendEntry]]] = {}
    for entry in overview.trend:
        if entry.measure == measure and entry.study in studies and entry.value is not None:
            found.setdefault(entry.method, []).append((studies[entry.study], entry))
    return tuple(Panel(method, measure, tuple(entries)) for method, entries in found.items())


def trend_plots(overview: Overview, measure: str) -> tuple[tuple[str, DotPlot], ...]:
    """A title and a dot plot for each method, all on one axis; the band is where independents are."""
    found = panels(overview, measure)
    scale = _scale(found)
    plots = []
    for panel in found:
        dots = []
        for study, entry in panel.entries:
            shown = hundredths(entry.value, entry.low, entry.high)
            dots.append(Dot(_row(overview, study), entry.role, *_ends(scale, entry), shown.text, shown.interval))
        plots.append((panel.method, DotPlot(tuple(dots), tuple(scale.ticks(4)), (scale.at(INDEPENDENT), 1.0))))
    return tuple(plots)


def trend_figures(overview: Overview) -> Iterator[tuple[str, Figure]]:
    """The same as still figures, one a distance. Draw them inside `theme()`."""
    for measure, words in MEASURES.items():
        if found := panels(overview, measure):
            yield f"trend-{measure.replace('_', '-')}", _figure(overview, found, words)


def answer(overview: Overview) -> tuple[str, ...]:
    """How the methods scale over the pairs, in sentences: which verdicts are the same on all, and the range of each."""
    studies = {study.name: study for study in compared(overview)}
    by_method: dict[str, dict[str, TrendEntry]] = {}
    for entry in overview.trend:
        if entry.measure == "disagreement" and entry.study in studies:
            by_method.setdefault(entry.method, {})[studies[entry.study].pair] = entry
    everywhere = {method: entries for method, entries in by_method.items() if len(entries) > 1}
    if len(overview.pairs) < 2 or not everywhere:
        return ("How the methods scale over architectures and data sets takes two pairs or more.",)
    how_many = len({study.pair for study in studies.values()})
    alike = {method: _verdict(entries) for method, entries in everywhere.items() if len(_verdicts(entries)) == 1}
    said = []
    if alike:
        by_verdict: dict[str, list[str]] = {}
        for method, verdict in alike.items():
            by_verdict.setdefault(verdict, []).append(method)
        each = "; ".join(f"{join_words(methods)}: {verdict}" for verdict, methods in by_verdict.items())
        said.append(f"The same verdict on every one of {how_many} pairs: {each}.")
    for method, entries in everywhere.items():
        if method not in alike:
            by_outcome: dict[str, list[str]] = {}
            for pair, entry in entries.items():
                by_outcome.setdefault(" or ".join(entry.outcomes) or "no verdict", []).append(pair)
            each = "; ".join(f"{outcome} on {join_words(pairs)}" for outcome, pairs in by_outcome.items())
            said.append(f"{method[0].upper()}{method[1:]} depends on the pair: {each}.")
    if ranges := [text for method, entries in everywhere.items() if (text := _range(method, entries))]:
        said.append(f"Place on the scale by answers, from the nearest pair to the farthest: {'; '.join(ranges)}.")
    return tuple(said)


def _verdicts(entries: dict[str, TrendEntry]) -> set[tuple[str, ...]]:
    return {entry.outcomes for entry in entries.values()}


def _verdict(entries: dict[str, TrendEntry]) -> str:
    return " or ".join(next(iter(entries.values())).outcomes) or "no verdict"


def _range(method: str, entries: dict[str, TrendEntry]) -> str:
    known = sorted((entry.value, pair) for pair, entry in entries.items() if entry.value is not None)
    if not known:
        return ""
    (least, nearest), (most, farthest) = known[0], known[-1]
    low, high = hundredths(least).text, hundredths(most).text
    return f"{method}: {low} on all" if low == high else f"{method}: {low} ({nearest}) to {high} ({farthest})"


def _row(overview: Overview, study: StudyEntry) -> str:
    """What a row is called: the pair, or in a suite of one pair the protocol or switch; and how good its base is."""
    name = study.variant if len(overview.pairs) == 1 else study.pair
    accuracy = "" if study.base_accuracy is None else f", base {share(study.base_accuracy, study.examples or 1)} %"
    return f"{name}{accuracy}"


def _scale(found: tuple[Panel, ...]) -> LogScale:
    """One axis for all panels: from 0 over 0.001 to beyond the independents."""
    values = [
        value
        for panel in found
        for _, entry in panel.entries
        for value in (entry.value, entry.low, entry.high)
        if value is not None
    ]
    return LogScale.over([0.0, 1.0, *(value if value >= LEAST else 0.0 for value in values)])


def _ends(scale: LogScale, entry: TrendEntry) -> tuple[float, float, float]:
    """Where value and interval lie; without an interval, where the value does."""
    value = entry.value if entry.value is not None else 0.0
    ends = (value, value if entry.low is None else entry.low, value if entry.high is None else entry.high)
    at, low, high = (scale.at(number if number >= LEAST else 0.0) for number in ends)
    return at, low, high


def _figure(overview: Overview, found: tuple[Panel, ...], words: str) -> Figure:
    rows = [len(panel.entries) for panel in found]
    page = Figure(figsize=(WIDTH, 1.2 + sum(0.5 + 0.2 * row for row in rows)), layout="constrained")
    every = page.subplots(len(found), 1, squeeze=False, sharex=True, height_ratios=[row + 0.8 for row in rows])
    scale = _scale(found)
    for axes, panel in zip(every[:, 0], found, strict=True):
        axes.axvspan(scale.at(INDEPENDENT), 1.0, color=BAND, zorder=0)
        for row, (_, entry) in enumerate(panel.entries):
            at, low, high = _ends(scale, entry)
            axes.plot([low, high], [row, row], color=STYLES[entry.role].light, linewidth=1.6, zorder=2)
            axes.plot(at, row, zorder=3, clip_on=False, **mark(entry.role))
            text = hundredths(entry.value, entry.low, entry.high)
            axes.text(1.05, row, f"{text.text}  {text.interval}", fontsize=7.5, va="center", color=MUTED)
        set_rows(axes, [_row(overview, study) for study, _ in panel.entries])
        set_x(axes, scale, most=4)
        axes.set_title(panel.method, fontsize=9.5)
    axes.set_xlabel(
        f"logarithmic; bars are intervals; the band begins at {INDEPENDENT:g}, where independents are", fontsize=7.5
    )
    page.suptitle(f"Place on the scale, {words}", x=0.01, ha="left", fontsize=11, fontweight="bold")
    roles = [entry.role for panel in found for _, entry in panel.entries]
    page.legend(handles=legend_entries(roles), loc="outside lower left", ncols=5, fontsize=8)
    return page
