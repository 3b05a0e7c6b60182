"""McNemar's test and the interval of the net loss, against plain references."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from samefn.statistics.paired_difference import paired_difference
from samefn.verdict.better_or_worse import mcnemar


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_the_sum_of_its_tail(lost: int, won: int) -> None:
    n = lost + won
    tail = sum(comb(n, i) for i in range(min(lost, won) + 1)) / 2**n
    assert mcnemar(lost, won) == pytest.approx(min(1.0, 2 * tail))
    assert mcnemar(lost, won) == mcnemar(won, lost)


@pytest.mark.parametrize(("lost", "won", "examples"), [(9, 1, 100), (3, 0, 50), (40, 40, 200), (1, 30, 90)])
def test_the_ends_are_where_the_score_is_critical(lost: int, won: int, examples: int) -> None:
    for end in paired_difference(lost, won, examples, 0.025):
        # The most likely share that the second alone has right, under the constraint, found by trying.
        def unlikely(second: float, end: float = end) -> float:
            first, neither = second + end, 1 - 2 * second - end
            return -(lost * np.log(first) + won * np.log(second) + (examples - lost - won) * np.log(neither))

        bounds = (max(0.0, -end) + 1e-12, (1 - end) / 2 - 1e-12)
        second = float(minimize_scalar(unlikely, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x)
        error = np.sqrt(examples * (2 * second + end - end**2))
        assert abs(lost - won - examples * end) / error == pytest.approx(1.959964, abs=1e-3)


def test_the_interval_covers() -> None:
    # 4,000 draws of 300 with a net loss of 2 points: 95 % less four standard errors of .35 %.
    draws = np.random.default_rng(0).multinomial(300, [0.05, 0.03, 0.92], size=4000)
    ends = [paired_difference(lost, won, 300, 0.025) for lost, won, _ in draws]
    assert np.mean([low <= 0.02 <= high for low, high in ends]) > 0.95 - 0.014


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 100))
def test_the_interval_mirrors(lost: int, won: int, level: int) -> None:
    examples = lost + won + level
    if not examples:
        return
    low, high = paired_difference(lost, won, examples, 0.025)
    other = paired_difference(won, lost, examples, 0.025)
    assert (low, high) == (pytest.approx(-other[1], abs=1e-9), pytest.approx(-other[0], abs=1e-9))
    assert low <= (lost - won) / examples <= high
