"""Was anything transferred from the teacher to its students, and how much?"""

from collections.abc import Mapping
from math import exp, log
from typing import NamedTuple

from scipy.optimize import brentq
from scipy.special import stdtrit

from samefn.core.errors import InputError
from samefn.schema.verdicts import Inputs, Reference, Students, TransferEntry, TransferOutcome, TransferReason
from samefn.statistics.crossed_sums import CrossedMoments, CrossedSums
from samefn.statistics.fieller import fieller
from samefn.statistics.multiple_testing import holm

MIN_SEEDS = 5  # fewer say too little about seeds
NEGLIGIBLE_SHARE = 0.1  # a transferred share within this of 0 is nothing
SMALLEST_P = 1e-100  # a p-value below this is given as 0


class Question(NamedTuple):
    """What a share is about: whose students, what each is paired with, on which inputs, by which distance.

    Attributes:
        evaluation: the set of examples.
        teacher: id of the model the distances are taken to.
        students: whose students.
        reference: what they are paired with.
        inputs: on which inputs.
        measure: the distance.
        examples: how many examples.
    """

    evaluation: str
    teacher: str
    students: Students
    reference: Reference
    inputs: Inputs
    measure: str
    examples: int


def transfers(
    pairs: Mapping[float, CrossedSums], question: Question, confidence: float = 0.95
) -> tuple[TransferEntry, ...]:
    """The transferred share of each alpha, over seeds and inputs.

    Distances to the teacher are means over all inputs, or over those where the teacher is wrong (negative transfer).

    With x the mean of reference's less student's distance and y that of the reference's, the interval is every share r
    with (x - r y)^2 <= t(S - 1)^2 Vs + t(N - 1)^2 Vn, solved exactly. Vs and Vn are the variances of x - r y from S
    seeds and N inputs, crossed. Each variance has Student's t of its own, so few seeds do not hide behind many inputs.
    The p-value is the level at which the interval just reaches 0.

    *Transferred*: the mean difference is above 0 after Holm's adjustment over the alphas. *Nothing transferred*: the
    interval lies within 0.1 of 0; not adjusted, because the claim made of it needs every alpha. A small share known
    well enough to be above 0 is *transferred*. *Farther*: the mean difference is below 0 after the adjustment, and the
    interval reaches beyond -0.1: being taught led away from the teacher. Else *inconclusive*.

    Args:
        pairs: for each alpha the distances to the teacher of the references (controls without a teacher, or students of
            a random one) and of the students, paired by seed.
        question: what they are about.
        confidence: of the intervals, above 0 and below 1.

    Returns:
        One entry an alpha, in the order given.

    Raises:
        InputError: no inputs, a confidence out of range.

    Source:
        Fieller 1954; Banerjee 1960, Approximate confidence interval for linear functions of means of k populations (a t
        for each variance covers at least as often); Holm 1979.
    """
    if not 0 < confidence < 1:
        raise InputError("SF460", f"confidence {confidence}", where="transfer", fix="give one between 0 and 1")
    if not all(sums.inputs for sums in pairs.values()):
        raise InputError("SF464", "the distances are about no inputs", where="transfer")
    found = {alpha: sums.moments() for alpha, sums in pairs.items()}
    p_values = {alpha: _p_value(one) for alpha, one in found.items() if one.seeds > 1 and one.inputs > 1}
    adjusted = dict(zip(p_values, map(float, holm(list(p_values.values()))), strict=True))
    entries = []
    for alpha, one in found.items():
        low, high = _interval(one, confidence)
        outcome, reason = _outcome(low, high, one, adjusted.get(alpha, 1.0), 1 - confidence)
        entries.append(
            TransferEntry(
                **question._asdict(),
                alpha=alpha,
                reference_distance=one.reference,
                student_distance=one.reference - one.nearer,
                share=one.nearer / one.reference if one.reference > 0 else None,
                low=low,
                high=high,
                seeds=one.seeds,
                covers="seeds and inputs",
                p_value=p_values.get(alpha),
                p_holm=adjusted.get(alpha),
                outcome=outcome,
                reason=reason,
                confidence=confidence,
            )
        )
    return tuple(entries)


def _interval(found: CrossedMoments, confidence: float) -> tuple[float, float] | tuple[None, None]:
    """Fieller's interval of the share; none of one seed or input, and where the references' distance may be 0."""
    if found.seeds == 1 or found.inputs == 1:
        return None, None
    of_seeds, of_inputs = _critical(found, (1 - confidence) / 2)
    (xx, xy), (_, yy) = of_seeds * found.of_seeds + of_inputs * found.of_inputs
    ends = fieller(found.nearer, found.reference, float(xx), float(xy), float(yy))
    return ends or (None, None)


def _critical(found: CrossedMoments, tail: float) -> tuple[float, float]:
    """Student's t, squared, of seeds and of inputs."""
    return float(stdtrit(found.seeds - 1, tail)) ** 2, float(stdtrit(found.inputs - 1, tail)) ** 2


def _p_value(found: CrossedMoments) -> float:
    """Two-sided p-value that the mean is 0: the level at which its interval just reaches 0."""
    of_seeds, of_inputs = float(found.of_seeds[0, 0]), float(found.of_inputs[0, 0])
    if of_seeds + of_inputs == 0:
        return 1.0 if found.nearer == 0 else 0.0

    def too_wide(level: float) -> float:
        t_seeds, t_inputs = _critical(found, exp(level) / 2)
        return t_seeds * of_seeds + t_inputs * of_inputs - found.nearer**2

    if found.nearer == 0:
        return 1.0
    return exp(brentq(too_wide, log(SMALLEST_P), 0.0)) if too_wide(log(SMALLEST_P)) > 0 else 0.0


def _outcome(
    low: float | None, high: float | None, found: CrossedMoments, p_holm: float, level: float
) -> tuple[TransferOutcome, TransferReason | None]:
    """The outcome, and of an inconclusive one why."""
    if low is None or high is None:
        few: TransferReason = "one seed" if found.seeds == 1 else "one input" if found.inputs == 1 else "no interval"
        return "inconclusive", few
    if found.seeds < MIN_SEEDS:
        return "inconclusive", "few seeds"
    if low > 0 and p_holm <= level:
        return "transferred", None
    if low > -NEGLIGIBLE_SHARE and high < NEGLIGIBLE_SHARE:
        return "nothing transferred", None
    if high < 0 and p_holm <= level:
        return "farther", None
    return "inconclusive", "above 0" if low > 0 else "below 0" if high < 0 else "undecided"
