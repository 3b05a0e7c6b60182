"""Intervals where examples come in blocks (the tokens of a text): the block is the unit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from samefn.measures.language import itself
from samefn.measures.measure import Measure
from samefn.measures.pairs import Floats
from samefn.statistics.block_sums import Blocked, BlockSums
from samefn.statistics.effective_numbers import effective_share
from samefn.statistics.jackknife import OfMeans, jackknife, skewness_of, student
from samefn.statistics.mean_intervals import ends
from samefn.statistics.order_statistics import quantiles
from samefn.statistics.proportions import Proportion

ClusterMethod = Literal["delete-block jackknife", "Woodruff", "Korn-Graubard", "none"]
OVER_BLOCKS: frozenset[str] = frozenset({"delete-block jackknife", "Woodruff", "Korn-Graubard"})


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
    method: ClusterMethod


def of_means(figure: OfMeans, sums: BlockSums, confidence: float, naive: float | None = None) -> BlockEstimate:
    """A function of means, with the delete-block jackknife and Student's t, with and without a correction for skewness.

    Of few blocks, or with one that outweighs the others, the skewness is as uncertain as the error: the correction may
    then be to the wrong side. So each end is the further one of the two. The degrees of freedom are one less than the
    blocks, of unequal ones than their equal blocks.

    Args:
        figure: which.
        sums: of its columns, over two blocks or more.
        confidence: above 0 and below 1.
        naive: as `naive_errors` gives it.

    Source:
        Busing, Meijer and van der Leeden 1999, Delete-m jackknife for unequal m, here with all blocks alike; Hall 1992,
        On the removal of skewness by transformation.
    """
    columns = [sums.sums[name] for name in figure.columns]
    shown, error = jackknife(columns, sums, figure.figure)
    middle, of_middle = jackknife(columns, sums, figure.function)
    if not np.isfinite([shown, error, middle, of_middle]).all():
        return BlockEstimate(shown if np.isfinite(shown) else None, None, None, None, None, "none")
    units, skewness = sums.equal_blocks, skewness_of(columns, sums, figure.function)
    variance = of_middle**2 * (units - 1)
    corrected = ends(middle, variance, skewness * variance**1.5, units, 0, confidence)
    straight = ends(middle, variance, 0.0, units, 0, confidence)
    low, high = min(corrected[0], straight[0]), max(corrected[1], straight[1])
    low, high = (float(figure.back(np.asarray(end))) for end in (low, high))
    return BlockEstimate(shown, low, high, error, naive, "delete-block jackknife")


def naive_errors(examples: Blocked, figures: Mapping[str, OfMeans], sums: BlockSums) -> dict[str, float]:
    """Standard errors as if every example stood for itself: each left out once, in one pass over all.

    Args:
        examples: all of them.
        figures: by name.
        sums: of their columns.
    """
    count = sums.examples
    totals = {name: sums.total(name) for one in figures.values() for name in one.columns}
    # About the figure of all examples, so that squares lose nothing.
    whole = {
        key: float(one.figure(*(np.asarray(totals[name] / count) for name in one.columns)))
        for key, one in figures.items()
    }
    moved: dict[str, list[Floats]] = {key: [] for key in figures}
    squared: dict[str, list[Floats]] = {key: [] for key in figures}
    for batch in examples.batches(tuple(totals)):
        for key, one in figures.items():
            without = ((totals[name] - batch.columns[name]) / (count - 1) for name in one.columns)
            apart = one.figure(*without) - whole[key]
            moved[key].append(batch.sums_of(apart))
            squared[key].append(batch.sums_of(apart**2))
    found = {}
    for key in figures:
        mean = float(np.concatenate(moved[key]).sum()) / count
        variance = float(np.concatenate(squared[key]).sum()) / count - mean**2
        found[key] = sqrt((count - 1) * max(0.0, variance))
    return found


def quantile_estimates(
    examples: Blocked, shares: Mapping[str, Sequence[float]], sums: BlockSums, confidence: float
) -> dict[tuple[str, float], BlockEstimate]:
    """Quantiles (linear between neighbours, as NumPy's), with Woodruff's intervals.

    The share of examples up to the quantile is a mean; its interval over blocks, read off the quantiles, is that of the
    quantile. The smallest and the largest value have none.

    Args:
        examples: all of them; read nine times.
        shares: by column, which quantiles, 0 to 1.
        sums: of any columns; two blocks or more.
        confidence: above 0 and below 1.

    Returns:
        By column and share.

    Source:
        Woodruff 1952, Confidence intervals for medians and other position measures.
    """
    columns, count = tuple(shares), sums.examples

    def read() -> Iterator[Mapping[str, Floats]]:
        return (batch.columns for batch in examples.batches(columns))

    found = quantiles(read, shares, count)
    inner = {
        (name, share): value
        for name, of in shares.items()
        for share, value in zip(of, found[name], strict=True)
        if 0 < share < 1
    }
    ends = _ends(examples, inner, confidence) if inner else {}
    wanted = {name: [end for key in inner if key[0] == name for end in _inside(ends[key])] for name in columns}
    at_ends = quantiles(read, wanted, count) if inner else wanted
    estimates = {}
    for name, of in shares.items():
        left = iter(at_ends[name])
        for share, value in zip(of, found[name], strict=True):
            if (name, share) not in inner:
                estimates[name, share] = BlockEstimate(value, None, None, None, None, "none")
                continue
            below, above = ends[name, share]
            low, high = next(left), next(left)
            # Beyond the values that were found nothing is known.
            estimates[name, share] = BlockEstimate(
                value, None if below <= 0 else low, None if above >= 1 else high, None, None, "Woodruff"
            )
    return estimates


def _ends(
    examples: Blocked, values: Mapping[tuple[str, float], float], confidence: float
) -> dict[tuple[str, float], tuple[float, float]]:
    """Woodruff's interval of the share of examples up to each value."""
    names = tuple(dict.fromkeys(name for name, _ in values))
    counts: dict[tuple[str, float], list[Floats]] = {key: [] for key in values}
    sizes = []
    for batch in examples.batches(names):
        sizes.append(np.bincount(batch.codes))
        for key, value in values.items():
            counts[key].append(batch.sums_of((batch.columns[key[0]] <= value).astype(np.float64)))
    below = {str(at): np.concatenate(parts) for at, parts in enumerate(counts.values())}
    sums = examples.units(BlockSums(np.concatenate(sizes), below, {}))
    found = {}
    for key, column in zip(counts, sums.sums.values(), strict=True):
        _, error = jackknife([column], sums, lambda mean: mean)
        half = student(sums.equal_blocks, confidence) * error
        found[key] = key[1] - half, key[1] + half
    return found


def _inside(ends: tuple[float, float]) -> tuple[float, float]:
    low, high = (min(1.0, max(0.0, end)) for end in ends)
    return low, high


def measure_estimate(measure: Measure, sums: BlockSums, confidence: float, *, declared: bool = False) -> BlockEstimate:
    """A measure that is made from means over rows.

    Args:
        measure: which; not one of `of_columns`.
        sums: of its columns, over two blocks or more.
        confidence: above 0 and below 1.
        declared: as `effective_share` has it.
    """
    figure = OfMeans(measure.columns, measure.of_means or itself, itself)
    if measure.binary and (declared or measure.among is None):
        means = [np.asarray(sums.mean(name)) for name in measure.columns]
        share = 1.0 if measure.among is None else float(measure.among(*means))
        if share > 0:
            counted = effective_share(figure, share * sums.examples, sums, confidence, declared=declared)
            return _of_share(figure, sums, counted, confidence)
    return of_means(figure, sums, confidence)


def proportion(name: str, sums: BlockSums, confidence: float) -> BlockEstimate:
    """A proportion, with Clopper and Pearson's interval at the effective number of examples.

    Args:
        name: of a column of 0 and 1.
        sums: of it, over two blocks or more.
        confidence: above 0 and below 1.
    """
    figure = OfMeans((name,), itself, itself)
    return _of_share(figure, sums, effective_share(figure, sums.examples, sums, confidence), confidence)


def _of_share(figure: OfMeans, sums: BlockSums, counted: Proportion, confidence: float) -> BlockEstimate:
    value, error = jackknife([sums.sums[name] for name in figure.columns], sums, figure.function)
    tail, spread = (1 - confidence) / 2, value * (1 - value)
    naive = sqrt(spread / max(1, sums.examples - 1))
    return BlockEstimate(value, counted.low(tail), counted.high(tail), error, naive, "Korn-Graubard")
