"""Distillation asked properly: was anything transferred from the teacher, and how much?"""

from collections.abc import Mapping
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from samefn.core.errors import InputError
from samefn.schema.verdicts import Inputs, Reference, Students, TransferEntry, TransferOutcome
from samefn.statistics.fieller import fieller
from samefn.statistics.multiple_testing import holm

SEEDS = 5  # fewer say too little about seeds
NOTHING = 0.1  # a transferred share within this of 0 is nothing


WORDS: dict[Reference, str] = {"control": "control", "random": "random teacher's student"}


class Question(NamedTuple):
    """What is asked of students: whose they are, what each is paired with, on which inputs, by which distance.

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


def _sentence(question: Question, found: "_Found", alpha: float, seeds: int) -> str:
    """The answer in plain words, made from the figures."""
    if found.share is None or found.low is None or found.high is None:
        return f"alpha {alpha:g}: inconclusive whether anything was transferred: {found.note}."
    interval = f"{found.low:.1%} to {found.high:.1%}"
    figures = f"{found.share:.1%} of the {WORDS[question.reference]}'s distance ({interval}, {seeds} seeds)"
    if found.outcome == "transferred":
        return f"alpha {alpha:g}: something was transferred: the student is nearer to the teacher by {figures}."
    if found.outcome == "nothing transferred":
        return f"alpha {alpha:g}: nothing was transferred: nearer to the teacher by {figures}."
    if found.outcome == "farther":
        return f"alpha {alpha:g}: the student is farther from the teacher: nearer by {figures}."
    return f"alpha {alpha:g}: inconclusive whether anything was transferred: {figures}; {found.note}."


def transfers(
    pairs: Mapping[float, tuple[ArrayLike, ArrayLike]], question: Question, confidence: float = 0.95
) -> tuple[TransferEntry, ...]:
    """The transferred share of each alpha, the seed being the unit.

    Distances to the teacher are taken on whichever inputs are asked about: on all, or on those where the teacher is
    wrong (negative transfer).

    *Transferred*: the mean difference is above 0 after Holm's adjustment over the alphas. *Nothing transferred*: the
    interval lies within 0.1 of 0; not adjusted, because the claim made of it needs every alpha. A small share known
    well enough to be above 0 is *transferred*. *Farther*: the mean difference is below 0 after the adjustment, and the
    interval reaches beyond -0.1: being taught led away from the teacher. Else *inconclusive*.

    Args:
        pairs: for each alpha the mean distances to the teacher, 0 or more, [seeds], of the references (controls without
            a teacher, or students of a random one) and of the students, paired by seed.
        question: what is asked of them.
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
    p_values = {alpha: _paired_t(one - other) for alpha, (one, other) in checked.items() if len(one) > 1}
    adjusted = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    entries = []
    for alpha, (one, other) in checked.items():
        p, of_all = p_values.get(alpha), float(adjusted[alpha]) if alpha in p_values else None
        found = _of_one_seed(one, other) if of_all is None else _found(one, other, of_all, confidence)
        entries.append(
            TransferEntry(
                **question._asdict(),
                alpha=alpha,
                reference_distance=float(one.mean()),
                student_distance=float(other.mean()),
                share=found.share,
                low=found.low,
                high=found.high,
                seeds=len(one),
                p_value=p,
                p_holm=of_all,
                outcome=found.outcome,
                sentence=_sentence(question, found, alpha, len(one)),
                confidence=confidence,
            )
        )
    return tuple(entries)


class _Found(NamedTuple):
    """A transferred share with Fieller's interval, the answer, and why it cannot be told."""

    share: float | None
    low: float | None
    high: float | None
    outcome: TransferOutcome
    note: str


def _of_one_seed(control: NDArray[np.float64], student: NDArray[np.float64]) -> _Found:
    return _Found(_share(control - student, control), None, None, "inconclusive", "one seed says nothing about others")


def _found(control: NDArray[np.float64], student: NDArray[np.float64], adjusted: float, confidence: float) -> _Found:
    seeds = len(control)
    nearer = control - student
    (xx, xy), (_, yy) = np.cov(nearer, control)
    allowed = float(stdtrit(seeds - 1, (1 + confidence) / 2)) ** 2 / seeds
    ends = fieller(
        float(nearer.mean()), float(control.mean()), allowed * float(xx), allowed * float(xy), allowed * float(yy)
    )
    low, high = ends if ends else (None, None)
    outcome: TransferOutcome = "inconclusive"
    note = ""
    if low is None or high is None:
        note = "the distance to the teacher cannot be told from 0"
    elif seeds < SEEDS:
        note = f"{seeds} seeds, at least {SEEDS} are needed"
    elif low > 0 and adjusted <= 1 - confidence:
        outcome = "transferred"
    elif low > -NOTHING and high < NOTHING:
        outcome = "nothing transferred"
    elif high < 0 and adjusted <= 1 - confidence:
        outcome = "farther"
    elif low > 0 or high < 0:
        side = "above" if low > 0 else "below"
        note = f"{side} 0 by itself, but not after Holm's correction over the alphas (p {adjusted:.2g})"
    else:
        note = f"neither above 0 nor within {NOTHING:g} of it"
    return _Found(_share(nearer, control), low, high, outcome, note)


def _share(nearer: NDArray[np.float64], control: NDArray[np.float64]) -> float | None:
    return float(nearer.mean() / control.mean()) if control.mean() > 0 else None


def _paired_t(differences: NDArray[np.float64]) -> float:
    """Two-sided p-value that the mean is 0; 1 where all are 0, and 0 where all are one other number."""
    mean, error = float(differences.mean()), float(differences.std(ddof=1)) / sqrt(len(differences))
    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stdtr(len(differences) - 1, -abs(mean) / error))


def _checked(alpha: float, *both: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    where = f"transfer, alpha {alpha:g}"
    one, other = (np.asarray(values, dtype=np.float64) for values in both)
    if one.ndim != 1 or not len(one) or one.shape != other.shape:
        raise InputError(
            "SF4126", f"distances of shapes {one.shape} and {other.shape}", where=where, fix="give one a seed, paired"
        )
    for values in (one, other):
        if not np.isfinite(values).all() or (values < 0).any():
            raise InputError("SF4127", "distances that are NaN, infinite or negative", where=where)
    return one, other
