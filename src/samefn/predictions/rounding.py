"""How rounded probabilities were when they came in, counted, so that parts of them add up to what is said of all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.predictions.pieces import parts

CLOSE = 1e-6  # a row that misses a sum of one by less is not worth a word


@dataclass(frozen=True)
class Rounding:
    """What was not as probabilities should be.

    Attributes:
        rows: how many rows there are.
        off: how many of them did not sum to one, and were renormalised.
        worst: by how much the worst of all missed it.
        zeros: how many probabilities are exactly zero.
    """

    rows: int = 0
    off: int = 0
    worst: float = 0.0
    zeros: int = 0

    @classmethod
    def counted(cls, sums: NDArray[np.float64], zeros: int) -> "Rounding":
        """From the sum of every row, and how many probabilities are exactly zero."""
        apart = np.abs(sums - 1)
        return cls(len(sums), int(np.count_nonzero(apart > CLOSE)), float(apart.max(initial=0.0)), zeros)

    def with_other(self, other: "Rounding") -> "Rounding":
        """Of both together.

        >>> Rounding(2, 1, 0.01, 0).with_other(Rounding(3, 0, 0.0, 4)).notes()[0]
        '1 of 5 rows did not sum to one (worst by 0.01) and were renormalised'
        """
        worst = max(self.worst, other.worst)
        return Rounding(self.rows + other.rows, self.off + other.off, worst, self.zeros + other.zeros)

    def notes(self) -> tuple[str, ...]:
        """A sentence each."""
        found: list[str] = []
        if self.off:
            found.append(
                f"{self.off} of {self.rows} rows did not sum to one (worst by {self.worst:.2g}) and were renormalised"
            )
        if self.zeros:
            found.append(f"{self.zeros} probabilities are exactly zero: Kullback-Leibler divergences may be infinite")
        return tuple(found)


def rounding_of(probabilities: ArrayLike) -> Rounding:
    """The rounding of probabilities [examples, classes].

    >>> rounding_of([[0.5, 0.25], [1.0, 0.0]])
    Rounding(rows=2, off=1, worst=0.25, zeros=1)
    """
    values = np.asarray(probabilities)
    sums, zeros = np.empty(len(values)), 0
    for part, rows in parts(values):
        sums[part] = rows.sum(axis=1)
        zeros += int(np.count_nonzero(rows == 0))
    return Rounding.counted(sums, zeros)
