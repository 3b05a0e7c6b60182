"""From intervals to an outcome, and the code of the reason."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from samefn.core.errors import InputError
from samefn.measures.normalised import independent_disagreement, perturbed_disagreement
from samefn.schema.base import Compared
from samefn.schema.verdicts import Interval, Outcome, RelativeDistance, VerdictEntry, VerdictReason
from samefn.statistics.counts import Counts
from samefn.statistics.proportions import minimum_detectable_share
from samefn.verdict.flips import class_changes, mcnemar
from samefn.verdict.majority_baseline import is_broken
from samefn.verdict.relative_distance import LIMIT, minimum_detectable_change
from samefn.verdict.sample_size import inputs_needed

INDEPENDENT = 0.8  # from here of the relative distance is that of an independent
SHARE_LIMIT = 0.01  # without independents, of the share of changed predictions,
OF_ERRORS = 0.1  # and this share of the base's error rate where that is less
SIGNIFICANT = 0.05  # of a class that changed more than the others


@dataclass(frozen=True)
class Evidence:
    """What a verdict is made from.

    Attributes:
        disagreement: share of changed predictions, 0 to 1.
        distances: the relative distances by disagreement and, where probabilities are known, by total variation.
        accuracy: the candidate's, 0 to 1; None without labels.
        majority: share of the most frequent class; None without labels.
        base_error: share of examples that the base has wrong; None without labels.
        base_low: lower end of the base's accuracy; None where it is not known.
        compared: what the verdict is about.
        counts: of the candidate's examples, for flips and classes; None to leave these out.
        class_names: by class index, of the counts.
        grouped: whether examples come in groups, such as the tokens of a text: then neither the inputs needed nor the
            minimum detectable share is known.
    """

    disagreement: Interval
    distances: tuple[RelativeDistance] | tuple[RelativeDistance, RelativeDistance]
    accuracy: Interval | None = None
    majority: float | None = None
    base_error: float | None = None
    base_low: float | None = None
    compared: Compared = Compared()  # noqa: RUF009  (a tuple)
    counts: Counts | None = None
    class_names: Sequence[str] = ()
    grouped: bool = False


def decide(evidence: Evidence) -> VerdictEntry:
    """The verdict by both relative distances together.

    *Same*: the upper ends of both are below `LIMIT`. *Independent*: both lower ends are above `INDEPENDENT`, over at
    least two independents. *Changed*: a lower end is above the limit. Else *inconclusive*. *Broken* comes before all:
    the upper end of accuracy is at most the majority's share and one point, and the base's lower end is above that
    share; else labels or inputs are wrong, and not the candidate.

    Where only predicted classes are known, the relative distance by predictions decides alone.

    Without independents there is only *same*: the upper end of disagreement is below 1 % and below a tenth of the
    base's error rate. A relative distance that is refused although there are independents gives *inconclusive*.

    Args:
        evidence: the figures.

    Returns:
        The verdict.
    """
    by_predictions = evidence.distances[0]
    share_limit = None if by_predictions.independents else _share_limit(evidence)
    outcome, reason = _decided(evidence, share_limit)
    detectable = [minimum_detectable_change(one) for one in evidence.distances]
    share = None
    if share_limit is not None and not evidence.grouped:
        share = minimum_detectable_share(share_limit, by_predictions.examples, by_predictions.confidence)
    needed = None
    if outcome == "inconclusive" and not evidence.grouped:
        value, _, high = evidence.disagreement
        needed = inputs_needed(value, high, share_limit, evidence.distances)
    return VerdictEntry(
        **evidence.compared._asdict(),
        outcome=outcome,
        reason=reason,
        limit=LIMIT,
        independent=INDEPENDENT,
        minimum_detectable_change=min((at for at in detectable if at is not None), default=None),
        minimum_detectable_share=share,
        share_limit=share_limit,
        majority=evidence.majority,
        inputs_needed=needed,
        **_of_counts(evidence),
    )


def _decided(evidence: Evidence, share_limit: float | None) -> tuple[Outcome, VerdictReason]:
    relative_distances: Sequence[RelativeDistance] = evidence.distances
    if _broken(evidence):
        return "broken", "accuracy"
    if not relative_distances[0].independents:
        if share_limit is None:
            return "inconclusive", "no reference"
        return ("same" if evidence.disagreement.high < share_limit else "inconclusive"), "share"
    if any(one.refused for one in relative_distances):
        return "inconclusive", "refused"
    ends = [_ends(one) for one in relative_distances]
    return outcome_of(ends[0], ends[-1], relative_distances[0].independents), "relative distance"


class _OfCounts(TypedDict, total=False):
    """The fields of the entry that are about flips and classes."""

    classes: tuple[str, ...]
    worst_class: str
    worst_class_changed: float
    worst_class_low: float
    worst_class_high: float
    negative_flips: int
    positive_flips: int
    flips_p_value: float
    fort_independent: float
    fort_perturbed: float | None


def _of_counts(evidence: Evidence) -> _OfCounts:
    counts = evidence.counts
    if counts is None:
        return {}
    confidence = evidence.distances[0].confidence
    classes = class_changes(counts.classes, counts.changed_classes, confidence)
    worst = max(classes, key=lambda one: one.share)
    fields: _OfCounts = {
        "classes": tuple(evidence.class_names[one.label] for one in classes if one.p_holm < SIGNIFICANT),
        "worst_class": evidence.class_names[worst.label],
        "worst_class_changed": worst.share,
        "worst_class_low": max(one.low for one in classes),
        "worst_class_high": max(one.high for one in classes),
    }
    if counts.accuracies is None or counts.negative_flips is None or counts.positive_flips is None:
        return fields
    curves = (*counts.accuracies, len(evidence.class_names))
    perturbed = float(perturbed_disagreement(*curves))
    return fields | {
        "negative_flips": counts.negative_flips,
        "positive_flips": counts.positive_flips,
        "flips_p_value": mcnemar(counts.negative_flips, counts.positive_flips),
        "fort_independent": float(independent_disagreement(*curves)),
        "fort_perturbed": None if math.isnan(perturbed) else perturbed,
    }


def outcome_of(one: tuple[float, float], other: tuple[float, float], independents: int) -> Outcome:
    """The rule itself, on the ends of two relative distances.

    Args:
        one: lower and upper end by one distance.
        other: by the other.
        independents: how many; with one, never *independent*.

    Returns:
        The outcome.

    >>> outcome_of((-0.01, 0.05), (0.0, 0.04), 5)
    'same'
    """
    lows, highs = (one[0], other[0]), (one[1], other[1])
    if max(highs) < LIMIT:
        return "same"
    if min(lows) > INDEPENDENT and independents > 1:
        return "independent"
    if max(lows) > LIMIT:
        return "changed"
    return "inconclusive"


def _broken(evidence: Evidence) -> bool:
    if evidence.accuracy is None or evidence.majority is None:
        return False
    return is_broken(evidence.accuracy.high, evidence.majority, evidence.base_low)


def _share_limit(evidence: Evidence) -> float | None:
    return None if evidence.base_error is None else min(SHARE_LIMIT, OF_ERRORS * evidence.base_error)


def _ends(one: RelativeDistance) -> tuple[float, float]:
    if one.low is None or one.high is None:
        raise InputError("SF462", "a relative distance without ends", where="verdict")
    return one.low, one.high
