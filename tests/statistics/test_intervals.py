"""Estimates: their values, their pairing, and what they say where a bootstrap cannot."""

import math
from collections.abc import Callable, Iterable

import numpy as np
import polars as pl
import pytest
from scipy.special import softmax
from scipy.stats import binomtest

from samefn.core.errors import InputError
from samefn.measures.calibration import calibration_change
from samefn.measures.rows import rows
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions
from samefn.statistics.intervals import Estimate, estimates


def compared(examples: int = 80, noise: float = 1.0, labelled: bool = True, seed: int = 1) -> pl.DataFrame:
    draws = np.random.default_rng(0)
    logits = draws.normal(scale=2, size=(examples, 4))
    labels = draws.integers(4, size=examples) if labelled else None
    other = logits + noise * np.random.default_rng(seed).normal(size=logits.shape)
    ids = [f"e{i}" for i in range(examples)]
    base = Predictions.from_logits("base", logits, ids, labels)
    return rows(base, Predictions.from_logits("candidate", other, ids, labels))


def named(found: Iterable[Estimate]) -> dict[str, Estimate]:
    return {estimate.measure: estimate for estimate in found}


def with_ones(frame: pl.DataFrame, column: str, ones: int) -> pl.DataFrame:
    return frame.with_columns((pl.int_range(pl.len()) < ones).cast(pl.Float64).alias(column))


def test_every_measure_of_every_candidate_in_order() -> None:
    found = estimates({"x": compared(), "y": compared(noise=2)}, resamples=100)
    assert [(e.candidate, e.measure) for e in found] == [(c, m) for c in "xy" for m in MEASURES]
    assert all(e.examples == 80 for e in found)


def test_values_are_plain_means_of_the_rows() -> None:
    frame = compared()
    for name, estimate in named(estimates({"x": frame}, resamples=100)).items():
        if name in frame.columns:
            assert estimate.value == frame[name].mean()
    right, base_right = int(frame["right"].sum()), int(frame["base_right"].sum())
    expected = 100 * (right - base_right) / base_right
    assert named(estimates({"x": frame}))["accuracy_deviation"].value == pytest.approx(expected, rel=1e-12)


def test_bootstrap_against_a_plain_loop() -> None:
    # The same resampling written out: 300 draws of 80 examples; 95 % of 300 samples leave out 7 at each end
    # (0.025 * 299 = 7.475, rounded outwards).
    frame = compared()
    draws = np.random.default_rng(7)
    samples, ratios = [], []
    for _ in range(300):
        drawn = frame[draws.integers(80, size=80)]
        samples.append(float(drawn["total_variation"].to_numpy().mean()))
        base, candidate = int(drawn["base_right"].sum()), int(drawn["right"].sum())
        ratios.append(100 * (candidate - base) / base)
    found = named(estimates({"x": frame}, confidence=0.95, resamples=300, seed=7))
    for name, of in (("total_variation", samples), ("accuracy_deviation", ratios)):
        ordered = sorted(of)
        assert (found[name].low, found[name].high) == pytest.approx((ordered[7], ordered[-8]), rel=1e-12)
        assert found[name].interval == "bootstrap"


def test_the_seed_decides_and_company_does_not() -> None:
    frame = compared()
    alone = estimates({"x": frame}, resamples=200, seed=3)
    assert alone == estimates({"x": frame}, resamples=200, seed=3)
    assert alone != estimates({"x": frame}, resamples=200, seed=4)
    both = estimates({"y": compared(noise=2), "x": frame}, resamples=200, seed=3)
    for one, other in zip(alone, both[len(MEASURES) :], strict=True):
        assert one.interval == other.interval
        if one.interval != "none":
            assert (one.low, one.high) == pytest.approx((other.low, other.high), rel=1e-12, abs=1e-15)


def test_candidates_share_their_resamples() -> None:
    # The second distances are 3 minus the first: their ends are mirrored only if the draws agree.
    frame = compared()
    mirrored = frame.with_columns(activation_distance=3 - pl.col("activation_distance"))
    found = estimates({"x": frame, "y": mirrored}, resamples=150)
    one, other = (e for e in found if e.measure == "activation_distance")
    assert one.low is not None
    assert one.high is not None
    assert (other.low, other.high) == pytest.approx((3 - one.high, 3 - one.low), rel=1e-12)


