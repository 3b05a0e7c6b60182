"""Scales and verdicts from rows: what is near is the same, what is far is a stranger, and the parts are named."""

import numpy as np
import polars as pl
import pytest

from samefn.audit.compare import compare_all
from samefn.audit.judge import DISTANCES, JUDGED, judge_all
from samefn.audit.subject import Subject
from samefn.predictions.predictions import Predictions, Trajectory
from samefn.reports.contract import ModelEntry
from samefn.spec.study import Intervals

EXAMPLES, CLASSES = 4000, 5
DRAW = np.random.default_rng(3)
LABELS = DRAW.choice(CLASSES, EXAMPLES, p=[0.3, 0.2, 0.2, 0.2, 0.1])
SHARED = 4 * np.eye(CLASSES)[LABELS]
BASE = SHARED + DRAW.normal(size=(EXAMPLES, CLASSES)) * 2
IDS = [f"test-{i:05d}" for i in range(EXAMPLES)]


def subject(name, role, logits, labels=LABELS):
    predictions = Predictions.from_logits(name, logits, IDS, labels)
    entry = ModelEntry(id=name, name=name, role=role, method="training", parent=None if role == "base" else "base")
    return Subject(entry, {"test": Trajectory(name, (0,), (predictions,))}, None if role == "base" else "base", False)


def stranger():
    """The same task with noise of its own."""
    return SHARED + DRAW.normal(size=(EXAMPLES, CLASSES)) * 2


def subjects(labels=LABELS, replicate=True):
    made = [subject("base", "base", BASE, labels)]
    made += [subject(f"independent-{i}", "independent", stranger(), labels) for i in range(5)]
    if replicate:
        made.append(subject("again", "replicate", BASE + 1e-6, labels))
    made.append(subject("near", "quantized", BASE + DRAW.normal(size=BASE.shape) * 1e-3, labels))
    half = DRAW.random(EXAMPLES) < 0.5
    made.append(subject("half", "pruned", np.where(half[:, None], stranger(), BASE), labels))
    made.append(subject("far", "student", stranger(), labels))
    rarest = np.bincount(LABELS).argmin()
    made.append(subject("constant", "pruned", np.tile(3.0 * np.eye(CLASSES)[rarest], (EXAMPLES, 1)), labels))
    return made


def judged(found):
    rows, _ = compare_all(found, "test", Intervals(resamples=100))
    return judge_all(found, rows, ["a", "b", "c", "d", "e"], 0.95)


def test_each_candidate_gets_what_it_was_made_to_be():
    scales, verdicts = judged(subjects())
    assert {v.candidate: v.outcome for v in verdicts} == {
        "near": "same",
        "half": "changed",
        "far": "stranger",
        "constant": "broken",
    }
    by_answers = {s.candidate: s for s in scales if s.measure == "disagreement"}
    # A candidate that answers like a stranger on a random half of the inputs is at 0.5, a stranger at 1.
    assert by_answers["half"].low < 0.5 < by_answers["half"].high
    assert by_answers["far"].low < 1 < by_answers["far"].high
    assert {s.measure for s in scales} == set(DISTANCES) >= {"disagreement", "total_variation", "jensen_shannon"}
    assert {(s.floor_model, s.strangers, s.examples, s.refused) for s in scales} == {("again", 5, EXAMPLES, "")}


def test_the_ceiling_is_the_mean_over_the_independents():
    found = subjects()
    scales, _ = judged(found)
    far = next(s for s in scales if s.measure == "disagreement")
    base = found[0].trajectories["test"].last.top
    others = [s.trajectories["test"].last.top for s in found if s.entry.role == "independent"]
    assert far.ceiling == pytest.approx(np.mean([np.mean(other != base) for other in others]))


def test_harm_and_recovery_are_counted():
    found = subjects()
    _, verdicts = judged(found)
    base = found[0].trajectories["test"].last.top == LABELS
    half = next(s for s in found if s.id == "half").trajectories["test"].last.top == LABELS
    [verdict] = [v for v in verdicts if v.candidate == "half"]
    assert (verdict.harm, verdict.recovery) == (np.sum(base & ~half), np.sum(~base & half))


def test_without_labels_everything_that_needs_none_is_said():
    _, verdicts = judged(subjects(labels=None))
    outcomes = {v.candidate: v.outcome for v in verdicts}
    assert (outcomes["near"], outcomes["half"], outcomes["far"]) == ("same", "changed", "stranger")
    assert {(v.harm, v.recovery, v.flips_p_value) for v in verdicts} == {(None, None, None)}


def test_without_a_replicate_there_is_no_floor_and_no_scale():
    assert judged(subjects(replicate=False)) == ([], [])


def test_without_independents_the_scale_is_refused_and_the_absolute_rule_holds():
    found = [s for s in subjects() if s.entry.role != "independent"]
    scales, verdicts = judged(found)
    assert all("no independently trained models" in s.refused and s.value is None for s in scales)
    outcomes = {v.candidate: v.outcome for v in verdicts}
    assert (outcomes["near"], outcomes["half"]) == ("same", "cannot tell")


def test_only_candidates_are_judged():
    rows, _ = compare_all(subjects(), "test", Intervals(resamples=100))
    assert isinstance(rows, pl.DataFrame)
    _, verdicts = judged(subjects())
    assert not {v.candidate for v in verdicts} & {"base", "again", "independent-0"}
    assert "independent" not in JUDGED
