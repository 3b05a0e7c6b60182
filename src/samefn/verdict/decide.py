"""From intervals to one of six answers, and a sentence that says why."""

from collections.abc import Sequence
from dataclasses import dataclass

from samefn.core.errors import InputError
from samefn.schema.verdicts import Interval, Outcome
from samefn.statistics.proportions import smallest_shown
from samefn.verdict.chance import is_broken
from samefn.verdict.enough import enough_with_strangers, enough_without_strangers
from samefn.verdict.scale import POWER, Scale

MARGIN = 0.1
STRANGER = 0.8
ABSOLUTE = 0.01  # of disagreement, the rule without strangers
UNEQUAL = 0.1  # strangers whose distances vary by more of the ceiling: the interval may be too narrow
OF_ERRORS = 0.1  # the same rule: a tenth of the base's error rate


@dataclass(frozen=True)
class Evidence:
    """What a verdict is made from.

    Attributes:
        candidate: its id.
        disagreement: share of changed answers, 0 to 1.
        scales: where the candidate is, by disagreement and, where probabilities are known, by total variation.
        accuracy: the candidate's, 0 to 1; None without labels.
        majority: share of the most frequent class; None without labels.
        base_error: share of examples that the base has wrong; None without labels.
        base_low: lower end of the base's accuracy; None where it is not known.
    """

    candidate: str
    disagreement: Interval
    scales: tuple[Scale] | tuple[Scale, Scale]
    accuracy: Interval | None = None
    majority: float | None = None
    base_error: float | None = None
    base_low: float | None = None


@dataclass(frozen=True)
class Verdict:
    """The answer for one candidate, with the figures that decided.

    Attributes:
        candidate: its id.
        outcome: the answer.
        because: what decided, in words, without a full stop.
        disagreement: share of changed answers with its interval.
        scale_disagreement: the scale by disagreement.
        scale_total_variation: the scale by total variation; None where only answers are known.
        margin: below it on the scale, a change does not count.
        stranger: above it on the scale, a candidate is no closer than a stranger.
        absolute_margin: of disagreement, where there are no strangers; None where there are, or without labels.
        smallest_shown: the smallest change on the scale that these data would have shown in 4 of 5 cases (by the
            distance that shows the smaller); None where the scale is refused.
        smallest_disagreement: without strangers, the smallest share of changed answers that these data would have
            shown, as often, to be above the absolute margin; None with strangers, without labels and where too few
            examples could show any.
        enough: of *cannot tell*, what would be enough for *same*, as a sentence; empty of any other and where `because`
            says it already.
    """

    candidate: str
    outcome: Outcome
    because: str
    disagreement: Interval
    scale_disagreement: Scale
    scale_total_variation: Scale | None
    margin: float
    stranger: float
    absolute_margin: float | None
    smallest_shown: float | None
    smallest_disagreement: float | None = None
    enough: str = ""

    @property
    def sentence(self) -> str:
        """The verdict in plain words, made from the figures."""
        value, low, high = self.disagreement
        answers = f"it answers {_percent(value)} of the inputs otherwise ({_percent(low)} to {_percent(high)})"
        what = {
            "same": "is the same function as the base",
            "cannot tell": "may or may not be the same function as the base",
            "changed": "is not the same function as the base, and nearer to it than a stranger",
            "changed, perhaps a stranger": "is not the same function as the base, perhaps no nearer than a stranger",
            "stranger": "is as far from the base as a model trained independently, or farther",
            "broken": "is broken",
        }[self.outcome]
        shown = ""
        if self.smallest_shown is not None and self.outcome in ("same", "cannot tell"):
            shown = f" A change from {self.smallest_shown:.2f} on would probably have been shown."
        elif self.smallest_disagreement is not None and self.outcome in ("same", "cannot tell"):
            shown = f" Changes of {_percent(self.smallest_disagreement)} or more would probably have been shown."
        return f"{self.candidate} {what}: {answers}; {self.because}.{shown} {self.enough}".rstrip()