@pytest.mark.parametrize(("ones", "exact"), [(0, True), (9, True), (10, False), (70, False), (71, True), (80, True)])
def test_few_ones_or_zeros_get_the_exact_interval(ones: int, exact: bool) -> None:
    frame = with_ones(compared(), "disagreement", ones)
    found = named(estimates({"x": frame}, confidence=0.9))["disagreement"]
    assert found.interval == ("clopper-pearson" if exact else "bootstrap")
    assert found.value == ones / 80
    if exact:
        expected = binomtest(ones, 80).proportion_ci(0.9, method="exact")
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_no_change_seen_is_not_no_change_possible() -> None:
    # None of 80: up to 1 - 0.025^(1/80) = 4.5 % could change all the same.
    found = named(estimates({"x": compared(noise=0)}))
    assert found["disagreement"].low == 0
    assert found["disagreement"].high == pytest.approx(1 - 0.025 ** (1 / 80))
    for name in (
        *("accuracy_deviation", "normalised_disagreement", "error_agreement", "brier_change"),
        *("total_variation", "cosine_similarity", "kendall_tau"),
    ):
        assert (found[name].low, found[name].value, found[name].high) == (MEASURES[name].identical,) * 3
        assert found[name].note == "0 of 80 examples differ: too few for the bootstrap, too narrow"


def test_infinite_divergences_are_counted_and_kept() -> None:
    # One infinite example of 80 is missed by (79/80)^80 = 37 % of the draws: the low end is a finite sample.
    # Of 40 infinite ones every draw meets some.
    frame = compared()
    for infinite, low_is_finite in ((1, True), (40, False)):
        hit = pl.when(pl.int_range(pl.len()) < infinite).then(math.inf).otherwise("kl_divergence")
        found = named(estimates({"x": frame.with_columns(hit.alias("kl_divergence"))}))
        kl = found["kl_divergence"]
        assert (kl.value, kl.high) == (math.inf, math.inf)
        assert kl.low is not None
        assert math.isfinite(kl.low) == low_is_finite
        assert kl.note == f"{infinite} of 80 examples are infinite"
        assert found["kl_divergence_reverse"].note == ""


def test_without_labels_what_needs_them_has_no_value() -> None:
    found = estimates({"x": compared(labelled=False)}, resamples=100)
    for estimate in found:
        needs = MEASURES[estimate.measure].needs_labels
        assert (estimate.value is None) == needs
        assert (estimate.low is None) == (estimate.high is None) == needs
        assert (estimate.note == "needs labels") == needs
        assert (estimate.interval == "none") == needs


def test_calibration_error_has_a_value_and_no_interval() -> None:
    frame = compared()
    found = named(estimates({"x": frame}, resamples=100))["calibration_change"]
    assert (found.value, found.low, found.high, found.interval) == (
        calibration_change(*(frame[c] for c in ("base_right", "right", "base_confidence", "confidence"))),
        *(None, None, "none"),
    )
    assert found.note == "no interval: a bootstrap of binned errors is biased upwards"


def answering(tops: list[int], base_tops: list[int], labels: list[int]) -> pl.DataFrame:
    """Rows of two models that are certain of their answers."""
    ids = [str(i) for i in range(len(tops))]
    base, candidate = (np.eye(3)[answers] * 0.7 + 0.1 for answers in (base_tops, tops))
    return rows(
        Predictions.from_probabilities("base", base, ids, labels),
        Predictions.from_probabilities("c", candidate, ids, labels),
    )


