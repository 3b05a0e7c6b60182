"""The paper's claims, decided by what the report says of its candidates."""

from collections.abc import Mapping, Sequence

from samefn.schema.methods import Checkpoint, Distilled, Pruned, Trained
from samefn.schema.report import MeasureEntry, ModelEntry
from samefn.schema.verdicts import ClaimEntry, Interval, Outcome, RelativeDistance, TransferEntry, VerdictEntry
from samefn.verdict.claims import CandidateSummary, StudySummary, decide_claims

ITSELF = Interval(1.0, 1.0, 1.0)  # where an independent is on a relative distance that ends with independents


def claim_all(
    entries: Sequence[ModelEntry],
    measures: Sequence[MeasureEntry],
    relative_distances: Sequence[RelativeDistance],
    verdicts: Sequence[VerdictEntry],
    transfer: Sequence[TransferEntry],
) -> list[ClaimEntry]:
    """Every claim, by what was found on one evaluation set.

    Args:
        entries: the models, the base first, with their accuracy.
        measures: of that set.
        relative_distances: of that set.
        verdicts: of that set.
        transfer: of that set.

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
            *(_summary(by_id[entry.candidate], entry.outcome, figures, places) for entry in verdicts),
            *(_summary(entry, "changed", figures, places) for entry in entries if entry.role == "independent"),
        ],
        transfer=[
            entry for entry in transfer if (entry.students, entry.reference, entry.inputs) == ("base", "control", "all")
        ],
        base_accuracy=entries[0].accuracy or 0.0,
    )
    return decide_claims(study)


def _summary(
    entry: ModelEntry,
    outcome: Outcome,
    figures: Mapping[tuple[str, str], MeasureEntry],
    places: Mapping[tuple[str, str], RelativeDistance],
) -> CandidateSummary:
    method = entry.method
    relative_distance, probability_distance = (
        ITSELF if entry.role == "independent" else _interval(places.get((entry.id, measure)))
        for measure in ("disagreement", "total_variation")
    )
    disagreement, deviation = (
        _interval(figures.get((entry.id, measure))) for measure in ("disagreement", "accuracy_deviation")
    )
    assert disagreement is not None  # noqa: S101  (a mean over examples always has an interval)
    return CandidateSummary(
        id=entry.id,
        role=entry.role,
        outcome=outcome,
        relative_distance=relative_distance,
        probability_distance=probability_distance,
        disagreement=disagreement,
        accuracy_deviation=deviation,
        alpha=method.alpha if isinstance(method, Distilled) and entry.role == "student" else None,
        fraction=method.fraction if isinstance(method, Pruned) else None,
    )


def _interval(entry: MeasureEntry | RelativeDistance | None) -> Interval | None:
    if entry is None or entry.value is None or entry.low is None or entry.high is None:
        return None
    return Interval(entry.value, entry.low, entry.high)
