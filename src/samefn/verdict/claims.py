"""The paper's claims, each with the rule that decides it from intervals; no outcome is written by hand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from samefn.schema.verdicts import (
    ClaimEntry,
    ClaimFigure,
    ClaimId,
    ClaimOutcome,
    ClaimReason,
    Interval,
    Outcome,
    TransferEntry,
)
from samefn.verdict.how_far import INDEPENDENT

SHOWN_CHANGED: frozenset[Outcome] = frozenset({"changed", "broken"})
HALF_WAY = 0.5  # of the relative distance: half way to an independent
LIKE = 1.0  # accuracies within so many relative percent are alike,
LITTLE = 0.1  # and so are those that differ by no more than this share of the changed predictions
FRAGILE = {"mobilenet": 0.1}  # nets that break at this sparsity, as the paper says


@dataclass(frozen=True)
class CandidateSummary:
    """What is known of one candidate.

    Attributes:
        id: its id.
        role: quantized, pruned, student, control or independent; the last two bear on no claim but the last. An
            independent's relative distance is 1, as the relative distance is made.
        outcome: its verdict.
        relative distance: where it is, by disagreement; None where there is no relative distance.
        probability_distance: the same by total variation.
        disagreement: share of changed predictions.
        accuracy_deviation: from the base's, relative percent; None without labels.
        alpha: of a student.
        fraction: of a pruned model.
    """

    id: str
    role: str
    outcome: Outcome
    relative_distance: Interval | None
    probability_distance: Interval | None
    disagreement: Interval
    accuracy_deviation: Interval | None = None
    alpha: float | None = None
    fraction: float | None = None

    @property
    def relative_distances(self) -> tuple[Interval, ...]:
        """Both relative distances; of a candidate that lacks one, the other."""
        return tuple(
            distance for distance in (self.relative_distance, self.probability_distance) if distance is not None
        )

    @property
    def has_both_distances(self) -> bool:
        """Whether it has both relative distances."""
        return len(self.relative_distances) == 2

    @property
    def low(self) -> float:
        """The lower end of the relative distance that is nearer to the base."""
        return min(distance.low for distance in self.relative_distances)

    @property
    def high(self) -> float:
        """The least upper end: it is no farther than this by one of the relative distances."""
        return min(distance.high for distance in self.relative_distances)


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
    changed = [model for model in quantized if model.outcome in SHOWN_CHANGED]
    if changed:
        return _claim("C1", "does not hold", "changed", changed)
    best = min(model.disagreement.low for model in quantized)
    nearer = [model for model in study.by_role("pruned", "student") if model.disagreement.high < best]
    if nearer:
        return _claim("C1", "does not hold", "another method is nearer", nearer, figures=[*nearer, *quantized])
    unsure = [model for model in quantized if model.outcome != "same"]
    if unsure:
        return _claim("C1", "inconclusive", "not shown to be the same", unsure, figures=quantized)
    return _claim("C1", "holds", "same and nearest", quantized)


def _pruned_stay_close(study: StudySummary) -> ClaimEntry:
    pruned = [model for model in study.by_role("pruned") if model.fraction is not None]
    pruned.sort(key=lambda model: model.fraction or 0)
    if not pruned:
        return _claim("C2", "not tested", "no pruned model")
    least, breaks_at = pruned[0], FRAGILE.get(study.net)
    changed, same = least.outcome in SHOWN_CHANGED, least.outcome == "same"
    if breaks_at is not None and least.fraction is not None and least.fraction <= breaks_at:
        changed, same = same, changed
    outcome: ClaimOutcome = "holds" if same else "does not hold" if changed else "inconclusive"
    return _claim("C2", outcome, "verdicts", pruned)


def _students_are_independent(study: StudySummary) -> ClaimEntry:
    students = study.by_role("student")
    if not students:
        return _claim("C3", "not tested", "no student")
    missing = [student for student in students if not student.has_both_distances]
    if missing:
        return _claim("C3", "inconclusive", "no relative distance", missing)
    if all(student.low > INDEPENDENT for student in students):
        return _claim("C3", "holds", "above the independent limit", students)
    for alpha in sorted({student.alpha for student in students if student.alpha is not None}):
        group = [student for student in students if student.alpha == alpha]
        if all(student.high <= INDEPENDENT for student in group):
            return _claim("C3", "does not hold", "below the independent limit", group, alpha)
    return _claim("C3", "inconclusive", "around the independent limit", students)


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
    placed = [candidate for candidate in alike if candidate.has_both_distances]
    far = [
        candidate for candidate in placed if max(distance.low for distance in candidate.relative_distances) > HALF_WAY
    ]
    if far:
        return _claim("C5", "holds", "more than half way", far)
    if placed == alike and all(
        distance.high < HALF_WAY for candidate in placed for distance in candidate.relative_distances
    ):
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
    known: tuple[tuple[Literal["relative_distance", "measure"], str, Interval | None], ...] = (
        ("relative_distance", "disagreement", candidate.relative_distance),
        ("relative_distance", "total_variation", candidate.probability_distance),
        ("measure", "disagreement", candidate.disagreement),
        ("measure", "accuracy_deviation", candidate.accuracy_deviation),
    )
    for quantity, measure, interval in known:
        if interval is not None:
            yield ClaimFigure(quantity=quantity, measure=measure, candidate=candidate.id, **interval._asdict())


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
