"""Was anything transferred from the teacher to its students, and how much?"""

from collections.abc import Mapping
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from samefn.core.errors import InputError
from samefn.schema.verdicts import Inputs, Reference, Students, TransferEntry, TransferOutcome, TransferReason
from samefn.statistics.fieller import fieller
from samefn.statistics.multiple_testing import holm

MIN_SEEDS = 5  # fewer say too little about seeds
NEGLIGIBLE_SHARE = 0.1  # a transferred share within this of 0 is nothing


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
    pairs: Mapping[float, tuple[ArrayLike, ArrayLike]], question: Question, confidence: float = 0.95
) -> tuple[TransferEntry, ...]:
    """The transferred share of each alpha, the seed being the unit.

    Distances to the teacher are means over all inputs, or over those where the teacher is wrong (negative transfer).

    *Transferred*: the mean difference is above 0 after Holm's adjustment over the alphas. *Nothing transferred*: the
    interval lies within 0.1 of 0; not adjusted, because the claim made of it needs every alpha. A small share known
    well enough to be above 0 is *transferred*. *Farther*: the mean difference is below 0 after the adjustment, and the
    interval reaches beyond -0.1: being taught led away from the teacher. Else *inconclusive*.

    Args:
        pairs: for each alpha the mean distances to the teacher, 0 or more, [seeds], of the references (controls without
            a teacher, or students of a random one) and of the students, paired by seed.
        question: what they are about.
        confidence: of the intervals, above 0 and below 1.

    Returns:
        One entry an alpha, in the order given.

    Raises:
        InputError: other numbers of seeds, none, NaN, infinite or negative distances, a confidence out of range.

    Source:
        Fieller 1954; Holm 1979.
    """
    if not 0 < confidence < 1:
        raise InputError("SF460", f"confidence {confidence}", where="transfer", fix="give one between 0 and 1")
    checked = {alpha: _checked(alpha, *both) for alpha, both in pairs.items()}
    p_values = {
        alpha: _paired_t(control - student) for alpha, (control, student) in checked.items() if len(control) > 1
    }
    adjusted = dict(zip(p_values, map(float, holm(list(p_values.values()))), strict=True))
    entries = []
    for alpha, (control, student) in checked.items():
        low, high = _interval(control, student, confidence)
        outcome, reason = _outcome(low, high, len(control), adjusted.get(alpha, 1.0), 1 - confidence)
        entries.append(
            TransferEntry(
                **question._asdict(),
                alpha=alpha,
                reference_distance=float(control.mean()),
                student_distance=float(student.mean()),
                share=float((control - student).mean() / control.mean()) if control.mean() > 0 else None,
                low=low,
                high=high,
                seeds=len(control),
                p_value=p_values.get(alpha),
                p_holm=adjusted.get(alpha),
                outcome=outcome,
                reason=reason,
                confidence=confidence,
            )
        )
    return tuple(entries)


def _interval(
    control: NDArray[np.float64], student: NDArray[np.float64], confidence: float
) -> tuple[float, float] | tuple[None, None]:
    """Fieller's interval of the share; none of one seed, and where the controls' distance may be 0."""
    seeds = len(control)
    if seeds == 1:
        return None, None
    nearer = control - student
    (xx, xy), (_, yy) = np.cov(nearer, control)
    allowed = float(stdtrit(seeds - 1, (1 + confidence) / 2)) ** 2 / seeds
    ends = fieller(
        float(nearer.mean()), float(control.mean()), allowed * float(xx), allowed * float(xy), allowed * float(yy)
    )
    return ends or (None, None)


def _outcome(
    low: float | None, high: float | None, seeds: int, p_holm: float, level: float
) -> tuple[TransferOutcome, TransferReason | None]:
    """The outcome, and of an inconclusive one why."""
    if low is None or high is None:
        return "inconclusive", "one seed" if seeds == 1 else "no interval"
    if seeds < MIN_SEEDS:
        return "inconclusive", "few seeds"
    if low > 0 and p_holm <= level:
        return "transferred", None
    if low > -NEGLIGIBLE_SHARE and high < NEGLIGIBLE_SHARE:
        return "nothing transferred", None
    if high < 0 and p_holm <= level:
        return "farther", None
    return "inconclusive", "above 0" if low > 0 else "below 0" if high < 0 else "undecided"


def _paired_t(differences: NDArray[np.float64]) -> float:
    """Two-sided p-value that the mean is 0; 1 where all are 0, and 0 where all are one other number."""
    mean, error = float(differences.mean()), float(differences.std(ddof=1)) / sqrt(len(differences))
    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stdtr(len(differences) - 1, -abs(mean) / error))


def _checked(alpha: float, *both: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    where = f"transfer, alpha {alpha:g}"
    control, student = (np.asarray(values, dtype=np.float64) for values in both)
    if control.ndim != 1 or not len(control) or control.shape != student.shape:
        raise InputError(
            "SF467",
            f"distances of shapes {control.shape} and {student.shape}",
            where=where,
            fix="give one a seed, paired",
        )
    for values in (control, student):
        if not np.isfinite(values).all() or (values < 0).any():
            raise InputError("SF468", "distances that are NaN, infinite or negative", where=where)
    return control, student
