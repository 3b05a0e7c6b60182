"""How far probabilities were rounded before they came in."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.predictions.chunks import iter_chunks
from samefn.schema.records import Rounding

ROUNDING_SHOWN_FROM = 1e-6  # a row that misses a sum of one by less is not counted


def rounding_of(probabilities: ArrayLike) -> Rounding:
    """The rounding of probabilities [examples, classes].

    >>> rounding_of([[0.5, 0.25], [1.0, 0.0]])
    Rounding(rows=2, off=1, worst=0.25, zeros=1)
    """
    values = np.asarray(probabilities)
    sums, zeros = np.empty(len(values)), 0
    for part, rows in iter_chunks(values):
        sums[part] = rows.sum(axis=1)
        zeros += int(np.count_nonzero(rows == 0))
    return rounding_of_sums(sums, zeros)


def rounding_of_sums(sums: NDArray[np.float64], zeros: int) -> Rounding:
    """The same from the sum of each row and the number of probabilities that are exactly zero."""
    apart = np.abs(sums - 1)
    return Rounding(
        rows=len(sums),
        off=int(np.count_nonzero(apart > ROUNDING_SHOWN_FROM)),
        worst=float(apart.max(initial=0.0)),
        zeros=zeros,
    )
