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
    count, examples = sums.blocks, sums.examples
    if count < 2:
        return float(function(*(np.asarray(one.sum() / examples) for one in columns))), 0.0
    whole = function(*(np.asarray(one.sum() / examples) for one in columns))
    without = function(*((one.sum() - one) / (examples - sums.sizes) for one in columns))
    apart = without - without.mean()
    return float(whole), sqrt((count - 1) / count * float(np.square(apart).sum()))


def student(units: int, confidence: float) -> float:
    """Student's two-sided quantile of so many units."""
    return float(stdtrit(units - 1, (1 + confidence) / 2))
