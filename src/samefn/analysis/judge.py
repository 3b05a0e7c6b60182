"""Every candidate on the scale from the base's own noise to a stranger, and a verdict on each, from rows in memory."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from samefn.analysis.counts import counts_of_rows
from samefn.analysis.subject import Subject
from samefn.analysis.verdicts import DISTANCES, Judgement, Placed, judge
from samefn.schema.report import MeasureEntry
from samefn.verdict.scale import Scale, scale


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
    strangers = [frames[s.id] for s in subjects if s.entry.role == "independent"]

    def places(candidate: str) -> dict[str, Placed]:
        frame = frames[candidate]
        ends = [frame, *(frames[replicate] for replicate in replicates), *strangers]
        # Some need labels, some probabilities.
        known = [name for name in DISTANCES if not any(one[name].null_count() for one in ends)]
        floors = {name: _furthest(frames, replicates, name) for name in known}
        return {
            name: Placed(_scale(frame, _floor(frames, floor, frame, name), strangers, name, confidence), floor)
            for name, floor in floors.items()
        }

    entries = [subject.entry for subject in subjects]
    evaluation = rows["evaluation"][0]
    counts = {one: counts_of_rows(frame) for one, frame in frames.items() if frame.height}
    return judge(entries, counts.__getitem__, places, evaluation, class_names, measures, confidence)


def _furthest(frames: Mapping[str, pl.DataFrame], replicates: Sequence[str], name: str) -> str:
    """The replicate that lies furthest from the base by one distance, the first of equals; empty without any."""
    if not replicates:
        return ""
    return max(replicates, key=lambda replicate: float(frames[replicate][name].to_numpy().mean()))


def _floor(frames: Mapping[str, pl.DataFrame], replicate: str, like: pl.DataFrame, name: str) -> np.ndarray:
    """The base's own noise, an example each; zeros where it is taken for none."""
    return frames[replicate][name].to_numpy() if replicate else np.zeros(like.height)


def _scale(
    frame: pl.DataFrame, floor: np.ndarray, strangers: Sequence[pl.DataFrame], name: str, confidence: float
) -> Scale:
    columns = [stranger[name].to_numpy() for stranger in strangers]
    stacked = np.stack(columns) if columns else np.zeros((0, frame.height))
    return scale(frame[name].to_numpy(), floor, stacked, confidence)
