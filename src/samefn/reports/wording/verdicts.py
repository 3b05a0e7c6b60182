"""A verdict in one line, made from its codes and the figures behind them."""

from collections.abc import Sequence
from math import sqrt

from samefn.reports.wording.measures import DISTANCE_SOURCES
from samefn.reports.wording.numbers import format_count, format_two_decimals, format_with_interval
from samefn.reports.wording.outcomes import OUTCOMES
from samefn.schema.quantities import Refusal
from samefn.schema.report import Report
from samefn.schema.verdicts import BaseDoubt, Interval, RelativeDistance, VerdictEntry

# Independents whose distances vary by more of the independent distance: the interval may be too narrow.
UNEQUAL = 0.1
MORE = "More inputs or more independents would make the intervals narrower."

REFUSAL_WORDS: dict[Refusal, str] = {
    "no independents": "there are no independents",
    "infinite": "some distances are infinite",
    "one example": "one example says nothing about others",
    "one group": "one group says nothing about others",
    "independents like noise": "the independents are no farther from the base than its own noise",
    "uncertain": "the independents' distance is not shown to be above the noise floor: more inputs or independents are "
    "needed",
}
DOUBTS: dict[BaseDoubt, str] = {
    "no better": "The base itself is no better than always naming the most frequent class",
    "not shown better": "The base itself is not shown to be better than always naming the most frequent class",
}


def verdict_sentence(report: Report, verdict: VerdictEntry) -> str:
    """The outcome, the figures that decided it, and what would settle it.

    >>> from samefn.reports.wording.verdicts import percent
    >>> percent(Interval(0.016, 0.012, 0.021))
    '1.60 % [1.20, 2.10]'
    """
    title = OUTCOMES[verdict.outcome].title
    parts = [_reason(report, verdict), _power(verdict), _what_would_settle_it(report, verdict)]
    return f"{title}: {' '.join(part for part in parts if part)}"


def percent(interval: Interval) -> str:
    """A share with its interval, in percent."""
    shown = format_with_interval(*interval, percent=True)
    return f"{shown.text} % {shown.interval}".rstrip()


def _two_digits(share: float) -> str:
    return f"{100 * share:.2g}"


def changed_share(report: Report, verdict: VerdictEntry) -> Interval | None:
    """The share of changed predictions that a verdict is about."""
    for entry in report.measures:
        about = (entry.evaluation, entry.base, entry.candidate, entry.measure)
        if about == (verdict.evaluation, verdict.base, verdict.candidate, "disagreement") and entry.value is not None:
            low, high = (entry.value if end is None else end for end in (entry.low, entry.high))
            return Interval(entry.value, low, high)
    return None


def relative_distances(report: Report, verdict: VerdictEntry) -> list[RelativeDistance]:
    """Those that a verdict is made from: by predictions, then by probabilities where they are known."""
    about = (verdict.evaluation, verdict.base, verdict.candidate)
    mine = {one.measure: one for one in report.relative_distances if (one.evaluation, one.base, one.candidate) == about}
    return [mine[measure] for measure in DISTANCE_SOURCES if measure in mine]


def _reason(report: Report, verdict: VerdictEntry) -> str:
    share = changed_share(report, verdict)
    changed = "" if share is None else f"predictions changed on {percent(share)} of inputs"
    distances = relative_distances(report, verdict)
    match verdict.reason:
        case "accuracy":
            accuracy = next((one.accuracy for one in report.models if one.id == verdict.candidate), None)
            right, most = (format_with_interval(value, percent=True).text for value in (accuracy, verdict.majority))
            because = f"accuracy is {right} %, and always the most frequent class gives {most} %"
        case "no reference":
            because = "without labels and without independents nothing says how much is too much; give one of the two"
        case "share":
            limit = _two_digits(verdict.share_limit or 0)
            because = f"limit {limit} % (1 %, or a tenth of the base's error rate)"
            if verdict.outcome == "inconclusive" and share is not None and share.low > (verdict.share_limit or 0):
                because = f"that is over {limit} %; how far it is only independents can show"
        case "refused":
            refused = next(one.refused for one in distances if one.refused)
            because = f"there is no relative distance: {REFUSAL_WORDS[refused]}"
        case "relative distance":
            because = _relative(distances, verdict)
    return "; ".join(part for part in (changed, because) if part) + "."


def _relative(distances: Sequence[RelativeDistance], verdict: VerdictEntry) -> str:
    by = [
        f"{format_two_decimals(one.value, one.low, one.high)} by {words}"
        for one, words in zip(distances, DISTANCE_SOURCES.values(), strict=False)
    ]
    number = distances[0].independents
    independents = f"{number} independents" if number > 1 else "1 independent"
    cv = max(sqrt(one.error[2] * one.independents) for one in distances)
    unequal = (
        f"; the independents' distances vary by {100 * cv:.0f} %, the interval may be too narrow"
        if cv > UNEQUAL
        else ""
    )
    return (
        f"relative distance {' and '.join(by)}, over {independents}{unequal} "
        f"(limit {verdict.limit:g}, independent from {verdict.independent:g})"
    )


def _power(verdict: VerdictEntry) -> str:
    if verdict.outcome not in ("same", "inconclusive"):
        return ""
    if verdict.minimum_detectable_change is not None:
        return f"Minimum detectable change: relative distance {verdict.minimum_detectable_change:.2f}."
    if verdict.minimum_detectable_share is not None:
        return f"Minimum detectable change: {_two_digits(verdict.minimum_detectable_share)} % of predictions."
    return ""


def _what_would_settle_it(report: Report, verdict: VerdictEntry) -> str:
    share = changed_share(report, verdict)
    if verdict.outcome != "inconclusive" or share is None or verdict.reason not in ("share", "relative distance"):
        return ""
    if verdict.inputs_needed is not None:
        inputs = relative_distances(report, verdict)[0].examples
        ones = round(share.value * inputs)
        changed = f"no more than {ones} of them changed" if ones else "none of them changed"
        needed = format_count(verdict.inputs_needed)
        return f"About {needed} inputs, {changed}, would show that it is the same; there were {format_count(inputs)}."
    limit = verdict.share_limit
    if limit == 0:
        return "The base makes no error on these inputs: add inputs that it gets wrong."
    if limit is not None and share.value >= limit:
        again = "If predictions go on to change as often, more inputs will not make it the same."
        return again if share.low <= limit else ""
    return MORE
