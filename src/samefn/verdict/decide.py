"""From evidence to a verdict: its three answers, with the codes and figures behind them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from samefn.measures.normalised import independent_disagreement, perturbed_disagreement
from samefn.schema.base import Compared
from samefn.schema.verdicts import BoundaryFlips, RelativeDistance, VerdictEntry
from samefn.statistics.counts import Counts
from samefn.statistics.proportions import Proportion
from samefn.verdict.better_or_worse import BetterOrWorse, better_or_worse
from samefn.verdict.how_far import INDEPENDENT, NEAR, how_far, probabilities_moved
from samefn.verdict.limits import GivenLimits, limits_for
from samefn.verdict.majority_baseline import is_broken
from samefn.verdict.parts import parts_of
from samefn.verdict.same_or_changed import OF_PARTS, same_or_changed

ERROR = 0.025  # of each wrong answer


@dataclass(frozen=True)
class Evidence:
    """What a verdict is made from.

    Attributes:
        counts: of the candidate's examples.
        distances: the relative distances, by name of the distance: disagreement, and total variation where
            probabilities are known.
        compared: what the verdict is about.
        class_names: by class index; none for the tokens of a text.
        unlabelled: changed predictions of further inputs without labels; they count for the first answer.
        unlabelled_examples: how many these are.
        margins: the share of changed predictions by the margins, at an error of `OF_MARGINS` of the verdict's; None
            where they are not known.
        equal_up_to_rounding: whether all probabilities are equal but for rounding; None where they are not known.
    """

    counts: Counts
    distances: Mapping[str, RelativeDistance] = field(default_factory=dict)
    compared: Compared = Compared()  # noqa: RUF009  (a tuple)
    class_names: Sequence[str] = ()
    unlabelled: Proportion | None = None
    unlabelled_examples: int = 0
    margins: BoundaryFlips | None = None
    equal_up_to_rounding: bool | None = None

    @property
    def changed(self) -> Proportion:
        """The predictions that changed, with those of inputs without labels."""
        own, more = self.counts.proportion("changed"), self.unlabelled
        return own if more is None else Proportion(own.ones + more.ones, own.examples + more.examples)


def decide(evidence: Evidence, given: GivenLimits = GivenLimits(), error: float = ERROR) -> VerdictEntry:  # noqa: B008
    """The verdict: same or changed, better or worse, how far.

    1. *Same*: the share of changed predictions is shown to be within the limit, by their number or by the margins.
       *Changed*: it is shown to be over the limit, or that of a class or slice over `class_limit`. *Broken* comes
       before both: the upper end of accuracy is at most the majority's share and one point, and the base's lower end is
       above that share; else labels or inputs are wrong, and not the candidate. Else *inconclusive*.
    2. *Better* or *worse*: the exact McNemar test, where there are labels.
    3. *Near*, *between* or *independent*: by the relative distance, where there are independents.

    Args:
        evidence: the figures.
        given: the limits that a user set.
        error: of a wrong *same*, of a wrong *changed*, and of each end of an interval, above 0 and below one half.
    """
    counts = evidence.counts
    limits = limits_for(given, counts.base_error)
    first = same_or_changed(
        evidence.changed,
        limits,
        error,
        evidence.margins,
        equal_up_to_rounding=bool(evidence.equal_up_to_rounding),
    )
    parts = parts_of(counts.parts, evidence.class_names, limits.class_limit, OF_PARTS * error)
    outcome, reason = first.outcome, first.reason
    if _broken(counts, error):
        outcome, reason = "broken", "accuracy"
    elif parts.over and outcome != "changed":
        outcome, reason = "changed", "parts"
    second = _second(counts, limits.loss_limit, error)
    by_disagreement = evidence.distances.get("disagreement")
    fort = _fort(counts, len(evidence.class_names))
    return VerdictEntry(
        **evidence.compared._asdict(),
        outcome=outcome,
        reason=reason,
        against=(first.against,),
        examples=counts.examples + evidence.unlabelled_examples,
        effective_examples=evidence.changed.examples,
        margins=evidence.margins,
        equal_up_to_rounding=evidence.equal_up_to_rounding,
        inputs_needed=first.inputs_needed if outcome == "inconclusive" else None,
        class_limit=limits.class_limit,
        over=parts.over,
        worst=parts.worst,
        quality=second.quality,
        negative_flips=counts.negative_flips,
        positive_flips=counts.positive_flips,
        flips_p_value=second.p_value,
        net_loss=second.net_loss,
        net_loss_low=second.low,
        net_loss_high=second.high,
        loss_limit=limits.loss_limit,
        loss_side=second.loss_side,
        hardest=parts.hardest,
        distance=None if by_disagreement is None else how_far(by_disagreement),
        near=NEAR,
        independent=INDEPENDENT,
        probabilities_moved=probabilities_moved(evidence.distances.get("total_variation")),
        majority=None if counts.right is None else counts.majority,
        fort_independent=fort[0],
        fort_perturbed=fort[1],
    )


def _second(counts: Counts, loss_limit: float, error: float) -> BetterOrWorse:
    return BetterOrWorse() if counts.positive_flips is None else better_or_worse(*counts.flips, loss_limit, error)


def _broken(counts: Counts, error: float) -> bool:
    majority = counts.majority
    if counts.right is None or counts.base_right is None or majority is None:
        return False
    return is_broken(counts.proportion("right").high(error), majority, counts.proportion("base_right").low(error))


def _fort(counts: Counts, classes: int) -> tuple[float | None, float | None]:
    """Fort's two curves at the accuracies of both models; None without labels, and where classes have no names."""
    if counts.accuracies is None or classes < 2:
        return None, None
    perturbed = float(perturbed_disagreement(*counts.accuracies, classes))
    independent = float(independent_disagreement(*counts.accuracies, classes))
    return independent, None if math.isnan(perturbed) else perturbed
