"""The mean KL divergence allows for a token of a large divergence that was not drawn."""

from math import log

import numpy as np
import pytest

from samefn.measures.language import MOVED
from samefn.schema.base import Compared
from samefn.statistics.block_sums import BlockSums
from samefn.verdict.decide_language import LIMITS
from samefn.verdict.language import language_interval, measure_estimates, needed_columns

GREATEST = 149 * log(2)
POISSON = -log(0.025)  # the upper limit of Clopper and Pearson for no event, times N
SCORED = 100


def windows(number, kl, moved=0, size=SCORED):
    """Windows with the same divergence on every token; the first has tokens that moved."""
    sums = {name: np.zeros(number) for name in needed_columns()}
    sums["kl"] = sums["kl_divergence"] = np.full(number, kl * size)
    sums[MOVED] = np.array([float(moved), *np.zeros(number - 1)])
    return BlockSums(np.full(number, size), sums, {})


@pytest.mark.parametrize("number", [50, 400, 4000])
def test_equal_tokens_show_no_more_than_their_number(number):
    value, low, high = language_interval("kld_mean", windows(number, 1e-4), 0.95)
    assert value == pytest.approx(1e-4)
    assert low == pytest.approx(1e-4)
    assert high - value == pytest.approx(POISSON * GREATEST / (number * SCORED), rel=1e-3)


def test_the_token_is_the_unit_however_long_windows_are():
    ends = {
        size: language_interval("kld_mean", windows(40_000 // size, 1e-4, size=size), 0.95).high for size in (8, 400)
    }
    assert ends[8] == pytest.approx(ends[400], rel=1e-6)


@pytest.mark.parametrize(
    ("kl", "tokens"), [(1e-6, 38_000), (0.001, 42_000), (0.003, 54_000), (0.0042, 66_000), (0.006, 95_000)]
)
def test_so_many_tokens_are_needed_for_the_limit(kl, tokens):
    """As docs/explanation/language-models.md has it."""
    fewer, more = round(0.98 * tokens / SCORED), round(1.02 * tokens / SCORED)
    assert language_interval("kld_mean", windows(fewer, kl), 0.95).high > LIMITS["kld_mean"]
    assert language_interval("kld_mean", windows(more, kl), 0.95).high < LIMITS["kld_mean"]


def test_nothing_is_added_once_20_tokens_moved():
    assert language_interval("kld_mean", windows(50, 1e-4, moved=19), 0.95).high > 0.01
    assert language_interval("kld_mean", windows(50, 1e-4, moved=20), 0.95).high == pytest.approx(1e-4)


def test_blocks_that_differ_count_as_they_came():
    sums = windows(200, 1e-4)
    sums.sums["kl"][3] += 300.0  # of failures that came together
    value, _, high = language_interval("kld_mean", sums, 0.95)
    assert high - value > (POISSON * GREATEST) / sums.examples
    assert high > 3 * 300 / sums.examples


def test_measures_have_the_allowance_and_a_note_but_shares_have_their_own():
    found = {one.measure: one for one in measure_estimates(windows(50, 1e-4), Compared())}
    kl, changed, variation = (found[name] for name in ("kl_divergence", "disagreement", "total_variation"))
    assert kl.high == language_interval("kld_mean", windows(50, 1e-4), 0.95).high
    assert variation.high == pytest.approx(POISSON / 5000, rel=1e-3)
    assert changed.high == pytest.approx(POISSON / 5000, rel=0.1)  # Korn and Graubard's, with 49 degrees of freedom
    assert [[note.code for note in one.notes] for one in (kl, variation, changed)] == [["unseen"], ["unseen"], []]


@pytest.mark.parametrize(("tokens", "one_in"), [(5_000, 10_000), (20_000, 10_000), (20_000, 2_000)])
def test_rare_failures_are_covered(tokens, one_in):
    """Failures of 20 nats beside rounding: two standard errors of 95 % of 300 repetitions are 2.5 %."""
    random, truth, number = np.random.default_rng(tokens + one_in), 1e-4 + 20 / one_in, tokens // SCORED
    covered = alone = 0
    for _ in range(300):
        sums = windows(number, 1e-4)
        failed = random.poisson(SCORED / one_in, number).astype(float)
        sums.sums["kl"][:] += 20 * failed
        sums.sums[MOVED][:] = failed
        _, low, high = language_interval("kld_mean", sums, 0.95)
        covered += low <= truth <= high
        sums.sums[MOVED][0] += 20
        _, low, high = language_interval("kld_mean", sums, 0.95)
        alone += low <= truth <= high
    assert covered >= 0.925 * 300
    if tokens < 2 * one_in:  # often none is drawn
        assert alone < 0.9 * 300
