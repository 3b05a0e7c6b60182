"""The bound from margins: by its definition, refused where it must be, and held in a small simulation."""

from dataclasses import replace
from math import inf, sqrt

import numpy as np
import pytest
from scipy.stats import beta, gamma, nbinom

from samefn.statistics.boundary_sums import BoundarySums, boundary_sums
from samefn.verdict.boundary_flips import boundary_flips

SUMS = BoundarySums(20_000, cut=1.0, below=2001, counted=2, small=5, near=4.0, near_squares=0.5, near_places=1.6)


def test_the_bound_by_its_definition() -> None:
    # One near flip of weight 0.1 and place 0.5 is added.
    near, squares, place = 4.1, 0.51, 1.65 / 4.1
    trend = 6 * (0.5 - place) - 0.5 * 6 * sqrt(squares / near**2 / 12)
    assert trend > 0
    before = gamma(1 / (0.25**2 + squares / near**2), scale=1.0)  # mean = its shape
    shape = before.mean()
    rate = shape / (1.15 * near * (1 + trend))
    after = gamma(shape + 5, scale=1 / (rate + 1))
    counted = 20_000 * beta(3, 20_000 - 2).ppf(0.99)
    high = 2 + after.mean() + sqrt((counted - 2) ** 2 + (after.ppf(0.99) - after.mean()) ** 2)
    found = boundary_flips(SUMS, 0.01)
    assert found.estimate == pytest.approx((2 + after.mean()) / 20_000)
    assert found.high == pytest.approx(high / 20_000)
    assert (found.error, found.refused) == (0.01, "")


def test_the_bound_falls_with_the_error_allowed() -> None:
    highs = [boundary_flips(SUMS, error).high for error in (0.001, 0.01, 0.1)]
    assert None not in highs
    assert highs == sorted(highs, reverse=True)  # type: ignore[type-var]


def test_near_flips_that_crowd_to_the_boundary_raise_it() -> None:
    even, crowded = (boundary_flips(replace(SUMS, near_places=of), 0.01).high for of in (2.0, 1.0))
    assert even is not None
    assert crowded is not None
    assert crowded > even


def test_nothing_seen_is_no_worse_than_three_over_n() -> None:
    nothing = BoundarySums(10_000, 1.0, 1001, counted=0, small=0, near=0.0, near_squares=0.0, near_places=0.0)
    found = boundary_flips(nothing, 0.05)
    # ln(0.05) = -3.0: what the counted part alone allows; small flips add less than a half.
    assert 3.0e-4 < (found.high or 0) < 3.5e-4


@pytest.mark.parametrize(
    ("sums", "refused"),
    [
        (replace(SUMS, cut=0.0), "ties"),
        (replace(SUMS, cut=inf), "infinite"),
        (replace(SUMS, examples=190, below=19), "few"),
        (replace(SUMS, small=40), "contradicted"),
        (replace(SUMS, counted=20_000, small=0, near=0.0, near_squares=0.0, near_places=0.0), ""),
    ],
)
def test_refusals(sums: BoundarySums, refused: str) -> None:
    found = boundary_flips(sums, 0.01)
    assert found.refused == refused
    assert (found.high is None) == (found.estimate is None) == bool(refused)
    assert found.high in {None, 1.0}


def test_contradicted_is_one_in_a_hundred() -> None:
    near, squares = 4.1, 0.51
    trend = 6 * (0.5 - 1.65 / near) - 0.5 * 6 * sqrt(squares / near**2 / 12)
    shape = 1 / (0.25**2 + squares / near**2)
    rate = shape / (1.15 * near * (1 + trend))
    at_least = {flips: nbinom.sf(flips - 1, shape, rate / (rate + 1)) for flips in range(1, 60)}
    most = max(flips for flips, chance in at_least.items() if chance > 0.01)
    assert boundary_flips(replace(SUMS, small=most), 0.01).refused == ""
    assert boundary_flips(replace(SUMS, small=most + 1), 0.01).refused == "contradicted"


@pytest.mark.parametrize("asymmetry", [0.0, 1.0])
def test_the_bound_holds_and_says_more_than_the_flips(asymmetry: float) -> None:
    # Margins have the density 1 at 0; a change of -v flips with probability about v, so the truth is E[max(v, 0)]:
    # of a normal v with mean m and standard deviation s, m cdf(m / s) + s pdf(m / s).
    scale = 0.004
    mean = asymmetry * scale
    truth = {0.0: 0.398942, 1.0: 1.083316}[asymmetry] * scale
    examples = round(8 / truth)
    draws = np.random.default_rng(1)
    bounds, exact = [], []
    for _ in range(300):
        before = draws.exponential(size=examples)
        after = before - draws.normal(mean, scale, size=examples)
        sums = boundary_sums(before, after, (after < 0).astype(np.float64))
        bounds.append(boundary_flips(sums, 0.02).high or 1.0)
        flips = sums.counted + sums.small
        exact.append(beta(flips + 1, examples - flips).ppf(0.98))
    # 2 % of 300 are 6; more than 14 have a probability below 0.1 %.
    assert np.sum(np.array(bounds) < truth) <= 14
    assert np.std(bounds) < 0.6 * np.std(exact)
