"""Sums without rounding, against Python's fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefn.core.errors import InputError
from samefn.statistics import exact_sums as module
from samefn.statistics.exact_sums import BITS, exact_sum, exact_sums, quotient

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
MANY = 2**15


def by_fractions(values: list[float]) -> int:
    total = sum(map(Fraction, values), Fraction(0)) * 2**BITS
    assert total.denominator == 1
    return total.numerator


@given(st.lists(FLOATS, max_size=40))
def test_sums_are_exact(values: list[float]) -> None:
    assert exact_sum(np.array(values)) == by_fractions(values)


@given(st.lists(st.tuples(FLOATS, st.integers(0, 3)), max_size=40))
def test_sums_by_key_are_exact(pairs: list[tuple[float, int]]) -> None:
    values, keys = np.array([value for value, _ in pairs]), np.array([key for _, key in pairs], dtype=np.int64)
    expected = tuple(by_fractions([value for value, key in pairs if key == at]) for at in range(4))
    assert exact_sums(values, keys, 4) == expected


def test_random_bits_in_more_than_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    # Every pattern of 64 bits that is a finite float: all exponents, subnormal numbers, both signs.
    monkeypatch.setattr(module, "AT_ONCE", 10_000)
    draws = np.random.default_rng(0)
    values = draws.integers(0, 2**64, size=MANY, dtype=np.uint64).view(np.float64)
    values = values[np.isfinite(values)]
    assert len(values) > 30_000
    keys = draws.integers(3, size=len(values))
    expected = tuple(by_fractions(values[keys == at].tolist()) for at in range(3))
    assert exact_sums(values, keys, 3) == expected
    assert exact_sum(values) == sum(expected)


def test_a_piece_full_of_equal_largest_significands() -> None:
    # All 53 bits set: every limb takes as much as it can, and the carries of all are one long number.
    value = math.nextafter(2.0, 1.0)
    assert exact_sum(np.full(MANY, -value)) == -MANY * by_fractions([value])
    assert exact_sum(np.array([-value])) == -by_fractions([value])


@given(st.lists(FLOATS, min_size=1, max_size=20))
def test_the_mean_is_rounded_once(values: list[float]) -> None:
    mean = sum(map(Fraction, values), Fraction(0)) / len(values)
    assert quotient(exact_sum(np.array(values)), len(values)) == mean.numerator / mean.denominator


def test_the_arguments_stay_as_they_are() -> None:
    values = np.array([0.1, 0.2])
    exact_sum(values)
    assert values.tolist() == [0.1, 0.2]


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_has_no_exact_sum_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="SF468"):
        exact_sum(np.array([1.0, value]))
