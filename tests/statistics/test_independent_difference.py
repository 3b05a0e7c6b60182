"""The difference of two independent figures: a published example, its error by simulation, and its limits."""

from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from samefn.statistics.distance_mean import distance_mean
from samefn.statistics.independent_difference import Sampled, independent_difference
from samefn.statistics.proportions import clopper_pearson

MANY = 1e12  # units of an interval by the normal distribution


def wilson(ones, examples):
    z, share = norm.ppf(0.975), ones / examples
    middle = (share + z * z / (2 * examples)) / (1 + z * z / examples)
    half = z * sqrt(share * (1 - share) / examples + z * z / (4 * examples**2)) / (1 + z * z / examples)
    return Sampled(share, middle - half, middle + half, MANY, 0.95)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((48, 80, 56, 70), 0.0524, 0.3339), ((3, 10, 9, 10), 0.1705, 0.8090), ((0, 20, 10, 10), 0.6791, 1.0)],
)
def test_newcombes_published_intervals(counts, low, high):
    """Newcombe 1998, table II, method 10."""
    found = independent_difference(wilson(*counts[:2]), wilson(*counts[2:]))
    assert found[:2] == pytest.approx((low, high), abs=6e-5)


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0.01, 1), st.floats(0.01, 1), st.floats(2, 1e6))
def test_the_p_value_is_that_of_the_interval(value, other, below, above, units):
    before = Sampled(value, value - below, value + above, units, 0.95)
    after = Sampled(other, other - above, other + below, units, 0.95)
    low, high, p_value = independent_difference(before, after)
    assert low <= other - value <= high
    if abs(p_value - 0.05) > 1e-9:
        assert (low > 0 or high < 0) == (p_value < 0.05)
    mirrored = independent_difference(after, before)
    assert mirrored == pytest.approx((-high, -low, p_value))


def test_an_unbounded_interval_decides_nothing():
    before, after = Sampled(0.2, 0.1, inf, 500, 0.95), Sampled(0.9, 0.8, 1.0, 500, 0.95)
    low, high, p_value = independent_difference(before, after)
    assert (low, p_value) == (-inf, 1.0)
    assert high < inf


def figures(draw, examples, share):
    """One drawn sample as a share, and as a mean of skewed figures."""
    ones = draw.binomial(examples, share)
    skewed = draw.beta(0.3, 2.0, size=examples)
    yield Sampled(ones / examples, *clopper_pearson(ones, examples, 0.95), examples, 0.95)
    yield Sampled(float(skewed.mean()), *distance_mean(skewed, 1.0, 0.95), examples, 0.95)


@pytest.mark.parametrize(("examples", "share"), [(200, 0.01), (200, 0.2), (1000, 0.005)])
@pytest.mark.parametrize("level", [0.05, 0.05 / 40])
def test_false_alarms_are_as_rare_as_the_level(examples, share, level):
    draw, repeats = np.random.default_rng(1), 1000
    alarms = np.zeros(2)
    for _ in range(repeats):
        pairs = zip(figures(draw, examples, share), figures(draw, examples, share), strict=True)
        alarms += [independent_difference(*pair)[2] <= level for pair in pairs]
    # Three standard errors of the simulation.
    assert (alarms / repeats <= level + 3 * sqrt(level / repeats)).all(), alarms
