"""The figures of llama-perplexity --kl-divergence, against its own sums in plain loops."""

from math import exp, log, sqrt

import numpy as np
import pytest

from samefn.core.errors import InputError
from samefn.measures.language import LANGUAGE_FIGURES, token_columns
from samefn.schema.base import Compared
from samefn.statistics.block_sums import BlockBatch, block_sums
from samefn.verdict.language import language_estimates, means_columns, measure_estimates, needed_columns

TOKENS, BLOCKS = 1200, 12


class Arrays:
    """Tokens in memory, given out at once."""

    def __init__(self, columns, blocks):
        self.columns, self.blocks = columns, blocks

    def units(self, sums):
        return sums

    def batches(self, names):
        yield BlockBatch(self.blocks, {name: self.columns[name] for name in names})


def estimates(columns, blocks):
    tokens = Arrays(columns, blocks)
    return language_estimates(tokens, block_sums(tokens.batches(means_columns())), Compared())


@pytest.fixture(scope="module")
def drawn():
    random = np.random.default_rng(3)
    base = np.log(random.beta(1, 3, size=TOKENS))
    other = np.minimum(base + random.normal(scale=0.1, size=TOKENS), -1e-6)
    kl, same = random.gamma(0.5, 0.02, size=TOKENS), (random.random(TOKENS) < 0.97).astype(float)
    return base, other, kl, same, np.linspace(0, 1, TOKENS)


