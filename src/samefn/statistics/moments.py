"""Moments of the distances that a relative distance is made from, as exact sums that merge."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations_with_replacement
from math import inf

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.measures.pairs import Floats
from samefn.statistics.exact_means import Tally
from samefn.statistics.exact_sums import BITS, exact_sum, exact_sums, quotient

# In the keys of sums; independents are counted from 0.
CANDIDATE = -1
SIZE = -2  # of a group


@dataclass(frozen=True)
class Moments:
    """Means and variances of two distances over units, from which a relative distance is made.

    a is the candidate's distance less the noise floor, b the mean distance of the independents less the noise floor. A
    unit is an example. Where examples are grouped, a unit is a group, and its distance is the sum over its examples
    divided by the mean size of a group.

    Attributes:
        units: how many.
        independents: how many, at least 1.
        x: mean of a.
        y: mean of b.
        xx: variance of a over units.
        xy: covariance of a and b.
        yy: variance of b.
        residual_variance: variance of what is left of b after taking off y times the size of the group; equal to
            yy where nothing is grouped.
        between: variance over independents of their mean distance; 0 of one independent.
        interaction: variance over units and independents of what neither the unit nor the independent explains; 0 of
            one.
        gained: of the units where a is above 0.
        lost: of those where a is below 0, the sign turned.
        binary: whether every distance is 0 or one positive number, and nothing is grouped.
    """

    units: int
    independents: int
    x: float
    y: float
    xx: float
    xy: float
    yy: float
    residual_variance: float
    between: float
    interaction: float
    gained: Tally
    lost: Tally
    binary: bool


@dataclass(frozen=True)
class MomentSums:
    """One distance of a candidate, a replicate and independents, summed up over units; merging gives the same bits.

    A unit is an example, or a group of them with the sums of their distances.

    Attributes:
        examples: how many.
        units: how many: groups where there are any, else examples.
        independents: how many, 0 or more.
        grouped: whether units are groups.
        noise_floor: sum of the replicate's distances to the base, in units of 2^-1074.
        apart: sum of each independent's distances, likewise.
        sums: of the units' distances less the noise floor, of their products two by two and, of groups, of their
            products with the groups' sizes, likewise.
        gained: sum of the candidate's distances less the noise floor where above 0, and of their squares.
        lost: the same where below 0, the sign turned.
        smallest: the smallest distance above 0 of any model; infinite where there is none, 0 where only the
            sums of groups are known.
        largest: the largest.
        most: examples in the largest unit.
        finite: whether all distances are; if not, the sums are those of the finite ones and say nothing.
    """

    examples: int
    units: int
    independents: int
    grouped: bool
    noise_floor: int
    apart: tuple[int, ...]
    sums: Mapping[tuple[int, ...], int] = field(repr=False)
    gained: tuple[int, int]
    lost: tuple[int, int]
    smallest: float
    largest: float
    most: int
    finite: bool

    @property
    def mean_noise_floor(self) -> float:
        """Mean distance of the replicate to the base."""
        return quotient(self.noise_floor, self.examples) if self.finite else inf

    @property
    def mean_independent_distance(self) -> float | None:
        """Mean distance of the base to the independents; None without any."""
        if not self.independents:
            return None
        return quotient(sum(self.apart), self.examples * self.independents) if self.finite else inf

    def moments(self) -> Moments:
        """The moments of finite distances to at least one independent."""
        n, m, models = self.units, self.independents, range(self.independents)
        # A figure is a sum over a group, divided by the mean size of groups.
        size = Fraction(self.examples, n)
        of = {key: Fraction(total, 1 << BITS) / size ** len(key) for key, total in self.sums.items()}
        x, means = of[CANDIDATE,] / n, [of[j,] / n for j in models]
        y = sum(means, Fraction(0)) / m
        free = max(1, n - 1)
        both = sum((of[min(j, k), max(j, k)] for j in models for k in models), Fraction(0)) / m**2
        squares = sum((of[j, j] for j in models), Fraction(0))
        yy = both - n * y**2
        # Products of each unit's size with its figures, and its square: of examples these are the figures themselves.
        sized = [of[SIZE, j] for j in models] if self.grouped else [n * mean for mean in means]
        size_squares = of[SIZE, SIZE] if self.grouped else Fraction(n)
        residual_squares = both - 2 * y * sum(sized, Fraction(0)) / m + y**2 * size_squares
        between, interaction = Fraction(0), Fraction(0)
        if m > 1 and n > 1:
            between = sum(((mean - y) ** 2 for mean in means), Fraction(0)) / (m - 1)
            # Squares of each independent's residuals (its figures less its mean times the size), less the squares of
            # their mean over independents (`residual_squares`).
            parts = zip(means, sized, strict=True)
            apart = squares + sum((mean**2 * size_squares - 2 * mean * one for mean, one in parts), Fraction(0))
            interaction = (apart - m * residual_squares) / ((n - 1) * (m - 1))
        xy = sum((of[CANDIDATE, j] for j in models), Fraction(0)) / m - n * x * y
        largest = self.largest * float(self.most / size)
        return Moments(
            n,
            m,
            float(x),
            float(y),
            xx=_variance((of[CANDIDATE, CANDIDATE] - n * x**2) / free),
            xy=float(xy / free),
            yy=_variance(yy / free),
            residual_variance=_variance(residual_squares / free),
            between=float(between),
            interaction=_variance(interaction),
            gained=_tally(self.gained, size, largest),
            lost=_tally(self.lost, size, largest),
            binary=not self.grouped and self.smallest >= self.largest,
        )


def moment_sums(
    candidate: Floats, noise_floor: Floats, independents: Floats, groups: NDArray[np.int64] | None = None
) -> MomentSums:
    """Sum up the distances of some examples.

    Args:
        candidate: [examples] distances of the candidate to the base, 0 or more, not NaN.
        noise_floor: [examples] of the base's replicate.
        independents: [independents, examples].
        groups: [examples] the group of each; None where each example stands for itself. All of a group is here.

    Returns:
        The sums.
    """
    every = np.vstack([candidate, noise_floor, independents])
    finite = bool(np.isfinite(every).all())
    if not finite:
        every = np.where(np.isfinite(every), every, 0.0)
    c, f, *d = every
    columns = {CANDIDATE: c - f} | {at: one - f for at, one in enumerate(d)}
    units, most = len(c), 1
    if groups is not None:
        _, codes, counts = np.unique(groups, return_inverse=True, return_counts=True)
        units, most = len(counts), int(counts.max(initial=0))
        # A group's sum is rounded once, and so the same in any order of its examples.
        columns = {
            at: np.array([quotient(one) for one in exact_sums(values, codes, units)]) for at, values in columns.items()
        }
        columns[SIZE] = counts.astype(np.float64)
    a = columns[CANDIDATE]
    return MomentSums(
        examples=len(c),
        units=units,
        independents=len(d),
        grouped=groups is not None,
        noise_floor=exact_sum(f),
        apart=tuple(exact_sum(one) for one in d),
        sums=with_products(columns),
        gained=sums_above(a),
        lost=sums_above(-a),
        smallest=float(np.min(every, where=every > 0, initial=inf)),
        largest=float(every.max(initial=0.0)),
        most=most,
        finite=finite,
    )


def with_products(columns: Mapping[int, Floats]) -> dict[tuple[int, ...], int]:
    """The exact sums of figures, and of their products two by two."""
    sums: dict[tuple[int, ...], int] = {(one,): exact_sum(values) for one, values in columns.items()}
    for one, other in combinations_with_replacement(sorted(columns), 2):
        sums[one, other] = exact_sum(columns[one] * columns[other])
    return sums


def sums_above(values: Floats) -> tuple[int, int]:
    """The exact sum of those above 0, and of their squares."""
    above = np.maximum(values, 0)
    return exact_sum(above), exact_sum(above * above)


def merged_sums(parts: Iterable[MomentSums]) -> MomentSums:
    """One summary of the units of all parts, the same to the bit in any order and grouping.

    Args:
        parts: at least one, all of the same models.

    Returns:
        The sums over all units.
    """
    first, *others = parts
    for part in others:
        if (part.independents, part.grouped) != (first.independents, first.grouped):
            raise InputError(
                "SF469", f"{first.independents} and {part.independents} independents", where="relative distance, shards"
            )
        first = MomentSums(
            examples=first.examples + part.examples,
            units=first.units + part.units,
            independents=first.independents,
            grouped=first.grouped,
            noise_floor=first.noise_floor + part.noise_floor,
            apart=tuple(one + other for one, other in zip(first.apart, part.apart, strict=True)),
            sums={key: total + part.sums[key] for key, total in first.sums.items()},
            gained=(first.gained[0] + part.gained[0], first.gained[1] + part.gained[1]),
            lost=(first.lost[0] + part.lost[0], first.lost[1] + part.lost[1]),
            smallest=min(first.smallest, part.smallest),
            largest=max(first.largest, part.largest),
            most=max(first.most, part.most),
            finite=first.finite and part.finite,
        )
    return first


def _tally(sums: tuple[int, int], size: Fraction, largest: float) -> Tally:
    total, squares = (float(Fraction(one, 1 << BITS) / size**degree) for degree, one in enumerate(sums, start=1))
    return Tally(total, squares, largest)


def _variance(value: Fraction) -> float:
    """Products were rounded: a variance of 0 may come out a little below."""
    return float(max(value, Fraction(0)))
