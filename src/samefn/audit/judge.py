"""Every candidate on the scale from the base's own noise to a stranger, and a verdict on each."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from samefn.audit.subject import Subject
from samefn.measures.normalised import independent_disagreement, perturbed_disagreement
from samefn.measures.table import MEASURES
from samefn.reports.contract import MeasureEntry
from samefn.reports.contract_verdict import OverallEntry, ScaleEntry, VerdictEntry
from samefn.verdict.decide import Evidence, Interval, Verdict, decide
from samefn.verdict.flips import class_changes, flips
from samefn.verdict.overall import overall
from samefn.verdict.proportions import clopper_pearson
from samefn.verdict.scale import Scale, scale
from samefn.verdict.strangers import weaker

JUDGED = frozenset({"student", "control", "quantized", "pruned", "candidate"})
SIGNIFICANT = 0.05

# Every distance that is a mean over examples.
DISTANCES = tuple(
    name for name, measure in MEASURES.items() if measure.direction == "distance" and measure.columns == (name,)
)


@dataclass(frozen=True)
class Judgement:
    """Where the candidates of one evaluation set stand.

    Attributes:
        scales: one entry a candidate and distance.
        verdicts: one a candidate.
        overall: the worst of those that are no controls; None where there are none.
        warnings: what is wrong with the ends of the scale, one sentence each.
    """

    scales: tuple[ScaleEntry, ...] = ()
    verdicts: tuple[VerdictEntry, ...] = ()
    overall: OverallEntry | None = None
    warnings: tuple[str, ...] = ()


def judge_all(
    subjects: Sequence[Subject],
    rows: pl.DataFrame,
    measures: Sequence[MeasureEntry],
    class_names: Sequence[str],
    confidence: float,
    *,
    noiseless: bool = False,
) -> Judgement:
    """Scales and verdicts of all candidates on one evaluation set.

    The floor is measured by the base's replicates, by the one furthest from the base; the ceiling by the independents.

    Args:
        subjects: the base first.
        rows: of all of them on one evaluation set.
        measures: what was measured on them; verdicts show these intervals of the disagreement.
        class_names: by class index.
        confidence: of every interval.
        noiseless: without replicates, take the base's noise for 0. That can only make a candidate look farther.

    Returns:
        Nothing at all where the base was not measured again and is not noiseless: without a floor there is no scale.
    """
    base = subjects[0].id
    frames = {s.id: rows.filter((pl.col("candidate") == s.id) & (pl.col("base") == base)) for s in subjects[1:]}
    replicates = [s.id for s in subjects if s.entry.role == "replicate" and s.compared_with == base]
    if not replicates and not noiseless:
        return Judgement()
    independents = [s for s in subjects if s.entry.role == "independent"]
    strangers = [frames[s.id] for s in independents]
    scales: list[ScaleEntry] = []
    verdicts: list[VerdictEntry] = []
    candidates: list[Verdict] = []
    for subject in subjects:
        if subject.entry.role not in JUDGED:
            continue
        frame = frames[subject.id]
        ends = [frame, *(frames[replicate] for replicate in replicates), *strangers]
        # Some need labels, some probabilities.
        known = [name for name in DISTANCES if not any(one[name].null_count() for one in ends)]
        floors = {name: _furthest(frames, replicates, name) for name in known}
        found = {
            name: _scale(frame, _floor(frames, floors[name], frame, name), strangers, name, confidence)
            for name in known
        }
        scales += [
            scale_entry(rows["evaluation"][0], base, subject.id, floors[name], name, one) for name, one in found.items()
        ]
        verdict = _as_measured(decide(_evidence(frame, subject, found, confidence)), base, subject.id, measures)
        verdicts.append(_verdict_entry(frame, base, subject, verdict, class_names, confidence))
        if subject.entry.role != "control":
            candidates.append(verdict)
    worst = _overall(rows, subjects, candidates) if candidates else None
    warnings = [_weakness(s.entry.name, frames[s.id], confidence) for s in independents]
    return Judgement(tuple(scales), tuple(verdicts), worst, tuple(filter(None, warnings)))


def _weakness(name: str, frame: pl.DataFrame, confidence: float) -> str:
    """A warning where an independent is too much less accurate than the base; empty where it is not."""
    if frame["label"].null_count():
        return ""
    base_right, right = (frame[column].to_numpy() for column in ("base_right", "right"))
    gap = weaker(base_right, right, frame["disagreement"].to_numpy() > 0, confidence)
    if gap is None:
        return ""
    return (
        f"{name} is less accurate than the base by {100 * gap:.2g} points: part of its distance is that, so every "
        "scale is too small and *same* is said too easily; train the independents as well as the base."
    )


def _furthest(frames: Mapping[str, pl.DataFrame], replicates: Sequence[str], name: str) -> str:
    """The replicate that lies furthest from the base by one distance, the first of equals; empty without any."""
    if not replicates:
        return ""
    return max(replicates, key=lambda replicate: float(frames[replicate][name].to_numpy().mean()))


def _floor(frames: Mapping[str, pl.DataFrame], replicate: str, like: pl.DataFrame, name: str) -> np.ndarray:
    """The base's own noise, an example each; zeros where it is taken for none."""
    return frames[replicate][name].to_numpy() if replicate else np.zeros(like.height)