@pytest.fixture(scope="module")
def found(drawn):
    blocks = np.repeat(np.arange(BLOCKS), TOKENS // BLOCKS)
    return {one.figure: one for one in estimates(token_columns(*drawn), blocks)}


def llama(drawn):
    """kl_divergence of perplexity.cpp: its sums, and what it prints from them, value and error."""
    sums = dict.fromkeys(("nll", "nll2", "base", "base2", "both", "kld", "kld2", "d", "d2", "d4", "same"), 0.0)
    for base, other, kld, same in zip(*drawn[:4], strict=True):
        d = exp(other) - exp(base)
        one = (-other, other**2, -base, base**2, base * other, kld, kld**2, d, d**2, d**4, same)
        for name, value in zip(sums, one, strict=True):
            sums[name] += value

    def mean_and_uncertainty(total, squares):
        mean = total / TOKENS
        return mean, sqrt((squares / TOKENS - mean**2) / (TOKENS - 1))

    ppl, ppl_base = (mean_and_uncertainty(sums[a], sums[b]) for a, b in (("nll", "nll2"), ("base", "base2")))
    cov = (sums["both"] / TOKENS - sums["nll"] / TOKENS * sums["base"] / TOKENS) / (TOKENS - 1)
    ratio = sqrt(ppl[1] ** 2 + ppl_base[1] ** 2 - 2 * cov)
    mean_square = mean_and_uncertainty(sums["d2"], sums["d4"])
    same = sums["same"] / TOKENS
    return {
        "perplexity": (exp(ppl[0]), exp(ppl[0]) * ppl[1]),
        "perplexity_base": (exp(ppl_base[0]), exp(ppl_base[0]) * ppl_base[1]),
        "ln_perplexity_ratio": (ppl[0] - ppl_base[0], ratio),
        "perplexity_ratio": (exp(ppl[0] - ppl_base[0]), exp(ppl[0] - ppl_base[0]) * ratio),
        "correlation": (cov / (ppl[1] * ppl_base[1]), None),
        "kld_mean": mean_and_uncertainty(sums["kld"], sums["kld2"]),
        "true_change_mean": mean_and_uncertainty(sums["d"], sums["d2"]),
        "true_change_rms": (sqrt(mean_square[0]), 0.5 / sqrt(mean_square[0]) * mean_square[1]),
        "same_top": (same, sqrt(same * (1 - same) / (TOKENS - 1))),
    }


def test_values_and_naive_errors_are_llama_perplexitys(drawn, found):
    for name, (value, error) in llama(drawn).items():
        assert found[name].value == pytest.approx(value, rel=1e-9), name
        if error is not None:  # a jackknife and the delta method agree but for terms of 1 / tokens
            assert found[name].naive_error == pytest.approx(error, rel=0.01), name


def percentile(values, fraction):
    """percentile of perplexity.cpp."""
    values = sorted(values)
    place = fraction * (len(values) - 1)
    whole = int(place)
    return (1 - (place - whole)) * values[whole] + (place - whole) * values[min(whole + 1, len(values) - 1)]


def test_percentiles_are_llama_perplexitys(drawn, found):
    change = np.exp(drawn[1]) - np.exp(drawn[0])
    for share in (0.999, 0.99, 0.95, 0.9, 0.5, 0.1, 0.05, 0.01, 0.001):
        assert found[f"kld_p{100 * share:g}"].value == pytest.approx(percentile(drawn[2], share)), share
        assert found[f"true_change_p{100 * share:g}"].value == pytest.approx(percentile(change, share)), share
    assert found["kld_max"].value == drawn[2].max()
    assert found["kld_min"].value == drawn[2].min()


def test_every_interval_holds_its_figure(found):
    assert len(found) == len(LANGUAGE_FIGURES)
    for name, one in found.items():
        low, high = one.low, one.high
        assert low is None or low <= one.value, name
        assert high is None or one.value <= high, name
        assert (one.tokens, one.blocks) == (TOKENS, BLOCKS)


def test_a_model_against_itself():
    log_true = np.log(np.random.default_rng(4).beta(1, 3, size=60))
    columns = token_columns(log_true, log_true, np.zeros(60), np.ones(60), np.zeros(60))
    found = {one.figure: one for one in estimates(columns, np.repeat(np.arange(3), 20))}
    assert (found["perplexity_ratio"].value, found["perplexity_ratio"].low, found["perplexity_ratio"].high) == (1, 1, 1)
    assert found["kld_max"].value == found["true_change_rms"].value == 0
    assert found["correlation"].value == pytest.approx(1)
    assert found["same_top"].value == 1 > found["same_top"].low
    assert log(found["perplexity"].value) == pytest.approx(-log_true.mean())


def codes(one):
    return [note.code for note in one.notes]


def test_what_limits_a_figure_has_a_code(found):
    assert {name for name, one in found.items() if codes(one) == ["extreme"]} == {
        *("kld_max", "kld_min", "true_change_max", "true_change_min")
    }
    # Of 12 blocks of 100, 99.9 % is the second largest value: the interval of that share passes 1.
    assert (codes(found["kld_p99.9"]), found["kld_p99.9"].high) == (["few beyond"], None)
    assert codes(found["kld_mean"]) == codes(found["kld_p50"]) == []


def test_what_has_no_value_has_a_code():
    # Three blocks; the base gives every token 1/e, the candidate one of them no chance at all.
    base, other = np.full(60, -1.0), np.log(np.linspace(0.1, 0.9, 60))
    other[7] = -np.inf
    with np.errstate(invalid="ignore"):
        hopeless = estimates(token_columns(base, other, -other, np.ones(60), np.zeros(60)), np.repeat(np.arange(3), 20))
    assert {one.figure: codes(one) for one in hopeless if one.value is None}["perplexity"] == ["infinite", "few blocks"]
    alike = estimates(token_columns(base, base, np.zeros(60), np.ones(60), np.zeros(60)), np.repeat(np.arange(3), 20))
    assert {one.figure: codes(one) for one in alike if one.value is None} == {
        "correlation": ["one does not vary", "few blocks"]
    }


def test_one_block_says_nothing_about_others(drawn):
    with pytest.raises(InputError, match="SF474"):
        estimates(token_columns(*drawn), np.zeros(TOKENS, dtype=np.int64))


def test_measures_are_those_of_the_table():
    random = np.random.default_rng(5)
    columns = {name: (random.random(80) < 0.4).astype(float) for name in needed_columns()}
    sums = block_sums(Arrays(columns, np.repeat(np.arange(8), 10)).batches(tuple(columns)))
    found = {one.measure: one for one in measure_estimates(sums, Compared())}
    assert found["disagreement"].value == columns["disagreement"].mean()
    right, base_right = columns["right"].mean(), columns["base_right"].mean()
    assert found["accuracy_deviation"].value == pytest.approx(100 * (right - base_right) / base_right)
    assert found["total_variation"].interval == "delete-block jackknife"
    assert {codes(one) == [] for one in found.values()} == {True}


def test_measures_that_are_not_defined_say_when():
    # Nobody is right, and one divergence is infinite.
    columns = {name: np.zeros(80) for name in needed_columns()}
    columns["kl_divergence"][0] = np.inf
    with np.errstate(invalid="ignore"):
        sums = block_sums(Arrays(columns, np.repeat(np.arange(8), 10)).batches(tuple(columns)))
        found = {one.measure: one for one in measure_estimates(sums, Compared())}
    assert {name: codes(one) for name, one in found.items() if one.value is None} == {
        "accuracy_deviation": ["base never right"],
        "error_agreement": ["both all right or all wrong"],
        "agreement_base_right": ["base never right"],
        "kl_divergence": ["infinite"],
    }
