"""From intervals to one of six answers, and a sentence that says why."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from samefn.core.errors import InputError
from samefn.measures.normalised import independent_disagreement, perturbed_disagreement
from samefn.schema.base import Compared
from samefn.schema.verdicts import Interval, Outcome, ScaleEntry, VerdictEntry
from samefn.statistics.counts import Counts
from samefn.statistics.proportions import minimum_detectable_share
from samefn.verdict.flips import class_changes, mcnemar
from samefn.verdict.majority_baseline import is_broken
from samefn.verdict.sample_size import enough_with_independents, enough_without_independents
from samefn.verdict.scale import POWER, independents_cv, minimum_detectable_change

LIMIT = 0.1
INDEPENDENT = 0.8
ABSOLUTE = 0.01  # of disagreement, the rule without independents
UNEQUAL = 0.1  # independents whose distances vary by more of the independent_distance: the interval may be too narrow
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


def decide(evidence: Evidence, limit: float = LIMIT, independent: float = INDEPENDENT) -> VerdictEntry:
    """The verdict by both scales together.

    *Same*: the upper ends of both scales are below the limit. *Independent*: both lower ends are above `independent`,
    over at least two independents. *Changed*: a lower end is above the limit and an upper end at most `independent`.
    *Changed, perhaps an independent*: a lower end is above the limit and nothing shows that it is nearer than an
    independent. Else *inconclusive*. *Broken* comes before all: the upper end of accuracy is at most the majority's
    share and one point, and the base's lower end above that share: else labels or inputs are wrong, and not the
    candidate.

    Where only answers are known, the scale by answers decides alone, and the verdict says so.

    Without independents only *same* can be said: when the upper end of disagreement is below 1 % and below a tenth of
    the base's error rate. A scale refused although there are independents gives *inconclusive*, with the reason.

    Args:
        evidence: the figures.
        limit: on the scale, above 0.
        independent: on the scale, above the limit.

    Returns:
        The verdict.

    Raises:
        InputError: limit and independent out of order.
    """
    if not 0 < limit < independent:
        raise InputError(
            "SF4113",
            f"limit {limit} and independent {independent}",
            where="verdict",
            fix="give 0 < limit < independent",
        )
    scales: Sequence[ScaleEntry] = evidence.scales
    by_answers = scales[0]
    absolute = _absolute_limit(evidence) if not by_answers.independents else None
    if _broken(evidence):
        outcome: Outcome = "broken"
        because = _accuracy_words(evidence)
    elif not by_answers.independents:
        outcome, because = _without_independents(evidence, absolute)
    elif refused := [one.refused for one in scales if one.refused]:
        outcome, because = "inconclusive", f"there is no scale: {refused[0]}"
    else:
        outcome = outcome_of(_ends(scales[0]), _ends(scales[-1]), by_answers.independents, limit, independent)
        because = _scale_words(scales, limit, independent)
    shown = min((at for one in scales if (at := minimum_detectable_change(one, limit)) is not None), default=None)
    share = None
    if absolute is not None and not evidence.grouped:
        share = minimum_detectable_share(absolute, by_answers.examples, by_answers.confidence, POWER)
    enough = _enough(evidence, absolute, limit) if outcome == "inconclusive" and not evidence.grouped else ""
    return VerdictEntry(
        **evidence.compared._asdict(),
        outcome=outcome,
        sentence=_sentence(evidence, outcome, because, shown, share, enough),
        limit=limit,
        independent=independent,
        minimum_detectable_change=shown,
        minimum_detectable_share=share,
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
        "inconclusive": "may or may not be the same function as the base",
        "changed": "is not the same function as the base",
        "independent": "is as far from the base as a model trained independently, or farther",
        "broken": "is broken",
    }[outcome]
    power = ""
    if shown is not None and outcome in ("same", "inconclusive"):
        power = f" A change from {shown:.2f} on would probably have been shown."
    elif share is not None and outcome in ("same", "inconclusive"):
        power = f" Changes of {_percent(share)} or more would probably have been shown."
    return f"{evidence.candidate} {what}: {answers}; {because}.{power} {enough}".rstrip()


def _of_counts(evidence: Evidence) -> dict[str, Any]:
    """The fields of the entry that are about flips and classes."""
    counts = evidence.counts
    if counts is None:
        return {}
    confidence = evidence.scales[0].confidence
    classes = class_changes(counts.classes, counts.changed_classes, confidence)
    worst = max(classes, key=lambda one: one.share)
    found: dict[str, Any] = {
        "classes": tuple(evidence.class_names[one.label] for one in classes if one.p_holm < SIGNIFICANT),
        "worst_class": evidence.class_names[worst.label],
        "worst_class_changed": worst.share,
        "worst_class_low": max(one.low for one in classes),
        "worst_class_high": max(one.high for one in classes),
    }
    if counts.accuracies is None or counts.negative_flips is None or counts.positive_flips is None:
        return found
    curves = (*counts.accuracies, len(evidence.class_names))
    perturbed = float(perturbed_disagreement(*curves))
    return found | {
        "negative_flips": counts.negative_flips,
        "positive_flips": counts.positive_flips,
        "flips_p_value": mcnemar(counts.negative_flips, counts.positive_flips),
        "fort_independent": float(independent_disagreement(*curves)),
        "fort_perturbed": None if math.isnan(perturbed) else perturbed,
    }


def outcome_of(
    one: tuple[float, float], other: tuple[float, float], independents: int, limit: float, independent: float
) -> Outcome:
    """The rule itself, on the ends of two scales.

    Args:
        one: lower and upper end by one distance.
        other: by the other.
        independents: how many; with one, never *independent*.
        limit: on the scale.
        independent: on the scale.

    Returns:
        The outcome.

    >>> outcome_of((-0.01, 0.05), (0.0, 0.04), 5, 0.1, 0.8)
    'same'
    """
    lows, highs = (one[0], other[0]), (one[1], other[1])
    if max(highs) < limit:
        return "same"
    if min(lows) > independent and independents > 1:
        return "independent"
    if max(lows) > limit:
        return "changed"
    return "inconclusive"


def _broken(evidence: Evidence) -> bool:
    if evidence.accuracy is None or evidence.majority is None:
        return False
    return is_broken(evidence.accuracy.high, evidence.majority, evidence.base_low)


def _absolute_limit(evidence: Evidence) -> float | None:
    return None if evidence.base_error is None else min(ABSOLUTE, OF_ERRORS * evidence.base_error)


def _without_independents(evidence: Evidence, absolute: float | None) -> tuple[Outcome, str]:
    if absolute is None:
        return "inconclusive", (
            "without labels and without independently trained models it can never be called the same, however few"
            " answers change: add one of the two"
        )
    below = evidence.disagreement.high < absolute
    if evidence.disagreement.low > absolute:
        return "inconclusive", (
            f"more than {_percent(absolute)} of the answers changed; how much that is can only be said"
            " beside independently trained models"
        )
    words = (
        f"without independently trained models that counts as the same only below {_percent(absolute)}"
        " (1 %, or a tenth of the base's error rate)"
    )
    return ("same" if below else "inconclusive"), words


def _enough(evidence: Evidence, absolute: float | None, limit: float) -> str:
    value, low, high = evidence.disagreement
    if not evidence.scales[0].independents:
        return enough_without_independents(value, low, absolute, evidence.scales[0])
    return enough_with_independents(value, high, limit, evidence.scales)


def _ends(one: ScaleEntry) -> tuple[float, float]:
    if one.low is None or one.high is None:
        raise InputError("SF4114", f"a scale without ends: {one.refused}", where="verdict")
    return one.low, one.high


def _accuracy_words(evidence: Evidence) -> str:
    if evidence.accuracy is None or evidence.majority is None:
        return ""
    low, high = _percent(evidence.accuracy.low), _percent(evidence.accuracy.high)
    return (
        f"its accuracy is {_percent(evidence.accuracy.value)} ({low} to {high}),"
        f" and always naming the most frequent class gives {_percent(evidence.majority)}"
    )


def _scale_words(scales: Sequence[ScaleEntry], limit: float, independent: float) -> str:
    places = [f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})" for one in scales]
    at = f"{places[0]} by answers alone, since not of all models probabilities are known"
    if len(places) > 1:
        at = f"{places[0]} by answers and at {places[1]} by probabilities"
    models = scales[0].independents
    over = f"{models} independently trained models" if models > 1 else "one independently trained model alone"
    spread = max(map(independents_cv, scales))
    unequal = f"; these differ among themselves ({_percent(spread)} of their distance): the interval may be too narrow"
    return (
        f"on the scale from the base's own noise (0) to an independent (1) it is at {at}, over {over}"
        f"{unequal if spread > UNEQUAL else ''}; the limit is {limit:g}, an independent begins at {independent:g}"
    )


def _percent(share: float) -> str:
    """Two figures that count, so that small shares do not read 0 %."""
    return f"{100 * share:.2g} %" if share < 0.1 else f"{100 * share:.1f} %"
