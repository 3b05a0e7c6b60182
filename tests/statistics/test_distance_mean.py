"""The interval of a mean of distances: it allows for one more example of the greatest distance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gamma

from samefn.statistics.distance_mean import distance_mean
from samefn.statistics.proportions import clopper_pearson


@pytest.mark.parametrize("examples", [2, 50, 512])
def test_without_a_distance_it_is_the_poisson_limit_of_an_event_that_was_not_drawn(examples):
    """By hand: -ln(0.025) = 3.689 greatest distances over N."""
    low, high = distance_mean(np.zeros(examples), 0.5, 0.95)
    assert low == 0
    assert high == pytest.approx(min(0.5, 0.5 * -np.log(0.025) / examples))


def test_equal_distances_do_not_show_that_there_is_no_greater_one():
    """Fay and Feuer by hand: about the mean, one more example that lies 1 - 0.001 above it."""
    low, high = distance_mean(np.full(512, 0.001), 1.0, 0.95)
    assert low == 0.001
    assert high == pytest.approx(0.001 + 0.999 * gamma.ppf(0.975, 1.0) / 512)


def test_of_whole_changes_it_is_near_the_exact_interval_of_a_share():
    changes = np.zeros(400)
    changes[:6] = 1
    _, high = distance_mean(changes, 1.0, 0.95)
    _, exact = clopper_pearson(6, 400, 0.95)
    assert high == pytest.approx(exact, rel=0.1)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40), st.randoms())
def test_it_holds_the_mean_within_the_range_in_any_order(values, order):
    distances = np.array(values)
    low, high = distance_mean(distances, 1.0, 0.95)
    assert 0 <= low <= distances.mean() * (1 + 1e-12)
    assert distances.mean() * (1 - 1e-12) <= high <= 1
    order.shuffle(values)
    assert distance_mean(np.array(values), 1.0, 0.95) == (low, high)
