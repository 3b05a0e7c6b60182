"""The second answer: is a candidate better or worse than its base, by the labels?"""

from dataclasses import dataclass

from samefn.schema.verdicts import Quality, Side
from samefn.statistics.exact_tests import sign_test
from samefn.statistics.paired_difference import paired_difference

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class BetterOrWorse:
    """The answer; figures are None without labels.

    Attributes:
        quality: better, worse, no difference shown, or no labels.
        p_value: of the exact McNemar test.
        net_loss: base's accuracy less the candidate's, -1 to 1.
        low: lower end of its interval.
        high: upper end.
        loss_side: on which side of the limit the net loss is shown to be.
    """

    quality: Quality = "no labels"
    p_value: float | None = None
    net_loss: float | None = None
    low: float | None = None
    high: float | None = None
    loss_side: Side | None = None


def better_or_worse(
    negative_flips: float, positive_flips: float, examples: float, loss_limit: float, error: float
) -> BetterOrWorse:
    """Test whether negative and positive flips are equally likely, and hold the net loss against its limit.

    Args:
        negative_flips: examples that the base has right and the candidate wrong; of grouped examples the effective
            number, as of the others.
        positive_flips: examples that the base has wrong and the candidate right.
        examples: how many there are.
        loss_limit: on the net loss, above 0 and at most 1.
        error: of each end of the net loss's interval.

    >>> better_or_worse(223, 58, 10_000, 0.005, 0.025).quality
    'worse'
    """
    p_value = mcnemar(int(negative_flips), int(positive_flips))
    low, high = paired_difference(negative_flips, positive_flips, examples, error)
    quality: Quality = "no difference shown"
    if p_value < SIGNIFICANT:
        quality = "worse" if negative_flips > positive_flips else "better"
    side: Side = "over" if low > loss_limit else "within" if high < loss_limit else "open"
    return BetterOrWorse(quality, p_value, (negative_flips - positive_flips) / examples, low, high, side)


def mcnemar(negative_flips: int, positive_flips: int) -> float:
    """P-value of the exact McNemar test, two-sided: of the examples that flipped, is one direction more likely?

    Args:
        negative_flips: examples that the base has right and the candidate wrong.
        positive_flips: examples that the base has wrong and the candidate right.

    Returns:
        The p-value; 1 where there are none.

    Source:
        McNemar 1947; exact form: the binomial test of negative flips among the flips with probability one half.

    >>> mcnemar(2, 1), mcnemar(0, 0)
    (1.0, 1.0)
    """
    return sign_test(negative_flips, negative_flips + positive_flips) if negative_flips + positive_flips else 1.0
