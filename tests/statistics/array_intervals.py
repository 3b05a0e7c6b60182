"""The intervals over blocks from arrays in memory, plainly: what the streamed ones are held against."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Method = Literal["delete-block jackknife", "Woodruff", "Korn-Graubard", "none"]


@dataclass(frozen=True)
class BlockEstimate:
    """A figure with its interval over blocks.

    Attributes:
        value: the figure; None where it is not defined.
        low: lower end of the interval; None where there is none.
        high: upper end.
        error: standard error with the block as the unit; None where there is none.
        naive: standard error as if every example stood for itself, as llama.cpp prints it; None where there is none.
        method: how the interval was made.
    """

    value: float | None
    low: float | None
    high: float | None
    error: float | None
    naive: float | None
    method: Method


def of_means(
    columns: Sequence[Floats],
    blocks: Ints,
    function: Callable[..., Floats],
    back: Callable[[Floats], Floats],
    confidence: float,
) -> BlockEstimate:
    """A function of means, with the delete-block jackknife and Student's t, with and without Hall's correction.

    Args:
        columns: [examples] each.
        blocks: number of each example's block from 0 on, [examples]; two blocks or more.
        function: from the columns' means, elementwise, to a relative distance on which the error is symmetric.
        back: from that relative distance to the figure; does not fall.
        confidence: above 0 and below 1.

    Source:
        Busing, Meijer and van der Leeden 1999, Delete-m jackknife for unequal m, here with all blocks alike.
    """

    def figure(*means: Floats) -> Floats:
        return back(function(*means))

    shown, error = _jackknife(columns, blocks, figure)
    middle, of_middle = _jackknife(columns, blocks, function)
    if not np.isfinite([shown, error, middle, of_middle]).all():
        return BlockEstimate(shown if np.isfinite(shown) else None, None, None, None, None, "none")
    low, high = (
        float(back(np.asarray(end))) for end in _further(columns, blocks, function, middle, of_middle, confidence)
    )
    _, naive = _jackknife(columns, np.arange(len(blocks)), figure)
    return BlockEstimate(shown, low, high, error, naive, "delete-block jackknife")


def quantile(values: Floats, blocks: Ints, share: float, confidence: float) -> BlockEstimate:
    """A quantile (linear between neighbours, as NumPy's), with Woodruff's interval.

    The share of examples up to the quantile is a mean; its interval over blocks, read off the quantiles, is that of the
    quantile. The smallest and the largest value have none.

    Args:
        values: [examples].
        blocks: number of each example's block from 0 on, [examples].
        share: which quantile, 0 to 1.
        confidence: above 0 and below 1.

    Source:
        Woodruff 1952, Confidence intervals for medians and other position measures.
    """
    value = float(np.quantile(values, share))
    if share in (0.0, 1.0):
        return BlockEstimate(value, None, None, None, None, "none")
    _, error = _jackknife([(values <= value).astype(np.float64)], blocks, lambda mean: mean)
    half = _t(_equal_blocks(blocks), confidence) * error
    below, above = share - half, share + half
    low, high = (float(np.quantile(values, min(1.0, max(0.0, end)))) for end in (below, above))
    # Beyond the values that were found nothing is known.
    return BlockEstimate(value, None if below <= 0 else low, None if above >= 1 else high, None, None, "Woodruff")


def proportion(hits: Floats, blocks: Ints, confidence: float) -> BlockEstimate:
    """A proportion, with Clopper and Pearson's interval at the effective number of examples.

    That number is the one of independent examples that would have the same error as these blocks, with the factor for
    the blocks' degrees of freedom; at most as many as there are. Of no hits at all, or of nothing but hits, the blocks
    show no error; then only that factor shortens it.

    Args:
        hits: 0 or 1, [examples].
        blocks: number of each example's block from 0 on, [examples].
        confidence: above 0 and below 1.

    Source:
        Korn and Graubard 1998, Confidence intervals for proportions with small expected number of positive counts
        estimated from survey data.
    """
    examples = len(hits)
    value, error = _jackknife([hits], blocks, lambda mean: mean)
    spread = value * (1 - value)
    effective = spread / error**2 if error > 0 and spread > 0 else float(examples)
    factor = _t(examples, confidence) / _t(_equal_blocks(blocks), confidence)
    effective = min(float(examples), effective * factor**2)
    tail, ones = (1 - confidence) / 2, value * effective
    zeros = effective - ones
    low = 0.0 if value <= 0 else float(betaincinv(ones, zeros + 1, tail))
    high = 1.0 if value >= 1 else float(betaincinv(ones + 1, zeros, 1 - tail))
    return BlockEstimate(value, low, high, error, sqrt(spread / max(1, examples - 1)), "Korn-Graubard")


def _jackknife(columns: Sequence[Floats], blocks: Ints, function: Callable[..., Floats]) -> tuple[float, float]:
    """A function of means, and its standard error from leaving out one block at a time."""
    examples, apart = len(blocks), _apart(columns, blocks, function)
    whole = function(*(np.asarray(np.bincount(blocks, one).sum() / examples) for one in columns))
    count = len(apart)
    return float(whole), sqrt((count - 1) / count * float(np.square(apart).sum()))


def _apart(columns: Sequence[Floats], blocks: Ints, function: Callable[..., Floats]) -> Floats:
    """How far a function of means moves from its average as one block at a time is left out."""
    sizes, examples = np.bincount(blocks), len(blocks)
    sums = [np.bincount(blocks, column) for column in columns]
    without = function(*((one.sum() - one) / (examples - sizes) for one in sums))
    return np.asarray(without - without.mean())


def _further(
    columns: Sequence[Floats],
    blocks: Ints,
    function: Callable[..., Floats],
    middle: float,
    error: float,
    confidence: float,
) -> tuple[float, float]:
    """The further one of Student's end and of Hall's.

    Hall 1992: t' = t + a t^2 / 3 + a^2 t^3 / 27 + a / 6 is symmetric, a = skewness / sqrt(units); solved for t.
    """
    units = _equal_blocks(blocks)
    added = -_apart(columns, blocks, function)
    spread = float((added**2).mean())
    a = float((added**3).mean()) / spread**1.5 / sqrt(units) if spread > 0 else 0.0
    spread_out = sqrt(units / (units - 1))  # the error as if variances were divided by the number of units
    quantile, error = float(stdtrit(units - 1, (1 + confidence) / 2)) * spread_out, error / spread_out
    found = []
    for wanted in (quantile, -quantile):
        roots = np.roots([a**2 / 27, a / 3, 1.0, a / 6 - wanted])
        found.append(middle - error * float(roots[np.abs(roots.imag) < 1e-9].real[0]))
    half = quantile * error
    return min(found[0], middle - half), max(found[1], middle + half)


def _equal_blocks(blocks: Ints) -> float:
    sizes = np.bincount(blocks).astype(float)
    return max(2.0, float(sizes.sum()) ** 2 / float((sizes**2).sum()))


def _t(units: float, confidence: float) -> float:
    return float(stdtrit(units - 1, (1 + confidence) / 2))
