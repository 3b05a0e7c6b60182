"""The verdict of a language model: by three figures, each against its limit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from samefn.schema.base import Compared
from samefn.schema.verdicts import AgainstLimit, Interval, Outcome, Quality, RelativeDistance, Side, VerdictEntry
from samefn.verdict.how_far import INDEPENDENT, NEAR, how_far, probabilities_moved
from samefn.verdict.limits import GivenLimits

Figure: TypeAlias = Literal["kld_mean", "disagreement", "ln_perplexity_ratio"]
# Nats a token; share of the most probable tokens that may change; nats a token. In known models the finest
# quantisations (8 bits) are within all three, and those of 4 bits and less are not.
LIMITS: Mapping[Figure, float] = {"kld_mean": 0.01, "disagreement": 0.1, "ln_perplexity_ratio": 0.02}


@dataclass(frozen=True)
class LanguageEvidence:
    """What the verdict of a language model is made from.

    Attributes:
        figure: a figure with its ends, each of which is wrong with the probability that is asked for.
        tokens: how many scored tokens.
        effective: how many tokens drawn one by one would show as much of the most probable tokens.
        negative_flips: tokens that the base alone has right.
        positive_flips: tokens that the candidate alone has right.
        distances: the relative distances, by name of the distance.
        compared: what the verdict is about.
    """

    figure: Callable[[Figure, float], Interval]
    tokens: int
    effective: float
    negative_flips: int
    positive_flips: int
    distances: Mapping[str, RelativeDistance] = field(default_factory=dict)
    compared: Compared = Compared()  # noqa: RUF009  (a tuple)


def decide_language(evidence: LanguageEvidence, given: GivenLimits, error: float) -> VerdictEntry:
    """The verdict: same or changed, better or worse, how far.

    1. *Same*: mean KL divergence, share of changed top tokens and |ln perplexity ratio| are all shown to be within
       their limits. *Changed*: one of them is shown to be over its limit; these tests share the error.
    2. *Better* or *worse*: the interval of the ln of the perplexity ratio is below or above 0.
    3. As for other models.

    Args:
        evidence: the figures.
        given: the limits that a user set: `limit` of changed top tokens, `kl_limit`, and `loss_limit` of the ln of the
            perplexity ratio.
        error: of a wrong *same* and of a wrong *changed*, and of each end of an interval.
    """
    set_by_user = {"kld_mean": given.kl_limit, "disagreement": given.limit, "ln_perplexity_ratio": given.loss_limit}
    against = [
        _against(evidence, name, LIMITS[name] if limit is None else limit, error, given=limit is not None)
        for name, limit in ((name, set_by_user[name]) for name in LIMITS)
    ]
    ratio, loss_limit = against[-1], against[-1].limit
    distance = evidence.distances.get("disagreement")
    return VerdictEntry(
        **evidence.compared._asdict(),
        outcome=_outcome([one.side for one in against]),
        reason="figures",
        against=tuple(against),
        examples=evidence.tokens,
        effective_examples=evidence.effective,
        quality=_quality(ratio),
        negative_flips=evidence.negative_flips,
        positive_flips=evidence.positive_flips,
        loss_limit=loss_limit,
        loss_side="over" if ratio.low > loss_limit else "within" if ratio.high < loss_limit else "open",
        distance=None if distance is None else how_far(distance),
        near=NEAR,
        independent=INDEPENDENT,
        probabilities_moved=probabilities_moved(evidence.distances.get("total_variation")),
    )


def _against(evidence: LanguageEvidence, name: Figure, limit: float, error: float, *, given: bool) -> AgainstLimit:
    """One figure; the ln of the perplexity ratio may be neither too high nor too low."""
    value, low, high = evidence.figure(name, error)
    _, shared_low, shared_high = evidence.figure(name, error / len(LIMITS))
    side: Side = "open"
    if shared_low > limit or shared_high < -limit:
        side = "over"
    elif -limit < low and high < limit:
        side = "within"
    return AgainstLimit(
        measure=name, value=value, low=low, high=high, limit=limit, origin="given" if given else "rule", side=side
    )


def _outcome(sides: Sequence[Side]) -> Outcome:
    if "over" in sides:
        return "changed"
    return "inconclusive" if "open" in sides else "same"


def _quality(ratio: AgainstLimit) -> Quality:
    if ratio.low > 0:
        return "worse"
    return "better" if ratio.high < 0 else "no difference shown"
