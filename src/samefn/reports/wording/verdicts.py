"""A verdict in one line, made from its codes and the figures behind them."""

from math import ceil, log10

from samefn.core.naming import join_words
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.measures import DISTANCE_SOURCES
from samefn.reports.wording.numbers import (
    format_count,
    format_limit,
    format_p_value,
    format_two_decimals,
    format_with_interval,
)
from samefn.reports.wording.outcomes import OUTCOMES
from samefn.reports.wording.own_noise import own_noise_sentence
from samefn.schema.lookup import by_measure, compared_by
from samefn.schema.quantities import Refusal
from samefn.schema.report import Report
from samefn.schema.verdicts import (
    AgainstLimit,
    BaseDoubt,
    HowFar,
    Interval,
    LimitOrigin,
    PartChange,
    Quality,
    RelativeDistance,
    Side,
    VerdictEntry,
)

SHOWN_PARTS = 3  # classes and slices that a sentence names

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


QUALITIES: dict[Quality, str] = {
    "worse": "worse",
    "better": "better",
    "no difference shown": "no difference in accuracy shown",
    "no labels": "",
}
DISTANCES: dict[HowFar, str] = {
    "near": "near the base",
    "between": "between the base and an independent model",
    "independent": "as far as an independent model",
    "not shown": "how far is not shown",
}
ORIGINS: dict[LimitOrigin, str] = {
    "given": "as given",
    "base error": "a tenth of the base's error",
    "least": "the least by default",
    "most": "the most by default",
    "no labels": "without labels",
    "rule": "the rule for language models",
}


def verdict_sentence(report: Report, verdict: VerdictEntry) -> str:
    """The three answers with the figures that decided them, what would settle the first, and noise of the candidate.

    >>> from samefn.reports.wording.verdicts import percent
    >>> percent(Interval(0.016, 0.012, 0.021))
    '1.60 % [1.20, 2.10]'
    """
    noise = own_noise_sentence(report, verdict.candidate, verdict.evaluation)
    parts = [_first(report, verdict), noise, _second(verdict), _third(report, verdict)]
    return f"{answer(verdict)}: {' '.join(part for part in parts if part)}"


def answer(verdict: VerdictEntry) -> str:
    """The first two answers in a word each.

    'Changed, worse' says more than 'changed'; the sentence alone says that no difference is shown.
    """
    title = OUTCOMES[verdict.outcome].title
    return f"{title}, {verdict.quality}" if verdict.quality in ("worse", "better") else title


FIGURES: dict[str, tuple[str, str]] = {
    "kld_mean": ("mean KL divergence", "nats"),
    "disagreement": ("top tokens changed", "%"),
    "ln_perplexity_ratio": ("ln of the perplexity over the base's", ""),
}
SIDES: dict[Side, str] = {"within": "within", "over": "over", "open": "around"}


def _figures(verdict: VerdictEntry) -> str:
    """Those of a language model, each with its limit."""
    return "; ".join(_figure(one) for one in verdict.against) + "."


def _figure(one: AgainstLimit) -> str:
    title, unit = FIGURES.get(one.measure, (one.measure, ""))
    percent = unit == "%"
    shown = format_with_interval(one.value, one.low, one.high, percent=percent)
    limit = f"{format_limit(one.limit)} %" if percent else f"{one.limit:g}"
    return f"{title} {shown.text}{f' {unit}' if unit else ''} {shown.interval} is {SIDES[one.side]} its limit {limit}"


def _first(report: Report, verdict: VerdictEntry) -> str:
    if verdict.reason == "figures":
        return _figures(verdict)
    against = verdict.against[0]
    share = Interval(against.value, against.low, against.high)
    limit = f"limit {format_limit(against.limit)} %, {ORIGINS[against.origin]}"
    inputs = format_count(verdict.examples)
    worth = "" if verdict.effective_examples > verdict.examples - 1 else ", worth "
    if worth:
        worth += f"{format_count(round(verdict.effective_examples))} drawn one by one,"
    changed = f"{percent(share)} of {inputs} predictions{worth} changed ({limit})"
    if verdict.equal_up_to_rounding:
        changed = f"all probabilities of {format_count(verdict.examples)} inputs are equal up to rounding ({limit})"
    match verdict.reason:
        case "accuracy":
            accuracy = next((one.accuracy for one in report.models if one.id == verdict.candidate), None)
            right, most = (format_with_interval(value, percent=True).text for value in (accuracy, verdict.majority))
            return f"accuracy is {right} %, and always the most frequent class gives {most} %; {changed}."
        case "margins":
            return f"{changed}; the margins near the boundary show it.{_open_part(verdict)}"
        case "parts":
            parts = join_words([_part(one) for one in verdict.over[:SHOWN_PARTS]])
            return f"{parts} changed too much (limit {format_limit(verdict.class_limit or 0)} % each); {changed}."
        case _:
            return f"{changed}.{_what_would_settle_it(verdict)}{_open_part(verdict)}"


