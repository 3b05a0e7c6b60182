"""Was anything transferred from the teacher to its students, and how much?"""

from collections.abc import Mapping
from math import exp, sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from samefn.core.errors import InputError
from samefn.schema.claims import Inputs, Reference, Students, TransferEntry, TransferOutcome, TransferReason
from samefn.statistics.crossed import CrossedMoments, CrossedSums
from samefn.statistics.fieller import fieller
from samefn.statistics.multiple_testing import holm

MIN_SEEDS = 5  # fewer say too little about seeds
NEGLIGIBLE_SHARE = 0.1  # a transferred share within this of 0 is nothing
AS_FAR = 0.8  # students at least this share of their references' distance away are as far as they are
LEAST_LOG_P = -700.0  # ln of the smallest p-value that is told from 0


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
    """The transferred share of each alpha, with an interval over seeds and inputs.

    Distances to the teacher are means over all inputs, or over those where the teacher is wrong (negative transfer).
    Seeds and inputs are crossed: every student is asked about every input. The interval is every r with
    (x - r y)^2 <= t^2 Vs + u^2 Vi, where x is how much nearer the students are and y the references' distance. Vs is
    the squared error of x - r y that other seeds would make, and Vi what other inputs would add; t has the degrees of
    freedom of the seeds, u those of the inputs. The p-value is that of the same rule: the level at which the interval
    ends at the share in question.

    *Transferred*: the mean difference is above 0 after Holm's adjustment over the alphas. *Nothing transferred*: the
    interval lies within 0.1 of 0; not adjusted, because the claim made of it needs every alpha. A small share known
    well enough to be above 0 is *transferred*. *Farther*: the mean difference is below 0 after the adjustment, and the
    interval reaches beyond -0.1: being taught led away from the teacher. Else *inconclusive*.

    Args:
        pairs: for each alpha the distances to the teacher, summed up: of the references (controls without a teacher, or
            students of a random one) and of the students, paired by seed.
        question: what they are about.
        confidence: of the intervals, above 0 and below 1.

    Returns:
        One entry an alpha, in the order given.

    Raises:
        InputError: a confidence out of range.

    Source:
        Fieller 1954; Holm 1979; Cornfield and Tukey 1956.
    """
    if not 0 < confidence < 1:
        raise InputError("SF460", f"confidence {confidence}", where="transfer", fix="give one between 0 and 1")
    moments = {alpha: sums.moments() for alpha, sums in pairs.items()}
    known = {alpha: found for alpha, found in moments.items() if min(found.seeds, found.units) > 1}
    p_values = {alpha: _p_value(found, 0.0) for alpha, found in known.items()}
    adjusted = _holm(p_values)
    nearer = _holm({alpha: _p_nearer(found) for alpha, found in known.items()})
    entries = []
    for alpha, found in moments.items():
        low, high = _interval(found, confidence) if alpha in known else (None, None)
        outcome, reason = _outcome(low, high, found, adjusted.get(alpha, 1.0), 1 - confidence)
        entries.append(
            TransferEntry(
                **question._asdict(),
                alpha=alpha,
                reference_distance=found.reference,
                student_distance=found.reference - found.nearer,
                share=found.nearer / found.reference if found.reference > 0 else None,
                low=low,
                high=high,
                covers="seeds and examples",
                seeds=found.seeds,
                p_value=p_values.get(alpha),
                p_holm=adjusted.get(alpha),
                p_nearer=nearer.get(alpha),
                outcome=outcome,
                reason=reason,
                confidence=confidence,
            )
        )
    return tuple(entries)


def _interval(found: CrossedMoments, confidence: float) -> tuple[float, float] | tuple[None, None]:
    """Fieller's interval of the share; none where the references' distance may be 0."""
    of_seeds, of_units = _critical(found, (1 - confidence) / 2)
    allowed = of_seeds**2 * found.of_seeds + of_units**2 * found.of_units
    ends = fieller(found.nearer, found.reference, *map(float, (allowed[0, 0], allowed[0, 1], allowed[1, 1])))
    return ends or (None, None)


def _critical(found: CrossedMoments, error: float) -> tuple[float, float]:
    """How many standard errors of the seeds, and of the inputs, are exceeded with this probability on one side."""
    return -float(stdtrit(found.seeds - 1, error)), -float(stdtrit(found.units - 1, error))


def _p_value(found: CrossedMoments, share: float) -> float:
    """Two-sided p-value that the true share is this; 1 or 0 where there is no error at all."""
    of = np.array([1.0, -share])
    gap = abs(found.nearer - share * found.reference)
    seeds, units = (sqrt(max(0.0, float(of @ part @ of))) for part in (found.of_seeds, found.of_units))
    if not seeds and not units:
        return 1.0 if gap == 0 else 0.0
    low, high = LEAST_LOG_P, 0.0
    while high - low > 1e-12 * max(1.0, -high):
        middle = (low + high) / 2
        t, u = _critical(found, exp(middle) / 2)
        if np.hypot(t * seeds, u * units) > gap:
            low = middle
        else:
            high = middle
    return exp(high)


def _p_nearer(found: CrossedMoments) -> float:
    """One-sided p-value that the students are at least `AS_FAR` times as far as their references."""
    half = _p_value(found, 1 - AS_FAR) / 2
    return half if found.nearer > (1 - AS_FAR) * found.reference else 1 - half


def _holm(p_values: Mapping[float, float]) -> dict[float, float]:
    return dict(zip(p_values, map(float, holm(list(p_values.values()))), strict=True))


def _outcome(
    low: float | None, high: float | None, found: CrossedMoments, p_holm: float, level: float
) -> tuple[TransferOutcome, TransferReason | None]:
    """The outcome, and of an inconclusive one why."""
    if low is None or high is None:
        return "inconclusive", "one seed" if found.seeds == 1 else "one input" if found.units == 1 else "no interval"
    if found.seeds < MIN_SEEDS:
        return "inconclusive", "few seeds"
    if low > 0 and p_holm <= level:
        return "transferred", None
    if low > -NEGLIGIBLE_SHARE and high < NEGLIGIBLE_SHARE:
        return "nothing transferred", None
    if high < 0 and p_holm <= level:
        return "farther", None
    return "inconclusive", "above 0" if low > 0 else "below 0" if high < 0 else "undecided"
