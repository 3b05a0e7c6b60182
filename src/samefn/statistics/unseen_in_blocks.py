"""What examples that were not drawn could add to a measure whose interval is over blocks or groups."""

from collections.abc import Sequence
from typing import NamedTuple

from samefn.measures.measure import Measure
from samefn.statistics.cluster_intervals import BlockEstimate
from samefn.statistics.intervals import of_means
from samefn.statistics.unseen import largest_changes, unseen, widened


class Allowed(NamedTuple):
    """Ends of an interval, None where there are none, and whether the allowance makes up most of it on one side."""

    low: float | None
    high: float | None
    most: bool = False


def allow_unseen(
    measure: Measure, found: BlockEstimate, means: Sequence[float], units: int, moved: int, confidence: float
) -> Allowed:
    """The ends of an interval, allowing for one more unit of the largest change.

    The variance is that over blocks, so what was seen to come together counts as it came. What was not seen is one
    unit: a declared group, which changes as a whole, or a token. A share of units has an exact interval instead.

    Args:
        measure: made from means over rows.
        found: it, with its interval over blocks.
        means: of its columns.
        units: how many units these are over.
        moved: of how many units more than half of the probability moved.
        confidence: above 0 and below 1.
    """
    if measure.binary or found.value is None or found.low is None or found.high is None or found.error is None:
        return Allowed(found.low, found.high)
    changes = largest_changes(measure, of_means(measure), means, units, moved)
    below, above = (unseen(one, found.error**2 * units, 0.0, units, confidence) for one in changes)
    low, high, most = widened(found.low, found.high, found.value, below, above)
    return Allowed(max(low, min(measure.low, found.low)), min(high, max(measure.high, found.high)), most)
