"""The verdict of a language model, on figures of real models and on made-up ends."""

import math

import pytest
from scipy.special import ndtri

from samefn.core.errors import InputError
from samefn.schema.verdicts import Interval, VerdictEntry
from samefn.verdict.decide_language import Figure, LanguageEvidence, decide_language
from samefn.verdict.limits import GivenLimits

BY_RULE = GivenLimits()


def judged(
    kl: float,
    changed: float,
    ratio: float,
    given: GivenLimits = BY_RULE,
    errors: float = 0.01,
) -> VerdictEntry:
    """Figures whose standard error is that share of them."""
    values: dict[Figure, float] = {"kld_mean": kl, "disagreement": changed, "ln_perplexity_ratio": ratio}

    def figure(name: Figure, error: float) -> Interval:
        half = -float(ndtri(error)) * errors * abs(values[name])
        return Interval(values[name], values[name] - half, values[name] + half)

    return decide_language(LanguageEvidence(figure, 20_000, 18_000, 10, 12), given, 0.025)


@pytest.mark.parametrize(
    ("kl", "changed", "ratio", "outcome", "quality"),
    [
        (0.0042, 0.048, 0.0046, "same", "worse"),  # SmolLM2-135M, Q8_0
        (0.053, 0.158, 0.042, "changed", "worse"),  # Q4_K_M
        (0.39, 0.378, 0.28, "changed", "worse"),  # Q2_K
        (0.0015, 0.0, math.log(1.157), "changed", "worse"),  # a random GPT-2 in int4: no top token changed
        (0.0042, 0.048, -0.0046, "same", "better"),
        (0.0042, 0.048, -0.03, "changed", "better"),  # far more certain of the text: another function too
    ],
)
def test_known_models(kl: float, changed: float, ratio: float, outcome: str, quality: str) -> None:
    found = judged(kl, changed, ratio)
    assert (found.outcome, found.quality, found.reason) == (outcome, quality, "figures")
    assert [one.measure for one in found.against] == ["kld_mean", "disagreement", "ln_perplexity_ratio"]


def test_all_must_be_within_and_one_over_is_enough() -> None:
    assert judged(0.0099, 0.05, 0.005).outcome == "inconclusive"
    assert judged(0.005, 0.05, 0.005, errors=2.0).outcome == "inconclusive"
    assert [one.side for one in judged(0.0099, 0.05, 0.05).against] == ["open", "within", "over"]


def test_what_is_over_shares_the_error() -> None:
    # 1.96 standard errors above the limit: shown alone, and not where three are tested.
    at = 0.01 / (1 - 0.1 * 1.98)
    assert judged(at, 0.05, 0.0, errors=0.1).against[0].side == "open"
    at = 0.01 / (1 - 0.1 * 2.42)  # ndtri(1 - 0.025 / 3) = 2.394
    assert judged(at, 0.05, 0.0, errors=0.1).against[0].side == "over"


def test_limits_can_be_set() -> None:
    found = judged(0.053, 0.158, 0.042, GivenLimits(limit=0.2, loss_limit=0.05, kl_limit=0.1))
    assert (found.outcome, found.loss_side, found.loss_limit) == ("same", "within", 0.05)
    assert {one.origin for one in found.against} == {"given"}
    assert {one.origin for one in judged(0.053, 0.158, 0.042).against} == {"rule"}
    with pytest.raises(InputError, match="SF461"):
        GivenLimits(kl_limit=0.0)
