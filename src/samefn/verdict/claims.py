"""The paper's claims, each with the rule that decides it from intervals; no outcome is written by hand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Literal

from scipy.optimize import brentq
from scipy.special import ndtri, stdtrit

from samefn.schema.verdicts import (
    ClaimEntry,
    ClaimFigure,
    ClaimId,
    ClaimOutcome,
    ClaimReason,
    Interval,
    RelativeDistance,
    TransferEntry,
)
from samefn.statistics.multiple_testing import holm
from samefn.verdict.decide import INDEPENDENT
from samefn.verdict.decide import LIMIT as NEAR
from samefn.verdict.transfer import NEGLIGIBLE_SHARE

HALF_WAY = 0.5  # of the relative distance: half way to an independent
LIKE = 1.0  # accuracies within so many relative percent are alike,
LITTLE = 0.1  # and so are those that differ by no more than this share of the changed predictions
FRAGILE = {"mobilenet": 0.1}  # nets that break at this sparsity, as the paper says


@dataclass(frozen=True)
class CandidateSummary:
    """What is known of one candidate.

    Attributes:
        id: its id.
        role: quantized, pruned, student, control or independent; the last two bear on no claim but the last.
        relative_distance: where it is, by disagreement; of an independent, measured against the other independents.
            None where there is no relative distance.
        probability_distance: the same by total variation.
        disagreement: share of changed predictions.
        accuracy_deviation: from the base's, relative percent; None without labels.
        alpha: of a student.
        fraction: of a pruned model.
    """

    id: str
    role: str
    relative_distance: RelativeDistance | None
    probability_distance: RelativeDistance | None
    disagreement: Interval
    accuracy_deviation: Interval | None = None
    alpha: float | None = None
    fraction: float | None = None

    @property
    def relative_distances(self) -> tuple[RelativeDistance, ...]:
        """Both relative distances; of a candidate that lacks one, the other."""
        known = (self.relative_distance, self.probability_distance)
        return tuple(distance for distance in known if distance is not None)

    @property
    def low(self) -> float:
        """Lower end of its relative distance by disagreement; without one nothing is known."""
        return _low(self.relative_distance)

    @property
    def high(self) -> float:
        """Upper end of it."""
        return _high(self.relative_distance)


@dataclass(frozen=True)
class StudySummary:
    """All that a study knows of its candidates.

    Attributes:
        net: name of the base's net.
        candidates: the candidates.
        transfer: students against controls on all inputs, one entry an alpha and measure.
        base_accuracy: of the base, 0 to 1.
    """

    net: str
    candidates: Sequence[CandidateSummary]
    transfer: Sequence[TransferEntry] = ()
    base_accuracy: float = 1.0

    def by_role(self, *roles: str) -> list[CandidateSummary]:
        """The candidates of some roles, role by role."""
        return [candidate for role in roles for candidate in self.candidates if candidate.role == role]


def decide_claims(study: StudySummary) -> list[ClaimEntry]:
    """Every claim, by its rule."""
    return [decide(study) for decide in CLAIMS.values()]


def _quantization_is_best(study: StudySummary) -> ClaimEntry:
    quantized = study.by_role("quantized")
    if not quantized:
        return _claim("C1", "not tested", "no quantized model")
    far = [model for model in quantized if model.low > NEAR]
    if far:
        return _claim("C1", "does not hold", "not near", far)
    best = min(model.disagreement.low for model in quantized)
    nearer = [model for model in study.by_role("pruned", "student") if model.disagreement.high < best]
    if nearer:
        return _claim("C1", "does not hold", "another method is nearer", nearer, figures=[*nearer, *quantized])
    unsure = [model for model in quantized if not model.high < NEAR]
    unplaced = [model for model in unsure if model.relative_distance is None]
    if unplaced:
        return _claim("C1", "inconclusive", "no relative distance", unplaced, figures=quantized)
    if unsure:
        return _claim("C1", "inconclusive", "not shown to be near", unsure, figures=quantized)
    return _claim("C1", "holds", "near and nearest", quantized)


def _pruned_stay_close(study: StudySummary) -> ClaimEntry:
    pruned = [model for model in study.by_role("pruned") if model.fraction is not None]
    pruned.sort(key=lambda model: model.fraction or 0)
    if not pruned:
        return _claim("C2", "not tested", "no pruned model")
    least, breaks_at = pruned[0], FRAGILE.get(study.net)
    if least.relative_distance is None:
        return _claim("C2", "inconclusive", "no relative distance", [least], figures=pruned)
    near, far = least.high < NEAR, least.low > NEAR
    shown: ClaimReason = "least pruned is near" if near else "least pruned is not near" if far else "around near"
    if breaks_at is not None and least.fraction is not None and least.fraction <= breaks_at:
        near, far = far, near
    outcome: ClaimOutcome = "holds" if near else "does not hold" if far else "inconclusive"
    return _claim("C2", outcome, shown, [least], figures=pruned)


def _students_are_independent(study: StudySummary) -> ClaimEntry:
    students = study.by_role("student")
    if not students:
        return _claim("C3", "not tested", "no student")
    missing = [student for student in students if student.relative_distance is None]
    if missing:
        return _claim("C3", "inconclusive", "no relative distance", missing)
    alphas: dict[float, list[CandidateSummary]] = {}
    for student in students:
        if student.alpha is not None:
            alphas.setdefault(student.alpha, []).append(student)
    shares = {entry.alpha: entry for entry in study.transfer if entry.measure == "disagreement"}
    nearer = _nearer_than_both(alphas, shares)
    if nearer is not None:
        return _claim("C3", "does not hold", "nearer than both", alphas[nearer], nearer, shares=[shares[nearer]])
    known = list(shares.values())
    if any(student.high <= INDEPENDENT for student in students):
        reason: ClaimReason = "nearer than independents alone"
    elif not all(student.low > INDEPENDENT for student in students):
        reason = "around the independent limit"
    elif not alphas or any(alpha not in shares for alpha in alphas):
        reason = "no control"
    elif all(entry.high is not None and entry.high < NEGLIGIBLE_SHARE for entry in known):
        return _claim("C3", "holds", "as far as both", students, shares=known)
    else:
        reason = "controls undecided"
    return _claim("C3", "inconclusive", reason, students, shares=known)


def _nearer_than_both(
    alphas: Mapping[float, Sequence[CandidateSummary]], shares: Mapping[float, TransferEntry]
) -> float | None:
    """The smallest alpha whose students are all nearer than an independent, and together nearer than their controls.

    Both are needed, so an alpha's p-value is the largest of all; Holm's correction is over the alphas.
    """
    p_values: dict[float, float] = {}
    for alpha, students in alphas.items():
        share = shares.get(alpha)
        seen = share is not None and share.p_value is not None and share.low is not None and share.low > 0
        p_values[alpha] = (
            max(share.p_value, *(_p_below(one.relative_distance, INDEPENDENT) for one in students))
            if share is not None and share.p_value is not None and seen
            else 1.0
        )
    adjusted = holm(list(p_values.values()))
    level = {alpha: 1 - shares[alpha].confidence for alpha in alphas if alpha in shares}
    shown = [alpha for alpha, p in zip(p_values, adjusted, strict=True) if alpha in level and p <= level[alpha]]
    return min(shown, default=None)


def _p_below(distance: RelativeDistance | None, limit: float) -> float:
    """Two-sided p-value that the relative distance is below a limit: the level at which its upper end just reaches it.

    It comes from the upper end at the interval's own level. The half-width grows with the level as the critical values
    do: Student's t of the independents and the normal distribution's of the examples, in proportion to their errors.
    """
    if distance is None or distance.value is None or distance.high is None or distance.value >= limit:
        return 1.0
    value, width = distance.value, distance.high - distance.value
    if not width > 0:
        return 0.0
    of_examples, of_unequal, of_independents = (
        distance.error if len(distance.error) == 3 else (0.0, 0.0, 1.0)  # unknown: all from the independents
    )
    models = of_independents * value**2
    every = max(0.0, of_examples * value + of_unequal * value**2) + models
    part = models / every if every > 0 else 1.0

    def grown(level: float) -> float:
        t = float(stdtrit(max(1, distance.independents - 1), level / 2))
        return sqrt((1 - part) * float(ndtri(level / 2)) ** 2 + part * t**2)

    reach = grown(1 - distance.confidence) * (limit - value) / width
    if grown(1e-12) <= reach:
        return 0.0
    return float(brentq(lambda level: grown(level) - reach, 1e-12, 1.0))


def _nothing_is_distilled(study: StudySummary) -> ClaimEntry:
    if not study.transfer:
        return _claim("C4", "not tested", "no control")
    if all(entry.outcome == "nothing transferred" for entry in study.transfer):
        return _claim("C4", "holds", "nothing transferred", shares=study.transfer)
    for alpha in sorted({entry.alpha for entry in study.transfer}):
        group = [entry for entry in study.transfer if entry.alpha == alpha]
        if all(entry.outcome == "transferred" for entry in group):
            return _claim("C4", "does not hold", "transferred", alpha=alpha, shares=group)
    return _claim("C4", "inconclusive", "transfer undecided", shares=study.transfer)


def _accuracy_misleads(study: StudySummary) -> ClaimEntry:
    alike = [candidate for candidate in study.candidates if _alike(candidate, study.base_accuracy)]
    if not alike:
        return _claim("C5", "inconclusive" if study.candidates else "not tested", "none as accurate")
    far = [one for one in alike if max(map(_low, one.relative_distances), default=-inf) > HALF_WAY]
    if far:
        return _claim("C5", "holds", "more than half way", far)
    if all(len(one.relative_distances) == 2 and max(map(_high, one.relative_distances)) < HALF_WAY for one in alike):
        return _claim("C5", "does not hold", "less than half way", alike)
    return _claim("C5", "inconclusive", "around half way", alike)


CLAIMS: Mapping[ClaimId, Callable[[StudySummary], ClaimEntry]] = {
    "C1": _quantization_is_best,
    "C2": _pruned_stay_close,
    "C3": _students_are_independent,
    "C4": _nothing_is_distilled,
    "C5": _accuracy_misleads,
}
"""The claims and their rules; `reports.wording.claims` has both in words."""


def _alike(candidate: CandidateSummary, base_accuracy: float) -> bool:
    """Whether accuracy would not tell the model from the base.

    The second rule is for models that are far away: the more predictions change, the less exactly accuracies compare.
    """
    if candidate.accuracy_deviation is None:
        return False
    most = max(map(abs, candidate.accuracy_deviation[1:]))
    return most <= LIKE or most / 100 * base_accuracy <= LITTLE * candidate.disagreement.low


def _claim(
    claim: ClaimId,
    outcome: ClaimOutcome,
    reason: ClaimReason,
    candidates: Sequence[CandidateSummary] = (),
    alpha: float | None = None,
    *,
    figures: Sequence[CandidateSummary] | None = None,
    shares: Sequence[TransferEntry] = (),
) -> ClaimEntry:
    """The entry; the figures are those of the candidates where no others are given."""
    decided_by = candidates if figures is None else figures
    return ClaimEntry(
        id=claim,
        outcome=outcome,
        reason=reason,
        candidates=tuple(candidate.id for candidate in candidates),
        alpha=alpha,
        figures=(*(figure for candidate in decided_by for figure in _figures(candidate)), *map(_share, shares)),
    )


def _figures(candidate: CandidateSummary) -> Iterable[ClaimFigure]:
    """The figures of a candidate, as the report shows them."""
    known: tuple[tuple[Literal["relative_distance", "measure"], str, Interval | RelativeDistance | None], ...] = (
        ("relative_distance", "disagreement", candidate.relative_distance),
        ("relative_distance", "total_variation", candidate.probability_distance),
        ("measure", "disagreement", candidate.disagreement),
        ("measure", "accuracy_deviation", candidate.accuracy_deviation),
    )
    for quantity, measure, of in known:
        if of is not None:
            yield ClaimFigure(
                quantity=quantity, measure=measure, candidate=candidate.id, value=of.value, low=of.low, high=of.high
            )


def _low(distance: RelativeDistance | None) -> float:
    return -inf if distance is None or distance.low is None else distance.low


def _high(distance: RelativeDistance | None) -> float:
    return inf if distance is None or distance.high is None else distance.high


def _share(entry: TransferEntry) -> ClaimFigure:
    """A transferred share; one without an interval has decided nothing."""
    known = entry.low is not None and entry.high is not None
    return ClaimFigure(
        quantity="share",
        measure=entry.measure,
        alpha=entry.alpha,
        value=entry.share if known else None,
        low=entry.low if known else None,
        high=entry.high if known else None,
    )
