"""What was transferred from the teacher to its students, for every comparison that the models allow."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
import polars as pl

from samefn.schema.methods import Distilled, Trained
from samefn.schema.report import ModelEntry
from samefn.schema.verdicts import Inputs, Reference, Students, TransferEntry
from samefn.statistics.counts import base_wrong
from samefn.statistics.exact_sums import exact_sum, quotient
from samefn.statistics.intervals import mean_of
from samefn.statistics.shards import Shard, batches
from samefn.statistics.summaries import Summary
from samefn.verdict.transfer import Question, transfers

# The two distances that decide a verdict decide here too.
DISTANCES_TO_TEACHER = ("disagreement", "total_variation")

Taught = Literal["base", "random", "control"]
# Whose students are compared, and what each is paired with.
PAIRINGS: tuple[tuple[Students, Reference], ...] = (("base", "control"), ("base", "random"), ("random", "control"))


def transfer_all(
    entries: Sequence[ModelEntry],
    rows: Mapping[str, Sequence[Shard]],
    summaries: Mapping[str, Summary],
    evaluation: str,
    confidence: float,
) -> list[TransferEntry]:
    """Transferred shares on one evaluation set, on all inputs and, with labels, on those the teacher has wrong.

    Students and references are paired by seed; a seed that one of the two lacks is left out, and `seeds` says how many
    are left. Without pairs there is no entry.

    Args:
        entries: the models, the base, which is the teacher, first.
        rows: of every other model.
        summaries: of these rows.
        evaluation: the set.
        confidence: of the intervals.
    """
    students = {key: entry.id for entry in entries if (key := _key(entry)) is not None and entry.id in rows}
    transferred: list[TransferEntry] = []
    for inputs, examples in _inputs([summaries[model] for model in students.values()]):
        for measure in DISTANCES_TO_TEACHER:
            if inputs == "all":
                distances = {key: mean_of(summaries[model], measure) for key, model in students.items()}
            else:
                distances = {key: _mean_where_wrong(rows[model], measure) for key, model in students.items()}
            for taught_by, reference in PAIRINGS:
                paired = _paired(distances, taught_by, reference)
                pairs = {alpha: (np.array(both).T[0], np.array(both).T[1]) for alpha, both in paired.items()}
                question = Question(evaluation, entries[0].id, taught_by, reference, inputs, measure, examples)
                transferred += transfers(pairs, question, confidence)
    return transferred


def _key(entry: ModelEntry) -> tuple[Taught, float, int] | None:
    """Taught, alpha and seed of a student or control, which has no teacher and alpha 1."""
    match entry.role, entry.method:
        case "student" | "control", Distilled(teacher=teacher, alpha=alpha, seed=seed):
            return teacher, alpha, seed
        case "student" | "control", Trained(seed=seed):
            return "control", 1.0, seed
    return None


def _inputs(summaries: Sequence[Summary]) -> Iterator[tuple[Inputs, int]]:
    """The kinds of inputs, and how many there are of each."""
    for summary in summaries[:1]:
        yield "all", summary.examples
        wrong = base_wrong(summary)
        if wrong:  # none where there are no labels
            yield "teacher wrong", wrong


def _mean_where_wrong(shards: Sequence[Shard], measure: str) -> float:
    """Mean of a measure over the rows that the base has wrong."""
    total = count = 0
    for shard in shards:
        for batch in batches(shard, ("base_right", measure)):
            values = batch.filter(pl.col("base_right").not_())[measure].cast(pl.Float64).to_numpy()
            total, count = total + exact_sum(values), count + len(values)
    return quotient(total, count)


def _paired(
    distances: Mapping[tuple[Taught, float, int], float], students: Taught, reference: Taught
) -> dict[float, list[tuple[float, float]]]:
    """For each alpha the distances of reference and student, one pair a seed that both have."""
    pairs: dict[float, list[tuple[float, float]]] = {}
    for (group, alpha, seed), distance in distances.items():
        other = distances.get((reference, 1.0 if reference == "control" else alpha, seed))
        if group == students and other is not None:
            pairs.setdefault(alpha, []).append((other, distance))
    return pairs
