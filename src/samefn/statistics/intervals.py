"""Every measure of a candidate, with an interval over the population of examples, from the summary of its rows."""

from collections.abc import Callable, Mapping, Sequence
from math import inf, isinf, isnan, prod, sqrt
from typing import NamedTuple

from samefn.core.errors import InputError
from samefn.measures.calibration import BINS
from samefn.measures.floored import FLOORED
from samefn.measures.measure import Measure
from samefn.measures.table import MEASURES
from samefn.schema.base import Compared
from samefn.schema.notes import Note, NoteCode
from samefn.schema.report import MeasureEntry, MeasureInterval
from samefn.statistics.exact_sums import BITS, quotient
from samefn.statistics.fieller import fieller
from samefn.statistics.mean_intervals import central, critical, ends, slopes
from samefn.statistics.proportions import clopper_pearson
from samefn.statistics.summaries import BINARY, OPTIONAL, Summary, products
from samefn.statistics.unseen import largest_changes, unseen, widened

FEW = 10  # a mean that fewer equal examples make up is known roughly

# How to get a value of `of_columns` measures from the summary's bins. What is not here has none.
CALIBRATION = "calibration_change"


class _Ends(NamedTuple):
    """An interval, how it was made, and what limits it."""

    low: float | None = None
    high: float | None = None
    interval: MeasureInterval = "none"
    notes: Sequence[Note] = ()


def estimates(summary: Summary, compared: Compared, confidence: float = 0.95) -> list[MeasureEntry]:
    """Every measure of one candidate, with its interval.

    A share of examples, or of some of them, gets Clopper and Pearson's exact interval. A ratio to such a share
    (normalised disagreement) gets Fieller's, which has no upper end where that share cannot be told from 0. Means, and
    functions of them, get Student's t with Hall's correction for skewness; measures that go both ways get it without:
    of differences that cancel, the skewness of few examples says nothing. Every end towards more change allows for an
    example of the largest change that was not drawn (`statistics.unseen`): equal rows are no evidence that there is
    none.
    Their coverage was simulated: `benchmarks/intervals.py`.

    Args:
        summary: of the candidate's rows.
        compared: what the entries are about.
        confidence: the share of repetitions in which an interval covers the truth, above 0 and below 1.

    Returns:
        The entries, in the order of the measures' table, after it the floored form of those that are infinite: the
        same to the bit for any order and grouping of the rows.

    Raises:
        InputError: no examples, or figures for only some of them; a confidence out of range.
    """
    if not 0 < confidence < 1:
        raise InputError("SF460", f"confidence {confidence}", where="intervals", fix="give one between 0 and 1")
    if not summary.examples:
        raise InputError("SF464", "the rows are about no examples", where=compared.candidate)
    for name, missing in summary.missing.items():
        if missing < summary.examples and name not in OPTIONAL:
            raise InputError(
                "SF465", f"{missing} of {summary.examples} rows have no {name!r}", where=compared.candidate
            )
    floored = [one for name, one in FLOORED.items() if summary.infinite.get(name) and not summary.missing.get(one.name)]
    return [_entry(summary, compared, measure, confidence) for measure in (*MEASURES.values(), *floored)]


def require_same_examples(summaries: Mapping[str, Summary]) -> None:
    """Check that the rows of several candidates are about the same examples.

    Raises:
        InputError: they are not.
    """
    first = next(iter(summaries.items()), None)
    for candidate, summary in summaries.items():
        if first and (summary.examples, summary.ids) != (first[1].examples, first[1].ids):
            raise InputError("SF466", "the rows are about other examples", where=f"{first[0]} and {candidate}")


def mean_of(summary: Summary, measure: str) -> float:
    """Mean over examples of a measure that has a value for each example; infinite where one value is."""
    return _means(summary, MEASURES[measure])[0]


def _entry(summary: Summary, compared: Compared, measure: Measure, confidence: float) -> MeasureEntry:
    value, code = _value(summary, measure)
    found = _Ends(notes=[Note(code=code)] if code else [])
    if value is not None and not measure.of_columns:
        if measure.binary:
            found = _exact(summary, measure, value, confidence)
        elif measure.among:
            found = _ratio(summary, measure, value, confidence)
        else:
            found = _mean(summary, measure, value, confidence)
    return MeasureEntry(
        **compared._asdict(),
        measure=measure.name,
        value=value,
        low=found.low,
        high=found.high,
        examples=summary.examples,
        interval=found.interval,
        notes=tuple(found.notes),
        confidence=confidence,
    )


def _value(summary: Summary, measure: Measure) -> tuple[float | None, NoteCode | None]:
    """The value, and why there is none or no interval."""
    if any(summary.missing.get(name) for name in measure.columns):
        return None, "no labels" if measure.needs_labels and summary.missing.get("base_right") else "classes only"
    if measure.name == CALIBRATION:
        # A bin holds few examples, so its absolute error is above 0 even where the true error is 0. A bootstrap adds
        # the same bias again.
        return _calibration_error(summary, "right") - _calibration_error(summary, "base_right"), "binned"
    value = of_means(measure)(*_means(summary, measure))
    return (None, measure.undefined) if isnan(value) else (value, None)


def _exact(summary: Summary, measure: Measure, value: float, confidence: float) -> _Ends:
    """Of a share."""
    counted, notes = summary.examples, list[Note]()
    if measure.among:
        counted = round(float(measure.among(*_means(summary, measure))) * summary.examples)
        notes = [Note(code="some examples", count=counted)]
    return _Ends(*clopper_pearson(round(value * counted), counted, confidence), "clopper-pearson", notes)