def _open_part(verdict: VerdictEntry) -> str:
    """The class or slice that changed most, where it is not shown to be within its limit; said of *same* only."""
    worst, limit = verdict.worst, verdict.class_limit
    if verdict.outcome != "same" or worst is None or limit is None or worst.high < limit:
        return ""
    return f" {_part(worst).capitalize()} changed most; its limit of {format_limit(limit)} % is not settled."


def _part(part: PartChange) -> str:
    return f"{part.by} {printable(part.name)} ({percent(Interval(part.share, part.low, part.high))})"


def _second(verdict: VerdictEntry) -> str:
    if verdict.quality == "no labels" or verdict.net_loss is None:
        return ""
    lost, won = (format_count(number or 0) for number in (verdict.negative_flips, verdict.positive_flips))
    flips = f"{lost} negative and {won} positive flips"
    if verdict.quality == "no difference shown":
        return f"No difference in accuracy is shown: {flips}."
    loss, low, high = verdict.net_loss, verdict.net_loss_low, verdict.net_loss_high
    change = "fell" if loss > 0 else "rose"
    ends = (loss, low, high) if loss > 0 else (-loss, None if high is None else -high, None if low is None else -low)
    shown = format_with_interval(*ends, percent=True)
    p_value = p_value_words(verdict.flips_p_value)
    worst = f", most in {verdict.hardest.by} {printable(verdict.hardest.name)}" if verdict.hardest else ""
    return f"Accuracy {change} by {shown.text} points {shown.interval}: {flips} ({p_value}){worst}."


def p_value_words(p_value: float | None) -> str:
    """The p-value with its letter; below the smallest float it is 0, which no p-value is.

    >>> p_value_words(0.0123), p_value_words(0.0)
    ('p = 0.012', 'p < 10⁻³⁰⁰')
    """
    return f"p = {format_p_value(p_value)}" if p_value else "p < 10⁻³⁰⁰"


def _third(report: Report, verdict: VerdictEntry) -> str:
    if verdict.distance is None:
        return ""
    distance = next(iter(relative_distances(report, verdict)), None)
    if distance is None:
        return ""
    if distance.refused:
        return f"Relative distance: none, because {REFUSAL_WORDS[distance.refused]}."
    number = distance.independents
    independents = f"{number} independents" if number > 1 else "1 independent"
    shown = format_two_decimals(distance.value, distance.low, distance.high)
    moved = " All probabilities moved." if verdict.probabilities_moved else ""
    return f"Relative distance {shown} over {independents}: {DISTANCES[verdict.distance]}.{moved}"


def _what_would_settle_it(verdict: VerdictEntry) -> str:
    if verdict.outcome != "inconclusive":
        return ""
    if verdict.inputs_needed is None:
        return " The share is at the limit: no number of inputs that one could have would settle it."
    return f" About {format_count(rounded_up(verdict.inputs_needed))} inputs would settle it if the share stays."


def rounded_up(number: int) -> int:
    """Upwards, to two digits that count: it must still be enough.

    >>> rounded_up(1117), rounded_up(99), rounded_up(7)
    (1200, 99, 7)
    """
    step: int = 10 ** max(0, int(log10(number)) - 1)
    return ceil(number / step) * step


def percent(interval: Interval) -> str:
    """A share with its interval, in percent."""
    shown = format_with_interval(*interval, percent=True)
    return f"{shown.text} % {shown.interval}".rstrip()


def relative_distances(report: Report, verdict: VerdictEntry) -> list[RelativeDistance]:
    """Those that a verdict is made from: by predictions, then by probabilities where they are known."""
    mine = by_measure(report.relative_distances, compared_by(verdict))
    return [mine[measure] for measure in DISTANCE_SOURCES if measure in mine]
