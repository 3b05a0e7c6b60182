"""What would turn *inconclusive* into *same*: how many examples, or what else."""

from math import ceil, log10

from samefn.schema.verdicts import ScaleEntry
from samefn.statistics.proportions import examples_needed

MORE = "More inputs or more independently trained models would make these intervals narrower."


def enough_without_independents(value: float, low: float, limit: float | None, by_answers: ScaleEntry) -> str:
    """What is missing where there are no independently trained models, as a sentence; empty where the reason says it.

    Args:
        value: share of changed answers, 0 to 1.
        low: lower end of its interval.
        limit: the share that it must be shown to be below; None where there is none.
        by_answers: the scale by answers, for the number of examples and the confidence.
    """
    if limit is None or low > limit:
        return ""
    if limit == 0:
        return "The base has none of these inputs wrong: inputs are needed that it has."
    if value >= limit:
        return "If answers go on to change as often, more inputs will not make it the same either."
    return _examples(limit, value, by_answers)


def enough_with_independents(value: float, high: float, limit: float, scales: tuple[ScaleEntry, ...]) -> str:
    """What is missing where there are independently trained models, as a sentence; empty where there is no scale.

    A number is given where answers alone decide and few of them changed: then the upper end of the scale is that of the
    exact interval over the lower end of the independent_distance, which further examples are taken not to move.

    Args:
        value: share of changed answers, 0 to 1.
        high: upper end of its interval.
        limit: on the scale.
        scales: by answers, and by probabilities where they are known.
    """
    by_answers = scales[0]
    if any(one.refused for one in scales):
        return ""
    exact = by_answers.method == "few changes" and not by_answers.noise_floor and by_answers.high
    if exact and all(one.high is not None and one.high < limit for one in scales[1:]):
        share = limit * high / exact
        if value < share:
            return _examples(share, value, by_answers)
    return MORE


def _examples(limit: float, value: float, by_answers: ScaleEntry) -> str:
    ones = round(value * by_answers.examples)
    needed = examples_needed(limit, ones, by_answers.confidence)
    if needed is None or needed <= by_answers.examples:
        return MORE
    changed = f"of which no more than {ones} changed" if ones else "without a changed answer"
    about, these = _rounded(needed), by_answers.examples
    return f"About {about:,} inputs {changed} would be enough to say it is the same; these were {these:,}."


def _rounded(number: int) -> int:
    """Upwards, to two digits that count: it must still be enough.

    >>> _rounded(1117), _rounded(99), _rounded(7)
    (1200, 99, 7)
    """
    step: int = 10 ** max(0, int(log10(number)) - 1)
    return ceil(number / step) * step
