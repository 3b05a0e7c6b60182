"""What is wrong with independents: are they good enough to stand for the other end of the relative distance?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtri

from samefn.schema.independents import IndependentProblemCode
from samefn.statistics.moments import Moments
from samefn.statistics.proportions import clopper_pearson
from samefn.verdict.majority_baseline import is_broken

TOLERATED = 0.1  # share of an independent's distance that worse accuracy alone may make up: the verdict's limit
NEARER = 0.75  # two models this much nearer to each other than to the others share more than the recipe
UNEQUAL = 0.27  # coefficient of variation of distances: independents that vary so much
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


def pair_problems(differ: NDArray[np.int64], examples: int, confidence: float = 0.95) -> list[Problem]:
    """Pairs of models that are much nearer to each other than to the others.

    Models that share a start, data or a file are. A pair is named if the upper end of its disagreement is below three
    quarters of the median over the other models of their mean distance to the two.

    Args:
        differ: [models, models] on how many examples every two models predict otherwise, the base first.
        examples: how many there are, 1 or more.
        confidence: of the disagreement's interval, above 0 and below 1.

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
        if clopper_pearson(apart, examples, confidence)[1] * examples < NEARER * usual:
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
        confidence: that the inputs alone do not explain it, above 0 and below 1.

    Returns:
        The problem; None with fewer than three independents, or where there is none.
    """
    free = found.independents - 1
    if found.independents < MIN_UNEQUAL or not found.y > 0:
        return None
    of_inputs = found.interaction / found.units
    least = float(chdtri(free, FOUND)) / free * ((UNEQUAL * found.y) ** 2 + of_inputs)
    by_chance = float(chdtri(free, 1 - confidence)) / free * of_inputs
    if not found.between > max(least, by_chance):
        return None
    spread = sqrt(max(0.0, found.between - of_inputs)) / found.y
    return Problem("unequal distances", tuple(range(found.independents)), spread)


def accuracy_problems(
    flips: Sequence[tuple[int, int, int]], base_right: int, majority: float, examples: int, confidence: float = 0.95
) -> list[Problem]:
    """Independents that are less or more accurate than the base by too much, or whose training failed.

    Args:
        flips: of each independent: the examples that the base alone has right, those that it alone has right, and
            those on which the two predict otherwise.
        base_right: examples that the base has right.
        majority: share of the most frequent class, 0 to 1.
        examples: how many there are, 1 or more.
        confidence: of the gap's interval, above 0 and below 1.

    Returns:
        At most one problem an independent, in their order.

    >>> [one.code for one in accuracy_problems([(820, 0, 900), (50, 40, 100), (10, 90, 150)], 900, 0.11, 1000)]
    ['failed training', 'more accurate']
    """
    base_low = clopper_pearson(base_right, examples, confidence)[0]
    found = []
    for at, (lost, won, changed) in enumerate(flips):
        high = clopper_pearson(base_right - lost + won, examples, confidence)[1]
        worse = accuracy_gap(lost, won, changed, examples, confidence)
        better = accuracy_gap(won, lost, changed, examples, confidence)
        if worse is not None:
            code: IndependentProblemCode = "failed training" if is_broken(high, majority, base_low) else "less accurate"
            found.append(Problem(code, (at,), worse))
        elif better is not None:
            found.append(Problem("more accurate", (at,), better))
    return found


def accuracy_gap(lost: int, won: int, changed: int, examples: int, confidence: float = 0.95) -> float | None:
    """How much less accurate an independent is than the base, where that alone moves it from the base by too much.

    A model that is less accurate by a gap differs from the base on at least that share of the inputs, however it was
    trained.
    Such an independent is too far away: the relative distance of every candidate is too small, and *near* comes too
    easily.
    A gap counts when its lower end (normal, paired over examples) is more than a tenth of the independent's
    disagreement.

    Args:
        lost: examples that the base alone has right.
        won: examples that the independent alone has right.
        changed: examples on which their predictions differ.
        examples: how many there are, 1 or more.
        confidence: of the gap's interval, above 0 and below 1.

    Returns:
        The gap as a share of the examples, 0 to 1; None where the independent is good enough.

    >>> accuracy_gap(1000, 0, 1000, 1000), accuracy_gap(10, 10, 20, 1000)
    (1.0, None)
    """
    gap = (lost - won) / examples
    spread = sqrt(max(0.0, (lost + won) / examples - gap**2))  # each example's gap is -1, 0 or 1
    low = gap - float(ndtri((1 + confidence) / 2)) * spread / sqrt(examples)
    return gap if low > TOLERATED * changed / examples else None
