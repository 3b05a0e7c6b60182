"""The first answer: is the share of changed predictions within the limit?"""

from dataclasses import dataclass

from samefn.schema.verdicts import AgainstLimit, BoundaryFlips, Outcome, Side, VerdictReason
from samefn.statistics.proportions import Proportion, settled_at
from samefn.verdict.limits import Limits

# The error of *changed* is shared between the whole and all classes and slices together,
OF_WHOLE = 0.8
OF_PARTS = 0.2
# and that of *same* between the share of changed predictions and the margins, where these are known. The two add up to
# more than 1: they seldom err in the same sample, and the exact ends err less than they may. In simulations of both
# (benchmarks/calibration.py) the error of either is below the whole.
OF_SHARE = 0.8
OF_MARGINS = 0.4
MANY_TIMES = 100  # as many inputs would not settle it: the share is at the limit; but of few inputs
FEW_WOULD = 10.0  # over the limit are looked at in any case: 3.7 over it settle a share of 0


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
    margins: BoundaryFlips | None = None,
    *,
    equal_up_to_rounding: bool = False,
) -> SameOrChanged:
    """Hold the share of changed predictions against its limit.

    Args:
        changed: the predictions that changed, of how many.
        limits: the limits.
        error: of a wrong *same*, and of a wrong *changed* classes and slices included, above 0 and below one half.
        margins: the same share by the margins, at an error of OF_MARGINS * error; None where they are not known.
        equal_up_to_rounding: whether all probabilities are equal but for rounding.
    """
    low = changed.low(OF_WHOLE * error)
    high = changed.high(error if margins is None else OF_SHARE * error)
    by_margins = margins is not None and margins.high is not None and margins.high < limits.limit <= high
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
        most = max(MANY_TIMES, FEW_WOULD / limits.limit / changed.examples)
        needed = settled_at(changed, limits.limit, OF_WHOLE * error, error, most)
        return SameOrChanged("inconclusive", "rounding" if equal_up_to_rounding else "share", against, needed)
    reason: VerdictReason = "margins" if by_margins else "rounding" if equal_up_to_rounding else "share"
    return SameOrChanged(outcomes[side], reason, against)
