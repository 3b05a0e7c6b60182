"""The paper's claims, each with the rule that decides it from intervals; no outcome is written by hand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from samefn.schema.claims import ClaimEntry, ClaimFigure, ClaimId, ClaimOutcome, ClaimReason, TransferEntry
from samefn.schema.verdicts import HowFar, Interval
from samefn.statistics.multiple_testing import holm
from samefn.verdict.how_far import INDEPENDENT
from samefn.verdict.transfer import AS_FAR

SHOWN_NOT_NEAR: frozenset[HowFar | None] = frozenset({"between", "independent"})
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
            independent's relative distance is made with the other independents.
        distance: the third answer of its verdict; None without independents.
        relative distance: where it is, by disagreement; None where there is no relative distance.
        probability_distance: the same by total variation.
        disagreement: share of changed predictions.
        accuracy_deviation: from the base's, relative percent; None without labels.
        alpha: of a student.
        fraction: of a pruned model.
        p_nearer: of a student, the one-sided p-value that its relative distance is at least `INDEPENDENT`; None where
            there is none.
    """

    id: str
    role: str
    distance: HowFar | None
    relative_distance: Interval | None
    probability_distance: Interval | None
    disagreement: Interval
    accuracy_deviation: Interval | None = None
    alpha: float | None = None
    fraction: float | None = None
    p_nearer: float | None = None

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


@dataclass(frozen=True)
class StudySummary:
    """All that a study knows of its candidates.

    Attributes:
        net: name of the base's net.
        candidates: the candidates.
        transfer: students against controls on all inputs, one entry an alpha and measure.
        base_accuracy: of the base, 0 to 1.
        error: how often one end of an interval is wrong.
    """

    net: str
    candidates: Sequence[CandidateSummary]
    transfer: Sequence[TransferEntry] = ()
    base_accuracy: float = 1.0
    error: float = 0.025

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
    far = [model for model in quantized if model.distance in SHOWN_NOT_NEAR]
    if far:
        return _claim("C1", "does not hold", "not near", far)
    best = min(model.disagreement.low for model in quantized)
    nearer = [model for model in study.by_role("pruned", "student") if model.disagreement.high < best]
    if nearer:
        return _claim("C1", "does not hold", "another method is nearer", nearer, figures=[*nearer, *quantized])
    unsure = [model for model in quantized if model.distance != "near"]
    if unsure:
        return _claim("C1", "inconclusive", "not shown to be near", unsure, figures=quantized)
    return _claim("C1", "holds", "near and nearest", quantized)


def _pruned_stay_close(study: StudySummary) -> ClaimEntry:
    pruned = [model for model in study.by_role("pruned") if model.fraction is not None]
    pruned.sort(key=lambda model: model.fraction or 0)
    if not pruned:
        return _claim("C2", "not tested", "no pruned model")
    least, breaks_at = pruned[0], FRAGILE.get(study.net)
    far, near = least.distance in SHOWN_NOT_NEAR, least.distance == "near"
    if breaks_at is not None and least.fraction is not None and least.fraction <= breaks_at:
        far, near = near, far
    outcome: ClaimOutcome = "holds" if near else "does not hold" if far else "inconclusive"
    return _claim("C2", outcome, "distances", pruned)


def _students_are_independent(study: StudySummary) -> ClaimEntry:
    """Both comparisons have to show it: nearness to an independent may come from the start, not from the teacher."""
    students = study.by_role("student")
    if not students:
        return _claim("C3", "not tested", "no student")
    shares = {entry.alpha: entry for entry in study.transfer if entry.measure == "disagreement"}
    groups: dict[float, list[CandidateSummary]] = {}
    for student in students:
        if student.alpha in shares:
            groups.setdefault(student.alpha, []).append(student)
    if not groups:
        return _claim("C3", "not tested", "no control")
    missing = [student for student in students if student.relative_distance is None]
    if missing:
        return _claim("C3", "inconclusive", "no relative distance", missing)
    p_values = {
        alpha: max([_p(shares[alpha].p_nearer), *(_p(student.p_nearer) for student in group)])
        for alpha, group in sorted(groups.items())
    }
    adjusted = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    for alpha, p_value in adjusted.items():
        if p_value <= study.error:
            return _claim("C3", "does not hold", "nearer than both", groups[alpha], alpha, shares=[shares[alpha]])
    as_far = all(
        student.relative_distance is not None and student.relative_distance.low > INDEPENDENT for student in students
    ) and all(share.high is not None and share.high < 1 - AS_FAR for share in shares.values())
    every = list(shares.values())
    # A claim about every alpha: each has to be shown, so nothing is adjusted.
    if as_far and all(student.alpha in shares for student in students):
        return _claim("C3", "holds", "as far as both", students, shares=every)
    return _claim("C3", "inconclusive", "not shown against both", students, shares=every)


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


def _p(value: float | None) -> float:
    """A p-value; where there is none nothing is shown."""
    return 1.0 if value is None else value


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
