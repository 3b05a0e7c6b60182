"""Scales and verdicts from rows: what is near is the same, what is far is an independent, and the parts are named."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from samefn.analysis.analyse import analyse
from samefn.analysis.changed_examples import ExampleDetails
from samefn.analysis.rows import UNLABELLED, rows_of
from samefn.analysis.subject import Subject
from samefn.analysis.verdicts import DISTANCES, JUDGED, independents_apart
from samefn.core.events import silent
from samefn.datasets.example_set import ExampleSet
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions
from samefn.predictions.trajectory import Trajectory
from samefn.schema.methods import Given
from samefn.schema.notes import Note
from samefn.schema.report import ModelEntry
from samefn.statistics.shards import summary

EXAMPLES, CLASSES = 4000, 5
DRAW = np.random.default_rng(3)
LABELS = DRAW.choice(CLASSES, EXAMPLES, p=[0.3, 0.2, 0.2, 0.2, 0.1])
SHARED = 4 * np.eye(CLASSES)[LABELS]
BASE = SHARED + DRAW.normal(size=(EXAMPLES, CLASSES)) * 2
IDS = [f"test-{i:05d}" for i in range(EXAMPLES)]


def subject(name, role, logits, labels=LABELS):
    predictions = Predictions.from_logits(name, logits, IDS, labels)
    entry = ModelEntry(
        id=name, name=name, role=role, method=Given(adapter="made up"), parent=None if role == "base" else "base"
    )
    return Subject(entry, {"test": Trajectory(name, (0,), (predictions,))}, None if role == "base" else "base", False)


def independent():
    """The same task with noise of its own."""
    return SHARED + DRAW.normal(size=(EXAMPLES, CLASSES)) * 2


def subjects(labels=LABELS, replicate=True):
    made = [subject("base", "base", BASE, labels)]
    made += [subject(f"independent-{i}", "independent", independent(), labels) for i in range(5)]
    if replicate:
        made.append(subject("again", "replicate", BASE + 1e-6, labels))
    made.append(subject("near", "quantized", BASE + DRAW.normal(size=BASE.shape) * 1e-3, labels))
    half = DRAW.random(EXAMPLES) < 0.5
    made.append(subject("half", "pruned", np.where(half[:, None], independent(), BASE), labels))
    made.append(subject("far", "student", independent(), labels))
    rarest = np.bincount(LABELS).argmin()
    made.append(subject("constant", "pruned", np.tile(3.0 * np.eye(CLASSES)[rarest], (EXAMPLES, 1)), labels))
    return made


NOTHING = ExampleDetails()


def judged(found, rows=None, details=NOTHING):
    entries, rows = [one.entry for one in found], rows or rows_of(found)
    return analyse(entries, rows, ["a", "b", "c", "d", "e"], 0.95, details, silent)


def test_inputs_that_depend_on_each_other_are_found_in_every_job():
    found = [subject("base", "base", BASE), subject("near", "pruned", BASE + DRAW.normal(size=BASE.shape))]
    together = np.repeat(DRAW.random(EXAMPLES // 40) < 0.5, 40)[:, None]
    found.append(subject("rows of frames", "pruned", BASE + together * 3 * DRAW.normal(size=BASE.shape)))
    signs = {(one.code, one.candidate) for one in judged(found).dependence}
    assert signs == {("changes in a row", "rows of frames"), ("distances in a row", "rows of frames")}
    pictures = DRAW.normal(size=(EXAMPLES // 2, 64))
    copies = ExampleSet({"x": np.repeat(pictures, 2, axis=0)}, np.array(IDS), LABELS)
    [sign] = judged(found[:2], details=ExampleDetails(copies)).dependence
    assert (sign.code, sign.candidate, sign.examples) == ("repeated inputs", "", EXAMPLES)


def parts(found):
    made = judged(found)
    return made.relative_distances, made.verdicts


@pytest.mark.parametrize(
    ("moved", "equal"),
    [
        (lambda: BASE + 1e-5 * DRAW.normal(size=BASE.shape), True),  # logits to 1e-6 of their size
        (lambda: BASE.astype(np.float16).astype(np.float64), False),
        (lambda: BASE + 0.1 * (np.arange(EXAMPLES * CLASSES).reshape(BASE.shape) == 0), False),  # one input of 4,000
    ],
)
def test_equal_up_to_rounding_is_every_probability_of_every_input(moved, equal):
    found = judged([subject("base", "base", BASE), subject("moved", "quantized", moved())])
    [verdict] = found.verdicts
    assert (verdict.equal_up_to_rounding, verdict.outcome) == (equal, "same")


@pytest.mark.parametrize("moved", [1e-6, 0.1])
def test_inputs_without_labels_are_equal_up_to_rounding_too(moved):
    found = [subject("base", "base", BASE), subject("moved", "quantized", BASE)]
    further = [
        Trajectory(name, (0,), (Predictions.from_logits(name, logits, IDS),))
        for name, logits in (("base", BASE), ("moved", BASE + moved * DRAW.normal(size=BASE.shape)))
    ]
    found = [
        replace(one, trajectories={**one.trajectories, UNLABELLED: more})
        for one, more in zip(found, further, strict=True)
    ]
    [verdict] = judged(found).verdicts
    assert (verdict.examples, verdict.equal_up_to_rounding) == (2 * EXAMPLES, moved < 1e-3)


def test_without_probabilities_nothing_is_known_of_rounding():
    found = [subject("base", "base", BASE), subject("again", "quantized", BASE)]
    hard = Predictions.from_hard_predictions("again", BASE.argmax(axis=1), IDS, LABELS, classes=CLASSES)
    found[1] = replace(found[1], trajectories={"test": Trajectory("again", (0,), (hard,))})
    [verdict] = judged(found).verdicts
    assert verdict.equal_up_to_rounding is None


def test_each_candidate_gets_what_it_was_made_to_be():
    relative_distances, verdicts = parts(subjects())
    assert {v.candidate: (v.outcome, v.distance) for v in verdicts} == {
        "near": ("same", "near"),
        "half": ("changed", "between"),
        "far": ("changed", "independent"),
        "constant": ("broken", "independent"),
    }
    by_predictions = {s.candidate: s for s in relative_distances if s.measure == "disagreement"}
    # A candidate that predicts like an independent on a random half of the inputs is at 0.5, an independent at 1.
    assert by_predictions["half"].low < 0.5 < by_predictions["half"].high
    assert by_predictions["far"].low < 1 < by_predictions["far"].high
    assert (
        {s.measure for s in relative_distances}
        == set(DISTANCES)
        >= {"disagreement", "total_variation", "jensen_shannon"}
    )
    assert {(s.noise_floor_model, s.independents, s.examples, s.refused) for s in relative_distances} == {
        ("again", 5, EXAMPLES, "")
    }


def test_the_ceiling_is_the_mean_over_the_independents():
    found = subjects()
    relative_distances, _ = parts(found)
    far = next(s for s in relative_distances if s.measure == "disagreement")
    base = found[0].trajectories["test"].last.predicted_class
    others = [s.trajectories["test"].last.predicted_class for s in found if s.entry.role == "independent"]
    assert far.independent_distance == pytest.approx(np.mean([np.mean(other != base) for other in others]))


def test_harm_and_recovery_are_counted():
    found = subjects()
    _, verdicts = parts(found)
    base = found[0].trajectories["test"].last.predicted_class == LABELS
    half = next(s for s in found if s.id == "half").trajectories["test"].last.predicted_class == LABELS
    [verdict] = [v for v in verdicts if v.candidate == "half"]
    assert (verdict.negative_flips, verdict.positive_flips) == (np.sum(base & ~half), np.sum(~base & half))


def test_without_labels_everything_that_needs_none_is_said():
    _, verdicts = parts(subjects(labels=None))
    outcomes = {v.candidate: v.outcome for v in verdicts}
    assert (outcomes["near"], outcomes["half"], outcomes["far"]) == ("same", "changed", "changed")
    assert {v.quality for v in verdicts} == {"no labels"}
    assert {(v.negative_flips, v.positive_flips, v.flips_p_value) for v in verdicts} == {(None, None, None)}


def test_without_a_replicate_there_is_no_floor_and_no_relative_distance():
    made, whole = judged(subjects(replicate=False)), judged(subjects())
    assert (made.relative_distances, made.warnings) == ((), ())
    assert {one.distance for one in made.verdicts} == {None}
    # The first two answers need no noise floor.
    assert [one.outcome for one in made.verdicts] == [one.outcome for one in whole.verdicts]


def test_without_independents_the_first_two_answers_are_the_same():
    found = [s for s in subjects() if s.entry.role != "independent"]
    relative_distances, verdicts = parts(found)
    assert all(s.refused == "no independents" and s.value is None for s in relative_distances)
    outcomes = {v.candidate: v.outcome for v in verdicts}
    assert (outcomes["near"], outcomes["half"], outcomes["far"]) == ("same", "changed", "changed")
    assert {v.distance for v in verdicts} == {None}


def test_only_candidates_are_judged():
    _, verdicts = parts(subjects())
    assert not {v.candidate for v in verdicts} & {"base", "again", "independent-0"}
    assert "independent" not in JUDGED


def test_the_replicate_furthest_from_the_base_is_the_floor_for_each_distance():
    found = subjects()
    noisier = BASE.copy()
    noisier[:40] = np.roll(noisier[:40], 1, axis=1)  # 1 % of the predictions change
    found.insert(2, subject("noisier", "replicate", noisier))
    assert {s.noise_floor_model for s in judged(found).relative_distances} == {"noisier"}
    distance = next(s for s in judged(found).relative_distances if (s.candidate, s.measure) == ("far", "disagreement"))
    assert distance.noise_floor == pytest.approx(np.mean(noisier.argmax(1) != BASE.argmax(1)))


def test_the_worst_candidate_decides_and_a_control_does_not():
    found = subjects()
    [overall] = judged(found).overall
    assert (overall.candidate, overall.outcome) == ("constant", "broken")
    kept = [s for s in found if s.id not in {"constant", "half", "far"}]
    kept.append(subject("no-teacher", "control", independent()))
    [overall] = judged(kept).overall
    assert (overall.candidate, overall.outcome) == ("near", "same")
    assert judged([s for s in kept if s.id != "near"]).overall == ()


def test_forts_curves_stand_beside_every_verdict():
    found = subjects()
    base, half = (np.mean(s.trajectories["test"].last.predicted_class == LABELS) for s in (found[0], found[8]))
    assert found[8].id == "half"
    [verdict] = [v for v in judged(found).verdicts if v.candidate == "half"]
    # Fort 2019: both right and wrong apart, or both wrong and on different classes of the other four.
    expected = base * (1 - half) + half * (1 - base) + (1 - base) * (1 - half) * 3 / 4
    assert verdict.fort_independent == pytest.approx(expected)
    if half <= base:
        assert verdict.fort_perturbed == pytest.approx((base - half) / (base - (1 - base) / 4))
    else:
        assert verdict.fort_perturbed is None


def test_a_poor_independent_is_warned_of():
    assert judged(subjects()).independent_problems == ()
    found = [*subjects(), subject("poor", "independent", 0.3 * SHARED + DRAW.normal(size=BASE.shape) * 2)]
    problems = {(one.code, one.models) for one in judged(found).independent_problems}
    assert ("less accurate", ("poor",)) in problems


def test_twins_are_named():
    logits = independent()
    twins = [subject(f"twin-{i}", "independent", logits + DRAW.normal(size=BASE.shape) * 0.1) for i in range(2)]
    problems = judged([*subjects(), *twins]).independent_problems
    assert [(one.code, one.models) for one in problems] == [("near twins", ("twin-0", "twin-1"))]


def test_a_base_no_better_than_the_most_frequent_class_is_warned_of():
    assert judged(subjects()).overall[0].doubt == ""
    shuffled = np.random.default_rng(0).permutation(LABELS)
    found = judged(subjects(shuffled))
    share = np.mean(BASE.argmax(axis=1) == shuffled)
    assert share < np.mean(LABELS == 0)
    assert found.overall[0].doubt == "no better"
    assert {one.majority for one in found.verdicts} == {np.mean(LABELS == 0)}
    # What they are by their distance: the constant one is far, and that it is no better than chance says nothing here.
    outcomes = {v.candidate: v.outcome for v in found.verdicts}
    before = {v.candidate: v.outcome for v in judged(subjects()).verdicts}
    assert outcomes | {"constant": "broken"} == before
    assert outcomes["constant"] == "changed"


def with_classes_only(subject):
    """The same model, of which only the predicted classes are known."""
    made = subject.trajectories["test"].last
    last = Predictions.from_hard_predictions(made.model, made.predicted_class, made.ids, made.labels, classes=CLASSES)
    return replace(subject, trajectories={"test": Trajectory(subject.id, (0,), (last,))})


@pytest.mark.parametrize("alone", [("half",), ("base",), ("independent-2",), ("again",)])
def test_verdicts_rest_on_answers_where_no_more_is_known(alone):
    whole = subjects()
    found = [with_classes_only(one) if one.id in alone else one for one in whole]
    relative_distances, verdicts = parts(found)
    by_predictions = {"disagreement", "negative_flips", "positive_flips"}
    of_half = [distance for distance in relative_distances if distance.candidate == "half"]
    assert {distance.measure for distance in of_half} == by_predictions
    before = {s.measure: s for s in parts(whole)[0] if s.candidate == "half" and s.measure in by_predictions}
    assert {distance.measure: distance for distance in of_half} == before
    half = next(one for one in verdicts if one.candidate == "half")
    assert (half.outcome, half.distance, half.probabilities_moved) == ("changed", "between", None)


def test_measures_say_that_they_need_probabilities():
    found = [with_classes_only(one) for one in subjects()[:2]]
    notes = {entry.measure: entry.notes for entry in judged(found).measures if entry.value is None}
    assert set(notes) == {name for name, measure in MEASURES.items() if measure.needs_probabilities}
    assert set(notes.values()) == {(Note(code="classes only"),)}
    [rows] = rows_of(found)["test"]["independent-0"]
    assert rows["total_variation"].null_count() == EXAMPLES


def test_any_cut_into_parts_gives_the_same_analysis(tmp_path):
    found = subjects()
    whole = judged(found)
    rows = {"test": {}}
    for name, [frame] in rows_of(found)["test"].items():
        path = tmp_path / f"{name}.parquet"
        frame[100:101].write_parquet(path)
        rows["test"][name] = [frame[:100], path, frame[101:]]
    assert judged(found, rows) == whole


def test_an_independent_is_measured_with_the_others():
    """Its relative distance is its disagreement over the mean of the others': not 1 by definition."""
    found = subjects(replicate=False)
    entries, rows = [one.entry for one in found], rows_of(found)["test"]
    summaries = {name: summary(parts) for name, parts in rows.items()}
    apart = independents_apart(entries, rows, summaries, "test", 0.95, noiseless=True)
    by = {one.candidate: one for one in apart if one.measure == "disagreement"}
    means = {name: pl.concat(rows[name])["disagreement"].mean() for name in by}
    assert len(by) == 5
    for name, one in by.items():
        others = np.mean([mean for other, mean in means.items() if other != name])
        assert one.value == pytest.approx(means[name] / others)
        assert one.independents == 4
    assert independents_apart([*entries[:2], *entries[6:]], rows, summaries, "test", 0.95, noiseless=True) == []
