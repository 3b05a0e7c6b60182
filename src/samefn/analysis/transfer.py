"""What was transferred from the teacher to its students, for every comparison that the models allow."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
import polars as pl

from samefn.measures.pairs import Floats
from samefn.predictions.about import GROUP, ID
from samefn.schema.claims import Inputs, Reference, Students, TransferEntry
from samefn.schema.methods import Distilled, Trained
from samefn.schema.report import ModelEntry
from samefn.statistics.counts import base_wrong
from samefn.statistics.crossed import CrossedSums, crossed_sums, merged_crossed
from samefn.statistics.group_sums import GroupAdder, group_count
from samefn.statistics.shards import Shard, with_about
from samefn.statistics.summaries import Summary
from samefn.verdict.relative_distance_of_rows import side_by_side
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
    about: pl.DataFrame | None = None,
) -> list[TransferEntry]:
    """Transferred shares on one evaluation set, on all inputs and, with labels, on those the teacher has wrong.

    Students and references are paired by seed; a seed that one of the two lacks is left out, and `seeds` says how many
    are left. Without pairs there is no entry. The rows of all students are read once, side by side.

    Args:
        entries: the models, the base, which is the teacher, first.
        rows: of every other model.
        summaries: of these rows.
        evaluation: the set.
        confidence: of the intervals.
        about: the table of groups; with it the group is the unit. None where each example stands for itself.
    """
    students = {key: entry.id for entry in entries if (key := _key(entry)) is not None and entry.id in rows}
    places = {key: at for at, key in enumerate(students)}
    pairs = {pairing: paired for pairing in PAIRINGS if (paired := _paired(places, *pairing))}
    inputs = dict(_inputs([summaries[model] for model in students.values()]))
    if not pairs:
        return []
    sums: dict[tuple[tuple[Students, Reference], float, Inputs, str], CrossedSums] = {}
    for (kind, measure), found in _distances([rows[model] for model in students.values()], list(inputs), about):
        for pairing, alphas in pairs.items():
            for alpha, both in alphas.items():
                reference, student = np.array(both).T
                one = crossed_sums(found.sums[reference], found.sums[student], found.examples)
                about_one = pairing, alpha, kind, measure
                sums[about_one] = merged_crossed([sums[about_one], one]) if about_one in sums else one
    transferred: list[TransferEntry] = []
    for kind, examples in inputs.items():
        for measure in DISTANCES_TO_TEACHER:
            for pairing, alphas in pairs.items():
                question = Question(evaluation, entries[0].id, *pairing, kind, measure, examples)
                of_alphas = {alpha: sums[pairing, alpha, kind, measure] for alpha in alphas}
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


class _Distances(NamedTuple):
    """Distances to the teacher of some units, [models, units]; of groups, the sums over their examples."""

    sums: Floats
    examples: int


def _distances(
    models: Sequence[Sequence[Shard]], kinds: Sequence[Inputs], about: pl.DataFrame | None
) -> Iterator[tuple[tuple[Inputs, str], _Distances]]:
    """The distances of all models, batch by batch; those of groups once, at the end."""
    groups = group_count(about)
    adders = {kind: [GroupAdder(groups) for _ in models] for kind in kinds}
    right = ["base_right"] if "teacher wrong" in kinds else []
    for parts in side_by_side(models, ["id", *DISTANCES_TO_TEACHER, *right]):
        for kind in kinds:
            rows = [one.filter(pl.col("base_right").not_()) for one in parts] if kind == "teacher wrong" else parts
            of_models = [{name: one[name].cast(pl.Float64).to_numpy() for name in DISTANCES_TO_TEACHER} for one in rows]
            if groups and about is not None:
                codes = with_about(rows[0], about.select(ID, GROUP), "transfer")[GROUP].to_numpy()
                for adder, one in zip(adders[kind], of_models, strict=True):
                    adder.add(codes, one)
                continue
            for name in DISTANCES_TO_TEACHER:
                yield (kind, name), _Distances(np.stack([one[name] for one in of_models]), rows[0].height)
    for kind in kinds if groups else ():
        blocks = [adder.sums() for adder in adders[kind]]
        for name in DISTANCES_TO_TEACHER:
            yield (kind, name), _Distances(np.stack([one.sums[name] for one in blocks]), blocks[0].examples)


def _paired(
    places: Mapping[tuple[Taught, float, int], int], students: Taught, reference: Taught
) -> dict[float, list[tuple[int, int]]]:
    """For each alpha the places of reference and student, one pair a seed that both have."""
    pairs: dict[float, list[tuple[int, int]]] = {}
    for (group, alpha, seed), place in places.items():
        other = places.get((reference, 1.0 if reference == "control" else alpha, seed))
        if group == students and other is not None:
            pairs.setdefault(alpha, []).append((other, place))
    return pairs
