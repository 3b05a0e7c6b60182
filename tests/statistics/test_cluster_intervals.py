"""Intervals over blocks: against plain loops, and their coverage where tokens depend on one another."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student

from samefn.measures.language import LANGUAGE_FIGURES, itself, token_columns
from samefn.statistics.block_sums import BlockBatch, block_sums
from samefn.statistics.cluster_intervals import BlockEstimate, naive_errors, quantile_estimates
from samefn.statistics.cluster_intervals import of_means as of_sums
from samefn.statistics.cluster_intervals import proportion as proportion_of_sums
from samefn.statistics.jackknife import OfMeans
from samefn.statistics.proportions import clopper_pearson

from . import array_intervals


class Arrays:
    """Examples in memory, given out some whole blocks at a time."""

    def __init__(self, columns, blocks, step=None):
        self.columns, self.blocks, self.step = columns, blocks, step or int(blocks.max()) + 1

    def units(self, sums):
        return sums

    def batches(self, names):
        for start in range(0, int(self.blocks.max()) + 1, self.step):
            some = (self.blocks >= start) & (self.blocks < start + self.step)
            yield BlockBatch(self.blocks[some] - start, {name: self.columns[name][some] for name in names})


def of_means(columns, blocks, function, back, confidence, step=None):
    named = {str(number): column for number, column in enumerate(columns)}
    examples, figure = Arrays(named, blocks, step), OfMeans(tuple(named), function, back)
    sums = block_sums(examples.batches(tuple(named)))
    return of_sums(figure, sums, confidence, naive_errors(examples, {"x": figure}, sums)["x"])


def quantile(values, blocks, share, confidence, step=None):
    examples = Arrays({"x": values}, blocks, step)
    return quantile_estimates(examples, {"x": [share]}, block_sums(examples.batches(["x"])), confidence)["x", share]


def proportion(hits, blocks, confidence, step=None):
    return proportion_of_sums("x", block_sums(Arrays({"x": hits}, blocks, step).batches(["x"])), confidence)


@pytest.mark.parametrize("sizes", [[30] * 12, [1, 40, 7, 7, 80, 3]])
def test_streamed_intervals_are_those_of_arrays_however_blocks_come(sizes):
    """To the bit; errors as if tokens were independent and ends, which are made otherwise, but for the last ones.

    However blocks come, the ends are equal to the bit.
    """
    random, blocks = np.random.default_rng(4), np.repeat(np.arange(len(sizes)), sizes)
    base = np.log(random.beta(1, 3, size=len(blocks)))
    other = np.minimum(base + np.round(random.normal(scale=0.1, size=len(blocks)), 1), -1e-6)  # with ties
    same = (random.random(len(blocks)) < 0.9).astype(float)
    columns = token_columns(base, other, random.gamma(0.5, 0.02, size=len(blocks)), same, random.random(len(blocks)))
    for figure in LANGUAGE_FIGURES:
        used, ends = [columns[name] for name in figure.columns], set()
        for step in (1, 5, None):
            if figure.quantile is not None:
                given = (used[0], blocks, figure.quantile, 0.95)
                assert vars(quantile(*given, step)) == vars(array_intervals.quantile(*given))
            elif figure.share:
                given = (used[0], blocks, 0.95)
                found, expected = proportion(*given, step), array_intervals.proportion(*given)
                assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-12), figure.name
                assert vars(found) == vars(expected) | {"low": found.low, "high": found.high}
            else:
                given = (used, blocks, figure.of_means, figure.back, 0.95)
                found, expected = of_means(*given, step), array_intervals.of_means(*given)
                loosely = {"low": None, "high": None, "naive": None}
                assert replace(found, **loosely) == replace(BlockEstimate(**vars(expected)), **loosely), figure.name
                assert found.naive == pytest.approx(expected.naive, rel=1e-8)
                ends.add((found.low, found.high))
                assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9), figure.name
        assert len(ends) < 2, figure.name


def test_blocks_of_one_are_the_textbooks_error_of_a_mean():
    values = np.random.default_rng(0).normal(size=25)
    values = np.concatenate([values, -values])  # without skewness
    found = of_means([values], np.arange(50), itself, itself, 0.95)
    error = values.std(ddof=1) / np.sqrt(50)
    half = student.ppf(0.975, 49) * error
    assert found.value == pytest.approx(values.mean())
    assert found.error == found.naive == pytest.approx(error)
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half))


def test_the_jackknife_in_plain_loops():
    random = np.random.default_rng(1)
    a, b = random.gamma(2.0, size=23), random.gamma(3.0, size=23)
    blocks = np.repeat(np.arange(6), [4, 4, 4, 4, 4, 3])
    without = []
    for block in range(6):
        kept = blocks != block
        without.append(np.exp(a[kept].mean() - b[kept].mean()))
    error = np.sqrt(5 / 6 * sum((one - np.mean(without)) ** 2 for one in without))
    found = of_means([a, b], blocks, lambda x, y: x - y, np.exp, 0.9)
    assert found.value == pytest.approx(np.exp(a.mean() - b.mean()))
    assert found.error == pytest.approx(error)
    assert found.low < found.value < found.high


def test_what_is_not_defined_has_no_value():
    found = of_means([np.zeros(8)], np.repeat([0, 1], 4), lambda mean: mean * np.nan, itself, 0.95)
    assert (found.value, found.low, found.method) == (None, None, "none")


def correlated(random, blocks=40, size=64, rho=0.9):
    """A stationary AR(1) process of variance 1 in each block, started anew in each."""
    values = np.empty((blocks, size))
    values[:, 0] = random.normal(size=blocks)
    noise = random.normal(size=(blocks, size)) * np.sqrt(1 - rho**2)
    for place in range(1, size):
        values[:, place] = rho * values[:, place - 1] + noise[:, place]
    return values.reshape(-1), np.repeat(np.arange(blocks), size)


def test_coverage_where_tokens_depend_on_their_neighbours():
    """Truths: mean 0, median 0, half above 0. Four standard errors of 95 % of 400 repetitions are 4.4 %."""
    random = np.random.default_rng(2)
    covered = dict.fromkeys(("mean", "naive", "median", "share"), 0)
    for _ in range(400):
        values, blocks = correlated(random)
        mean = array_intervals.of_means([values], blocks, itself, itself, 0.95)
        median = array_intervals.quantile(values, blocks, 0.5, 0.95)
        share = array_intervals.proportion((values > 0).astype(float), blocks, 0.95)
        covered["mean"] += mean.low <= 0 <= mean.high
        covered["naive"] += abs(mean.value) <= 1.96 * mean.naive
        covered["median"] += median.low <= 0 <= median.high
        covered["share"] += share.low <= 0.5 <= share.high
    rates = {name: count / 400 for name, count in covered.items()}
    assert all(0.905 <= rates[name] <= 0.995 for name in ("mean", "median", "share")), rates
    # The variance of a mean of AR(1) is about (1 + rho) / (1 - rho) = 19 times that of independent tokens.
    assert rates["naive"] < 0.5, rates


def test_a_proportion_is_never_narrower_than_clopper_pearsons():
    hits = np.zeros(1000)
    hits[::50] = 1  # spread as evenly as can be: every block has one
    found = proportion(hits, np.repeat(np.arange(20), 50), 0.95)
    assert (found.low, found.high) == pytest.approx(clopper_pearson(20, 1000, 0.95))


def test_a_proportion_of_whole_blocks_counts_the_blocks():
    hits = np.repeat(np.arange(20) < 4, 50).astype(float)  # 4 of 20 blocks, all their examples
    found = proportion(hits, np.repeat(np.arange(20), 50), 0.95)
    # The error is that of 4 of 20: the effective number is 19 (n - 1) by the jackknife, less by the factor of t.
    low, high = clopper_pearson(4, 20, 0.95)
    assert found.low < low
    assert found.high > high
    assert found.error == pytest.approx(np.sqrt(0.2 * 0.8 / 19))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_no_hits_at_all_still_have_an_interval(value):
    found = proportion(np.full(200, value), np.repeat(np.arange(10), 20), 0.95)
    assert found.value == value
    assert 0.01 < found.high - found.low < 0.04
    assert min(found.low, 1 - found.high) == 0


def test_the_ends_of_a_text_have_no_interval():
    values, blocks = np.arange(100.0), np.repeat(np.arange(10), 10)
    for share in (0.0, 1.0):
        found = quantile(values, blocks, share, 0.95)
        assert (found.value, found.low, found.high) == (99 * share, None, None)
    assert quantile(values, blocks, 0.999, 0.95).high is None
