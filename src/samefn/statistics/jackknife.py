"""The delete-block jackknife: the error of a function of means, where examples come in blocks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import stdtrit

from samefn.measures.pairs import Floats
from samefn.statistics.block_sums import BlockSums


@dataclass(frozen=True)
class OfMeans:
    """A figure that is a function of the means of columns.

    Attributes:
        columns: their names.
        function: from their means, elementwise, to a scale on which the error is symmetric.
        back: from that scale to the figure; does not fall.
    """

    columns: tuple[str, ...]
    function: Callable[..., Floats]
    back: Callable[[Floats], Floats]

    def figure(self, *means: Floats) -> Floats:
        """The figure from the means."""
        return self.back(self.function(*means))


def jackknife(columns: Sequence[Floats], sums: BlockSums, function: Callable[..., Floats]) -> tuple[float, float]:
    """A function of means, and its standard error from leaving out one block at a time."""
    count = sums.blocks
    whole = float(function(*(np.asarray(one.sum() / sums.examples) for one in columns)))
    if count < 2:
        return whole, 0.0
    return whole, sqrt((count - 1) / count * float(np.square(_apart(columns, sums, function)).sum()))


def skewness_of(columns: Sequence[Floats], sums: BlockSums, function: Callable[..., Floats]) -> float:
    """Skewness of what single blocks, two or more, add to a function of means; 0 where all add the same."""
    added = -_apart(columns, sums, function)
    variance = float(np.square(added).mean())
    return float((added**3).mean()) / variance / sqrt(variance) if variance > 0 else 0.0


def student(units: float, confidence: float) -> float:
    """Student's two-sided quantile of so many units, 2 or more."""
    return float(stdtrit(units - 1, (1 + confidence) / 2))


def _apart(columns: Sequence[Floats], sums: BlockSums, function: Callable[..., Floats]) -> Floats:
    """How far a function of means moves from its average as one block at a time is left out, [blocks]."""
    without = function(*((one.sum() - one) / (sums.examples - sums.sizes) for one in columns))
    return np.asarray(without - without.mean())
