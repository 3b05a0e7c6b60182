"""Estimates: their values, their intervals, and what they say where there is none."""

import math
from collections.abc import Iterable

import numpy as np
import polars as pl
import pytest
from scipy.special import softmax
from scipy.stats import binom, binomtest, chi2, ttest_1samp

from samefn.core.errors import InputError
from samefn.measures.calibration import calibration_change
from samefn.measures.compiled.single_pass import OF_ORDERS, OF_SUMS
from samefn.measures.rows import rows
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions
from samefn.schema.base import Compared
from samefn.schema.report import MeasureEntry
from samefn.statistics.intervals import estimates, require_same_examples
from samefn.statistics.mean_intervals import central, ends
from samefn.statistics.summaries import merged, summarised
from samefn.statistics.unseen import ENOUGH_MOVED, unseen


def compared(examples: int = 80, noise: float = 1.0, labelled: bool = True, seed: int = 1) -> pl.DataFrame:
    draws = np.random.default_rng(0)
    logits = draws.normal(scale=2, size=(examples, 4))
    labels = draws.integers(4, size=examples) if labelled else None
    other = logits + noise * np.random.default_rng(seed).normal(size=logits.shape)
    ids = [f"e{i}" for i in range(examples)]
    base = Predictions.from_logits("base", logits, ids, labels)
    return rows(base, Predictions.from_logits("candidate", other, ids, labels))


def of(frame: pl.DataFrame, confidence: float = 0.95) -> list[MeasureEntry]:
    return estimates(summarised(frame), Compared("x"), confidence)


def named(found: Iterable[MeasureEntry]) -> dict[str, MeasureEntry]:
    return {estimate.measure: estimate for estimate in found}


def codes(found: MeasureEntry) -> list[tuple[str, int | None]]:
    return [(note.code, note.count) for note in found.notes]


def with_ones(frame: pl.DataFrame, column: str, ones: int) -> pl.DataFrame:
    return frame.with_columns((pl.int_range(pl.len()) < ones).cast(pl.Float64).alias(column))


def test_values_are_plain_means_of_the_rows() -> None:
    frame = compared()
    for name, estimate in named(of(frame)).items():
        if name in frame.columns:
            assert estimate.value == pytest.approx(frame[name].mean(), rel=1e-12)
    right, base_right = int(frame["right"].sum()), int(frame["base_right"].sum())
    expected = 100 * (right - base_right) / base_right
    assert named(of(frame))["accuracy_deviation"].value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("ones", [0, 9, 40, 80])
def test_shares_get_the_exact_interval(ones: int) -> None:
    frame = with_ones(compared(), "disagreement", ones)
    found = named(of(frame, confidence=0.9))["disagreement"]
    assert (found.interval, found.value, found.confidence) == ("clopper-pearson", ones / 80, 0.9)
    expected = binomtest(ones, 80).proportion_ci(0.9, method="exact")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_the_interval_of_a_known_mean() -> None:
    # 100 examples with mean 2, variance 4 and third central moment 16: the mean's standard error is 0.2, its skewness
    # 0.2. Student's t of 99 at 97.5 % is 1.984217, and the variance was divided by 100: x = 1.984217 sqrt(100 / 99) =
    # 1.994213. Hall: 2 - 0.2 * 3 / 0.2 ((1 + 0.2 (x - 0.2 / 6))^(1/3) - 1) = 2 - 3 (1.392176^(1/3) - 1) = 1.650197;
    # at -x: 2 - 3 ((1 - 0.405509)^(1/3) - 1) = 2.477470.
    assert ends(2.0, 4.0, 16.0, 100, 0, 0.95)[:2] == pytest.approx((1.650197, 2.477470), abs=1e-5)
    # Without skewness Student's t, as scipy has it.
    values = np.random.default_rng(0).normal(size=30)
    expected = ttest_1samp(values, 0).confidence_interval(0.95)
    assert ends(float(values.mean()), float(values.var()), 0.0, 30, 0, 0.95)[:2] == pytest.approx(tuple(expected))


