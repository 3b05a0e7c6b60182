"""What examples that were not drawn could add to a mean: equal rows do not show that no example changes much."""

from collections.abc import Callable, Sequence
from itertools import product
from math import isinf, log

from scipy.special import gammaincinv

from samefn.measures.floored import ALL_MEASURES
from samefn.measures.measure import Measure
from samefn.statistics.summaries import BINARY

# A divergence has no greatest value. Of probabilities that are not 0, float32 holds none below 2^-149.
GREATEST_DIVERGENCE = 149 * log(2)
# Of so many examples that moved most of their probability, their own divergences show how great divergences are.
ENOUGH_MOVED = 20
NOTED_FROM = 2.0  # an end that lies so many times as far from the value because of unseen examples has a note
_GREATEST_BRIER = 2.0
# Every row that `BINARY` allows: where both models are wrong, their classes may differ or not.
_BINARY_ROWS = tuple(
    {
        "base_right": base_right,
        "right": right,
        "disagreement": differs,
        "negative_flips": base_right > right,
        "positive_flips": right > base_right,
    }
    for base_right, right, differs in product((0, 1), repeat=3)
    if differs == (base_right != right) or not (base_right or right)
)


def largest_changes(
    measure: Measure, function: Callable[..., float], means: Sequence[float], examples: int, moved: int
) -> tuple[float, float]:
    """How far from the mean an example can lie: below, and above; of a mean over examples only towards more change.

    Args:
        measure: its columns, range and direction.
        function: its value from the columns' means.
        means: of its columns.
        examples: how many these are over.
        moved: of how many examples more than half of the probability moved.

    Returns:
        How much one more example can lower, and raise, the sum over examples that the value is the mean of; 0 or more.

    >>> largest_changes(ALL_MEASURES["total_variation"], lambda mean: mean, [0.25], 3, 0)
    (0.0, 0.75)
    """
    if isinf(measure.high) and measure.of_means is None and moved >= ENOUGH_MOVED:
        return 0.0, 0.0
    now = function(*means)
    added = []
    for row in _extreme_rows(measure):
        with_it = [(mean * examples + x) / (examples + 1) for mean, x in zip(means, row, strict=True)]
        added.append((examples + 1) * (function(*with_it) - now))
    down, up = max(0.0, -min(added)), max(0.0, *added)
    if measure.of_means is None:  # towards more change only; of a function of means no direction is safe
        down = 0.0 if measure.direction == "distance" else down
        up = 0.0 if measure.direction == "similarity" else up
    return down, up


def _extreme_rows(measure: Measure) -> list[tuple[float, ...]]:
    """The rows of a measure's columns that change it most are among these."""
    if set(measure.columns) <= set(BINARY):
        return [tuple(float(row[name]) for name in measure.columns) for row in _BINARY_ROWS]
    return list(product(*(_range(name) for name in measure.columns)))


def _range(column: str) -> tuple[float, float]:
    if column not in ALL_MEASURES:
        return 0.0, _GREATEST_BRIER
    measure = ALL_MEASURES[column]
    return measure.low, GREATEST_DIVERGENCE if isinf(measure.high) else measure.high


def unseen(largest: float, variance: float, third: float, examples: int, confidence: float) -> float:
    """How far from a mean the truth may lie, if one more example of the largest change had been drawn.

    The gamma interval of Fay and Feuer for a sum of weighted Poisson events, whose upper end allows for one more event
    of the largest weight, here about the mean and fitted to three moments. Where no example differs from the others it
    is 3.69 largest changes over N at 95 %, Clopper and Pearson's end for no changed example; where n examples changed
    by the largest change and the rest did not, it is theirs for n.

    Args:
        largest: what an example of the largest change lies from the mean; 0 for no allowance.
        variance: over examples, divided by their number.
        third: third central moment, positive if the skewness is towards the end wanted.
        examples: how many.
        confidence: the share of repetitions in which an interval with this end on either side covers the truth.

    Returns:
        The distance of the end from the mean, 0 or more.

    Source:
        Fay and Feuer 1997, Confidence intervals for directly standardized rates.

    >>> round(unseen(1.0, 0.0, 0.0, 100, 0.95), 4)
    0.0369
    """
    if not largest > 0:
        return 0.0
    second = variance * examples + largest**2
    cubes = max(third, 0.0) * examples + largest**3
    shape, scale = second**3 / cubes**2, cubes / second
    quantile = float(gammaincinv(shape, (1 + confidence) / 2))
    return max(0.0, largest + scale * (quantile - shape)) / examples


def widened(low: float, high: float, value: float, below: float, above: float) -> tuple[float, float, bool]:
    """An interval whose ends allow for unseen examples.

    Args:
        low: its lower end.
        high: its upper end.
        value: of the finite examples.
        below: how far below the value the lower end is to lie at least; 0 for no allowance.
        above: the same of the upper end.

    Returns:
        Both ends, and whether the allowance makes up most of the interval on one side.

    >>> widened(0.2, 0.4, 0.3, 0.0, 0.5)
    (0.2, 0.8, True)
    """
    most = below > max(0.0, NOTED_FROM * (value - low)) or above > NOTED_FROM * (high - value)
    return min(low, value - below) if below else low, max(high, value + above), most
