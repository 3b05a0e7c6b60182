"""Every measure of every candidate, with an interval over the population of examples."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from samefn.core.errors import InputError
from samefn.measures.measure import Measure
from samefn.measures.table import MEASURES
from samefn.statistics.bootstrap import Floats, percentiles, resampled_means
from samefn.statistics.proportions import clopper_pearson

FEW = 10  # of fewer examples that differ a bootstrap says too little: of none at all it returns [0, 0]
COLUMNS = tuple(dict.fromkeys(name for measure in MEASURES.values() for name in measure.columns))

# An interval with this in its note says nothing.
TOO_NARROW = "too few for the bootstrap, too narrow"

# Bins hold few examples, and the mean of a gap's absolute value is above 0 without any gap; a resample adds as much
# again.
BIASED = "no interval: a bootstrap of binned errors is biased upwards"
ANSWERS_ONLY = "needs probabilities, and of one of the two models only answers are known"

Interval = Literal["bootstrap", "clopper-pearson", "cornish-fisher", "none"]


@dataclass(frozen=True)
class Estimate:
    """One measure of one candidate.

    Attributes:
        candidate: the candidate's id.
        measure: the measure's name in the table.
        value: the measure over the rows, in its unit; None where it is not defined (then `note` says why).
        low: lower end of the interval; None with `value`, and where there is no interval (then `note` says why).
        high: upper end; as `low`.
        examples: how many rows.
        interval: how the interval was made: `bootstrap` (percentiles, examples drawn with replacement),
            `clopper-pearson` (exact, for proportions where few count or few do not), `cornish-fisher` (what the
            bootstrap's percentiles tend to, from moments), `none`.
        note: what limits the figure, empty where nothing does.
    """

    candidate: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    examples: int
    interval: Interval
    note: str = ""


def estimates(
    frames: Mapping[str, pl.DataFrame], confidence: float = 0.95, resamples: int = 2000, seed: int = 0
) -> list[Estimate]:
    """Every measure of every candidate, with intervals.

    One draw of examples serves all candidates and measures, so that their intervals may be compared.

    Args:
        frames: for each candidate's id its rows against the base, about the same examples in the same order.
        confidence: the share of repetitions in which an interval covers the truth, above 0 and below 1.
        resamples: how many bootstrap resamples.
        seed: of the resampling.

    Returns:
        The estimates, candidate after candidate, each in the order of the measures' table.

    Raises:
        InputError: rows about different examples, without examples, or with missing or NaN figures; a
            confidence or resamples out of range.
    """
    if not 0 < confidence < 1 or resamples < 1:
        raise InputError(
            f"confidence {confidence} with {resamples} resamples",
            where="intervals",
            fix="give a confidence between 0 and 1 and at least one resample",
        )
    _require_same_examples(frames)
    columns = {
        (candidate, name): values
        for candidate, frame in frames.items()
        for name in COLUMNS
        if (values := _column(candidate, frame, name)) is not None
    }
    means: dict[str, dict[str, Floats]] = {candidate: {} for candidate in frames}
    if columns:
        resampled = resampled_means(np.column_stack(list(columns.values())), resamples, seed)
        for (candidate, name), of_column in zip(columns, resampled.T, strict=True):
            means[candidate][name] = of_column
    return [
        _estimate(candidate, frame, measure, means[candidate], confidence)
        for candidate, frame in frames.items()
        for measure in MEASURES.values()
    ]


def _estimate(
    candidate: str, frame: pl.DataFrame, measure: Measure, means: Mapping[str, Floats], confidence: float
) -> Estimate:
    """One measure of one candidate; `means` holds the resampled means of the columns that have figures."""
    examples = frame.height
    value = measure.value(frame)
    if value is None:
        known = all(name in means for name in measure.columns)
        unlabelled = measure.needs_labels and "base_right" not in means
        note = f"not defined: {measure.undefined}" if known else "needs labels" if unlabelled else ANSWERS_ONLY
        return Estimate(candidate, measure.name, None, None, None, examples, "none", note)
    if measure.of_columns:
        return Estimate(candidate, measure.name, value, None, None, examples, "none", BIASED)
    notes = []
    if measure.binary:
        counted = measure.counted(frame)
        ones = round(value * counted)
        notes = [f"over {counted} of {examples} examples"] if measure.among else []
        if min(ones, counted - ones) < FEW:
            low, high = clopper_pearson(ones, counted, confidence)
            return Estimate(candidate, measure.name, value, low, high, examples, "clopper-pearson", "; ".join(notes))
    of_columns = [means[name] for name in measure.columns]
    samples = measure.of_means(*of_columns) if measure.of_means else of_columns[0]
    defined = samples[~np.isnan(samples)]
    notes += _notes(frame, measure)
    if len(defined) < len(samples):
        left_out = len(samples) - len(defined)
        notes.append(f"not defined in {left_out} of {len(samples)} resamples, which were left out")
    if not len(defined):
        return Estimate(candidate, measure.name, value, None, None, examples, "none", "; ".join(notes))
    low, high = percentiles(defined, confidence)
    # The value lies between them but for the rounding of sums in another order.
    low, high = min(low, value), max(high, value)
    return Estimate(candidate, measure.name, value, low, high, examples, "bootstrap", "; ".join(notes))


def _notes(frame: pl.DataFrame, measure: Measure) -> list[str]:
    """What limits a bootstrap of these rows."""
    infinite = int(frame[measure.columns[0]].cast(pl.Float64).is_infinite().sum())
    different = int(pl.DataFrame([_differs(frame, name) for name in measure.columns]).max_horizontal().sum())
    notes = [f"{infinite} of {frame.height} examples are infinite"] if infinite else []
    if different < FEW:
        notes.append(f"{different} of {frame.height} examples differ: {TOO_NARROW}")
    return notes


def _differs(frame: pl.DataFrame, name: str) -> pl.Series:
    """Which examples tell candidate from base by a column: a measure's, or one that the base has too."""
    if name in MEASURES:
        return frame[name] != MEASURES[name].identical
    own = name.removeprefix("base_")
    return (frame[own] != frame[f"base_{own}"]).alias(name)


def _column(candidate: str, frame: pl.DataFrame, name: str) -> Floats | None:
    """A column of the rows as numbers; None where all of it is missing."""
    if name not in frame.columns:
        raise InputError(f"the rows have no column {name!r}", where=candidate, fix="make them with samefn.rows")
    if frame[name].null_count() == frame.height:
        return None
    values = frame[name].cast(pl.Float64).to_numpy()  # a null becomes NaN
    missing = int(np.count_nonzero(np.isnan(values)))
    if missing:
        raise InputError(f"{missing} of {frame.height} rows have no {name!r}", where=candidate)
    return values


def _require_same_examples(frames: Mapping[str, pl.DataFrame]) -> None:
    first: tuple[str, pl.Series] | None = None
    for candidate, frame in frames.items():
        if frame.is_empty():
            raise InputError("the rows are about no examples", where=candidate)
        first = first or (candidate, frame["id"])
        if not frame["id"].equals(first[1]):
            raise InputError(
                "the rows are about other examples, or in another order", where=f"{first[0]} and {candidate}"
            )
