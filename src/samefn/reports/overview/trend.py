"""Each method's relative distance over architectures and data sets."""

from collections.abc import Iterator
from functools import partial

import altair as alt

from samefn.reports.charts.axis import ValueAxis
from samefn.reports.charts.drawings import Drawing
from samefn.reports.charts.key import KeyEntry
from samefn.reports.charts.marks import Point
from samefn.reports.charts.rows import Band, Row, rows_chart
from samefn.reports.charts.theme import BAND, Width
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.wording.measures import DISTANCE_SOURCES
from samefn.reports.wording.numbers import format_share, format_two_decimals
from samefn.reports.wording.overview import comparable_studies
from samefn.schema.overview import Overview, StudyEntry, TrendEntry
from samefn.verdict.how_far import INDEPENDENT

SMALLEST_SHOWN = 1e-3
"""A smaller relative distance is not told from 0."""


def trend_measures(overview: Overview) -> tuple[str, ...]:
    """The distances by which the studies that can be compared have relative distances."""
    return tuple(measure for measure in DISTANCE_SOURCES if _by_method(overview, measure))


def trend_drawings(overview: Overview) -> Iterator[Drawing]:
    """The chart by each distance."""
    for measure in trend_measures(overview):
        yield Drawing(f"trend-{measure.replace('_', '-')}", partial(trend_chart, overview, measure))


def trend_chart(overview: Overview, measure: str, width: Width = "double") -> alt.LayerChart:
    """Each method's relative distance by one distance, a row a study; in the band it is as far as an independent.

    Args:
        overview: of several studies.
        measure: one of `trend_measures`.
        width: one or two columns.
    """
    by_method = _by_method(overview, measure)
    points = {id(entry): _point(study, entry) for entries in by_method.values() for study, entry in entries}
    drawn = [end for point in points.values() for end in (point.low, point.value, point.high)]
    axis = ValueAxis.from_zero([1.0, *drawn], least=SMALLEST_SHOWN)
    rows = []
    for method, entries in by_method.items():
        rows.append(Row(method))
        rows += [Row(_row(overview, study), (points[id(entry)],), _text(entry)) for study, entry in entries]
    return rows_chart(
        rows,
        axis,
        width,
        title=f"relative distance by {DISTANCE_SOURCES[measure]}{f'; {axis.words}' if axis.words else ''}",
        quantity="relative_distance",
        bands=[Band(INDEPENDENT, axis.high, BAND)],
        key=[KeyEntry(f"from {INDEPENDENT:g} on: as far as an independent", BAND)],
    )


def _by_method(overview: Overview, measure: str) -> dict[str, list[tuple[StudyEntry, TrendEntry]]]:
    studies = {study.name: study for study in comparable_studies(overview)}
    by_method: dict[str, list[tuple[StudyEntry, TrendEntry]]] = {}
    for entry in overview.trend:
        if entry.measure == measure and entry.study in studies and entry.value is not None:
            by_method.setdefault(entry.method, []).append((studies[entry.study], entry))
    return by_method


def _row(overview: Overview, study: StudyEntry) -> str:
    """The title of a row: the pair, or in a suite of one pair the protocol or switch; and how good its base is."""
    name = study.variant if len(overview.pairs) == 1 else study.pair
    accuracy = (
        "" if study.base_accuracy is None else f", base {format_share(study.base_accuracy, study.examples or 1)} %"
    )
    return f"{name}{accuracy}"


def _point(study: StudyEntry, entry: TrendEntry) -> Point:
    """Value and interval; without an interval, the value."""
    value = entry.value if entry.value is not None else 0.0
    ends = (value, value if entry.low is None else entry.low, value if entry.high is None else entry.high)
    facts = (("study", study.name), ("method", entry.method))
    tip = f"{entry.method}, {study.name}: {_text(entry)}"
    return Point(entry.role, *ends, ROLE_STYLES[entry.role].light, tip, facts=facts)


def _text(entry: TrendEntry) -> str:
    return str(format_two_decimals(entry.value, entry.low, entry.high))
