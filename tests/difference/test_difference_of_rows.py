"""Figures tested by rows, against plain loops and resampling."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest, ttest_1samp

from samefn.core.errors import InputError
from samefn.difference.rows import pair_rows, paired_base_tests, paired_tests, require_named, rows_of
from samefn.measures.language import LANGUAGE_FIGURES
from samefn.measures.table import MEASURES


def of(result):
    return rows_of(result.rows.lazy(), "test", "base", "candidate-1")


@pytest.fixture(scope="module")
def frames(near, far):
    return of(near), of(far)


def test_every_figure_with_an_interval_is_tested(near, frames):
    tests = paired_tests(pair_rows(*frames), 0.95)
    bounded = {entry.measure for entry in near.report.measures if entry.interval != "none"}
    assert tests.keys() == bounded | {"accuracy"}


def test_shares_by_mcnemar(frames):
    tests = paired_tests(pair_rows(*frames), 0.95)
    for figure, column in (
        ("disagreement", "disagreement"),
        ("accuracy", "right"),
        ("negative_flips", "negative_flips"),
    ):
        one, other = (frame[column].cast(pl.Int64).to_numpy() for frame in frames)
        more, fewer = int((other > one).sum()), int((other < one).sum())
        assert tests[figure].p_value == pytest.approx(binomtest(more, more + fewer).pvalue)


def test_means_by_students_test_of_the_differences(frames):
    tests = paired_tests(pair_rows(*frames), 0.95)
    for name in ("total_variation", "kl_divergence", "kendall_tau"):
        differences = frames[1][name].to_numpy() - frames[0][name].to_numpy()
        assert tests[name].p_value == pytest.approx(ttest_1samp(differences, 0).pvalue, rel=0.02)
        assert tests[name].low < differences.mean() < tests[name].high


@pytest.mark.parametrize("name", ["accuracy_deviation", "error_agreement", "agreement_base_right", "brier_change"])
def test_functions_of_means_by_resampled_rows(frames, name):
    """The interval of the difference is about that of a bootstrap over inputs."""
    measure, draw = MEASURES[name], np.random.default_rng(0)
    one, other = (
        np.stack([frame[column].cast(pl.Float64).to_numpy() for column in measure.columns]) for frame in frames
    )
    drawn = []
    for _ in range(2000):
        at = draw.integers(one.shape[1], size=one.shape[1])
        drawn.append(measure.of_means(*other[:, at].mean(axis=1)) - measure.of_means(*one[:, at].mean(axis=1)))
    found = paired_tests(pair_rows(*frames), 0.95)[name]
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.std(drawn), rel=0.1)
    assert found.low < np.mean(drawn) < found.high


def test_the_order_of_rows_does_not_matter(frames):
    shuffled = frames[1].sample(fraction=1.0, shuffle=True, seed=1)
    tests, again = (paired_tests(pair_rows(frames[0], other), 0.95) for other in (frames[1], shuffled))
    assert tests.keys() == again.keys()
    for name, test in tests.items():
        assert again[name] == pytest.approx(test)


def test_other_inputs_are_no_pairs(frames):
    assert pair_rows(frames[0], frames[1].with_columns(id="x" + pl.col("id"))) is None
    assert pair_rows(frames[0], frames[1].head(399)) is None
    assert pair_rows(frames[0].clear(), frames[1].clear()) is None


def test_rounding_is_no_difference(frames):
    """A shift of every figure that is far below float32's rounding would be significant by its sign alone."""
    moved = frames[0].with_columns(pl.col("kl_divergence", "total_variation") + 1e-8)
    tests = paired_tests(pair_rows(frames[0], moved), 0.95)
    assert {test.p_value for test in tests.values()} == {1.0}


def test_infinite_figures_are_counted(frames):
    infinite = frames[0].with_columns(
        kl_divergence=pl.when(pl.int_range(pl.len()) < 12).then(np.inf).otherwise("kl_divergence")
    )
    found = paired_tests(pair_rows(frames[0], infinite), 0.95)["kl_divergence"]
    assert found.p_value == pytest.approx(2 * 0.5**12)


def test_columns_that_one_run_lacks_are_not_tested(frames):
    unlabelled = frames[1].with_columns(pl.lit(None, pl.Boolean).alias("right")).drop("base_brier")
    tests = paired_tests(pair_rows(frames[0], unlabelled), 0.95)
    assert not {"accuracy", "accuracy_deviation", "brier_change"} & tests.keys()
    assert "disagreement" in tests


def test_the_bases_own_rows(frames):
    pair = pair_rows(frames[0], frames[1].with_columns(base_right=~pl.col("base_right")))
    right = int(frames[0]["base_right"].sum())
    assert paired_base_tests(pair, 0.95)["accuracy"].p_value == pytest.approx(binomtest(right, 400).pvalue)
    assert pair.changed("base_top") == 0
    assert pair.changed("top") == (frames[0]["top"] != frames[1]["top"]).sum()


def test_rows_must_say_what_they_are_about(near):
    with pytest.raises(InputError, match="SF465"):
        require_named(near.rows.lazy().drop("candidate"))


@pytest.fixture
def tokens():
    """Rows of language models: 40 windows of 25 tokens, whose differences depend on the window."""
    draw = np.random.default_rng(2)
    blocks = np.repeat(np.arange(40), 25)

    base = -draw.gamma(2.0, size=1000)

    def rows(size):
        kl = size * draw.gamma(2.0, size=40)[blocks] * draw.gamma(1.0, size=1000)
        changed = draw.random(1000) < size
        columns = {
            "id": [f"{at:06d}" for at in range(1000)],
            "block": blocks,
            "base_top": np.zeros(1000, dtype=int),
            "top": changed.astype(int),
            "disagreement": changed.astype(float),
            "total_variation": kl / 10,
            "kl_divergence": kl,
            "base_log_true": base,
            "log_true": base - kl,
        }
        return pl.DataFrame(columns)

    return rows


def test_the_window_is_the_unit_of_language_models(tokens):
    one, other = tokens(0.1), tokens(0.2)
    tests = paired_tests(pair_rows(one, other), 0.95)
    of_means = {figure.name for figure in LANGUAGE_FIGURES if figure.of_means}
    assert of_means <= tests.keys()
    differences = (other["kl_divergence"] - one["kl_divergence"]).to_numpy().reshape(40, 25).mean(axis=1)
    assert tests["kld_mean"].p_value == pytest.approx(ttest_1samp(differences, 0).pvalue, rel=0.01)
    ratios = [np.exp((frame["base_log_true"] - frame["log_true"]).mean()) for frame in (one, other)]
    assert tests["perplexity_ratio"].low < ratios[1] - ratios[0] < tests["perplexity_ratio"].high
    changed = (other["disagreement"] - one["disagreement"]).to_numpy().reshape(40, 25).mean(axis=1)
    assert tests["disagreement"].p_value == pytest.approx(ttest_1samp(changed, 0).pvalue, rel=0.01)
