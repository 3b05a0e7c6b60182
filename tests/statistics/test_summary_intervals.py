"""Estimates from summaries beside those from the rows themselves."""

import math
from collections.abc import Iterable

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

from samefn.core.errors import InputError
from samefn.measures.measure import Measure
from samefn.measures.rows import rows
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions
from samefn.statistics import summary_intervals
from samefn.statistics.cornish_fisher import ends
from samefn.statistics.intervals import Estimate, estimates
from samefn.statistics.summaries import merged, summarised
from samefn.statistics.summary_intervals import ROUGH, summary_estimates


def compared(examples: int, noise: float = 0.5, labelled: bool = True) -> pl.DataFrame:
    draws = np.random.default_rng(4)
    logits = draws.normal(scale=2, size=(examples, 4))
    # Mostly what the base thinks, so that accuracy is a model's.
    labels = (logits + draws.normal(scale=2, size=logits.shape)).argmax(axis=1) if labelled else None
    other = logits + noise * draws.standard_t(3, size=logits.shape)
    ids = [f"e{i}" for i in range(examples)]
    base = Predictions.from_logits("base", logits, ids, labels)
    return rows(base, Predictions.from_logits("candidate", other, ids, labels))


def named(found: Iterable[Estimate]) -> dict[str, Estimate]:
    return {estimate.measure: estimate for estimate in found}


@pytest.mark.parametrize("noise", [1.0, 1e-3, 0.0])
@pytest.mark.parametrize("labelled", [True, False])
def test_values_and_notes_are_those_of_the_rows(noise: float, labelled: bool) -> None:
    frame = compared(500, noise, labelled)
    whole = named(estimates({"x": frame}, resamples=50))
    found = named(summary_estimates({"x": summarised(frame)}, resamples=50))
    assert list(found) == list(MEASURES)
    for name, one in found.items():
        assert (one.value is None) == (whole[name].value is None)
        if one.value is not None:
            assert one.value == pytest.approx(whole[name].value, rel=1e-12, abs=1e-15)
        if not MEASURES[name].binary and "resamples" not in one.note + whole[name].note:
            assert one.note.replace(f"; {ROUGH}", "").replace(ROUGH, "") == whole[name].note, name
        assert (one.candidate, one.examples) == ("x", 500)


def test_ends_are_the_bootstraps_at_20_000() -> None:
    # Of 4000 resamples the one at 2.5 % has a standard error of sqrt(.025 * .975 / 4000) / density there; with
    # the normal density, .0584 a standard error, that is 0.0423 standard errors: 0.0108 of the interval's width of
    # 3.92. Four of them allow for 18 measures with two ends. Shares have Clopper-Pearson's interval instead, a
    # little wider: by up to an example at each end, which of n ones is 1 / (3.92 sqrt(n)) of the width.
    frame = compared(20_000)
    whole = named(estimates({"x": frame}, resamples=4000, seed=1))
    found = named(summary_estimates({"x": summarised(frame)}, resamples=4000, seed=2))
    compared_ends = 0
    for name, one in found.items():
        other = whole[name]
        if one.low is None:
            continue
        width = other.high - other.low
        tolerance = 4 * 0.0108 * width + (1 / 20_000 if MEASURES[name].binary else 0) * (4 if "over" in one.note else 1)
        # The bootstrap of answers is one here too, with other draws: both have the error.
        tolerance *= math.sqrt(2) if one.interval == "bootstrap" else 1
        assert abs(one.low - other.low) <= tolerance, name
        assert abs(one.high - other.high) <= tolerance, name
        compared_ends += 1
    assert compared_ends == len(MEASURES) - 1
    assert {one.interval for one in found.values()} == {"bootstrap", "clopper-pearson", "cornish-fisher", "none"}


def test_skewness_moves_both_ends_as_the_bootstrap_does() -> None:
    # 40 of 20,000 examples carry the whole distance: a mean with a skewness of about 1 / sqrt(40) = 0.16.
    frame = compared(20_000, noise=0.0)
    far = pl.when(pl.int_range(pl.len()) < 40).then(1.0).otherwise(0.0)
    frame = frame.with_columns(far.alias("activation_distance"))
    whole = named(estimates({"x": frame}, resamples=4000))["activation_distance"]
    one = named(summary_estimates({"x": summarised(frame)}))["activation_distance"]
    normal = ends(one.value, 0.002 * 0.998, 0.0, 20_000, 0, 0.95)
    width = whole.high - whole.low
    # An example more or less is 1/24 of the width: the bootstrap's percentiles are whole examples.
    assert abs(one.low - whole.low) <= 0.08 * width
    assert abs(one.high - whole.high) <= 0.08 * width
    assert one.low > normal[0]
    assert one.high > normal[1]


def test_the_expansion_of_a_known_mean() -> None:
    # 100 examples of an exponential law with mean 2: variance 4, third central moment 16. The mean's standard error
    # is 0.2, its skewness 16 / 8 / 10 = 0.2. At z = 1.959964 the ends are 2 + 0.2 (-z + 0.2 (z^2 - 1) / 6) and
    # 2 + 0.2 (z + 0.2 (z^2 - 1) / 6), with (z^2 - 1) / 6 = 0.473576: 1.626950 and 2.410936.
    assert ends(2.0, 4.0, 16.0, 100, 0, 0.95) == pytest.approx((1.626950, 2.410936, 0.2), abs=1e-6)


