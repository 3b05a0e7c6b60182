"""The mean of paired differences, with an interval and a test that it is 0."""

from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from samefn.measures.pairs import Floats, Ints
from samefn.statistics.exact_tests import sign_test
from samefn.statistics.paired_difference import paired_difference


class PairedTest(NamedTuple):
    """The difference of two figures over the same examples.

    Attributes:
        low: lower end of its interval.
        high: upper end.
        p_value: that the true difference is 0, two-sided.
    """

    low: float
    high: float
    p_value: float


def paired_mean(differences: Floats, blocks: Ints | None = None, confidence: float = 0.95) -> PairedTest | None:
    """Student's t over examples, or over blocks of dependent ones.

    Where only k units differ, no test can tell more than that all of them differ to the same side: the p-value is at
    least 2 (1/2)^k. Without that bound four equal differences among thousands of zeros would pass at 5 %.

    Args:
        differences: one an example, finite.
        blocks: the block of each; None where each example stands for itself.
        confidence: of the interval, above 0 and below 1.

    Returns:
        None where there are fewer than two units.

    >>> paired_mean(np.array([1.0, 1.0, 1.0, *np.zeros(97)])).p_value
    0.25
    """
    units, sizes = differences, np.ones(len(differences))
    if blocks is not None:
        _, codes = np.unique(blocks, return_inverse=True)
        units = np.bincount(codes, differences).astype(np.float64)
        sizes = np.bincount(codes).astype(np.float64)
    count = len(units)
    if count < 2:
        return None
    mean = float(units.sum() / sizes.sum())
    # What is left of each unit's sum after taking off the mean times its size.
    residuals = float(np.square(units - mean * sizes).sum())
    error = sqrt(residuals * count / (count - 1)) / float(sizes.sum())
    half = float(stdtrit(count - 1, (1 + confidence) / 2)) * error
    if not units.any():
        return PairedTest(mean - half, mean + half, 1.0)
    p_value = 2 * float(stdtr(count - 1, -abs(mean) / error)) if error > 0 else 0.0
    least = 2.0 ** (1 - min(int(np.count_nonzero(units)), 1000))
    return PairedTest(mean - half, mean + half, max(p_value, least))


def paired_share(before: Floats, after: Floats, confidence: float = 0.95) -> PairedTest:
    """McNemar's exact test of two shares of the same examples, with Tango's interval of `after` less `before`.

    Args:
        before: [examples] 0 or 1.
        after: the same.
        confidence: of the interval, above 0 and below 1.

    >>> test = paired_share(np.array([0, 0, 0, 0, 0, 1.0]), np.array([1.0, 1, 1, 1, 1, 1]))
    >>> test.p_value, test.low < 5 / 6 < test.high
    (0.0625, True)
    """
    more, fewer = (int(np.count_nonzero(one > other)) for one, other in ((after, before), (before, after)))
    low, high = paired_difference(more, fewer, len(before), (1 - confidence) / 2)
    return PairedTest(low, high, sign_test(more, more + fewer))