def _overall(rows: pl.DataFrame, subjects: Sequence[Subject], verdicts: Sequence[Verdict]) -> OverallEntry:
    found = overall(verdicts)
    worst = next(s.id for s in subjects if s.entry.name == found.candidate)
    return OverallEntry(
        evaluation=rows["evaluation"][0], outcome=found.outcome, candidate=worst, sentence=found.sentence
    )


def _scale(
    frame: pl.DataFrame, floor: np.ndarray, strangers: Sequence[pl.DataFrame], name: str, confidence: float
) -> Scale:
    columns = [stranger[name].to_numpy() for stranger in strangers]
    stacked = np.stack(columns) if columns else np.zeros((0, frame.height))
    return scale(frame[name].to_numpy(), floor, stacked, confidence)


def scale_entry(evaluation: str, base: str, candidate: str, replicate: str, measure: str, found: Scale) -> ScaleEntry:
    """A scale as the report tells it; `replicate` measured the floor, and is empty where it is taken for none."""
    return ScaleEntry(
        evaluation=evaluation,
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


def _evidence(frame: pl.DataFrame, subject: Subject, scales: Mapping[str, Scale], confidence: float) -> Evidence:
    labelled = frame["label"].null_count() == 0
    by_answers = scales["disagreement"]
    return Evidence(
        candidate=subject.entry.name,
        disagreement=_share(frame["disagreement"].to_numpy() > 0, confidence),
        scales=(by_answers, scales["total_variation"]) if "total_variation" in scales else (by_answers,),
        accuracy=_share(frame["right"].to_numpy(), confidence) if labelled else None,
        majority=float(np.bincount(frame["label"].to_numpy()).max() / frame.height) if labelled else None,
        base_error=1 - float(np.mean(frame["base_right"].to_numpy())) if labelled else None,
    )


def _verdict_entry(
    frame: pl.DataFrame,
    base: str,
    subject: Subject,
    verdict: Verdict,
    class_names: Sequence[str],
    confidence: float,
) -> VerdictEntry:
    labelled = frame["label"].null_count() == 0
    changed = frame["disagreement"].to_numpy() > 0
    right, base_right = (frame[name].to_numpy() for name in ("right", "base_right"))
    turned = flips(base_right, right, confidence) if labelled else None
    classes = class_changes(frame["label" if labelled else "base_top"].to_numpy(), changed, confidence)
    worst = max(classes, key=lambda one: one.share)
    accuracies = (float(np.mean(base_right)), float(np.mean(right)), len(class_names)) if labelled else None
    perturbed = float(perturbed_disagreement(*accuracies)) if accuracies else math.nan
    return VerdictEntry(
        evaluation=frame["evaluation"][0],
        base=base,
        candidate=subject.id,
        outcome=verdict.outcome,
        sentence=verdict.sentence,
        margin=verdict.margin,
        stranger=verdict.stranger,
        smallest_shown=verdict.smallest_shown,
        smallest_disagreement=verdict.smallest_disagreement,
        harm=turned.harm if turned else None,
        recovery=turned.recovery if turned else None,
        flips_p_value=turned.p_value if turned else None,
        classes=tuple(class_names[one.label] for one in classes if one.p_holm < SIGNIFICANT),
        worst_class=class_names[worst.label],
        worst_class_changed=worst.share,
        worst_class_low=max(one.low for one in classes),
        worst_class_high=max(one.high for one in classes),
        fort_independent=float(independent_disagreement(*accuracies)) if accuracies else None,
        fort_perturbed=None if math.isnan(perturbed) else perturbed,
    )


def _as_measured(verdict: Verdict, base: str, candidate: str, measures: Sequence[MeasureEntry]) -> Verdict:
    """The verdict with the interval that the tables show, so that a figure has one interval.

    The rule without strangers asks the exact interval; where the two lie on different sides of its margin,
    that one is shown.
    """
    wanted = (base, candidate, "disagreement")
    entry = next((one for one in measures if (one.base, one.candidate, one.measure) == wanted), None)
    if entry is None or entry.value is None or entry.low is None or entry.high is None:
        return verdict
    margin, exact = verdict.absolute_margin, verdict.disagreement
    if margin is not None and (exact.low > margin, exact.high < margin) != (entry.low > margin, entry.high < margin):
        return verdict
    return replace(verdict, disagreement=Interval(entry.value, entry.low, entry.high))


def _share(hits: np.ndarray, confidence: float) -> Interval:
    """A share with its exact interval."""
    ones = int(np.count_nonzero(hits))
    return Interval(ones / len(hits), *clopper_pearson(ones, len(hits), confidence))
