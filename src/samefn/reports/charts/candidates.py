"""Every candidate on one line, from the base's own noise to an independent, by the share of changed predictions."""

from collections.abc import Iterable
from statistics import median

import altair as alt

from samefn.reports.charts.axis import ValueAxis
from samefn.reports.charts.key import KeyEntry
from samefn.reports.charts.marks import Point, judged_point
from samefn.reports.charts.rows import Band, Row, rows_chart
from samefn.reports.charts.theme import BAND, LIMIT, Width
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.view import ModelComparison, ReportView
from samefn.reports.wording.groups import seed_group
from samefn.reports.wording.numbers import format_with_interval
from samefn.schema.report import Role
from samefn.schema.verdicts import VerdictEntry

# Candidates first, then what they are held against.
_ORDER: tuple[Role, ...] = (
    "candidate",
    "quantized",
    "pruned",
    "student",
    "control",
    "teacher",
    "independent",
    "replicate",
)


def candidates_chart(view: ReportView, width: Width = "double") -> alt.LayerChart:
    """Every model's share of changed predictions with its interval, by method, the nearest first.

    The colour is the answer; models that differ in their seed alone share a row. Bands: the limit within which a
    candidate counts as the same, and the range of independents.

    Args:
        view: a report with `comparisons`.
        width: one or two columns.
    """
    verdicts = {entry.candidate: entry for entry in view.report.verdicts if entry.evaluation == view.evaluation}
    comparisons = view.comparisons
    limits = {limit for c in comparisons if (limit := _limit(verdicts.get(c.model.id))) is not None}
    axis = ValueAxis.from_zero([*(end for c in comparisons for end in (c.low, c.value, c.high)), *limits], percent=True)
    reference = view.independent_range
    bands = [Band(reference.low, reference.high, BAND)] if reference else []
    key = []
    if len(limits) == 1:
        limit = limits.pop()
        bands.append(Band(0.0, limit, LIMIT))
        key.append(KeyEntry(f"up to the limit, {100 * limit:.3g} %", LIMIT))
    if reference:
        key.append(KeyEntry("range of the independents", BAND))
    title = "changed predictions, % of inputs"
    return rows_chart(
        _rows(view, verdicts),
        axis,
        width,
        title=f"{title}; {axis.words}" if axis.words else title,
        quantity="changed",
        bands=bands,
        key=key,
        second=_relative_marks(view, axis),
        second_title="relative distance: 0 noise floor, 1 independent",
    )


def _rows(view: ReportView, verdicts: dict[str, VerdictEntry]) -> list[Row]:
    by_role: dict[Role, list[ModelComparison]] = {}
    for comparison in view.comparisons:
        by_role.setdefault(comparison.model.role, []).append(comparison)
    rows = []
    for role in _ORDER:
        if role in by_role:
            if len(by_role) > 1:
                rows.append(Row(ROLE_STYLES[role].plural))
            seeds: dict[tuple[str, ...], list[ModelComparison]] = {}
            for comparison in by_role[role]:
                seeds.setdefault(seed_group(comparison.model), []).append(comparison)
            rows += [_row(group, verdicts) for group in sorted(seeds.values(), key=_middle)]
    return rows


def _row(group: list[ModelComparison], verdicts: dict[str, VerdictEntry]) -> Row:
    points = tuple(_point(comparison, verdicts.get(comparison.model.id)) for comparison in group)
    answers = list(dict.fromkeys(v.outcome for c in group if (v := verdicts.get(c.model.id))))
    note = answers[0] if len(answers) == 1 else " or ".join(answers)
    if len(group) == 1:
        return Row(group[0].name, points, _figure(group[0]), note)
    family = group[0].model.family or ROLE_STYLES[group[0].model.role].plural
    low, high = (format_with_interval(end, percent=True).text for end in (group[0].value, group[-1].value))
    middle = format_with_interval(_middle(group), percent=True).text
    return Row(f"{family}, {len(group)} seeds", points, f"{middle} % ({low} to {high})", note)


def _point(comparison: ModelComparison, verdict: VerdictEntry | None) -> Point:
    ends = (comparison.value, comparison.low, comparison.high)
    outcome = verdict.outcome if verdict else None
    return judged_point(comparison.model, comparison.name, outcome, ends, _figure(comparison))


def _figure(comparison: ModelComparison) -> str:
    shown = format_with_interval(comparison.value, comparison.entry.low, comparison.entry.high, percent=True)
    return f"{shown.text} % {shown.interval}".rstrip()


def _middle(group: Iterable[ModelComparison]) -> float:
    return median(comparison.value for comparison in group)


def _limit(verdict: VerdictEntry | None) -> float | None:
    """The limit on the share of changed predictions."""
    held = verdict.against if verdict else ()
    return next((figure.limit for figure in held if figure.measure == "disagreement"), None)


def _relative_marks(view: ReportView, axis: ValueAxis) -> list[tuple[float, str]]:
    """Where relative distances of 0, 0.1 and 1 are on the axis; none without independents."""
    entry = next((e for e in view.relative_distances if e.measure == "disagreement" and e.value is not None), None)
    if entry is None or entry.independent_distance is None:
        return []
    span = entry.independent_distance - entry.noise_floor
    marks = (
        ((0.0, "0"), (0.01, "0.01"), (0.1, "0.1"), (1.0, "1")) if axis.words else ((0.0, "0"), (0.5, "0.5"), (1.0, "1"))
    )
    return [(entry.noise_floor + share * span, text) for share, text in marks]
