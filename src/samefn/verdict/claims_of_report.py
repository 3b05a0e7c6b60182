"""The paper's claims, decided by what the report says of its candidates."""

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt

import numpy as np
from scipy.special import stdtrit

from samefn.schema.methods import Checkpoint, Distilled, Pruned, Trained
from samefn.schema.report import MeasureEntry, ModelEntry, Report
from samefn.schema.verdicts import ClaimEntry, Interval, RelativeDistance, TransferEntry
from samefn.verdict.claims import CandidateSummary, StudySummary, decide_claims

# The distances that decide claims.
DECIDING = ("disagreement", "total_variation")
# Models that bear on a claim.
BEARING = frozenset({"student", "control", "quantized", "pruned", "candidate", "independent"})


def claim_all(
    entries: Sequence[ModelEntry],
    measures: Sequence[MeasureEntry],
    relative_distances: Sequence[RelativeDistance],
    transfer: Sequence[TransferEntry],
) -> list[ClaimEntry]:
    """Every claim, by what was found on one evaluation set.

    Args:
        entries: the models, the base first, with their accuracy.
        measures: of that set.
        relative_distances: of that set, of candidates and of independents against the other independents.
        transfer: of that set.

    Returns:
        One entry a claim.
    """
    figures = {(entry.candidate, entry.measure): entry for entry in measures}
    places = {(entry.candidate, entry.measure): entry for entry in relative_distances}
    study = StudySummary(
        net=method.net if isinstance(method := entries[0].method, Trained | Checkpoint) else "",
        candidates=[_summary(entry, figures, places) for entry in entries if entry.role in BEARING],
        transfer=[
            entry for entry in transfer if (entry.students, entry.reference, entry.inputs) == ("base", "control", "all")
        ],
        base_accuracy=entries[0].accuracy or 0.0,
    )
    return decide_claims(study)


def claims_again(report: Report) -> tuple[ClaimEntry, ...]:
    """The claims of a report that older rules decided, by today's rules, from its figures.

    Args:
        report: of any version. Where each independent is among the others is worked out from their measures.
    """
    first = next((entry.evaluation for entry in report.measures), "")
    measures = [entry for entry in report.measures if entry.evaluation == first and entry.base == report.base.id]
    distances = [entry for entry in report.relative_distances if entry.evaluation == first]
    independents = [model.id for model in report.models if model.role == "independent"]
    transfer = [entry for entry in report.transfer if entry.evaluation == first]
    distances += among_independents_of_report(independents, measures, distances)
    return tuple(claim_all(report.models, measures, distances, transfer))


def among_independents_of_report(
    independents: Sequence[str], measures: Sequence[MeasureEntry], distances: Sequence[RelativeDistance]
) -> Iterator[RelativeDistance]:
    """The relative distance of each independent against the others, from the intervals of their distances.

    The ends of one's distance are divided by those of the others' mean: as the standard error of a sum is at most the
    sum of the standard errors, that covers at least as often as an interval from the rows. The noise floor is taken as
    found.

    Args:
        independents: their ids.
        measures: of one evaluation set.
        distances: of candidates on that set; they have the noise floors.
    """
    for known in {entry.measure: entry for entry in distances if entry.measure in DECIDING}.values():
        found = {one.candidate: one for one in measures if one.measure == known.measure}
        ends = {model: at for model in independents if model in found and (at := _interval(found[model])) is not None}
        for model, own in ends.items():
            others = [at for other, at in ends.items() if other != model]
            if not others:
                continue
            value, low, high = np.array(others).T - known.noise_floor
            m = len(others)
            apart = float(stdtrit(m - 1, (1 + known.confidence) / 2)) * sqrt(value.var(ddof=1) / m) if m > 1 else 0.0
            near, far = low.mean() - apart, high.mean() + apart
            if not near > 0:
                continue
            above = own.low - known.noise_floor
            yield known.model_copy(
                update={
                    "candidate": model,
                    "value": float((own.value - known.noise_floor) / value.mean()),
                    "low": float(above / (far if above > 0 else near)),
                    "high": float((own.high - known.noise_floor) / near),
                    "independent_distance": float(value.mean() + known.noise_floor),
                    "independents": m,
                    "covers": "examples and independents" if m > 1 else "examples only",
                    "refused": "",
                }
            )


def _summary(
    entry: ModelEntry,
    figures: Mapping[tuple[str, str], MeasureEntry],
    places: Mapping[tuple[str, str], RelativeDistance],
) -> CandidateSummary:
    method = entry.method
    relative_distance, probability_distance = (
        place if (place := places.get((entry.id, measure))) is not None and place.value is not None else None
        for measure in DECIDING
    )
    disagreement, deviation = (
        _interval(figures.get((entry.id, measure))) for measure in ("disagreement", "accuracy_deviation")
    )
    assert disagreement is not None  # noqa: S101  (a mean over examples always has an interval)
    return CandidateSummary(
        id=entry.id,
        role=entry.role,
        relative_distance=relative_distance,
        probability_distance=probability_distance,
        disagreement=disagreement,
        accuracy_deviation=deviation,
        alpha=method.alpha if isinstance(method, Distilled) and entry.role == "student" else None,
        fraction=method.fraction if isinstance(method, Pruned) else None,
    )


def _interval(entry: MeasureEntry | None) -> Interval | None:
    if entry is None or entry.value is None or entry.low is None or entry.high is None:
        return None
    return Interval(entry.value, entry.low, entry.high)
