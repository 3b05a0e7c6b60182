"""The scale's moments from shards: what candidate, base measured again and strangers add up to, example by example."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np

from samefn.core.errors import InputError
from samefn.statistics.exact_means import Tally
from samefn.statistics.exact_sums import BITS, Floats, exact_sum
from samefn.statistics.moments import Moments, skewness

CANDIDATE = -1  # in the keys of sums; strangers are counted from 0


@dataclass(frozen=True)
class Paired:
    """One distance of a candidate, a replicate and strangers, summed up over examples; merging gives the same bits.

    Attributes:
        examples: how many.
        strangers: how many, at least 1.
        floor: sum of the distances of the base measured again, in units of 2^-1074.
        sums: of the distances less the floor and of their products two by two, in units of 2^-1074.
        gained: sum of the candidate's distances less the floor where above 0, and of their squares.
        lost: the same where below 0, the sign turned.
        smallest: the smallest distance above 0 of any model; infinite where there is none.
        largest: the largest.
    """

    examples: int
    strangers: int
    floor: int
    sums: Mapping[tuple[int, ...], int] = field(repr=False)
    gained: tuple[int, int]
    lost: tuple[int, int]
    smallest: float
    largest: float

    @property
    def mean_floor(self) -> float:
        """Mean distance of the base to itself, measured again."""
        return float(Fraction(self.floor, self.examples << BITS))

    def moments(self) -> Moments:
        """The moments that `samefn.statistics.moments.moments` has of all examples at once, none of them grouped."""
        n, m = self.examples, self.strangers
        of = {key: Fraction(total, 1 << BITS) for key, total in self.sums.items()}
        models = range(m)
        x, means = of[CANDIDATE,] / n, [of[j,] / n for j in models]
        y = sum(means, Fraction(0)) / m
        free = max(1, n - 1)
        both = sum((of[min(j, k), max(j, k)] for j in models for k in models), Fraction(0)) / m**2
        squares = sum((of[j, j] for j in models), Fraction(0))
        yy = both - n * y**2
        between, skewed, interaction = Fraction(0), 0.0, Fraction(0)
        if m > 1 and n > 1:
            between = sum(((mean - y) ** 2 for mean in means), Fraction(0)) / (m - 1)
            skewed = float(skewness(np.array([float(mean) for mean in means])))
            apart = squares - n * sum((mean**2 for mean in means), Fraction(0))
            interaction = (apart - m * yy) / ((n - 1) * (m - 1))
        xy = sum((of[CANDIDATE, j] for j in models), Fraction(0)) / m - n * x * y
        return Moments(
            n,
            m,
            float(x),
            float(y),
            xx=_variance((of[CANDIDATE, CANDIDATE] - n * x**2) / free),
            xy=float(xy / free),
            yy=_variance(yy / free),
            ceiling=_variance(yy / free),
            between=float(between),
            skewness=skewed,
            interaction=_variance(interaction),
            second=float(squares / (n * m)),
            gained=self._tally(self.gained),
            lost=self._tally(self.lost),
            binary=self.smallest >= self.largest,
        )

    def _tally(self, sums: tuple[int, int]) -> Tally:
        total, squares = (float(Fraction(one, 1 << BITS)) for one in sums)
        return Tally(total, squares, self.largest)


def paired(candidate: Floats, floor: Floats, strangers: Floats) -> Paired:
    """Sum up the distances of some examples.

    Args:
        candidate: [examples] distances of the candidate to the base.
        floor: [examples] of the base measured again.
        strangers: [strangers, examples], at least one.

    Returns:
        The sums.

    Raises:
        InputError: distances that are NaN, negative or infinite: with them there is no scale.
    """
    every = np.vstack([candidate, floor, strangers])
    if not ((every >= 0) & np.isfinite(every)).all():
        raise InputError("distances that are NaN, negative or infinite", where="scale")
    a = candidate - floor
    columns = {CANDIDATE: a} | dict(enumerate(strangers - floor))
    sums: dict[tuple[int, ...], int] = {(one,): exact_sum(values) for one, values in columns.items()}
    for one, other in combinations_with_replacement(columns, 2):
        sums[one, other] = exact_sum(columns[one] * columns[other])
    above, below = np.maximum(a, 0), np.maximum(-a, 0)
    return Paired(
        examples=len(a),
        strangers=len(strangers),
        floor=exact_sum(floor),
        sums=sums,
        gained=(exact_sum(above), exact_sum(above * above)),
        lost=(exact_sum(below), exact_sum(below * below)),
        smallest=float(np.min(every, where=every > 0, initial=np.inf)),
        largest=float(every.max(initial=0.0)),
    )


def merged_pairs(parts: Iterable[Paired]) -> Paired:
    """One summary of the examples of all parts, the same to the bit in any order and grouping.

    Args:
        parts: at least one, all of the same models.

    Returns:
        The sums over all examples.
    """
    first, *others = parts
    for part in others:
        if part.strangers != first.strangers:
            raise InputError(f"{first.strangers} and {part.strangers} strangers", where="scale, shards")
        first = Paired(
            examples=first.examples + part.examples,
            strangers=first.strangers,
            floor=first.floor + part.floor,
            sums={key: total + part.sums[key] for key, total in first.sums.items()},
            gained=(first.gained[0] + part.gained[0], first.gained[1] + part.gained[1]),
            lost=(first.lost[0] + part.lost[0], first.lost[1] + part.lost[1]),
            smallest=min(first.smallest, part.smallest),
            largest=max(first.largest, part.largest),
        )
    return first


def _variance(value: Fraction) -> float:
    """Products were rounded: a variance of 0 may come out a little below."""
    return float(max(value, Fraction(0)))
