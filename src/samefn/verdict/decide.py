"""From intervals to one of six answers, and a sentence that says why."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from samefn.core.errors import InputError
from samefn.measures.normalised import independent_disagreement, perturbed_disagreement
from samefn.schema.base import Compared
from samefn.schema.verdicts import Interval, Outcome, ScaleEntry, VerdictEntry
from samefn.statistics.counts import Counts
from samefn.statistics.proportions import smallest_shown
from samefn.verdict.chance import is_broken
from samefn.verdict.enough import enough_with_strangers, enough_without_strangers
from samefn.verdict.flips import class_changes, mcnemar
from samefn.verdict.scale import POWER, independents_cv, minimum_detectable_change

MARGIN = 0.1
STRANGER = 0.8
ABSOLUTE = 0.01  # of disagreement, the rule without strangers
UNEQUAL = 0.1  # strangers whose distances vary by more of the ceiling: the interval may be too narrow
OF_ERRORS = 0.1  # the same rule: a tenth of the base's error rate
SIGNIFICANT = 0.05  # of a class that changed more than the others


@dataclass(frozen=True)
class Evidence:
    """What a verdict is made from.

    Attributes:
        candidate: its name.
        disagreement: share of changed answers, 0 to 1.
        scales: where the candidate is, by disagreement and, where probabilities are known, by total variation.
        accuracy: the candidate's, 0 to 1; None without labels.
        majority: share of the most frequent class; None without labels.
        base_error: share of examples that the base has wrong; None without labels.
        base_low: lower end of the base's accuracy; None where it is not known.
        compared: what the verdict is about.
        counts: of the candidate's examples, for flips and classes; None to leave these out.
        class_names: by class index, of the counts.
        grouped: whether examples come in groups, such as the tokens of a text: then how many would be enough, and which
            share these would have shown, is not known.
    """

    candidate: str
    disagreement: Interval
    scales: tuple[ScaleEntry] | tuple[ScaleEntry, ScaleEntry]
    accuracy: Interval | None = None
    majority: float | None = None
    base_error: float | None = None
    base_low: float | None = None
    compared: Compared = Compared()  # noqa: RUF009  (a tuple)
    counts: Counts | None = None
    class_names: Sequence[str] = ()
    grouped: bool = False


def decide(evidence: Evidence, margin: float = MARGIN, stranger: float = STRANGER) -> VerdictEntry:
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
    scales: Sequence[ScaleEntry] = evidence.scales
    by_answers = scales[0]
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
    shown = min((at for one in scales if (at := minimum_detectable_change(one, margin)) is not None), default=None)
    share = None
    if absolute is not None and not evidence.grouped:
        share = smallest_shown(absolute, by_answers.examples, by_answers.confidence, POWER)
    enough = _enough(evidence, absolute, margin) if outcome == "cannot tell" and not evidence.grouped else ""
    return VerdictEntry(
        **evidence.compared._asdict(),
        outcome=outcome,
        sentence=_sentence(evidence, outcome, because, shown, share, enough),
        margin=margin,
        stranger=stranger,
        smallest_shown=shown,
        smallest_disagreement=share,
        **_of_counts(evidence),
    )


def _sentence(
    evidence: Evidence, outcome: Outcome, because: str, shown: float | None, share: float | None, enough: str
) -> str:
    """The verdict in plain words, made from the figures."""
    value, low, high = evidence.disagreement
    answers = f"it answers {_percent(value)} of the inputs otherwise ({_percent(low)} to {_percent(high)})"
    what = {
        "same": "is the same function as the base",
        "cannot tell": "may or may not be the same function as the base",
        "changed": "is not the same function as the base, and nearer to it than a stranger",
        "changed, perhaps a stranger": "is not the same function as the base, perhaps no nearer than a stranger",
        "stranger": "is as far from the base as a model trained independently, or farther",
        "broken": "is broken",
    }[outcome]
    power = ""
    if shown is not None and outcome in ("same", "cannot tell"):
        power = f" A change from {shown:.2f} on would probably have been shown."
    elif share is not None and outcome in ("same", "cannot tell"):
        power = f" Changes of {_percent(share)} or more would probably have been shown."
    return f"{evidence.candidate} {what}: {answers}; {because}.{power} {enough}".rstrip()


class _OfCounts(TypedDict, total=False):
    """The fields of the entry that are about classes and, with labels, about flips."""

    classes: tuple[str, ...]
    worst_class: str
    worst_class_changed: float
    worst_class_low: float
    worst_class_high: float
    harm: int
    recovery: int
    flips_p_value: float
    fort_independent: float
    fort_perturbed: float | None


def _of_counts(evidence: Evidence) -> _OfCounts:
    counts = evidence.counts
    if counts is None:
        return {}
    confidence = evidence.scales[0].confidence
    classes = class_changes(counts.classes, counts.changed_classes, confidence)
    worst = max(classes, key=lambda one: one.share)
    found: _OfCounts = {
        "classes": tuple(evidence.class_names[one.label] for one in classes if one.p_holm < SIGNIFICANT),
        "worst_class": evidence.class_names[worst.label],
        "worst_class_changed": worst.share,
        "worst_class_low": max(one.low for one in classes),
        "worst_class_high": max(one.high for one in classes),
    }
    if counts.accuracies is None or counts.harm is None or counts.recovery is None:
        return found
    curves = (*counts.accuracies, len(evidence.class_names))
    perturbed = float(perturbed_disagreement(*curves))
    of_labels: _OfCounts = {
        "harm": counts.harm,
        "recovery": counts.recovery,
        "flips_p_value": mcnemar(counts.harm, counts.recovery),
        "fort_independent": float(independent_disagreement(*curves)),
        "fort_perturbed": None if math.isnan(perturbed) else perturbed,
    }
    return {**found, **of_labels}


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


def _ends(one: ScaleEntry) -> tuple[float, float]:
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


def _scale_words(scales: Sequence[ScaleEntry], margin: float, stranger: float) -> str:
    places = [f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})" for one in scales]
    at = f"{places[0]} by answers alone, since not of all models probabilities are known"
    if len(places) > 1:
        at = f"{places[0]} by answers and at {places[1]} by probabilities"
    models = scales[0].strangers
    over = f"{models} independently trained models" if models > 1 else "one independently trained model alone"
    spread = max(map(independents_cv, scales))
    unequal = f"; these differ among themselves ({_percent(spread)} of their distance): the interval may be too narrow"
    return (
        f"on the scale from the base's own noise (0) to a stranger (1) it is at {at}, over {over}"
        f"{unequal if spread > UNEQUAL else ''}; the margin is {margin:g}, a stranger begins at {stranger:g}"
    )


def _percent(share: float) -> str:
    """Two figures that count, so that small shares do not read 0 %."""
    return f"{100 * share:.2g} %" if share < 0.1 else f"{100 * share:.1f} %"
