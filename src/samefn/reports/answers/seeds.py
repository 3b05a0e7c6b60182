"""What is said of the seeds of one method together: of each figure the median and the range."""

from collections.abc import Callable, Sequence
from statistics import median

from samefn.reports.answers.costs import cost_facts
from samefn.reports.answers.fact import Fact
from samefn.reports.view import JudgedCandidate, ReportView
from samefn.reports.wording.numbers import MINUS, format_share, format_two_decimals


def seeds_facts(view: ReportView, members: Sequence[JudgedCandidate]) -> tuple[Fact, ...]:
    """Changed predictions, change of accuracy and relative distance over the seeds; the size is the first one's."""

    def share(value: float) -> str:
        return format_share(value, view.examples)

    def points(value: float) -> str:
        return f"{'+' if value > 0 else MINUS if value < 0 else ''}{share(abs(value))}"

    def distance(value: float) -> str:
        return format_two_decimals(value).text

    shares = [one.verdict.against[0].value for one in members]
    changes = [-one.verdict.net_loss for one in members if one.verdict.net_loss is not None]
    distances = [one.relative_distance for one in members if one.relative_distance is not None]
    facts = (
        _over_seeds("changed", "changed predictions", " %", shares, share),
        _over_seeds("accuracy", "accuracy", " points", changes, points),
        _over_seeds("distance", "relative distance", "", distances, distance),
    )
    return (*(fact for fact in facts if fact is not None), *cost_facts(view, members[0].model))


def _over_seeds(
    key: str, label: str, unit: str, figures: Sequence[float], words: Callable[[float], str]
) -> Fact | None:
    if not figures:
        return None
    middle, low, high = words(median(figures)), words(min(figures)), words(max(figures))
    interval = "" if low == high else f"({low} to {high})"
    return Fact(key, label, f"{middle}{unit}", interval, f"median of {len(figures)} seeds", short=middle)
