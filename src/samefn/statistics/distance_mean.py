"""The interval of the mean of distances that have a greatest value."""

from fractions import Fraction

from samefn.measures.pairs import Floats
from samefn.statistics.exact_sums import BITS, exact_sum
from samefn.statistics.mean_intervals import central, ends
from samefn.statistics.unseen import unseen


def distance_mean(values: Floats, greatest: float, confidence: float) -> tuple[float, float]:
    """The interval of a mean of distances from 0 on: that of `ends`, the same in any order of the distances.

    Its upper end allows for one more example of the greatest distance, as that of a measure does: equal distances do
    not show that there is none.

    Args:
        values: finite, one an example.
        greatest: that a distance can be.
        confidence: the share of repetitions in which an interval covers the truth, above 0 and below 1.

    >>> import numpy as np
    >>> low, high = distance_mean(np.zeros(100), 1.0, 0.95)
    >>> low, round(high, 4)
    (0.0, 0.0369)
    """
    sums = {
        ("x",): exact_sum(values),
        ("x", "x"): exact_sum(values * values),
        ("x", "x", "x"): exact_sum(values * values * values),
    }
    count = len(values)
    variance, third = central(sums, ["x"], [1.0], count)
    mean = float(Fraction(sums["x",], count << BITS))
    low, high, _ = ends(mean, variance, third, count, 0, confidence)
    allowed = mean + unseen(greatest - mean, variance, third, count, confidence)
    return min(max(low, 0.0), mean), min(max(high, mean, allowed), greatest)
