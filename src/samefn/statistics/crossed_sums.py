"""Paired distances over seeds and inputs, crossed: exact sums that merge, and the variances of their means."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.core.errors import InputError
from samefn.statistics.exact_sums import BITS, exact_sum

Matrix = NDArray[np.float64]  # [2, 2]: how much nearer the student is, and the reference's distance


@dataclass(frozen=True)
class CrossedMoments:
    """Means over seeds and inputs, and the two parts of their variance.

    Attributes:
        seeds: how many.
        inputs: how many.
        nearer: mean of reference's less student's distance.
        reference: mean of the reference's distance.
        of_seeds: [2, 2] variance of these two means from the seeds, with all that chance adds to a seed.
        of_inputs: [2, 2] the rest, from the inputs.
    """

    seeds: int
    inputs: int
    nearer: float
    reference: float
    of_seeds: Matrix
    of_inputs: Matrix


@dataclass(frozen=True)
class CrossedSums:
    """Distances of references and students, paired by seed, summed up over inputs; merging gives the same bits.

    Attributes:
        inputs: how many.
        by_seed: for each seed the sums of (reference's less student's distance, reference's distance), in 2^-1074.
        squares: sums over seeds and inputs of the products of the two: first with first, first with second, second
            with second.
        across: sums over inputs of the products of their sums over seeds, likewise.
    """

    inputs: int
    by_seed: tuple[tuple[int, int], ...]
    squares: tuple[int, int, int]
    across: tuple[int, int, int]

    def moments(self) -> CrossedMoments:
        """Means and their variances, of at least one seed and one input; with one of either that part is 0.

        With mean squares over seeds, inputs and what neither explains (the interaction), the variance of a mean is
        (seeds + inputs - interaction) / (seeds x inputs): the means over seeds and those over inputs both have the
        interaction in them, and it counts once. Here it is left with the seeds and taken off the inputs.

        Source:
            Cornfield and Tukey 1956, Average values of mean squares in factorials.
        """
        s, n = len(self.by_seed), self.inputs
        seeds = [[Fraction(one, n << BITS) for one in both] for both in self.by_seed]
        x, y = (sum(means, Fraction(0)) / s for means in zip(*seeds, strict=True))
        pairs = ((0, 0), (0, 1), (1, 1))
        whole = (x * x, x * y, y * y)
        of_seeds, of_inputs = [], []
        for (one, other), squares, across, mean in zip(pairs, self.squares, self.across, whole, strict=True):
            means = sum((seed[one] * seed[other] for seed in seeds), Fraction(0))
            over_inputs = Fraction(across, s << BITS)  # of the inputs' means, times seeds
            between = n * (means - s * mean)
            among = over_inputs - n * s * mean
            rest = Fraction(squares, 1 << BITS) - n * means - among
            of_seeds.append(between / max(1, s - 1) / (s * n))
            interaction = rest / max(1, (s - 1) * (n - 1))
            of_inputs.append((among / max(1, n - 1) - interaction) / (s * n))
        return CrossedMoments(s, n, float(x), float(y), _matrix(of_seeds), _matrix(of_inputs))


def crossed_sums(references: ArrayLike, students: ArrayLike, where: str = "transfer") -> CrossedSums:
    """Sum up distances over some inputs.

    Args:
        references: [seeds, inputs] distances, 0 or more.
        students: [seeds, inputs] those of the students, paired by seed.
        where: what errors call them.

    Raises:
        InputError: other shapes, no seeds, NaN, infinite or negative distances.
    """
    y, d = np.asarray(references, dtype=np.float64), np.asarray(students, dtype=np.float64)
    if y.ndim != 2 or not len(y) or y.shape != d.shape:
        raise InputError(
            "SF467", f"distances of shapes {y.shape} and {d.shape}", where=where, fix="give [seeds, inputs], paired"
        )
    for values in (y, d):
        if not np.isfinite(values).all() or (values < 0).any():
            raise InputError("SF468", "distances that are NaN, infinite or negative", where=where)
    x = y - d
    return CrossedSums(
        inputs=y.shape[1],
        by_seed=tuple((exact_sum(nearer), exact_sum(reference)) for nearer, reference in zip(x, y, strict=True)),
        squares=_products(x.ravel(), y.ravel()),
        across=_products(reduce(np.add, x), reduce(np.add, y)),  # seed by seed: in that order for any number of inputs
    )


def merged_crossed(parts: Iterable[CrossedSums]) -> CrossedSums:
    """One summary of the inputs of all parts, the same to the bit in any order and grouping.

    Args:
        parts: at least one, all of the same seeds in the same order.
    """
    first, *others = parts
    for part in others:
        first = CrossedSums(
            inputs=first.inputs + part.inputs,
            by_seed=tuple((a + c, b + d) for (a, b), (c, d) in zip(first.by_seed, part.by_seed, strict=True)),
            squares=_added(first.squares, part.squares),
            across=_added(first.across, part.across),
        )
    return first


def _added(one: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, int, int]:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _products(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[int, int, int]:
    return exact_sum(x * x), exact_sum(x * y), exact_sum(y * y)


def _matrix(parts: list[Fraction]) -> Matrix:
    """The nearest matrix without a negative variance: a difference of two may come out below 0."""
    xx, xy, yy = map(float, parts)
    values, vectors = np.linalg.eigh(np.array([[xx, xy], [xy, yy]]))
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)
