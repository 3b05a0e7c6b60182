"""What was transferred from the teacher to its students, for every comparison that the models allow."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.schema.methods import Distilled, Trained
from samefn.schema.report import ModelEntry
from samefn.schema.verdicts import Inputs, Reference, Students, TransferEntry
from samefn.statistics.counts import base_wrong
from samefn.statistics.crossed_sums import CrossedSums, crossed_sums, merged_crossed
from samefn.statistics.shards import Shard
from samefn.statistics.summaries import Summary
from samefn.verdict.relative_distance_of_rows import side_by_side
from samefn.verdict.transfer import Question, transfers

# The two distances that decide a verdict decide here too.
DISTANCES_TO_TEACHER = ("disagreement", "total_variation")

Taught = Literal["base", "random", "control"]
SumKey: TypeAlias = tuple[Students, Reference, float, Inputs, str]  # of an alpha, on some inputs, by a distance
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
    paired = {pairing: pairs for pairing in PAIRINGS if (pairs := _paired(students, *pairing))}
    kinds = list(_inputs([summaries[model] for model in students.values()]))
    sums = _sums(paired, rows, [inputs for inputs, _ in kinds]) if paired else {}
    transferred: list[TransferEntry] = []
    for inputs, examples in kinds:
        for measure in DISTANCES_TO_TEACHER:
            for (taught_by, reference), pairs in paired.items():
                of_alphas = {alpha: sums[taught_by, reference, alpha, inputs, measure] for alpha in pairs}
                question = Question(evaluation, entries[0].id, taught_by, reference, inputs, measure, examples)
                transferred += transfers(of_alphas, question, confidence)
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


def _paired(
    models: Mapping[tuple[Taught, float, int], str], students: Students, reference: Reference
) -> dict[float, list[tuple[str, str]]]:
    """For each alpha the ids of reference and student, one pair a seed that both have."""
    pairs: dict[float, list[tuple[str, str]]] = {}
    for (group, alpha, seed), model in models.items():
        other = models.get((reference, 1.0 if reference == "control" else alpha, seed))
        if group == students and other is not None:
            pairs.setdefault(alpha, []).append((other, model))
    return pairs


def _sums(
    paired: Mapping[tuple[Students, Reference], Mapping[float, Sequence[tuple[str, str]]]],
    rows: Mapping[str, Sequence[Shard]],
    kinds: Sequence[Inputs],
) -> dict[SumKey, CrossedSums]:
    """The sums of every pairing, alpha, kind of inputs and distance, in one pass over the rows of all models."""
    models = list(
        dict.fromkeys(one for of in paired.values() for pairs in of.values() for both in pairs for one in both)
    )
    found: dict[SumKey, list[CrossedSums]] = {}
    for parts in side_by_side([rows[model] for model in models], ["id", "base_right", *DISTANCES_TO_TEACHER]):
        kept: dict[Inputs, NDArray[np.bool_]] = {"all": np.ones(parts[0].height, dtype=np.bool_)}
        if "teacher wrong" in kinds:
            kept["teacher wrong"] = parts[0]["base_right"].not_().to_numpy()
        for measure in DISTANCES_TO_TEACHER:
            columns = dict(zip(models, (one[measure].cast(pl.Float64).to_numpy() for one in parts), strict=True))
            for (students, reference), of in paired.items():
                for alpha, pairs in of.items():
                    of_references, of_students = (np.stack([columns[both[at]] for both in pairs]) for at in (0, 1))
                    for inputs in kinds:
                        one = crossed_sums(of_references[:, kept[inputs]], of_students[:, kept[inputs]])
                        found.setdefault((students, reference, alpha, inputs, measure), []).append(one)
    return {key: merged_crossed(parts_of) for key, parts_of in found.items()}