@pytest.mark.parametrize("infinite", [1, 3, 4, 400])
def test_infinite_divergences_reach_the_ends_that_the_bootstrap_gives_them(infinite: int) -> None:
    # A resample misses k infinite examples with about exp(-k): 37, 5 and 1.8 %. The low end, at 2.5 %, is finite up
    # to 3 of them.
    frame = compared(2000)
    hit = pl.when(pl.int_range(pl.len()) < infinite).then(math.inf).otherwise("kl_divergence")
    frame = frame.with_columns(hit.alias("kl_divergence"))
    whole = named(estimates({"x": frame}, resamples=4000))["kl_divergence"]
    one = named(summary_estimates({"x": summarised(frame)}))["kl_divergence"]
    assert (one.value, one.high, one.note) == (math.inf, math.inf, whole.note)
    assert math.isfinite(one.low) == math.isfinite(whole.low) == (infinite < 4)
    if infinite < 4:
        assert one.low == pytest.approx(whole.low, rel=0.02)


def test_a_candidate_infinite_everywhere() -> None:
    frame = compared(100).with_columns(kl_divergence=pl.lit(math.inf))
    one = named(summary_estimates({"x": summarised(frame)}))["kl_divergence"]
    assert (one.value, one.low, one.high) == (math.inf, math.inf, math.inf)


def test_shares_are_exact() -> None:
    frame = compared(3000)
    ones = int(frame["disagreement"].sum())
    one = named(summary_estimates({"x": summarised(frame)}, confidence=0.9))["disagreement"]
    expected = binomtest(ones, 3000).proportion_ci(0.9, method="exact")
    assert (one.value, one.interval) == (ones / 3000, "clopper-pearson")
    assert (one.low, one.high) == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_a_heavy_tail_is_called_rough() -> None:
    frame = compared(3000)
    lone = pl.when(pl.int_range(pl.len()) < 1).then(1e6).otherwise("kl_divergence")
    one = named(summary_estimates({"x": summarised(frame.with_columns(lone.alias("kl_divergence")))}))["kl_divergence"]
    assert one.note == ROUGH
    assert 0 <= one.low <= one.value <= one.high


def test_variances_of_tiny_changes_lose_no_digits() -> None:
    # Brier scores near 0.5 that change by about 1e-9: squares of the scores would drown the variance, 1e-18.
    draws = np.random.default_rng(0)
    frame = compared(20_000)
    change = draws.normal(1e-9, 1e-9, size=20_000)
    base = frame["base_brier"].to_numpy().round(3)
    frame = frame.with_columns(pl.Series("base_brier", base), pl.Series("brier", base + change))
    error = float(np.std(frame["brier"].to_numpy() - base)) / math.sqrt(20_000)
    one = named(summary_estimates({"x": summarised(frame)}))["brier_change"]
    assert (one.high - one.low) / (2 * 1.959964 * error) == pytest.approx(1, abs=0.001)


def test_the_same_shards_in_any_order_give_the_same_bits() -> None:
    frame = compared(1000)
    parts = [summarised(frame[start : start + 90]) for start in range(0, 1000, 90)]
    assert summary_estimates({"x": merged(parts)}) == summary_estimates({"x": merged(parts[::-1])})


def test_a_measure_that_needs_all_rows_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def median(values: np.ndarray) -> float:
        return float(np.median(values))

    one = MEASURES["total_variation"]
    fields = {name: getattr(one, name) for name in ("title", "meaning", "formula", "unit", "low", "high", "direction")}
    made = Measure(
        name="median", symmetric=True, family="", source="", needs_labels=False, binary=False, per_example=None,
        columns=("total_variation",), of_columns=median, **fields,
    )  # fmt: skip
    monkeypatch.setattr(summary_intervals, "MEASURES", {**MEASURES, "median": made})
    found = named(summary_estimates({"x": summarised(compared(50))}))["median"]
    assert (found.value, found.low, found.note) == (None, None, "not from shards: needs all rows at once")


def test_other_examples_are_not_paired() -> None:
    frame = compared(50)
    other = frame.with_columns(id=pl.lit("x") + pl.col("id"))
    with pytest.raises(InputError, match="x and y: the rows are about other examples"):
        summary_estimates({"x": summarised(frame), "y": summarised(other)})
    with pytest.raises(InputError, match="x: the rows are about no examples"):
        summary_estimates({"x": summarised(frame[:0])})
    labelled, not_labelled = summarised(frame[:30]), summarised(compared(50, labelled=False)[30:])
    with pytest.raises(InputError, match="x: 20 of 50 rows have no 'base_right'"):
        summary_estimates({"x": merged([labelled, not_labelled])})


@pytest.mark.parametrize(("confidence", "resamples"), [(0.0, 100), (1.0, 100), (0.95, 0)])
def test_impossible_settings_of_summaries_are_refused(confidence: float, resamples: int) -> None:
    with pytest.raises(InputError, match="confidence"):
        summary_estimates({"x": summarised(compared(50))}, confidence, resamples)
