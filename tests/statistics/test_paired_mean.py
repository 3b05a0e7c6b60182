"""Paired tests against other libraries, their error by simulation, and what few differences can show."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, ttest_rel

from samefn.statistics.paired_mean import paired_mean, paired_share


def test_it_is_students_paired_test():
    draw = np.random.default_rng(3)
    one, other = draw.gamma(0.5, size=80), draw.gamma(0.6, size=80)
    reference = ttest_rel(other, one)
    found = paired_mean(other - one)
    assert found.p_value == pytest.approx(reference.pvalue)
    ends = reference.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))


def test_blocks_are_the_units():
    draw = np.random.default_rng(4)
    blocks = np.repeat(np.arange(30), 7)
    differences = draw.normal(size=30)[blocks] + 0.1 * draw.normal(size=210)
    means = np.array([differences[blocks == block].mean() for block in range(30)])
    found = paired_mean(differences, blocks)
    assert found.p_value == pytest.approx(ttest_rel(means, np.zeros(30)).pvalue)
    assert found.p_value > paired_mean(differences).p_value


@given(st.integers(1, 12), st.floats(1e-6, 1e6))
def test_few_differences_show_no_more_than_their_signs(count, size):
    found = paired_mean(np.concatenate([np.full(count, size), np.zeros(5000)]))
    assert found.p_value >= 2.0 ** (1 - count)


def test_no_difference_is_no_evidence():
    found = paired_mean(np.zeros(10))
    assert (found.low, found.high, found.p_value) == (0.0, 0.0, 1.0)
    assert paired_mean(np.ones(1)) is None


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60))
def test_a_share_has_mcnemars_exact_test(pairs):
    before, after = np.array(pairs, dtype=float).T
    more, fewer = int((after > before).sum()), int((after < before).sum())
    found = paired_share(before, after)
    reference = binomtest(more, more + fewer).pvalue if more + fewer else 1.0
    assert found.p_value == pytest.approx(reference)
    assert found.low - 1e-9 <= (after - before).mean() <= found.high + 1e-9


@pytest.mark.parametrize("level", [0.05, 0.05 / 40])
@pytest.mark.parametrize("changed", [0.01, 0.1, 1.0])
def test_false_alarms_are_as_rare_as_the_level(changed, level):
    """Heavy-tailed differences, on few of the examples or on all."""
    draw, repeats, examples = np.random.default_rng(5), 2000, 200
    alarms = 0
    for _ in range(repeats):
        sizes = draw.gamma(0.3, size=examples) * (draw.random(examples) < changed)
        alarms += paired_mean(sizes * draw.choice([-1.0, 1.0], size=examples)).p_value <= level
    assert alarms / repeats <= level + 3 * sqrt(level / repeats)
