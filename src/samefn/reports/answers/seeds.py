"""The facts about all seeds of one method: of each figure the median and the range."""

from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

from samefn.reports.answers.costs import cost_facts
from samefn.reports.answers.fact import Fact
from samefn.reports.view import JudgedCandidate, ReportView
from samefn.reports.wording.numbers import NumberText, format_two_decimals, format_with_interval


def seeds_facts(view: ReportView, members: Sequence[JudgedCandidate]) -> tuple[Fact, ...]:
    """Changed predictions, change of accuracy and relative distance over the seeds; the size is the first one's."""
    shares = [one.verdict.against[0].value for one in members]
    changes = [-one.verdict.net_loss for one in members if one.verdict.net_loss is not None]
    distances = [one.relative_distance for one in members if one.relative_distance is not None]
    facts = (
        _over_seeds("changed", "changed predictions", " %", shares, partial(format_with_interval, percent=True)),
        _over_seeds(
            "accuracy", "accuracy", " points", changes, partial(format_with_interval, percent=True, signed=True)
        ),
        _over_seeds("distance", "relative distance", "", distances, format_two_decimals),
    )
    return (*(fact for fact in facts if fact is not None), *cost_facts(view, members[0].model))


def _over_seeds(
    key: str, label: str, unit: str, figures: Sequence[float], words: Callable[[float, float, float], NumberText]
) -> Fact | None:
    """The range is written as the ends of an interval are, in round brackets: it is none."""
    if not figures:
        return None
    shown = words(median(figures), min(figures), max(figures))
    differ = min(figures) < max(figures)
    interval = shown.interval.replace("[", "(").replace(", ", " to ").replace("]", ")") if differ else ""
    return Fact(key, label, f"{shown.text}{unit}", interval, f"median of {len(figures)} seeds", short=shown.text)