def _ratio(summary: Summary, measure: Measure, value: float, confidence: float) -> _Ends:
    """Of a ratio to the share of some examples, whose numerator is the mean of the measure's first column."""
    if isinf(value):
        return _Ends(notes=[Note(code="infinite")])
    sums, means = _sums(summary, measure), _means(summary, measure)
    share = measure.among
    assert share is not None  # noqa: S101  (whoever comes here has one)
    above, below = means[0], float(share(*means))
    errors = _errors(sums, measure, summary.examples)
    upper = [1.0, *(0.0 for _ in means[1:])]
    lower = slopes(lambda *at: float(share(*at)), means, errors)
    xx, yy, both = (
        central(sums, measure.columns, gradient, summary.examples)[0]
        for gradient in (upper, lower, [one + other for one, other in zip(upper, lower, strict=True)])
    )
    if summary.examples < 2:
        return _Ends()
    allowed = critical((1 + confidence) / 2, summary.examples) ** 2 / summary.examples
    # The numerator's own error is at least that of its exact interval: few changes have too little variance.
    exact = clopper_pearson(round(above * summary.examples), summary.examples, confidence)
    (low, _), (_, high) = (
        fieller(above, below, max(allowed * xx, (above - end) ** 2), allowed * (both - xx - yy) / 2, allowed * yy)
        or (0.0, inf)
        for end in exact
    )
    return _Ends(min(max(low, measure.low), value), max(high, value), "fieller")


def _mean(summary: Summary, measure: Measure, value: float, confidence: float) -> _Ends:
    """Of a mean, or a function of means."""
    infinite = summary.infinite.get(measure.name, 0)
    finite = summary.examples - infinite
    notes = [Note(code="infinite examples", count=infinite)] if infinite else []
    if infinite and measure.name in FLOORED and summary.missing.get(FLOORED[measure.name].name):
        notes.append(Note(code="unknown step"))
    if not finite:
        return _Ends(inf, inf, "hall", notes)
    if summary.examples < 2:  # says nothing about others
        return _Ends(measure.low, measure.high, "hall", notes)
    sums = _sums(summary, measure)
    departures = [quotient(sums[name,], finite) for name in measure.columns]

    def function(*of: float) -> float:
        return of_means(measure)(*_columns_means(measure, list(of)))

    errors = _errors(sums, measure, finite)
    gradient = slopes(function, departures, errors) if measure.of_means else [1.0]
    variance, third = central(sums, measure.columns, gradient, finite)
    signed = measure.direction == "signed"
    middle = function(*departures)
    low, high, skewness = ends(middle, variance, 0.0 if signed else third, summary.examples, infinite, confidence)
    down, up = largest_changes(measure, of_means(measure), _columns_means(measure, departures), finite, summary.moved)
    below = unseen(down, variance, -third, summary.examples, confidence)
    above = unseen(up, variance, third, summary.examples, confidence)
    low, high, unseen_most = widened(low, high, middle, below, above)
    if unseen_most:
        notes.append(Note(code="unseen"))
    elif skewness**2 * FEW > 1:  # of a mean that n equal examples make up, the skewness is 1 / √n
        notes.append(Note(code="few outweigh all"))
    # The interval of a skewed mean may leave the range, and rounding pass the value.
    low, high = min(max(low, measure.low), value), max(min(high, measure.high), value)
    return _Ends(low, high, "student" if signed else "hall", notes)


def _errors(sums: Mapping[tuple[str, ...], int], measure: Measure, examples: int) -> list[float]:
    """Standard error of each column's mean."""
    columns = measure.columns
    return [sqrt(central(sums, columns, [float(a == b) for b in columns], examples)[0] / examples) for a in columns]


def _sums(summary: Summary, measure: Measure) -> dict[tuple[str, ...], int]:
    """Exact sums of the products of the measure's columns, each as its departure from what the base has."""
    if measure.columns[0] not in BINARY:
        return {names[1:]: total for names, total in summary.sums.items() if names[0] == measure.name}
    rows = [(_departures(pattern, measure.columns), count) for pattern, count in summary.patterns.items()]
    return {
        names: sum(count * prod(of[name] for name in names) for of, count in rows) << BITS
        for names in products(measure.columns)
    }


def _departures(pattern: int, columns: Sequence[str]) -> dict[str, int]:
    """The columns of a row with that pattern of `BINARY`, less the base's where the measure has both."""
    of = {name: pattern >> BINARY.index(name) & 1 for name in columns}
    return {name: bit - of.get(f"base_{name}", 0) for name, bit in of.items()}


def _means(summary: Summary, measure: Measure) -> list[float]:
    """Mean of each of the measure's columns."""
    if measure.columns[0] in BINARY:
        return [_ones(summary, name) / summary.examples for name in measure.columns]
    if summary.infinite.get(measure.name):
        return [inf for _ in measure.columns]
    sums = _sums(summary, measure)
    return _columns_means(measure, [quotient(sums[name,], summary.examples) for name in measure.columns])


def _columns_means(measure: Measure, departures: list[float]) -> list[float]:
    """The columns' means from those of what is summed up of them."""
    of = dict(zip(measure.columns, departures, strict=True))
    return [
        mean + MEASURES[name].identical
        if name in MEASURES and name not in BINARY
        else mean + of.get(f"base_{name}", 0.0)
        for name, mean in of.items()
    ]


def of_means(measure: Measure) -> Callable[..., float]:
    """A measure's value from the means of its columns."""
    return lambda *means: float(measure.of_means(*means)) if measure.of_means else means[0]


def _ones(summary: Summary, name: str) -> int:
    bit = BINARY.index(name)
    return sum(count for pattern, count in summary.patterns.items() if pattern >> bit & 1)


def _calibration_error(summary: Summary, right: str) -> float:
    return quotient(sum(abs(summary.gaps[right, at]) for at in range(BINS)), summary.examples)
