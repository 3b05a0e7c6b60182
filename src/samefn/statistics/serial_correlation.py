"""Do neighbouring inputs change together? A test in the given order, and how much less the inputs then say."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr

from samefn.measures.pairs import Floats, Ints

# With more changed inputs the number of neighbouring pairs among them is normal enough.
MOST_EXACT = 1000
LAGS = 100  # the furthest neighbours that count


@dataclass(frozen=True)
class SerialCorrelation:
    """How alike neighbours of one class are.

    Attributes:
        p_value: that inputs in any order would have neighbours as alike, or more.
        factor: by how much the effective number of inputs is smaller; 1 where neighbours are not alike.
    """

    p_value: float
    factor: float


def correlated_flags(flags: NDArray[np.bool_], classes: Ints) -> SerialCorrelation:
    """Whether inputs that follow each other within their class are flagged together.

    Neighbours are of one class, so that inputs that are sorted by class, or interleaved, look no different. Without
    dependence each order of the inputs of a class is as likely, and the number of runs of flagged ones has a
    hypergeometric distribution (Wald and Wolfowitz 1940, On a test whether two samples are from the same population).

    Args:
        flags: [inputs] in the given order.
        classes: [inputs] the class of each.

    >>> found = correlated_flags(np.repeat([True, False, False, False], 8), np.zeros(32, dtype=np.int64))
    >>> round(found.p_value, 6), round(found.factor, 1)  # eight in a row
    (2e-06, 6.7)
    """
    order = np.argsort(classes, kind="stable")
    ones, same = flags[order], classes[order][1:] == classes[order][:-1]
    pairs = int(np.count_nonzero(ones[1:] & ones[:-1] & same))
    _, codes = np.unique(classes, return_inverse=True)
    sizes, flagged = np.bincount(codes), np.bincount(codes, flags).astype(np.int64)
    return SerialCorrelation(_as_many_pairs(pairs, flagged, sizes), _factor(flags.astype(np.float64), classes))


def correlated_figures(figures: Floats, classes: Ints) -> SerialCorrelation:
    """Whether inputs that follow each other within their class have figures of similar rank.

    Args:
        figures: [inputs] in the given order, not NaN.
        classes: [inputs] the class of each.

    Source:
        Bartels 1982, The rank version of von Neumann's ratio test for randomness.
    """
    _, codes = np.unique(classes, return_inverse=True)
    ranks = np.zeros(len(figures))
    mean, variance = 0.0, 0.0
    for code in range(int(codes.max(initial=-1)) + 1):
        inside = np.flatnonzero(codes == code)
        of_class = pl.Series(figures[inside]).rank("average").to_numpy()
        ranks[inside] = of_class - of_class.mean()
        squares, count = float(np.square(ranks[inside]).sum()), len(inside)
        mean -= squares / count
        variance += squares**2 * (count - 1) / count**2
    if not variance > 0:
        return SerialCorrelation(1.0, 1.0)
    z = (_products(ranks, codes, 1)[0] - mean) / sqrt(variance)
    return SerialCorrelation(float(ndtr(-z)), _factor(ranks, codes))


def _factor(figures: Floats, classes: Ints) -> float:
    """1 + 2 times the sum of the autocorrelations, up to the first lag where it is not above chance."""
    _, codes = np.unique(classes, return_inverse=True)
    means = np.bincount(codes, figures) / np.bincount(codes)
    apart = figures - means[codes]
    variance = float(np.square(apart).mean())
    total = 0.0
    for lag in range(1, min(LAGS, len(figures) - 1) + 1) if variance > 0 else ():
        product, pairs = _products(apart, codes, lag)
        correlation = product / pairs / variance if pairs else 0.0
        if correlation < 2 / sqrt(max(1, pairs)):
            break
        total += correlation
    return 1 + 2 * total


def _products(figures: Floats, classes: Ints, lag: int) -> tuple[float, int]:
    """The sum of products of figures so far apart within a class, and how many there are."""
    order = np.argsort(classes, kind="stable")
    ordered, of = figures[order], classes[order]
    same = of[lag:] == of[:-lag]
    return float((ordered[lag:] * ordered[:-lag])[same].sum()), int(np.count_nonzero(same))


def _as_many_pairs(pairs: int, flagged: Ints, sizes: Ints) -> float:
    """The probability of so many neighbouring pairs of flagged inputs or more, in any order within the classes."""
    several = flagged > 1
    flagged, sizes = flagged[several], sizes[several]
    if pairs == 0:
        return 1.0
    if int(flagged.sum()) > MOST_EXACT:
        n, total = flagged.astype(np.float64), sizes.astype(np.float64)
        mean = n - n * (total - n + 1) / total
        variance = n * (total - n + 1) * (n - 1) * (total - n) / (total**2 * (total - 1))
        z = (pairs - 0.5 - mean.sum()) / sqrt(max(float(variance.sum()), 1e-12))
        return float(ndtr(-z))
    shares = np.ones(1)
    for n, total in zip(flagged.tolist(), sizes.tolist(), strict=True):
        shares = np.convolve(shares, _shares_of_pairs(n, total))
    return float(min(1.0, shares[pairs:].sum()))


def _shares_of_pairs(flagged: int, size: int) -> Floats:
    """How likely 0, 1, ... pairs of neighbours are: flagged inputs less their runs."""
    runs = np.arange(flagged, 0, -1)
    possible = runs <= size - flagged + 1
    logs = _log_choose(flagged - 1, runs - 1) + _log_choose(size - flagged + 1, np.where(possible, runs, 0))
    return np.where(possible, np.exp(logs - _log_choose(size, np.asarray(flagged))), 0.0)


def _log_choose(n: int, k: Ints) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))
