"""Every candidate on the scale from the base's own noise to a stranger, and a verdict on each."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from samefn.audit.subject import Subject
from samefn.measures.table import MEASURES
from samefn.reports.contract import ScaleEntry, VerdictEntry
from samefn.verdict.decide import Evidence, Interval, decide
from samefn.verdict.flips import class_changes, flips
from samefn.verdict.proportions import clopper_pearson
from samefn.verdict.scale import Scale, scale

JUDGED = frozenset({"student", "control", "quantized", "pruned", "candidate"})
SIGNIFICANT = 0.05

# Every distance that is a mean over examples.
DISTANCES = tuple(
    name for name, measure in MEASURES.items() if measure.direction == "distance" and measure.columns == (name,)
)


def judge_all(
    subjects: Sequence[Subject], rows: pl.DataFrame, class_names: Sequence[str], confidence: float
) -> tuple[list[ScaleEntry], list[VerdictEntry]]:
    """Scales and verdicts of all candidates on one evaluation set.

    The floor is measured by the base's replicate, the ceiling by the independents.

    Args:
        subjects: the base first.
        rows: of all of them on one evaluation set.
        class_names: by class index.
        confidence: of every interval.

    Returns:
        Nothing at all where the base was not measured again: without a floor there is no scale.
    """
    base = subjects[0].id
    frames = {s.id: rows.filter((pl.col("candidate") == s.id) & (pl.col("base") == base)) for s in subjects[1:]}
    replicate = next((s.id for s in subjects if s.entry.role == "replicate" and s.compared_with == base), None)
    if replicate is None:
        return [], []
    strangers = [frames[s.id] for s in subjects if s.entry.role == "independent"]
    scales, verdicts = [], []
    for subject in subjects:
        if subject.entry.role not in JUDGED:
            continue
        frame = frames[subject.id]
        known = [name for name in DISTANCES if not frame[name].null_count()]  # some need labels
        found = {name: _scale(frame, frames[replicate], strangers, name, confidence) for name in known}
        scales += [_scale_entry(rows, base, subject.id, replicate, name, one) for name, one in found.items()]
        verdicts.append(_verdict_entry(frame, base, subject, found, class_names, confidence))
    return scales, verdicts


def _scale(
    frame: pl.DataFrame, floor: pl.DataFrame, strangers: Sequence[pl.DataFrame], name: str, confidence: float
) -> Scale:
    columns = [stranger[name].to_numpy() for stranger in strangers]
    stacked = np.stack(columns) if columns else np.zeros((0, frame.height))
    return scale(frame[name].to_numpy(), floor[name].to_numpy(), stacked, confidence)


def _scale_entry(
    rows: pl.DataFrame, base: str, candidate: str, replicate: str, measure: str, found: Scale
) -> ScaleEntry:
    return ScaleEntry(
        evaluation=rows["evaluation"][0],
        base=base,
        candidate=candidate,
        measure=measure,
        value=found.value,
        low=found.low,
        high=found.high,
        floor=found.floor,
        floor_model=replicate,
        ceiling=found.ceiling,
        strangers=found.strangers,
        examples=found.examples,
        covers=found.covers,
        method=found.method,
        refused=found.refused,
    )


def _verdict_entry(
    frame: pl.DataFrame,
    base: str,
    subject: Subject,
    scales: Mapping[str, Scale],
    class_names: Sequence[str],
    confidence: float,
) -> VerdictEntry:
    labelled = frame["label"].null_count() == 0
    changed = frame["disagreement"].to_numpy() > 0
    right, base_right = (frame[name].to_numpy() for name in ("right", "base_right"))
    verdict = decide(
        Evidence(
            candidate=subject.entry.name,
            disagreement=_share(changed, confidence),
            scales=(scales["disagreement"], scales["total_variation"]),
            accuracy=_share(right, confidence) if labelled else None,
            majority=float(np.bincount(frame["label"].to_numpy()).max() / frame.height) if labelled else None,
            base_error=1 - float(np.mean(base_right)) if labelled else None,
        )
    )
    turned = flips(base_right, right, confidence) if labelled else None
    classes = class_changes(frame["label" if labelled else "base_top"].to_numpy(), changed, confidence)
    return VerdictEntry(
        evaluation=frame["evaluation"][0],
        base=base,
        candidate=subject.id,
        outcome=verdict.outcome,
        sentence=verdict.sentence,
        margin=verdict.margin,
        stranger=verdict.stranger,
        smallest_shown=verdict.smallest_shown,
        harm=turned.harm if turned else None,
        recovery=turned.recovery if turned else None,
        flips_p_value=turned.p_value if turned else None,
        classes=tuple(class_names[one.label] for one in classes if one.p_holm < SIGNIFICANT),
    )


def _share(hits: np.ndarray, confidence: float) -> Interval:
    """A share with its exact interval."""
    ones = int(np.count_nonzero(hits))
    return Interval(ones / len(hits), *clopper_pearson(ones, len(hits), confidence))
