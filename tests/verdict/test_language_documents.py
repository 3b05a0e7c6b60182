"""Windows of one document belong together: coverage with documents over one to twenty windows."""

import numpy as np
import pytest

from samefn.comparison.language.dependence import correlated_windows
from samefn.measures.language import MOVED
from samefn.statistics.block_sums import BlockSums
from samefn.verdict.language import language_interval

TRUTH = {"kld_mean": 0.005, "disagreement": 0.05, "ln_perplexity_ratio": 0.005}
SCORED = 100  # tokens of a window
REPETITIONS = 400


def drawn(random, documents, between, within):
    """Windows of documents whose figures differ by a factor of about e ** between; and where documents begin."""
    lengths = random.integers(1, 21, documents)
    windows = int(lengths.sum())

    def hardness():
        """Normal, of variance between^2 + within^2, the first part shared by the windows of a document."""
        return np.repeat(between * random.normal(size=documents), lengths) + within * random.normal(size=windows)

    factor = np.exp(hardness() - (between**2 + within**2) / 2)  # of mean 1
    sums = {
        "kl": SCORED * TRUTH["kld_mean"] * factor,
        "disagreement": random.binomial(SCORED, np.minimum(TRUTH["disagreement"] * factor, 1)).astype(float),
        "base_nll": np.full(windows, 3.0 * SCORED),
        "nll": SCORED * (3.0 + TRUTH["ln_perplexity_ratio"] + 0.01 * hardness()),
    }
    sums["kl_divergence"] = sums["kl"]
    sums[MOVED] = np.ones(windows)  # enough of them that nothing is allowed for what was not drawn
    return BlockSums(np.full(windows, SCORED), sums, {}), [0, *np.cumsum(lengths)[:-1].tolist()]


@pytest.fixture(scope="module")
def found():
    """By whether documents are declared, how often each interval covers the truth; and how often there is a warning."""
    random = np.random.default_rng(11)
    covered = {(name, declared): 0 for name in TRUTH for declared in (False, True)}
    warned = 0
    for _ in range(REPETITIONS):
        windows, starts = drawn(random, 40, 0.5, 0.3)
        warned += bool(correlated_windows({"x": windows}))
        for declared, sums in ((False, windows), (True, windows.joined(starts))):
            for name, truth in TRUTH.items():
                _, low, high = language_interval(name, sums, 0.95)
                covered[name, declared] += low <= truth <= high
    return {key: count / REPETITIONS for key, count in covered.items()}, warned / REPETITIONS


def test_declared_documents_are_covered(found):
    """Two standard errors of 95 % of 400 repetitions are 2.2 %."""
    rates, _ = found
    assert all(rate >= 0.93 for (_, declared), rate in rates.items() if declared), rates


def test_undeclared_documents_are_not_and_are_warned_of(found):
    rates, warned = found
    assert all(rate < 0.75 for (_, declared), rate in rates.items() if not declared), rates
    assert warned >= 0.99


def test_the_factor_is_about_that_of_the_variances():
    """Between documents 0.5^2, within 0.3^2 on the log scale.

    With n of 1 to 20 windows, n^2 / n averages 13.7; the correlation within a document is 0.25 / 0.34 on the log
    scale, less with the noise of counts: a factor of about 1 + 12.7 x 0.7.
    """
    random = np.random.default_rng(12)
    factors = [correlated_windows({"x": drawn(random, 60, 0.5, 0.3)[0]})[0].factor for _ in range(20)]
    assert 6 < np.median(factors) < 13


def test_independent_windows_are_seldom_warned_of():
    random = np.random.default_rng(13)
    warned = sum(bool(correlated_windows({"x": drawn(random, 20, 0.0, 0.6)[0]})) for _ in range(200))
    assert warned <= 4  # one is expected


def test_documents_of_one_window_change_nothing():
    windows, _ = drawn(np.random.default_rng(14), 5, 0.5, 0.3)
    joined = windows.joined(range(windows.blocks))
    for name in TRUTH:
        assert language_interval(name, joined, 0.95) == language_interval(name, windows, 0.95)
