"""Every measure of every candidate with an interval, from summaries of rows instead of rows."""

from collections.abc import Callable, Mapping
from math import inf, isnan, sqrt
from typing import TypeAlias

import numpy as np

from samefn.core.errors import InputError
from samefn.measures.calibration import BINS
from samefn.measures.measure import Measure
from samefn.measures.table import MEASURES
from samefn.statistics.bootstrap import percentiles
from samefn.statistics.cornish_fisher import central, ends, slopes
from samefn.statistics.exact_sums import Floats, quotient
from samefn.statistics.intervals import ANSWERS_ONLY, BIASED, FEW, TOO_NARROW, Estimate, Interval
from samefn.statistics.proportions import clopper_pearson
from samefn.statistics.summaries import ANSWERS, Summary

# How to get a value of `of_columns` measures from the summary's bins. What is not here has no value from shards.
CALIBRATION = "calibration_change"
NOT_FROM_SHARDS = "not from shards: needs all rows at once"
ROUGH = "a few examples outweigh all others: the interval is rough"

Ends: TypeAlias = tuple[float | None, float | None, Interval, list[str]]


def summary_estimates(
    summaries: Mapping[str, Summary], confidence: float = 0.95, resamples: int = 2000, seed: int = 0
) -> list[Estimate]:
    """Every measure of every candidate, with intervals.

    Values are those of `estimates` over the same rows. Intervals: shares are exact (Clopper-Pearson) however many
    count. Other measures of right and wrong are bootstrapped, by drawing how often each pattern of answers occurs.
    For means of other figures, what the bootstrap's percentiles tend to with many examples: within the error of 2000
    resamples from 20,000 examples on.

    Args:
        summaries: for each candidate's id the summary of its rows.
        confidence: the share of repetitions in which an interval covers the truth, above 0 and below 1.
        resamples: how many bootstrap resamples.
        seed: of the resampling.

    Returns:
        The estimates, candidate after candidate, each in the order of the measures' table.

    Raises:
        InputError: summaries about different examples or none, figures for only some rows; a confidence or resamples
            out of range.
    """
    if not 0 < confidence < 1 or resamples < 1:
        raise InputError(
            f"confidence {confidence} with {resamples} resamples",
            where="intervals",
            fix="give a confidence between 0 and 1 and at least one resample",
        )
    _check(summaries)
    found = []
    for candidate, summary in summaries.items():
        resampled = _resampled(summary, resamples, seed)
        found += [_estimate(candidate, summary, one, resampled, confidence) for one in MEASURES.values()]
    return found


def _estimate(
    candidate: str, summary: Summary, measure: Measure, resampled: Mapping[str, Floats], confidence: float
) -> Estimate:
    value, note = _value(summary, measure)
    ends: Ends = (None, None, "none", [note] if note else [])
    if value is not None and not measure.of_columns:
        if measure.binary:
            ends = _exact(summary, measure, value, confidence)
        elif set(measure.columns) <= set(resampled):
            ends = _bootstrap(summary, measure, value, resampled, confidence)
        else:
            ends = _limit(summary, measure, value, confidence)
    low, high, interval, notes = ends
    return Estimate(candidate, measure.name, value, low, high, summary.examples, interval, "; ".join(notes))


def _value(summary: Summary, measure: Measure) -> tuple[float | None, str]:
    """The value, and why there is none or no interval."""
    if any(summary.missing.get(name) for name in measure.columns):
        return None, "needs labels" if measure.needs_labels and summary.missing.get("base_right") else ANSWERS_ONLY
    if measure.of_columns:
        if measure.name != CALIBRATION:
            return None, NOT_FROM_SHARDS
        return _calibration_error(summary, "right") - _calibration_error(summary, "base_right"), BIASED
    value = _of_means(measure)(*_means(summary, measure))
    return (None, f"not defined: {measure.undefined}") if isnan(value) else (value, "")


def _exact(summary: Summary, measure: Measure, value: float, confidence: float) -> Ends:
    """Of a share."""
    counted, notes = summary.examples, []
    if measure.among:
        counted = round(float(measure.among(*_means(summary, measure))) * summary.examples)
        notes = [f"over {counted} of {summary.examples} examples"]
    return *clopper_pearson(round(value * counted), counted, confidence), "clopper-pearson", notes


def _bootstrap(
    summary: Summary, measure: Measure, value: float, resampled: Mapping[str, Floats], confidence: float
) -> Ends:
    """Of a function of shares: percentiles over the resamples in which it is defined."""
    columns = [resampled[name] for name in measure.columns]
    samples = measure.of_means(*columns) if measure.of_means else columns[0]
    defined = samples[~np.isnan(samples)]
    notes = _notes(summary, measure)
    if len(defined) < len(samples):
        left_out = len(samples) - len(defined)
        notes.append(f"not defined in {left_out} of {len(samples)} resamples, which were left out")
    if not len(defined):
        return None, None, "none", notes
    low, high = percentiles(defined, confidence)
    return min(low, value), max(high, value), "bootstrap", notes