def test_measures_that_go_both_ways_get_students_interval() -> None:
    frame = compared(20_000, noise=2.0)  # so many that differ leave little room for what was not drawn
    found = named(of(frame))["brier_change"]
    expected = ttest_1samp((frame["brier"] - frame["base_brier"]).to_numpy(), 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx(tuple(expected), rel=0.05)
    assert (found.interval, named(of(frame))["accuracy_deviation"].interval) == ("student", "student")


def test_a_ratio_to_few_errors_is_fiellers() -> None:
    # Every r for which the mean of disagreement - r error cannot be told from 0, and a little more: the exact error of
    # the numerator replaces Student's, which is a few per cent less with many changes.
    frame = compared(4000)
    found = named(of(frame))["normalised_disagreement"]
    differ, wrong = frame["disagreement"].to_numpy(), 1.0 - frame["right"].to_numpy()
    for end in (found.low, found.high):
        assert end is not None
        assert 0.04 < ttest_1samp(differ - end * wrong, 0).pvalue <= 0.0501
    assert found.interval == "fieller"


def test_no_change_seen_is_not_no_change_possible() -> None:
    # None of 80: up to 1 - 0.025^(1/80) = 4.5 % could change all the same.
    found = named(of(compared(noise=0)))
    assert found["disagreement"].low == 0
    assert found["disagreement"].high == pytest.approx(1 - 0.025 ** (1 / 80))
    # A mean: -ln(0.025) / 80 = 4.611 % of them could change by the largest change.
    share = -math.log(0.025) / 80
    golden = {
        "activation_distance": (0.0, math.sqrt(2) * share),
        "total_variation": (0.0, share),
        "jensen_shannon": (0.0, math.log(2) * share),
        "kl_divergence": (0.0, 149 * math.log(2) * share),  # the least float32 is 2^-149
        "cosine_similarity": (1 - share, 1.0),
        "kendall_tau": (1 - 2 * share, 1.0),  # from 1 to -1
        "brier_change": (-2 * share, 2 * share),
        # 21 of 80 are right. One negative flip more: 100 (21 - 22) / 22; one positive: 100 (22 - 21) / 21; of 81.
        "accuracy_deviation": (-100 / 22 * 81 * share, 100 / 21 * 81 * share),
    }
    for name, ends_of in golden.items():
        assert (found[name].low, found[name].high) == pytest.approx(ends_of, rel=1e-9)
        assert codes(found[name]) == [("unseen", None)]
    # None changed and 59 wrong: r^2 y^2 <= u^2 + r^2 yy with y = 59/80, u = 0.045063, and by Student's t of 79
    # (1.990450) yy = 1.990450^2 / 79 * 59/80 * 21/80 = 0.0097088: r = u / sqrt(y^2 - yy).
    assert found["normalised_disagreement"].low == 0
    assert found["normalised_disagreement"].high == pytest.approx(0.045063 / math.sqrt(0.7375**2 - 0.0097088), rel=1e-4)


@pytest.mark.parametrize("events", [0, 1, 5, 40])
def test_rare_equal_changes_get_the_exact_end_of_a_poisson_count(events: int) -> None:
    # Of 10^7 examples `events` are 1: chi2(2 events + 2) / 2 at 97.5 %, which Clopper and Pearson's end tends to.
    share = events / 1e7
    expected = chi2.ppf(0.975, 2 * events + 2) / 2 / 1e7
    assert share + unseen(1.0, share, share, 10**7, 0.95) == pytest.approx(expected, rel=1e-9)


def test_many_differences_leave_little_room_for_what_was_not_drawn() -> None:
    # 400 of 1,600 examples changed as much as is possible: about 1/2 % of the width for one example more.
    plain = ends(0.25, 0.1875, 0.09375, 1600, 0, 0.95)
    assert 0.25 + unseen(0.75, 0.1875, 0.09375, 1600, 0.95) == pytest.approx(plain[1], abs=0.02 * (plain[1] - plain[0]))


RARE = (*OF_SUMS, *OF_ORDERS, "brier_change")


@pytest.mark.parametrize("examples", [100, 400])
def test_rare_confident_failures_beside_rounding_are_covered(examples: int) -> None:
    # Every example differs by float noise, and a share of them fails with confidence. How many failures are drawn is
    # binomial, so the coverage is a sum over their number. Before, samples without a failure, exp(-0.5) = 61 % to
    # exp(-3) = 5 % of them, had an interval of the width of the noise.
    draws = np.random.default_rng(3)
    logits = draws.normal(scale=3, size=(examples, 10))
    top = logits.argmax(1)
    noisy = logits + 1e-5 * draws.normal(size=logits.shape)
    failing = 16 * np.eye(10)[(top + 1) % 10] + draws.normal(size=logits.shape)
    ids = [str(i) for i in range(examples)]
    base = Predictions.from_logits("base", logits, ids, top)
    good, bad = (rows(base, Predictions.from_logits("c", other, ids, top)) for other in (noisy, failing))
    found = {k: named(of(pl.concat([bad[:k], good[k:]]))) for k in (*range(16), examples)}
    for expected in (0.5, 1.0, 2.0, 3.0, 5.0):
        share = expected / examples
        covered = dict.fromkeys(RARE, 0.0)
        for k, entries in found.items():
            for name in RARE:
                truth = (1 - share) * float(found[0][name].value or 0) + share * float(found[examples][name].value or 0)
                low, high = entries[name].low, entries[name].high
                assert low is not None
                assert high is not None
                covered[name] += binom.pmf(k, examples, share) * (low <= truth <= high)
        assert {name: one for name, one in covered.items() if one < 0.95} == {}


def test_a_requirement_on_divergence_is_not_met_by_rounding_alone() -> None:
    # One failure of 16 nats in 1,000 examples is a mean of 0.016; 37 % of samples of 1,000 have none.
    found = named(of(compared(1000, noise=1e-5)))["kl_divergence"]
    assert found.value is not None
    assert found.high is not None
    assert found.value < 1e-9
    assert 0.016 < found.high < 0.4
    assert codes(found) == [("unseen", None)]


def test_where_many_moved_most_of_their_probability_divergences_show_their_own_range() -> None:
    frame = compared(4000, noise=2.0)
    kl, summary = named(of(frame))["kl_divergence"], summarised(frame)
    assert summary.moved >= ENOUGH_MOVED
    sums = {key[1:]: total for key, total in summary.sums.items() if key[0] == "kl_divergence"}
    variance, third = central(sums, ["kl_divergence"], [1.0], 4000)
    assert kl.value is not None
    assert (kl.low, kl.high) == pytest.approx(ends(kl.value, variance, third, 4000, 0, 0.95)[:2], rel=1e-12)


def test_infinite_divergences_are_counted_and_kept() -> None:
    # One infinite example of 80 is missed by (79/80)^80 = 37 % of samples: the low end is finite.
    # Of 40 infinite ones every sample has some.
    frame = compared()
    for infinite, low_is_finite in ((1, True), (40, False)):
        hit = pl.when(pl.int_range(pl.len()) < infinite).then(math.inf).otherwise("kl_divergence")
        found = named(of(frame.with_columns(hit.alias("kl_divergence"))))
        kl = found["kl_divergence"]
        assert (kl.value, kl.high) == (math.inf, math.inf)
        assert kl.low is not None
        assert math.isfinite(kl.low) == low_is_finite
        assert codes(kl)[0] == ("infinite examples", infinite)
        assert "infinite examples" not in dict(codes(found["kl_divergence_reverse"]))


def test_without_labels_what_needs_them_has_no_value() -> None:
    found = of(compared(labelled=False))
    for estimate in found:
        needs = MEASURES[estimate.measure].needs_labels
        assert (estimate.value is None) == needs
        assert (estimate.low is None) == (estimate.high is None) == needs
        assert (codes(estimate) == [("no labels", None)]) == needs
        assert (estimate.interval == "none") == needs


def test_calibration_error_has_a_value_and_no_interval() -> None:
    frame = compared()
    found = named(of(frame))["calibration_change"]
    assert (found.value, found.low, found.high, found.interval) == (
        pytest.approx(
            calibration_change(*(frame[c] for c in ("base_right", "right", "base_confidence", "confidence")))
        ),
        *(None, None, "none"),
    )
    assert codes(found) == [("binned", None)]


def answering(tops: list[int], base_tops: list[int], labels: list[int]) -> pl.DataFrame:
    """Rows of two models that are certain of their answers."""
    ids = [str(i) for i in range(len(tops))]
    base, candidate = (np.eye(3)[answers] * 0.7 + 0.1 for answers in (base_tops, tops))
    return rows(
        Predictions.from_probabilities("base", base, ids, labels),
        Predictions.from_probabilities("c", candidate, ids, labels),
    )


@pytest.mark.parametrize("lost", [0, 10])
def test_a_proportion_of_some_examples_is_over_these_alone(lost: int) -> None:
    # Of 100 the base is wrong on 30; the candidate gives another answer on `lost` of them, and on 3 where it is right.
    tops = [2] * lost + [1] * (30 - lost) + [1] * 3 + [0] * 67
    frame = answering(tops, [1] * 30 + [0] * 70, [0] * 100)
    found = named(of(frame, confidence=0.9))
    wrong, right = found["agreement_base_wrong"], found["agreement_base_right"]
    assert wrong.value == pytest.approx(1 - lost / 30, rel=1e-14)
    assert (wrong.interval, wrong.examples, codes(wrong)) == ("clopper-pearson", 100, [("some examples", 30)])
    assert right.value == pytest.approx(67 / 70, rel=1e-14)
    assert (right.interval, codes(right)) == ("clopper-pearson", [("some examples", 70)])
    expected = binomtest(67, 70).proportion_ci(0.9, method="exact")
    assert (right.low, right.high) == pytest.approx((expected.low, expected.high), rel=1e-9)
    expected = binomtest(30 - lost, 30).proportion_ci(0.9, method="exact")
    assert (wrong.low, wrong.high) == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_what_is_not_defined_says_when() -> None:
    flawless = named(of(answering([0] * 20, [0] * 20, [0] * 20)))
    assert {name: codes(found) for name, found in flawless.items() if found.value is None} == {
        "normalised_disagreement": [("never wrong or different", None)],
        "error_agreement": [("both all right or all wrong", None)],
        "agreement_base_wrong": [("base never wrong", None)],
    }
    hopeless = named(of(answering([1] * 20, [1] * 20, [0] * 20)))
    assert {name: codes(found) for name, found in hopeless.items() if found.value is None} == {
        "accuracy_deviation": [("base never right", None)],
        "error_agreement": [("both all right or all wrong", None)],
        "agreement_base_right": [("base never right", None)],
    }


def test_a_candidate_that_rarely_errs_has_no_upper_end() -> None:
    # It errs once in 80 and differs on 21: 21 to 1; its error rate cannot be told from 0.
    frame = answering([1] + [0] * 79, [0] * 60 + [1] * 20, [0] * 80)
    found = named(of(frame))["normalised_disagreement"]
    assert found.value == pytest.approx(21)
    assert found.high == math.inf


def test_a_candidate_that_never_errs_has_no_interval() -> None:
    found = named(of(answering([0] * 80, [0] * 60 + [1] * 20, [0] * 80)))["normalised_disagreement"]
    assert (found.value, found.low, found.high, found.interval) == (math.inf, None, None, "none")
    assert codes(found) == [("infinite", None)]


@pytest.mark.parametrize("noise", [1.0, 1e-3])
def test_any_order_and_grouping_gives_the_same_bits(noise: float) -> None:
    frame = compared(500, noise)
    shuffled = frame[np.random.default_rng(0).permutation(500)]
    parts = [summarised(shuffled[start : start + 90]) for start in range(0, 500, 90)]
    assert estimates(merged(parts[::-1]), Compared("x")) == of(frame)


def test_variances_of_tiny_changes_lose_no_digits() -> None:
    # Brier scores near 0.5 that change by about 1e-9: squares of the scores would drown the variance, 1e-18.
    draws = np.random.default_rng(0)
    frame = compared(20_000)
    change = draws.normal(1e-9, 1e-9, size=20_000)
    base = frame["base_brier"].to_numpy().round(3)
    frame = frame.with_columns(pl.Series("base_brier", base), pl.Series("brier", base + change))
    sums = {key[1:]: total for key, total in summarised(frame).sums.items() if key[0] == "brier_change"}
    variance, _ = central(sums, ["base_brier", "brier"], [0.0, 1.0], 20_000)
    assert math.sqrt(variance) == pytest.approx(float(np.std(frame["brier"].to_numpy() - base)), rel=1e-6)


def test_a_heavy_tail_is_called_rough() -> None:
    lone = pl.when(pl.int_range(pl.len()) < 1).then(1e6).otherwise("kl_divergence")
    one = named(of(compared(3000).with_columns(lone.alias("kl_divergence"))))["kl_divergence"]
    assert codes(one) == [("few outweigh all", None)]


def test_a_base_that_is_never_right_has_no_relative_accuracy() -> None:
    frame = compared().with_columns(base_right=pl.lit(value=False))
    found = named(of(frame))["accuracy_deviation"]
    assert (found.value, found.low, found.high) == (None, None, None)
    assert codes(found) == [("base never right", None)]


def test_other_examples_are_not_paired() -> None:
    frame = compared(50)
    other = frame.with_columns(id=pl.lit("x") + pl.col("id"))
    with pytest.raises(InputError, match="SF466"):
        require_same_examples({"x": summarised(frame), "y": summarised(other)})
    with pytest.raises(InputError, match="SF464"):
        of(frame[:0])
    labelled, not_labelled = summarised(frame[:30]), summarised(compared(50, labelled=False)[30:])
    with pytest.raises(InputError, match="SF465"):
        estimates(merged([labelled, not_labelled]), Compared("x"))


@pytest.mark.parametrize("confidence", [0.0, 1.0])
def test_impossible_settings_are_refused(confidence: float) -> None:
    with pytest.raises(InputError, match="SF460"):
        of(compared(), confidence)


# Population of the coverage test: 60 kinds of example, three classes, drawn with unequal probabilities.
KINDS = 60
REPETITIONS = 500


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
        for estimate in (entry for frame in frames.values() for entry in of(frame)):
            if estimate.measure in hits:
                assert estimate.low is not None
                assert estimate.high is not None
                hits[estimate.measure] += estimate.low <= truth[estimate.measure] <= estimate.high
    return {measure: hit / REPETITIONS for measure, hit in hits.items()}


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    # At 95 % and 500 repetitions the share covered has a standard deviation of sqrt(.95 * .05 / 500) = 1 point; the
    # tolerance is 3 of them; shares are exact, and cover as often at least.
    kinds, weights = population()
    shares = covered(kinds, weights, [name for name, measure in MEASURES.items() if not measure.of_columns])
    assert {name: share for name, share in shares.items() if not 0.92 <= share <= 0.98} == {}


def test_rare_changes_are_covered_at_least_as_often() -> None:
    # A change in 1 of 100: of 300 examples about 3 change, too few for a variance: of the 5 % of samples
    # without any it would make [0, 0]. The exact interval may cover more than it says.
    kinds, weights = population()
    weights = np.append([0.01], weights[1:] / weights[1:].sum() * 0.99)
    shares = covered(with_ones(kinds, "disagreement", 1), weights, ["disagreement"])
    assert shares["disagreement"] >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / REPETITIONS)
