"""The smallest proportion that so many examples would show."""

import pytest
from scipy.stats import binom, binomtest

from samefn.statistics.proportions import examples_needed, minimum_detectable_share


@pytest.mark.parametrize(("limit", "examples"), [(0.01, 300), (0.003, 2000), (0.2, 50)])
def test_it_is_shown_in_four_of_five_cases(limit, examples):
    found = minimum_detectable_share(limit, examples, 0.95)
    # scipy's own exact interval, count by count: the least count whose lower end is above the limit.
    needed = next(k for k in range(examples + 1) if binomtest(k, examples).proportion_ci().low > limit)
    assert binom.sf(needed - 1, examples, found) == pytest.approx(0.8)


def test_too_few_examples_show_nothing():
    # Three changes of three: the lower end is .025^(1/3) = .29.
    assert minimum_detectable_share(0.3, 3, 0.95) is None
    assert minimum_detectable_share(0.29, 3, 0.95) == pytest.approx(0.8 ** (1 / 3))


@pytest.mark.parametrize(("limit", "ones"), [(0.01, 0), (0.0033, 0), (0.0025, 1), (0.2, 7)])
def test_the_examples_needed_are_the_least_that_are_enough(limit, ones):
    found = examples_needed(limit, ones, 0.95)
    ends = [binomtest(ones, examples).proportion_ci().high for examples in (found - 1, found)]
    assert ends[1] < limit <= ends[0]


def test_no_number_of_examples_shows_a_proportion_to_be_below_none():
    assert examples_needed(0.0, 0, 0.95) is None
