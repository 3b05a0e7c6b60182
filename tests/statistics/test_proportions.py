"""Exact ends of proportions, of whole and of effective counts, and the number of examples that settles a limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from samefn.statistics.proportions import Proportion, clopper_pearson, settled_at


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_ends_are_those_of_scipy(ones: int, zeros: int) -> None:
    if not ones + zeros:
        return
    expected = binomtest(ones, ones + zeros).proportion_ci()
    assert clopper_pearson(ones, ones + zeros, 0.95) == (pytest.approx(expected.low), pytest.approx(expected.high))


def test_effective_counts_lie_between_whole_ones() -> None:
    highs = [Proportion(10 * share, 1000 * share).high(0.025) for share in (0.2, 0.25, 0.3, 1.0)]
    assert highs == sorted(highs, reverse=True)
    assert Proportion(2.5, 250).low(0.025) < 0.01 < Proportion(2.5, 250).high(0.025)


@pytest.mark.parametrize(("ones", "examples", "share"), [(0, 10, 0.1), (3, 10, 0.1), (10, 10, 0.1), (7, 900, 0.01)])
def test_the_p_value_is_the_tail(ones: int, examples: int, share: float) -> None:
    assert Proportion(ones, examples).at_least(share) == pytest.approx(binom.sf(ones - 1, examples, share))


@pytest.mark.parametrize(("ones", "examples", "limit"), [(0, 100, 0.01), (1, 400, 0.01), (7, 300, 0.01), (6, 90, 0.1)])
def test_the_number_that_settles_is_the_least(ones: int, examples: int, limit: float) -> None:
    found = settled_at(Proportion(ones, examples), limit, 0.02, 0.025, 100)
    assert found is not None
    for number, settled in ((found - 1, False), (found, True)):
        as_many = Proportion(ones * number / examples, number)
        assert (as_many.high(0.025) < limit or as_many.low(0.02) > limit) == settled


def test_at_the_limit_no_number_settles_it() -> None:
    assert settled_at(Proportion(1, 100), 0.01, 0.02, 0.025, 100) is None
    assert settled_at(Proportion(110, 10_000), 0.01, 0.02, 0.025, 100) is not None
    assert settled_at(Proportion(110, 10_000), 0.01, 0.02, 0.025, 2) is None