@pytest.mark.parametrize(("lost", "interval"), [(0, "clopper-pearson"), (9, "clopper-pearson"), (10, "bootstrap")])
def test_a_proportion_of_some_examples_is_over_these_alone(lost: int, interval: str) -> None:
    # Of 100 the base is wrong on 30; the candidate gives another answer on `lost` of them, and on 3 where it is right.
    tops = [2] * lost + [1] * (30 - lost) + [1] * 3 + [0] * 67
    frame = answering(tops, [1] * 30 + [0] * 70, [0] * 100)
    found = named(estimates({"x": frame}, confidence=0.9))
    wrong, right = found["agreement_base_wrong"], found["agreement_base_right"]
    assert wrong.value == pytest.approx(1 - lost / 30, rel=1e-14)
    assert (wrong.interval, wrong.note, wrong.examples) == (interval, "over 30 of 100 examples", 100)
    assert right.value == pytest.approx(67 / 70, rel=1e-14)
    assert (right.interval, right.note) == ("clopper-pearson", "over 70 of 100 examples")
    expected = binomtest(67, 70).proportion_ci(0.9, method="exact")
    assert (right.low, right.high) == pytest.approx((expected.low, expected.high), rel=1e-9)
    if interval == "clopper-pearson":
        expected = binomtest(30 - lost, 30).proportion_ci(0.9, method="exact")
        assert (wrong.low, wrong.high) == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_what_is_not_defined_says_when() -> None:
    flawless = named(estimates({"x": answering([0] * 20, [0] * 20, [0] * 20)}, resamples=50))
    assert {name: found.note for name, found in flawless.items() if found.value is None} == {
        "normalised_disagreement": "not defined: the candidate neither errs nor differs",
        "error_agreement": "not defined: both answer everything right, or both everything wrong",
        "agreement_base_wrong": "not defined: the base answers nothing wrong",
    }
    hopeless = named(estimates({"x": answering([1] * 20, [1] * 20, [0] * 20)}, resamples=50))
    assert {name: found.note for name, found in hopeless.items() if found.value is None} == {
        "accuracy_deviation": "not defined: the base answers nothing right",
        "error_agreement": "not defined: both answer everything right, or both everything wrong",
        "agreement_base_right": "not defined: the base answers nothing right",
    }


def test_a_candidate_that_rarely_errs_has_no_upper_end() -> None:
    # It errs once in 80 and differs on 20: 20 to 1; of resamples without that error the ratio is infinite.
    frame = answering([1] + [0] * 79, [0] * 60 + [1] * 20, [0] * 80)
    found = named(estimates({"x": frame}))["normalised_disagreement"]
    assert found.value == pytest.approx(21)
    assert found.high == math.inf


def test_shards_give_the_same_estimates_in_any_order_and_grouping() -> None:
    frame = compared()
    shards = [frame[cut] for cut in (slice(0, 7), slice(7, 8), slice(8, 50), slice(50, None))]
    grouped = pl.concat([pl.concat(shards[:2]), pl.concat(shards[2:])])
    whole = estimates({"x": frame}, resamples=100)
    for one, other in zip(whole, estimates({"x": grouped}, resamples=100), strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-12, abs=1e-15)
        assert one.interval == other.interval
        if one.interval != "none":
            assert (one.low, one.high) == pytest.approx((other.low, other.high), rel=1e-12, abs=1e-15)
    # In another order other examples are drawn: the values agree but for rounding, and which intervals are exact.
    shuffled = estimates({"x": pl.concat([shards[i] for i in (2, 0, 3, 1)])}, resamples=100)
    for one, other in zip(whole, shuffled, strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-12, abs=1e-15)
        assert (one.interval, one.note) == (other.interval, other.note)


def test_a_base_that_is_never_right_has_no_relative_accuracy() -> None:
    frame = compared().with_columns(base_right=pl.lit(value=False))
    found = named(estimates({"x": frame}, resamples=100))["accuracy_deviation"]
    assert (found.value, found.low, found.high) == (None, None, None)
    assert found.note == "not defined: the base answers nothing right"


def test_resamples_in_which_the_base_is_never_right_are_counted() -> None:
    # Right once in 80: about 37 % of the draws miss it.
    frame = compared().with_columns(base_right=pl.int_range(pl.len()) == 0)
    found = named(estimates({"x": frame}, resamples=1000))["accuracy_deviation"]
    left_out = int(found.note.split("not defined in ")[1].split(" of 1000")[0])
    # 370 +- 4 standard deviations of sqrt(1000 * .37 * .63) = 15.
    assert 310 < left_out < 430
    assert found.value is not None


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda frame: frame[::-1], "x and y: the rows are about other examples"),
        (lambda frame: frame[:-1], "x and y: the rows are about other examples"),
        (lambda frame: frame[:0], "y: the rows are about no examples"),
        (lambda frame: frame.drop("total_variation"), "y: the rows have no column 'total_variation'"),
        (
            lambda frame: frame.with_columns(jensen_shannon=pl.lit(math.nan)),
            "y: 80 of 80 rows have no 'jensen_shannon'",
        ),
        (
            lambda frame: frame.with_columns(right=pl.when(pl.col("id") == "e3").then(None).otherwise("right")),
            "y: 1 of 80 rows have no 'right'",
        ),
    ],
)
def test_rows_that_cannot_be_paired_are_refused(spoil: Callable[[pl.DataFrame], pl.DataFrame], what: str) -> None:
    with pytest.raises(InputError, match=what):
        estimates({"x": compared(), "y": spoil(compared())}, resamples=100)


