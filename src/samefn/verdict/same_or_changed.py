"""The first answer: is the share of changed predictions within the limit?"""

from dataclasses import dataclass

from samefn.schema.verdicts import AgainstLimit, Outcome, Side, VerdictReason
from samefn.statistics.proportions import Proportion, settled_at
from samefn.verdict.limits import Limits

# The error of *changed* is shared between the whole and all classes and slices together,
OF_WHOLE = 0.8
OF_PARTS = 0.2
# and that of *same* between the share of changed predictions and the margins, where these are known.
OF_SHARE = 0.5
MANY_TIMES = 100  # as many inputs would not settle it: the share is at the limit


@dataclass(frozen=True)
class SameOrChanged:
    """The answer.

    Attributes:
        outcome: same, changed or inconclusive.
        reason: what decided.
        against: the share held against the limit.
        inputs_needed: how many inputs would settle it if the share stays; None where it is settled or at the limit.
    """

    outcome: Outcome
    reason: VerdictReason
    against: AgainstLimit
    inputs_needed: int | None = None


def same_or_changed(
    changed: Proportion,
    limits: Limits,
    error: float,
    margins_high: float | None = None,
    *,
    with_margins: bool = False,
    equal_up_to_rounding: bool = False,
) -> SameOrChanged:
    """Hold the share of changed predictions against its limit.

    Args:
        changed: the predictions that changed, of how many.
        limits: the limits.
        error: of a wrong *same*, and of a wrong *changed* classes and slices included, above 0 and below one half.
        margins_high: upper end of the share by the margins, wrong with a probability of (1 - OF_SHARE) * error; None
            where they give none.
        with_margins: whether the margins are looked at, so that they have their part of the error.
        equal_up_to_rounding: whether all probabilities are equal but for rounding.
    """
    low = changed.low(OF_WHOLE * error)
    high = changed.high(OF_SHARE * error if with_margins else error)
    by_margins = margins_high is not None and margins_high < limits.limit <= high
    side: Side = "over" if low > limits.limit else "within" if high < limits.limit or by_margins else "open"
    against = AgainstLimit(
        measure="disagreement",
        value=changed.value,
        low=changed.low(error),
        high=changed.high(error),
        limit=limits.limit,
        origin=limits.origin,
        side=side,
    )
    outcomes: dict[Side, Outcome] = {"within": "same", "over": "changed", "open": "inconclusive"}
    if side == "open":
        needed = settled_at(changed, limits.limit, OF_WHOLE * error, error, MANY_TIMES)
        return SameOrChanged("inconclusive", "rounding" if equal_up_to_rounding else "share", against, needed)
    reason: VerdictReason = "margins" if by_margins else "rounding" if equal_up_to_rounding else "share"
    return SameOrChanged(outcomes[side], reason, against)
