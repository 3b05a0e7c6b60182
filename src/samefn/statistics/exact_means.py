"""Intervals for the mean of a distance that is 0 on nearly all examples."""

from dataclasses import dataclass
from math import isclose

from scipy.special import gammaincinv

from samefn.statistics.proportions import clopper_pearson


@dataclass(frozen=True)
class Tally:
    """What few examples add up to.

    Attributes:
        total: sum of the distances, 0 or more.
        squares: sum of their squares.
        largest: the largest distance that one example can have.
    """

    total: float
    squares: float
    largest: float

    @property
    def effective(self) -> float:
        """How many equal distances would be known as well: (sum)^2 / sum of squares; of 0 and 1, the number of ones.

        >>> Tally(3.0, 3.0, 1.0).effective
        3.0
        """
        return self.total**2 / self.squares if self.squares else 0.0


def rare_mean(tally: Tally, units: int, confidence: float, binary: bool) -> tuple[float, float]:
    """An interval for the mean over `units` examples, of which few differ from 0.

    Clopper-Pearson where each distance is 0 or `largest`. Otherwise the gamma interval of Fay and Feuer for a sum of
    Poisson events with weights: its upper end allows for one more example of the largest distance. Where all weights
    are equal it is the Poisson limit of Clopper-Pearson.

    Args:
        tally: of the distances.
        units: how many examples, those with distance 0 among them.
        confidence: the share of repetitions in which the interval covers the truth, 0 to 1.
        binary: whether each distance is 0 or `largest`.

    Returns:
        Lower and upper end.

    Source:
        Fay and Feuer 1997, Confidence intervals for directly standardized rates.

    >>> low, high = rare_mean(Tally(0.0, 0.0, 1.0), 100, 0.95, binary=False)
    >>> low, round(high, 4)
    (0.0, 0.0369)
    """
    if not tally.largest > 0:
        return 0.0, 0.0
    if binary:
        low, high = clopper_pearson(round(tally.total / tally.largest), units, confidence)
        return low * tally.largest, high * tally.largest
    tail = (1 - confidence) / 2
    total, squares = tally.total, tally.squares
    low = 0.0 if isclose(total, 0.0) else squares / total * float(gammaincinv(total**2 / squares, tail))
    total, squares = total + tally.largest, squares + tally.largest**2
    high = squares / total * float(gammaincinv(total**2 / squares, 1 - tail))
    return low / units, high / units
