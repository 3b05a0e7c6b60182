"""Means over seeds and inputs, both drawn from many: exact sums that merge, and the errors that each of them adds."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.core.errors import InputError
from samefn.measures.pairs import Floats
from samefn.statistics.exact_sums import BITS, exact_sum

_PAIRS = ((0, 0), (0, 1), (1, 1))


class CrossedMoments(NamedTuple):
    """Two means over all seeds and inputs, and the covariance of their errors in two parts.

    Attributes:
        seeds: how many.
        units: how many inputs, or groups of them.
        nearer: mean of the references' distances less the students'.
        reference: mean of the references' distances.
        of_seeds: what other seeds would change, [2, 2]: with it goes what seed and input change together. 0 of one.
        of_units: what other inputs would change beyond that, [2, 2], no variance below 0. 0 of one.
    """

    seeds: int
    units: int
    nearer: float
    reference: float
    of_seeds: Floats
    of_units: Floats


@dataclass(frozen=True)
class CrossedSums:
    """Distances of paired references and students, summed up; merging gives the same bits.

    The two figures of a seed and a unit are the reference's distance less the student's, and the reference's.

    Attributes:
        examples: how many.
        units: how many: groups where there are any, else examples.
        by_seed: of each seed the sums of both figures, in units of 2^-1074.
        of_units: sums over units of the products two by two of the figures' sums over seeds, likewise.
        every: sums over units and seeds of the products two by two, likewise.
    """

    examples: int
    units: int
    by_seed: tuple[tuple[int, int], ...]
    of_units: tuple[int, ...]
    every: tuple[int, ...]

    def moments(self) -> CrossedMoments:
        """The means with their errors.

        Source:
            Cornfield and Tukey 1956, Average values of mean squares in factorials (two random factors, crossed).
        """
        s, n = len(self.by_seed), self.units
        size = Fraction(self.examples, n)
        seeds = [[Fraction(total, 1 << BITS) / size / n for total in both] for both in self.by_seed]
        mean = [sum((one[at] for one in seeds), Fraction(0)) / s for at in (0, 1)]
        of_seeds, of_units = np.zeros((2, 2)), np.zeros((2, 2))
        for (a, b), by_unit, every in zip(_PAIRS, self.of_units, self.every, strict=True):
            # Sums of squares about 0; less that of the grand mean, they are about it.
            grand = s * n * mean[a] * mean[b]
            about_seeds = n * sum((one[a] * one[b] for one in seeds), Fraction(0))
            about_units, about_each = (Fraction(one, 1 << BITS) / size**2 for one in (by_unit, every))
            about_units /= s
            if s > 1:
                of_seeds[a, b] = of_seeds[b, a] = (about_seeds - grand) / (s - 1) / (s * n)
            if n > 1:
                together = (about_each - about_seeds - about_units + grand) / max(1, (s - 1) * (n - 1))
                # The mean square of units holds the interaction, which `of_seeds` has already: not twice.
                of_units[a, b] = of_units[b, a] = ((about_units - grand) / (n - 1) - together) / (s * n)
        return CrossedMoments(s, n, float(mean[0]), float(mean[1]), of_seeds, _no_less_than_none(of_units))


def crossed_sums(references: ArrayLike, students: ArrayLike, examples: int | None = None) -> CrossedSums:
    """Sum up the distances of some units.

    Args:
        references: [seeds, units] distances, 0 or more; of groups, the sums over their examples.
        students: [seeds, units] those of the students, paired by seed.
        examples: how many there are in these units; None where each is one.

    Raises:
        InputError: other shapes, no seeds, NaN, infinite or negative distances.
    """
    reference, student = (np.asarray(values, dtype=np.float64) for values in (references, students))
    if reference.ndim != 2 or not len(reference) or reference.shape != student.shape:
        raise InputError(
            "SF467",
            f"distances of shapes {reference.shape} and {student.shape}",
            where="transfer",
            fix="give one a seed and input, paired",
        )
    if any(not np.isfinite(values).all() or (values < 0).any() for values in (reference, student)):
        raise InputError("SF468", "distances that are NaN, infinite or negative", where="transfer")
    both = np.stack([reference - student, reference])
    over_seeds = both.sum(axis=1)
    return CrossedSums(
        examples=reference.shape[1] if examples is None else examples,
        units=reference.shape[1],
        by_seed=tuple((exact_sum(nearer), exact_sum(one)) for nearer, one in zip(*both, strict=True)),
        of_units=tuple(exact_sum(over_seeds[a] * over_seeds[b]) for a, b in _PAIRS),
        every=tuple(exact_sum((both[a] * both[b]).ravel()) for a, b in _PAIRS),
    )


def merged_crossed(parts: Iterable[CrossedSums]) -> CrossedSums:
    """One summary of the units of all parts, of the same seeds; the same to the bit in any order and grouping.

    Args:
        parts: at least one.
    """
    first, *others = parts
    for part in others:
        first = CrossedSums(
            first.examples + part.examples,
            first.units + part.units,
            tuple((a + c, b + d) for (a, b), (c, d) in zip(first.by_seed, part.by_seed, strict=True)),
            tuple(map(sum, zip(first.of_units, part.of_units, strict=True))),
            tuple(map(sum, zip(first.every, part.every, strict=True))),
        )
    return first


def _no_less_than_none(covariance: NDArray[np.float64]) -> Floats:
    """The nearest covariance of which no sum has a variance below 0, as a difference of two estimates may."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * np.maximum(values, 0)) @ vectors.T)