def _limit(summary: Summary, measure: Measure, value: float, confidence: float) -> Ends:
    """Of a mean of figures, or a function of such means."""
    low, high, skewness = _expansion(summary, measure, confidence)
    notes = _notes(summary, measure)
    if skewness**2 * FEW > 1:  # of a mean that n equal examples make up, the skewness is 1 / √n
        notes.append(ROUGH)
    # Both the expansion of a skewed mean and rounding may leave the range, or pass the value, by a little.
    return min(max(low, measure.low), value), max(min(high, measure.high), value), "cornish-fisher", notes


def _means(summary: Summary, measure: Measure) -> list[float]:
    """Mean of each of the measure's columns."""
    if set(measure.columns) <= set(ANSWERS):
        return [_ones(summary, name) / summary.examples for name in measure.columns]
    finite = summary.examples - summary.infinite.get(measure.name, 0)
    if finite < summary.examples:
        return [inf for _ in measure.columns]
    return _columns_means(measure, _departures(summary, measure, finite))


def _departures(summary: Summary, measure: Measure, finite: int) -> list[float]:
    return [quotient(summary.sums[measure.name, name], finite) for name in measure.columns]


def _columns_means(measure: Measure, departures: list[float]) -> list[float]:
    """The columns' means from those of their departures."""
    of = dict(zip(measure.columns, departures, strict=True))
    return [
        mean + MEASURES[name].identical if name in MEASURES else mean + of.get(f"base_{name}", 0.0)
        for name, mean in of.items()
    ]


def _of_means(measure: Measure) -> Callable[..., float]:
    return lambda *means: float(measure.of_means(*means)) if measure.of_means else means[0]


def _expansion(summary: Summary, measure: Measure, confidence: float) -> tuple[float, float, float]:
    infinite = summary.infinite.get(measure.name, 0)
    finite = summary.examples - infinite
    if not finite:
        return inf, inf, 0.0
    sums = {names[1:]: total for names, total in summary.sums.items() if names[0] == measure.name}
    columns = measure.columns

    def value(*departures: float) -> float:
        return _of_means(measure)(*_columns_means(measure, list(departures)))

    departures = _departures(summary, measure, finite)
    spreads = [central(sums, columns, [float(one == name) for one in columns], finite)[0] for name in columns]
    gradient = slopes(value, departures, [sqrt(spread / finite) for spread in spreads]) if measure.of_means else [1.0]
    variance, third = central(sums, columns, gradient, finite)
    return ends(value(*departures), variance, third, summary.examples, infinite, confidence)


def _resampled(summary: Summary, resamples: int, seed: int) -> dict[str, Floats]:
    """Resampled means of the columns of right and wrong; drawing examples is drawing how many have each pattern."""
    patterns = np.array(sorted(summary.patterns))
    shares = np.array([summary.patterns[pattern] for pattern in patterns.tolist()]) / summary.examples
    drawn = np.random.default_rng(seed).multinomial(summary.examples, shares, size=resamples)
    return {name: drawn @ (patterns >> bit & 1) / summary.examples for bit, name in enumerate(ANSWERS)}


def _ones(summary: Summary, name: str) -> int:
    bit = ANSWERS.index(name)
    return sum(count for pattern, count in summary.patterns.items() if pattern >> bit & 1)


def _calibration_error(summary: Summary, right: str) -> float:
    return quotient(sum(abs(summary.gaps[right, at]) for at in range(BINS)), summary.examples)


def _notes(summary: Summary, measure: Measure) -> list[str]:
    """What limits the interval, in the words of `estimates`."""
    infinite, different = summary.infinite.get(measure.name, 0), summary.different[measure.name]
    notes = [f"{infinite} of {summary.examples} examples are infinite"] if infinite else []
    if different < FEW:
        notes.append(f"{different} of {summary.examples} examples differ: {TOO_NARROW}")
    return notes


def _check(summaries: Mapping[str, Summary]) -> None:
    first: tuple[str, Summary] | None = None
    for candidate, summary in summaries.items():
        if not summary.examples:
            raise InputError("the rows are about no examples", where=candidate)
        for name, missing in summary.missing.items():
            if missing < summary.examples:
                raise InputError(f"{missing} of {summary.examples} rows have no {name!r}", where=candidate)
        first = first or (candidate, summary)
        if (summary.examples, summary.ids) != (first[1].examples, first[1].ids):
            raise InputError("the rows are about other examples", where=f"{first[0]} and {candidate}")
