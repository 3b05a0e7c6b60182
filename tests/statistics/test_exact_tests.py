"""Exact tests of counts against scipy.stats, and against fractions where that is less exact."""

from fractions import Fraction
from math import comb, sqrt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, hypergeom

from samefn.statistics.exact_tests import draws_at_least, sign_test


def same(value):
    return pytest.approx(value, rel=1e-12, abs=1e-300)


@st.composite
def draws(draw, most):
    """ones, drawn, all_ones, total, any of them at its end."""
    total = draw(st.integers(1, most))
    drawn, all_ones = draw(st.integers(0, total)), draw(st.integers(0, total))
    return draw(st.integers(max(0, drawn + all_ones - total), min(drawn, all_ones))), drawn, all_ones, total


@given(st.integers(1, 10**6), st.floats(0, 1))
@example(1, 0.0)
@example(10**6, 1.0)
@example(10**6, 0.5)
@example(999_999, 0.5)
def test_the_sign_test_is_the_binomial_test(count, share):
    ones = round(share * count)
    assert sign_test(ones, count) == same(binomtest(ones, count).pvalue)
    assert sign_test(ones, count) == sign_test(count - ones, count)


@given(st.integers(10**7, 10**12), st.floats(0.1, 30))
def test_the_sign_test_of_huge_counts_is_twice_a_tail(count, deviations):
    # The reference is no binomtest: near the middle of so many its tolerance of 1e-7 counts terms that are larger.
    ones = int(count / 2 - deviations * sqrt(count) / 2)
    assert sign_test(ones, count) == same(2 * binom.cdf(ones, count, 0.5))


def test_nothing_to_test_is_no_evidence():
    assert sign_test(0, 0) == draws_at_least(0, 0, 0, 9) == draws_at_least(0, 5, 3, 9) == 1
    assert draws_at_least(4, 5, 3, 9) == 0  # there are three only


@given(draws(10_000))
@example((0, 0, 0, 1))
@example((1, 1, 1, 1))
@example((5_000, 5_000, 5_000, 10_000))
def test_fishers_test_is_the_tail_of_the_hypergeometric_distribution(of):
    ones, drawn, all_ones, total = of
    assert draws_at_least(*of) == same(hypergeom.sf(ones - 1, total, all_ones, drawn))


@given(draws(500))
def test_fishers_test_in_fractions(of):
    ones, drawn, all_ones, total = of
    ways = sum(comb(all_ones, at) * comb(total - all_ones, drawn - at) for at in range(ones, min(drawn, all_ones) + 1))
    assert draws_at_least(*of) == same(float(Fraction(ways, comb(total, drawn))))


@given(st.integers(2, 10**6), st.integers(0, 10**9 - 10**6))
def test_fishers_test_of_huge_counts_in_closed_form(drawn, more):
    # scipy's is off by 1e-8 here.
    total = drawn + more
    assert draws_at_least(1, drawn, 1, total) == same(drawn / total)
    assert draws_at_least(2, drawn, 2, total) == same(float(Fraction(drawn * (drawn - 1), total * (total - 1))))
    both = min(1000, total)
    assert draws_at_least(1, drawn, both, total) == same(draws_at_least(1, both, drawn, total))
