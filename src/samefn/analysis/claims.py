"""The paper's claims, decided by what the report says of its candidates."""

from collections.abc import Mapping, Sequence
from typing import Literal

from samefn.schema.methods import Checkpoint, Distilled, Pruned, Trained
from samefn.schema.report import MeasureEntry, ModelEntry
from samefn.schema.verdicts import ClaimEntry, ClaimFigure, Interval, Outcome, ScaleEntry, TransferEntry, VerdictEntry
from samefn.verdict.claims import CLAIMS, Decision, Record, Standing

ITSELF = Interval(1.0, 1.0, 1.0)  # where a stranger is on a scale that ends with strangers


def claim_all(
    entries: Sequence[ModelEntry],
    measures: Sequence[MeasureEntry],
    scales: Sequence[ScaleEntry],
    verdicts: Sequence[VerdictEntry],
    transfer: Sequence[TransferEntry],
) -> list[ClaimEntry]:
    """Every claim, by what was found on one evaluation set.

    Args:
        entries: the models, the base first, with their accuracy.
        measures: of that set.
        scales: of that set.
        verdicts: of that set.
        transfer: of that set.

    Returns:
        One entry a claim; nothing at all where there is no verdict.
    """
    if not verdicts:
        return []
    by_id = {entry.id: entry for entry in entries}
    figures = {(e.candidate, e.measure): e for e in measures}
    places = {(e.candidate, e.measure): e for e in scales}
    record = Record(
        net=method.net if isinstance(method := entries[0].method, Trained | Checkpoint) else "",
        standings=[
            *(_standing(by_id[entry.candidate], entry.outcome, figures, places) for entry in verdicts),
            *(_standing(one, "stranger", figures, places) for one in entries if one.role == "independent"),
        ],
        transferred=[
            entry for entry in transfer if (entry.students, entry.reference, entry.inputs) == ("base", "control", "all")
        ],
        base_accuracy=entries[0].accuracy or 0.0,
    )
    found = []
    for claim in CLAIMS:
        decision = claim.decide(record)
        found.append(
            ClaimEntry(
                id=claim.id,
                statement=claim.statement,
                rule=claim.rule,
                outcome=decision.outcome,
                because=decision.because,
                figures=tuple(_figures(decision)),
            )
        )
    return found


def _standing(
    entry: ModelEntry,
    outcome: Outcome,
    figures: Mapping[tuple[str, str], MeasureEntry],
    places: Mapping[tuple[str, str], ScaleEntry],
) -> Standing:
    method = entry.method
    scale, other = (
        _interval(place.value, place.low, place.high) if (place := places.get((entry.id, name))) else None
        for name in ("disagreement", "total_variation")
    )
    disagreement, deviation = (
        _interval(figure.value, figure.low, figure.high) if (figure := figures.get((entry.id, name))) else None
        for name in ("disagreement", "accuracy_deviation")
    )
    assert disagreement is not None  # noqa: S101  (a mean over examples always has an interval)
    return Standing(
        id=entry.id,
        name=entry.name,
        role=entry.role,
        outcome=outcome,
        scale=ITSELF if entry.role == "independent" else scale,
        other=ITSELF if entry.role == "independent" else other,
        disagreement=disagreement,
        accuracy_deviation=deviation,
        alpha=method.alpha if isinstance(method, Distilled) and entry.role == "student" else None,
        fraction=method.fraction if isinstance(method, Pruned) else None,
    )


def _figures(decision: Decision) -> list[ClaimFigure]:
    """The figures that decided, as the report shows them."""
    found = []
    for one in decision.standings:
        named: dict[str, tuple[Literal["scale", "measure"], Interval | None]] = {
            "scale by disagreement": ("scale", one.scale),
            "scale by total variation": ("scale", one.other),
            "disagreement": ("measure", one.disagreement),
            "accuracy deviation, relative percent": ("measure", one.accuracy_deviation),
        }
        found += [
            ClaimFigure(candidate=one.id, figure=name, quantity=quantity, **at._asdict())
            for name, (quantity, at) in named.items()
            if at is not None
        ]
    found += [
        ClaimFigure(
            candidate=f"students, alpha {one.alpha:g}",
            figure=f"transferred share by {one.measure.replace('_', ' ')}",
            quantity="share",
            value=share.value if share else None,
            low=share.low if share else None,
            high=share.high if share else None,
        )
        for one, share in ((one, _interval(one.share, one.low, one.high)) for one in decision.transferred)
    ]
    return found


def _interval(value: float | None, low: float | None, high: float | None) -> Interval | None:
    return None if value is None or low is None or high is None else Interval(value, low, high)
