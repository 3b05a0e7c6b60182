"""The paper's claims, decided by what the report says of its candidates."""

from collections.abc import Mapping, Sequence

from samefn.schema.claims import ClaimEntry, TransferEntry
from samefn.schema.methods import Checkpoint, Distilled, Pruned, Trained
from samefn.schema.report import MeasureEntry, ModelEntry
from samefn.schema.verdicts import HowFar, Interval, RelativeDistance, VerdictEntry
from samefn.verdict.claims import CandidateSummary, StudySummary, decide_claims
from samefn.verdict.how_far import INDEPENDENT
from samefn.verdict.relative_distance import p_below


def claim_all(
    entries: Sequence[ModelEntry],
    measures: Sequence[MeasureEntry],
    relative_distances: Sequence[RelativeDistance],
    verdicts: Sequence[VerdictEntry],
    transfer: Sequence[TransferEntry],
    confidence: float,
) -> list[ClaimEntry]:
    """Every claim, by what was found on one evaluation set.

    Args:
        entries: the models, the base first, with their accuracy.
        measures: of that set.
        relative_distances: of that set; those of independents are made with the others.
        verdicts: of that set.
        transfer: of that set.
        confidence: of every interval.

    Returns:
        One entry a claim; nothing at all where there is no verdict.
    """
    if not verdicts:
        return []
    by_id = {entry.id: entry for entry in entries}
    figures = {(entry.candidate, entry.measure): entry for entry in measures}
    places = {(entry.candidate, entry.measure): entry for entry in relative_distances}
    study = StudySummary(
        net=method.net if isinstance(method := entries[0].method, Trained | Checkpoint) else "",
        candidates=[
            *(_summary(by_id[entry.candidate], entry.distance, figures, places) for entry in verdicts),
            # Of a single independent it is not known how far independents are from each other: it is left out.
            *(
                _summary(entry, None, figures, places)
                for entry in entries
                if entry.role == "independent" and (entry.id, "disagreement") in places
            ),
        ],
        transfer=[
            entry for entry in transfer if (entry.students, entry.reference, entry.inputs) == ("base", "control", "all")
        ],
        base_accuracy=entries[0].accuracy or 0.0,
        error=(1 - confidence) / 2,
    )
    return decide_claims(study)


def _summary(
    entry: ModelEntry,
    distance: HowFar | None,
    figures: Mapping[tuple[str, str], MeasureEntry],
    places: Mapping[tuple[str, str], RelativeDistance],
) -> CandidateSummary:
    method = entry.method
    relative_distance, probability_distance = (
        _interval(places.get((entry.id, measure))) for measure in ("disagreement", "total_variation")
    )
    disagreement, deviation = (
        _interval(figures.get((entry.id, measure))) for measure in ("disagreement", "accuracy_deviation")
    )
    assert disagreement is not None  # noqa: S101  (a mean over examples always has an interval)
    return CandidateSummary(
        id=entry.id,
        role=entry.role,
        distance=distance,
        relative_distance=relative_distance,
        probability_distance=probability_distance,
        disagreement=disagreement,
        accuracy_deviation=deviation,
        alpha=method.alpha if isinstance(method, Distilled) and entry.role == "student" else None,
        fraction=method.fraction if isinstance(method, Pruned) else None,
        p_nearer=p_below(place, INDEPENDENT) if (place := places.get((entry.id, "disagreement"))) else None,
    )


def _interval(entry: MeasureEntry | RelativeDistance | None) -> Interval | None:
    if entry is None or entry.value is None or entry.low is None or entry.high is None:
        return None
    return Interval(entry.value, entry.low, entry.high)
