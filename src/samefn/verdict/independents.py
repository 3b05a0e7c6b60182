"""What is wrong with independents: are they good enough to stand for the other end of the relative distance?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import inf, sqrt
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtri

from samefn.schema.independents import IndependentProblemCode
from samefn.statistics.moments import Moments
from samefn.statistics.proportions import Proportion
from samefn.verdict.majority_baseline import is_broken

# Share of an independent's distance that a gap of accuracy may make up. Of the pairs of models in
# results/calibration/independents.json that disagree on less than a tenth of the inputs, 39 of 40 have a smaller one.
TOLERATED = 0.4
NEARER = 0.75  # two models this much nearer to each other than to the others share more than the recipe
# Independents whose distances vary so much (coefficient of variation), or whose gaps of accuracy make up so much of
# their distance (root mean square),
UNEQUAL = 0.27
FOUND = 0.8  # are named in this share of samples
MIN_UNEQUAL = 3  # two independents show too little of their spread
BASE = 0  # its row in a table of pairs; independents follow


@dataclass(frozen=True)
class Problem:
    """A problem of independents: `schema.verdicts.IndependentProblem` has what codes and figures mean.

    Attributes:
        code: what it is.
        models: positions of the independents, from 0.
        figure: how bad it is.
    """

    code: IndependentProblemCode
    models: tuple[int, ...]
    figure: float


def pair_problems(
    differ: NDArray[np.int64], examples: int, confidence: float = 0.95, worth: float = 1.0
) -> list[Problem]:
    """Pairs of models that are much nearer to each other than to the others.

    Models that share a start, data or a file are. A pair is named if the upper end of its disagreement is below three
    quarters of the median over the other models of their mean distance to the two.

    Args:
        differ: [models, models] on how many examples every two models predict otherwise, the base first.
        examples: how many there are, 1 or more.
        confidence: of the disagreement's interval, above 0 and below 1.
        worth: how many examples drawn one by one each of grouped ones is worth, above 0 and at most 1.

    Returns:
        The problems, the nearest pair first; none of fewer than two independents.

    >>> differ = np.array([[0, 100, 96, 104], [100, 0, 40, 98], [96, 40, 0, 102], [104, 98, 102, 0]])
    >>> pair_problems(differ, 1000)
    [Problem(code='near twins', models=(0, 1), figure=0.404...)]
    """
    found = []
    for one, other in combinations(range(len(differ)), 2):
        rest = [(differ[one, at] + differ[other, at]) / 2 for at in range(len(differ)) if at not in (one, other)]
        if not rest or not (usual := float(median(rest))):
            continue
        apart = int(differ[one, other])
        if Proportion(worth * apart, worth * examples).high((1 - confidence) / 2) * examples < NEARER * usual:
            twins = one != BASE
            found.append(
                Problem(
                    "near twins" if twins else "near the base",
                    (one - 1, other - 1) if twins else (other - 1,),
                    apart / usual,
                )
            )
    return sorted(found, key=lambda problem: problem.figure)


def unequal_distances(found: Moments, confidence: float = 0.95) -> Problem | None:
    """Independents whose distances to the base vary much, other than by the choice of inputs.

    They are named if they vary more than four of five samples do of independents with a coefficient of variation of
    27 %, and more than the inputs alone explain.

    Args:
        found: moments of the distances.
        confidence: that the inputs alone explain neither unequal distances nor unequal accuracies, above 0 and below 1.

    Returns:
        The problem; None with fewer than three independents, or where there is none.
    """
    free = found.independents - 1
    if found.independents < MIN_UNEQUAL or not found.y > 0:
        return None
    of_inputs = found.interaction / found.units
    if not found.between > _least_square((UNEQUAL * found.y) ** 2, of_inputs, free, confidence):
        return None
    spread = sqrt(max(0.0, found.between - of_inputs)) / found.y
    return Problem("unequal distances", tuple(range(found.independents)), spread)


def accuracy_problems(
    flips: Sequence[tuple[int, int, int]],
    base_right: int,
    majority: float,
    examples: int,
    confidence: float = 0.95,
    worth: float = 1.0,
) -> list[Problem]:
    """Independents that are less or more accurate than the base by too much, or whose training failed.

    A model that is less accurate by a gap differs from the base on at least that share of the inputs, however it was
    trained. Trainings that differ in nothing but the seed have gaps, too; so a gap is named where it is shown to be
    larger than theirs (`accuracy_gap`), or where the gaps of three or more independents together are (`unequal_gap`).

    Args:
        flips: of each independent: the examples that the base alone has right, those that it alone has right, and
            those on which the two predict otherwise.
        base_right: examples that the base has right.
        majority: share of the most frequent class, 0 to 1.
        examples: how many there are, 1 or more.
        confidence: that chance names none of the independents, above 0 and below 1.
        worth: how many examples drawn one by one each of grouped ones is worth, above 0 and at most 1.

    Returns:
        At most one problem an independent, in their order.

    >>> [one.code for one in accuracy_problems([(820, 0, 900), (50, 40, 100), (10, 90, 150)], 900, 0.11, 1000)]
    ['failed training', 'more accurate']
    """
    tail = (1 - confidence) / 2
    base_low = Proportion(worth * base_right, worth * examples).low(tail)
    of_each = 1 - (1 - confidence) / max(1, len(flips))
    least = unequal_gap(flips, examples, confidence, worth)
    found = []
    for at, (lost, won, changed) in enumerate(flips):
        right, gap = base_right - lost + won, (lost - won) / examples
        if is_broken(Proportion(worth * right, worth * examples).high(tail), majority, base_low):
            code: IndependentProblemCode = "failed training"
        elif abs(gap) >= least or accuracy_gap(lost, won, changed, examples, of_each, worth) is not None:
            code = "less accurate" if gap > 0 else "more accurate"
        else:
            continue
        found.append(Problem(code, (at,), abs(gap)))
    return found


def accuracy_gap(
    lost: int, won: int, changed: int, examples: int, confidence: float = 0.95, worth: float = 1.0
) -> float | None:
    """How much accuracy differs between an independent and the base, where that is more than honest trainings differ.

    A gap counts when its lower end (normal, paired over examples) is more than four tenths of the independent's
    disagreement.

    Args:
        lost: examples that the base alone has right.
        won: examples that the independent alone has right.
        changed: examples on which their predictions differ.
        examples: how many there are, 1 or more.
        confidence: of the gap's interval, above 0 and below 1.
        worth: how many examples drawn one by one each of grouped ones is worth, above 0 and at most 1.

    Returns:
        The gap as a share of the examples, 0 to 1; None where the independent is good enough.

    >>> accuracy_gap(1000, 0, 1000, 1000), accuracy_gap(10, 10, 20, 1000)
    (1.0, None)
    """
    gap = abs(lost - won) / examples
    low = gap - float(ndtri((1 + confidence) / 2)) * sqrt(_gap_variance(lost, won, examples, worth))
    return gap if low > TOLERATED * changed / examples else None


def unequal_gap(
    flips: Sequence[tuple[int, int, int]], examples: int, confidence: float = 0.95, worth: float = 1.0
) -> float:
    """The gap of accuracy from which independents are named, where the gaps of all of them together are too large.

    They are if their mean square is more than four of five samples have of independents whose gaps make up 27 % of the
    distance (root mean square), and more than the inputs alone explain. At least one has a gap as large.

    Args:
        flips: as `accuracy_problems` has them.
        examples: how many there are, 1 or more.
        confidence: that the inputs alone explain neither unequal distances nor unequal accuracies, above 0 and below 1.
        worth: how many examples drawn one by one each of grouped ones is worth, above 0 and at most 1.

    Returns:
        As a share of the examples; infinite with fewer than three independents, or where gaps are not too large.

    >>> unequal_gap([(50, 50, 110)] * 3, 1000), round(unequal_gap([(80, 30, 110)] * 3, 1000), 3)
    (inf, 0.018)
    """
    if len(flips) < MIN_UNEQUAL:
        return inf
    number = len(flips)
    distance = sum(changed for _, _, changed in flips) / number / examples
    of_inputs = sum(_gap_variance(lost, won, examples, worth) for lost, won, _ in flips) / number
    square = sum(((lost - won) / examples) ** 2 for lost, won, _ in flips) / number
    least = _least_square((UNEQUAL * distance) ** 2, of_inputs, number, confidence)
    return sqrt(least) if square > least else inf


def _least_square(unequal: float, of_inputs: float, free: int, confidence: float) -> float:
    """The mean square from which independents are unequal; two questions share the error of chance alone."""
    least = float(chdtri(free, FOUND)) / free * (unequal + of_inputs)
    by_chance = float(chdtri(free, (1 - confidence) / 2)) / free * of_inputs
    return max(least, by_chance)


def _gap_variance(lost: int, won: int, examples: int, worth: float) -> float:
    """What the inputs alone add: each example's gap is -1, 0 or 1."""
    return max(0.0, (lost + won) / examples - ((lost - won) / examples) ** 2) / (worth * examples)
