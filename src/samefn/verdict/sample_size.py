"""How many inputs would turn *inconclusive* into *same*."""

from math import ceil, log10

from samefn.schema.verdicts import RelativeDistance
from samefn.statistics.proportions import examples_needed
from samefn.verdict.relative_distance import LIMIT


def inputs_needed(
    value: float, high: float, share_limit: float | None, distances: tuple[RelativeDistance, ...]
) -> int | None:
    """About how many inputs would show *same*, if predictions change no more often than they did.

    With independents, the number is known in one case only: few predictions changed, the noise floor is 0, and the
    relative distance by probabilities is below the limit already. Then the upper end of the relative distance is the
    upper end of the exact interval of changed predictions, divided by the lower end of the independent distance. More
    inputs are assumed to leave that lower end as it is.

    Args:
        value: share of changed predictions, 0 to 1.
        high: upper end of its interval.
        share_limit: without independents, the limit on that share; None where there is none.
        distances: relative distances by predictions, and by probabilities where they are known.

    Returns:
        The number, rounded up to two digits; None where it is not known.
    """
    by_predictions = distances[0]
    if not by_predictions.independents:
        return _needed(share_limit, value, by_predictions)
    if any(one.refused for one in distances):
        return None
    exact = by_predictions.method == "few changes" and not by_predictions.noise_floor and by_predictions.high
    if exact and all(one.high is not None and one.high < LIMIT for one in distances[1:]):
        return _needed(LIMIT * high / exact, value, by_predictions)
    return None


def _needed(share_limit: float | None, value: float, by_predictions: RelativeDistance) -> int | None:
    if share_limit is None or value >= share_limit:
        return None
    changed = round(value * by_predictions.examples)
    needed = examples_needed(share_limit, changed, by_predictions.confidence)
    return None if needed is None or needed <= by_predictions.examples else _rounded(needed)


def _rounded(number: int) -> int:
    """Upwards, to two digits that count: it must still be enough.

    >>> _rounded(1117), _rounded(99), _rounded(7)
    (1200, 99, 7)
    """
    step: int = 10 ** max(0, int(log10(number)) - 1)
    return ceil(number / step) * step
