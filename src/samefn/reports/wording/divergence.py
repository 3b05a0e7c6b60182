"""Infinite Kullback-Leibler divergences in words: what to read in their place."""

from samefn.measures.floored import FLOORED
from samefn.reports.wording.numbers import format_with_interval
from samefn.schema.report import MeasureEntry, Report

_KL = "kl_divergence"


def infinite_divergences(report: Report) -> list[str]:
    """A sentence for each candidate whose KL divergence is infinite: its floored form, or a measure that is bounded."""
    by_place = {(one.evaluation, one.base, one.candidate, one.measure): one for one in report.measures}
    candidates = {model.id: model.name for model in report.models if model.role == "candidate"}
    return [
        f"{candidates[candidate]}: KL divergence is infinite on {count:,} of {entry.examples:,} inputs; {instead}."
        for (evaluation, base, candidate, measure), entry in by_place.items()
        if measure == _KL and candidate in candidates and (count := _infinite(entry))
        for instead in [
            _instead(
                by_place.get((evaluation, base, candidate, FLOORED[_KL].name)),
                by_place.get((evaluation, base, candidate, "jensen_shannon")),
            )
        ]
    ]


def _infinite(entry: MeasureEntry) -> int:
    return next((note.count or 0 for note in entry.notes if note.code == "infinite examples"), 0)


def _instead(floored: MeasureEntry | None, bounded: MeasureEntry | None) -> str:
    if floored is not None:
        return f"with a floor of half a step it is {_figure(floored)} nats"
    return "no step is known to floor it" + (f"; Jensen-Shannon is {_figure(bounded)} nats" if bounded else "")


def _figure(entry: MeasureEntry) -> str:
    shown = format_with_interval(entry.value, entry.low, entry.high)
    return f"{shown.text} {shown.interval}".rstrip()
