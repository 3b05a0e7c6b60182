"""The resampling itself."""

import numpy as np
import pytest

from samefn.statistics import bootstrap
from samefn.statistics.bootstrap import percentiles, resampled_means


def test_chunks_do_not_change_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = np.random.default_rng(0).normal(size=(37, 3))
    whole = resampled_means(columns, 101, seed=5)
    # Chunks of 1, 2 and 7 resamples, an odd number of draws each: half-used random words must carry over.
    for cells in (1, 74, 259):
        monkeypatch.setattr(bootstrap, "CELLS", cells)
        np.testing.assert_allclose(resampled_means(columns, 101, seed=5), whole, rtol=1e-12, atol=1e-15)


def test_every_resample_is_the_mean_of_the_examples_drawn() -> None:
    columns = np.random.default_rng(4).normal(size=(23, 4))
    draws = np.random.default_rng(8)
    expected = [columns[draws.integers(23, size=23)].mean(axis=0) for _ in range(50)]
    np.testing.assert_allclose(resampled_means(columns, 50, seed=8), expected, rtol=1e-12, atol=1e-15)


def test_resampled_means_spread_as_theory_says() -> None:
    # The mean of N draws with replacement has the sample's mean and variance (1/N) * the sample's variance;
    # 4000 resamples know a standard deviation to about 1 / sqrt(8000) = 1.1 %, so 5 % is over 4 of those.
    column = np.random.default_rng(1).exponential(size=(200, 1))
    means = resampled_means(column, 4000, seed=2)
    assert means.std() == pytest.approx(column.std() / np.sqrt(200), rel=0.05)
    assert means.mean() == pytest.approx(column.mean(), abs=5 * column.std() / np.sqrt(200 * 4000))


def test_columns_are_resampled_together() -> None:
    columns = np.random.default_rng(3).normal(size=(50, 2))
    columns = np.column_stack([columns, columns.sum(axis=1)])
    means = resampled_means(columns, 60, seed=0)
    np.testing.assert_allclose(means[:, 0] + means[:, 1], means[:, 2], rtol=1e-12)


def test_infinity_is_met_only_where_it_is_drawn() -> None:
    columns = np.ones((30, 2))
    columns[4, 1] = np.inf
    means = resampled_means(columns, 2000, seed=0)
    # The share of draws that miss one of 30 is (29/30)^30 = 0.3617; 5 standard deviations of 0.0107.
    assert np.mean(np.isinf(means[:, 1])) == pytest.approx(1 - (29 / 30) ** 30, abs=0.054)
    assert (means[np.isfinite(means[:, 1]), 1] == 1).all()
    assert (means[:, 0] == 1).all()


def test_percentiles_are_samples_rounded_outwards() -> None:
    samples = np.append(np.arange(99.0), [np.inf, np.inf])[::-1]
    # 101 samples at 95 %: 2.5 at each end, so the third and the third last.
    assert percentiles(samples, 0.95) == (2.0, 98.0)
    assert percentiles(samples, 0.99) == (0.0, np.inf)
    assert percentiles(np.array([4.0]), 0.95) == (4.0, 4.0)
