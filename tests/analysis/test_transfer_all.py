"""Which students are paired with which references, and what comes of it."""

import numpy as np
import polars as pl
import pytest

from samefn.analysis.rows import all_rows, rows_of
from samefn.analysis.subject import Subject
from samefn.analysis.transfer import transfer_all
from samefn.predictions.about import about_examples
from samefn.predictions.predictions import Predictions
from samefn.predictions.trajectory import Trajectory
from samefn.schema.methods import Distilled, Trained
from samefn.schema.report import ModelEntry
from samefn.schema.training import Training
from samefn.statistics.crossed import crossed_sums
from samefn.statistics.shards import summary
from samefn.verdict.transfer import Question, transfers

EXAMPLES, CLASSES = 2000, 4
DRAW = np.random.default_rng(5)
LABELS = DRAW.integers(CLASSES, size=EXAMPLES)
SHARED = 4 * np.eye(CLASSES)[LABELS]
IDS = [f"test-{i:05d}" for i in range(EXAMPLES)]
BASE = SHARED + 2 * DRAW.normal(size=(EXAMPLES, CLASSES))


def trained(seed=0):
    return Trained(net="lenet", seed=seed, start="base", training=Training())


def distilled(alpha, seed, teacher="base"):
    how = {"alpha": alpha, "temperature": 3.0, "teacher": teacher}
    return Distilled(net="lenet", seed=seed, start="base", training=Training(), **how)


def subject(name, role, logits, method=None, labels=LABELS):
    predictions = Predictions.from_logits(name, logits, IDS, labels)
    entry = ModelEntry(id=name, name=name, role=role, method=method or trained())
    return Subject(entry, {"test": Trajectory(name, (0,), (predictions,))}, None if role == "base" else "base", True)


def answers(share):
    """The teacher's answers on a random share of the inputs, those of a model of its own on the others."""
    other = SHARED + 2 * DRAW.normal(size=BASE.shape)
    return np.where(DRAW.random(EXAMPLES)[:, None] < share, BASE, other)


def study(labels=LABELS):
    made = [subject("base", "base", BASE, labels=labels)]
    for seed in range(6):
        made += [
            subject(f"student-{seed}", "student", answers(0.5), distilled(0.1, seed, "base"), labels),
            subject(f"weak-{seed}", "student", answers(0.0), distilled(0.9, seed, "base"), labels),
            subject(f"control-{seed}", "control", answers(0.0), trained(seed), labels),
        ]
        if seed < 5:
            made.append(
                subject(
                    f"random-{seed}",
                    "control",
                    answers(0.0),
                    distilled(0.1, seed, "random"),
                    labels,
                )
            )
    return made


def found(subjects):
    entries, rows = [one.entry for one in subjects], rows_of(subjects)
    summaries = {name: summary(parts) for name, parts in rows["test"].items()}
    return all_rows(entries, rows).collect(), transfer_all(entries, rows["test"], summaries, "test", 0.95)


def test_a_student_that_copies_half_has_a_share_of_half():
    rows, entries = found(study())
    by = {(e.students, e.reference, e.inputs, e.measure, e.alpha): e for e in entries}
    half = by["base", "control", "all", "disagreement", 0.1]
    assert half.share == pytest.approx(0.5, abs=0.06)
    assert (half.outcome, half.seeds, half.examples) == ("transferred", 6, EXAMPLES)
    # The share is of the rows' means.
    means = dict(rows.group_by("candidate").agg(pl.col("disagreement").mean()).iter_rows())
    control = np.mean([means[f"control-{seed}"] for seed in range(6)])
    student = np.mean([means[f"student-{seed}"] for seed in range(6)])
    assert half.reference_distance == pytest.approx(control)
    assert half.student_distance == pytest.approx(student)
    assert half.share == pytest.approx(1 - student / control)
    assert by["base", "control", "all", "disagreement", 0.9].outcome == "nothing transferred"


def test_each_question_has_its_own_pairs():
    _, entries = found(study())
    asked = {(e.students, e.reference, e.alpha, e.seeds) for e in entries if e.inputs == "all"}
    assert asked == {
        ("base", "control", 0.1, 6),
        ("base", "control", 0.9, 6),
        ("base", "random", 0.1, 5),  # one seed has no student of a random teacher
        ("random", "control", 0.1, 5),
    }
    placebo = [e for e in entries if (e.students, e.inputs, e.measure) == ("random", "all", "disagreement")]
    assert placebo[0].outcome == "nothing transferred"


def test_where_the_teacher_is_wrong_only_those_inputs_count():
    _, entries = found(study())
    wrong = int(np.sum(BASE.argmax(1) != LABELS))
    assert {e.examples for e in entries if e.inputs == "teacher wrong"} == {wrong}
    assert {e.inputs for e in entries} == {"all", "teacher wrong"}
    assert {e.inputs for e in found(study(labels=None))[1]} == {"all"}


def test_without_students_nothing_is_asked():
    subjects = [s for s in study() if s.entry.role != "student"]
    assert {e.students for e in found(subjects)[1]} == {"random"}
    assert found([subjects[0], subject("int8", "quantized", BASE)])[1] == []


def test_declared_groups_are_the_unit():
    """Pairs of inputs as groups: the interval is that of the pairs' sums."""
    subjects = study()
    entries, rows = [one.entry for one in subjects], rows_of(subjects)["test"]
    summaries = {name: summary(parts) for name, parts in rows.items()}
    about = about_examples(np.array(IDS), np.arange(EXAMPLES) // 2, {}, "test")
    made = transfer_all(entries, rows, summaries, "test", 0.95, about)
    share = next(e for e in made if (e.alpha, e.reference, e.inputs) == (0.1, "control", "all"))
    both = [
        np.stack([pl.concat(rows[f"{who}-{seed}"])["disagreement"].to_numpy() for seed in range(6)])
        for who in ("control", "student")
    ]
    pairs = [one.reshape(6, -1, 2).sum(axis=2) for one in both]
    question = Question("test", "base", "base", "control", "all", "disagreement", EXAMPLES)
    of_pairs, of_inputs = (transfers({0.1: crossed_sums(*one, EXAMPLES)}, question)[0] for one in (pairs, both))
    assert (share.share, share.low, share.high) == (of_pairs.share, of_pairs.low, of_pairs.high)
    assert share.share == of_inputs.share
    assert share.low != of_inputs.low
    assert share.examples == EXAMPLES
