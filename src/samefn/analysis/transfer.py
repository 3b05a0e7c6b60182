"""Was anything transferred from the teacher to its students? Every question that the models at hand can answer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
import polars as pl

from samefn.analysis.subject import Subject
from samefn.schema.methods import Distilled, Trained
from samefn.schema.verdicts import TransferEntry
from samefn.verdict.transfer import transfers

# The two distances that decide a verdict decide here too.
MEASURES = ("disagreement", "total_variation")

Group = Literal["base", "random", "control"]
# Whose students are asked about, and what each is paired with.
QUESTIONS: tuple[tuple[Literal["base", "random"], Literal["control", "random"]], ...] = (
    ("base", "control"),
    ("base", "random"),
    ("random", "control"),
)
# Fields that the report takes over as they are.
SHARED = ("alpha", "share", "low", "high", "seeds", "p_value", "p_holm", "outcome")
WORDS = {"control": "control", "random": "random teacher's student"}


def transfer_all(subjects: Sequence[Subject], rows: pl.DataFrame, confidence: float) -> list[TransferEntry]:
    """Transferred shares on one evaluation set, on all inputs and, with labels, on those the teacher has wrong.

    Students and references are paired by seed; a seed that one of the two lacks is left out, and `seeds` says how many
    are left. Where there are no pairs a question is not asked.

    Args:
        subjects: the base, which is the teacher, first.
        rows: of all of them on one evaluation set.
        confidence: of the intervals.
    """
    teacher = subjects[0].id
    found: list[TransferEntry] = []
    for inputs, asked in _inputs(rows.filter(pl.col("base") == teacher)):
        for measure in MEASURES:
            distances = _distances(subjects, asked, measure)
            for students, reference in QUESTIONS:
                pairs = {alpha: np.array(both).T for alpha, both in _paired(distances, students, reference).items()}
                shares = transfers({alpha: (b[0], b[1]) for alpha, b in pairs.items()}, confidence, WORDS[reference])
                found += [
                    TransferEntry(
                        evaluation=rows["evaluation"][0],
                        teacher=teacher,
                        students=students,
                        reference=reference,
                        inputs=inputs,
                        measure=measure,
                        reference_distance=float(pairs[share.alpha][0].mean()),
                        student_distance=float(pairs[share.alpha][1].mean()),
                        examples=asked["id"].n_unique(),
                        sentence=share.sentence,
                        **{name: getattr(share, name) for name in SHARED},
                    )
                    for share in shares
                ]
    return found


def _inputs(rows: pl.DataFrame) -> Iterator[tuple[Literal["all", "teacher wrong"], pl.DataFrame]]:
    yield "all", rows
    wrong = rows.filter(pl.col("base_right").not_())  # nothing where there are no labels
    if not wrong.is_empty():
        yield "teacher wrong", wrong


def _distances(subjects: Sequence[Subject], rows: pl.DataFrame, measure: str) -> dict[tuple[Group, float, int], float]:
    """Mean distance to the teacher by group, alpha and seed; a control has no teacher and alpha 1."""
    # Not group_by: it sums on several threads, in an order that changes the last bits from run to run.
    frames = rows.partition_by("candidate", as_dict=True)
    means = {str(candidate): float(frame[measure].to_numpy().mean()) for (candidate,), frame in frames.items()}
    found: dict[tuple[Group, float, int], float] = {}
    for subject in subjects:
        method = subject.entry.method
        if subject.entry.role not in {"student", "control"} or subject.id not in means:
            continue
        if isinstance(method, Distilled):
            found[method.teacher, method.alpha, method.seed] = means[subject.id]
        elif isinstance(method, Trained):
            found["control", 1.0, method.seed] = means[subject.id]
    return found


def _paired(
    distances: Mapping[tuple[Group, float, int], float], students: Group, reference: Group
) -> dict[float, list[tuple[float, float]]]:
    """For each alpha the distances of reference and student, one pair a seed that both have."""
    pairs: dict[float, list[tuple[float, float]]] = {}
    for (group, alpha, seed), distance in distances.items():
        other = distances.get((reference, 1.0 if reference == "control" else alpha, seed))
        if group == students and other is not None:
            pairs.setdefault(alpha, []).append((other, distance))
    return pairs