def decide(evidence: Evidence, margin: float = MARGIN, stranger: float = STRANGER) -> Verdict:
    """The verdict by both scales together.

    *Same*: the upper ends of both scales are below the margin. *Stranger*: both lower ends are above `stranger`, over
    at least two strangers. *Changed*: a lower end is above the margin and an upper end at most `stranger`. *Changed,
    perhaps a stranger*: a lower end is above the margin and nothing shows that it is nearer than a stranger. Else
    *cannot tell*. *Broken* comes before all: the upper end of accuracy is at most the majority's share and one
    point, and the base's lower end above that share: else labels or inputs are wrong, and not the candidate.

    Where only answers are known, the scale by answers decides alone, and the verdict says so.

    Without strangers only *same* can be said: when the upper end of disagreement is below 1 % and below a tenth of the
    base's error rate. A scale refused although there are strangers gives *cannot tell*, with the reason.

    Args:
        evidence: the figures.
        margin: on the scale, above 0.
        stranger: on the scale, above the margin.

    Returns:
        The verdict.

    Raises:
        InputError: margin and stranger out of order.
    """
    if not 0 < margin < stranger:
        raise InputError(f"margin {margin} and stranger {stranger}", where="verdict", fix="give 0 < margin < stranger")
    scales: Sequence[Scale] = evidence.scales
    by_answers, by_probabilities = scales[0], scales[1] if len(scales) > 1 else None
    absolute = _absolute_margin(evidence) if not by_answers.strangers else None
    if _broken(evidence):
        outcome: Outcome = "broken"
        because = _accuracy_words(evidence)
    elif not by_answers.strangers:
        outcome, because = _without_strangers(evidence, absolute)
    elif refused := [one.refused for one in scales if one.refused]:
        outcome, because = "cannot tell", f"there is no scale: {refused[0]}"
    else:
        outcome = outcome_of(_ends(scales[0]), _ends(scales[-1]), by_answers.strangers, margin, stranger)
        because = _scale_words(scales, margin, stranger)
    shown = [found for one in scales if (found := one.smallest_shown(margin)) is not None]
    return Verdict(
        evidence.candidate,
        outcome,
        because,
        evidence.disagreement,
        by_answers,
        by_probabilities,
        margin,
        stranger,
        absolute,
        min(shown, default=None),
        None if absolute is None else smallest_shown(absolute, by_answers.examples, by_answers.confidence, POWER),
        _enough(evidence, absolute, margin) if outcome == "cannot tell" else "",
    )


def outcome_of(
    one: tuple[float, float], other: tuple[float, float], strangers: int, margin: float, stranger: float
) -> Outcome:
    """The rule itself, on the ends of two scales.

    Args:
        one: lower and upper end by one distance.
        other: by the other.
        strangers: how many; with one, never *stranger*.
        margin: on the scale.
        stranger: on the scale.

    Returns:
        The outcome.

    >>> outcome_of((-0.01, 0.05), (0.0, 0.04), 5, 0.1, 0.8)
    'same'
    """
    lows, highs = (one[0], other[0]), (one[1], other[1])
    if max(highs) < margin:
        return "same"
    if min(lows) > stranger and strangers > 1:
        return "stranger"
    if max(lows) > margin:
        return "changed" if min(highs) <= stranger else "changed, perhaps a stranger"
    return "cannot tell"


def _broken(evidence: Evidence) -> bool:
    if evidence.accuracy is None or evidence.majority is None:
        return False
    return is_broken(evidence.accuracy.high, evidence.majority, evidence.base_low)


def _absolute_margin(evidence: Evidence) -> float | None:
    return None if evidence.base_error is None else min(ABSOLUTE, OF_ERRORS * evidence.base_error)


def _without_strangers(evidence: Evidence, absolute: float | None) -> tuple[Outcome, str]:
    if absolute is None:
        return "cannot tell", (
            "without labels and without independently trained models it can never be called the same, however few"
            " answers change: add one of the two"
        )
    below = evidence.disagreement.high < absolute
    if evidence.disagreement.low > absolute:
        return "cannot tell", (
            f"more than {_percent(absolute)} of the answers changed; how much that is can only be said"
            " beside independently trained models"
        )
    words = (
        f"without independently trained models that counts as the same only below {_percent(absolute)}"
        " (1 %, or a tenth of the base's error rate)"
    )
    return ("same" if below else "cannot tell"), words


def _enough(evidence: Evidence, absolute: float | None, margin: float) -> str:
    value, low, high = evidence.disagreement
    if not evidence.scales[0].strangers:
        return enough_without_strangers(value, low, absolute, evidence.scales[0])
    return enough_with_strangers(value, high, margin, evidence.scales)


def _ends(one: Scale) -> tuple[float, float]:
    if one.low is None or one.high is None:
        raise InputError(f"a scale without ends: {one.refused}", where="verdict")
    return one.low, one.high


def _accuracy_words(evidence: Evidence) -> str:
    if evidence.accuracy is None or evidence.majority is None:
        return ""
    low, high = _percent(evidence.accuracy.low), _percent(evidence.accuracy.high)
    return (
        f"its accuracy is {_percent(evidence.accuracy.value)} ({low} to {high}),"
        f" and always naming the most frequent class gives {_percent(evidence.majority)}"
    )


def _scale_words(scales: Sequence[Scale], margin: float, stranger: float) -> str:
    places = [f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})" for one in scales]
    at = f"{places[0]} by answers alone, since not of all models probabilities are known"
    if len(places) > 1:
        at = f"{places[0]} by answers and at {places[1]} by probabilities"
    models = scales[0].strangers
    over = f"{models} independently trained models" if models > 1 else "one independently trained model alone"
    spread = max(one.spread for one in scales)
    unequal = f"; these differ among themselves ({_percent(spread)} of their distance): the interval may be too narrow"
    return (
        f"on the scale from the base's own noise (0) to a stranger (1) it is at {at}, over {over}"
        f"{unequal if spread > UNEQUAL else ''}; the margin is {margin:g}, a stranger begins at {stranger:g}"
    )


def _percent(share: float) -> str:
    """Two figures that count, so that small shares do not read 0 %."""
    return f"{100 * share:.2g} %" if share < 0.1 else f"{100 * share:.1f} %"