@pytest.mark.parametrize(("confidence", "resamples"), [(0.0, 100), (1.0, 100), (0.95, 0)])
def test_impossible_settings_are_refused(confidence: float, resamples: int) -> None:
    with pytest.raises(InputError, match="confidence"):
        estimates({"x": compared()}, confidence, resamples)


def test_no_candidates_no_estimates() -> None:
    assert estimates({}) == []


# Population of the coverage test: 60 kinds of example, three classes, drawn with unequal probabilities.
KINDS = 60
REPETITIONS = 1000


def population() -> tuple[pl.DataFrame, np.ndarray]:
    draws = np.random.default_rng(11)
    logits = draws.normal(scale=1.5, size=(KINDS, 3))
    other = logits + draws.normal(scale=2, size=logits.shape)
    # Labels drawn from either model's probabilities in turn, so that flips of both kinds are common.
    believed = np.where(np.arange(KINDS)[:, None] % 2, logits, other)
    labels = np.array([draws.choice(3, p=softmax(row)) for row in believed])
    ids = [str(i) for i in range(KINDS)]
    base = Predictions.from_logits("base", logits, ids, labels)
    return rows(base, Predictions.from_logits("c", other, ids, labels)), draws.dirichlet(np.ones(KINDS))


def covered(kinds: pl.DataFrame, weights: np.ndarray, measures: Iterable[str]) -> dict[str, float]:
    """How often the intervals over 300 examples hold the truth about the population."""
    draws = np.random.default_rng(12)
    truth = {column: float(kinds[column].cast(pl.Float64).to_numpy() @ weights) for column in kinds.columns[4:]}
    truth |= {
        name: float(measure.of_means(*(truth[column] for column in measure.columns)))
        for name, measure in MEASURES.items()
        if measure.of_means
    }
    hits = dict.fromkeys(measures, 0)
    for batch in range(5):
        frames = {
            f"{batch}-{i}": kinds[draws.choice(KINDS, size=300, p=weights)].with_columns(
                id=pl.int_range(pl.len()).cast(pl.String)
            )
            for i in range(REPETITIONS // 5)
        }
        for estimate in estimates(frames, confidence=0.95, resamples=400, seed=batch):
            if estimate.measure in hits:
                assert estimate.low is not None
                assert estimate.high is not None
                hits[estimate.measure] += estimate.low <= truth[estimate.measure] <= estimate.high
    return {measure: hit / REPETITIONS for measure, hit in hits.items()}


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    # At 95 % and 1000 repetitions the share covered has a standard deviation of sqrt(.95 * .05 / 1000) = 0.7
    # points; the tolerance is 3 of them, and downwards one point more: a percentile bootstrap of 300 examples
    # is known to be a little narrow (it divides by N where N - 1 is due, and does not follow skewness).
    kinds, weights = population()
    shares = covered(kinds, weights, [name for name, measure in MEASURES.items() if not measure.of_columns])
    assert {name: share for name, share in shares.items() if not 0.919 <= share <= 0.971} == {}


def test_rare_changes_are_covered_at_least_as_often() -> None:
    # A change in 1 of 100: of 300 examples about 3 change, too few for a bootstrap: of the 5 % of samples
    # without any it would make [0, 0]. The exact interval may cover more than it says.
    kinds, weights = population()
    weights = np.append([0.01], weights[1:] / weights[1:].sum() * 0.99)
    shares = covered(with_ones(kinds, "disagreement", 1), weights, ["disagreement"])
    assert shares["disagreement"] >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / REPETITIONS)
