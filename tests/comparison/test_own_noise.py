"""The noise of both sides: a candidate whose predictions depend on the batch, or change when it is run once more."""

import numpy as np
import pytest

from samefn.comparison import measure
from samefn.comparison import run as run_module
from samefn.comparison.api import compare
from samefn.comparison.run import compare_models
from samefn.config.comparison import ComparisonSpec
from samefn.core.events import Event
from samefn.core.paths import Places
from samefn.engine.execute import execute
from samefn.engine.local import LocalEngine
from samefn.engine.run import RunOutcome
from samefn.reports.wording.own_noise import own_noise_note, own_noise_sentence
from samefn.schema.volatile import stable

from .test_sharded import EXAMPLES, INPUTS, LABELS, TRUTH, weights, write

BATCH, SMALLER, SAMPLE = 64, 16, 256
BASE = weights(0, 0)


def in_batches(inputs, size):
    """What a model gives of which each score is less the mean of its batch, in plain loops."""
    predicted = []
    for start in range(0, len(inputs), size):
        scores = inputs[start : start + size] @ BASE
        mean = sum(scores) / len(scores)
        predicted += [int(np.argmax(row - mean)) for row in scores]
    return predicted


def share(first, second):
    return sum(one != two for one, two in zip(first, second, strict=True)) / len(first)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("noise")
    np.savez(folder / "test.npz", x=INPUTS, y=LABELS)
    np.save(folder / "saved.npy", INPUTS @ TRUTH)
    return {
        "data": str(folder / "test.npz"),
        "base": write(folder / "base.onnx", BASE),
        "batch": write(folder / "batch.onnx", BASE, "batch"),
        "near": write(folder / "near.onnx", weights(0.02, 7)),
        "blind": write(folder / "blind.onnx", np.full_like(BASE, np.nan)),
        "saved": str(folder / "saved.npy"),
    }


@pytest.fixture
def ran(monkeypatch):
    """Names and numbers of examples of the models that ran; tasks run in this process."""

    def run_here(tasks, goals, store, engine, emit, title):
        failed = {}
        for task in tasks:
            if task.key in set(goals) and task.key not in store:
                found.append((task.name, task.spec.get("examples")))
                if error := execute(task, store, emit).error:
                    failed[task.key] = error
                    emit(Event("failed", task.name, error))
        return RunOutcome(failed=failed)

    found = []
    monkeypatch.setattr(measure, "run_tasks", run_here)
    monkeypatch.setattr(run_module, "write_report", lambda *_, **__: None)
    return found


@pytest.fixture
def run(files, ran, tmp_path):
    def call(base, *candidates, emit=lambda _: None, **settings):
        spec = {
            "base": {"path": files[base]},
            "candidates": [one if isinstance(one, dict) else {"path": files[one]} for one in candidates],
            "data": {"path": files["data"]},
            "cost": False,
            **settings,
        }
        places = Places(tmp_path / "out", tmp_path / "store", tmp_path)
        return compare_models(ComparisonSpec.model_validate(spec), places, LocalEngine(1), emit)

    return call


def figure(report, base, candidate):
    about = (base, candidate, "disagreement")
    [entry] = [one for one in report.measures if (one.base, one.candidate, one.measure) == about]
    return entry.value


def test_a_candidate_that_depends_on_the_batch_has_a_replicate(run, files):
    own = share(in_batches(INPUTS, BATCH), in_batches(INPUTS, SMALLER))
    from_base = share((INPUTS @ BASE).argmax(axis=1).tolist(), in_batches(INPUTS, BATCH))
    assert 0.2 * from_base < own
    events = []
    reports = [run("base", "batch", "near", shards=shards, emit=events.append) for shards in (1, 3)]
    reports.append(compare(files["base"], [files["batch"], files["near"]], data=files["data"]).report)
    for report in reports:
        [replicate] = [one for one in report.models if one.role == "replicate"]
        assert (replicate.id, replicate.parent) == ("candidate-1-again", "candidate-1")
        assert (replicate.method.batch_size, report.model("candidate-1").method.batch_size) == (SMALLER, BATCH)
        assert figure(report, "candidate-1", "candidate-1-again") == pytest.approx(own)
        assert figure(report, "base", "candidate-1") == pytest.approx(from_base)
        note = own_noise_note(report, "candidate-1", "test")
        assert f"{100 * own:.1f} %" in note
        assert f"{100 * from_base:.1f} %" in note
        assert own_noise_sentence(report, "candidate-1", "test")
        assert not own_noise_note(report, "candidate-2", "test")
        assert report.data.test_examples == EXAMPLES
    assert stable(reports[0]) == stable(reports[1]) == stable(reports[2])
    assert [one.name for one in events if one.kind == "note"] == ["batch.onnx"] * 2


def test_the_answers_do_not_change(run, monkeypatch):
    noisy = run("base", "batch")
    monkeypatch.setattr("samefn.comparison.models.ComparedModel.replicates", lambda _: ())
    alone = run("base", "batch")
    assert noisy.verdicts == alone.verdicts
    assert {one.role for one in alone.models} == {"base", "candidate"}


@pytest.mark.parametrize("shards", [1, 3])
def test_of_models_without_noise_only_the_sample_runs_again(run, ran, files, shards):
    report = run("base", "near", {"path": files["saved"], "returns": "logits"}, shards=shards)
    assert {one.role for one in report.models} == {"base", "candidate"}
    again = [one for one in ran if "in other batches" in one[0]]
    assert sorted(again) == [("base.onnx in other batches", SAMPLE), ("near.onnx in other batches", SAMPLE)]
    assert not [name for name, _ in ran if "once more" in name]


def test_on_several_threads_a_model_runs_once_more(run, ran, files):
    report = run("base", {"path": files["near"], "threads": 2})
    assert ("near.onnx once more", SAMPLE) in ran  # not taken from the store for the first run
    assert {one.role for one in report.models} == {"base", "candidate"}


def test_a_candidate_that_fails_is_not_reported_twice(run):
    events = []
    report = run("base", "blind", "near", emit=events.append)
    assert [one.model for one in report.failures] == ["candidate-1"]
    assert [one.name for one in events if one.kind == "failed"] == ["blind.onnx"]
    assert not [one for one in report.warnings if "blind" in one]


def test_a_function_that_is_not_deterministic_runs_once_more():
    calls = []

    def restless(values):
        """Every second run of all inputs has the classes in another order for inputs with a second feature above 1."""
        calls.append(len(values))
        first = sum(calls) <= len(INPUTS)
        scores = values @ BASE
        scores[(values[:, 1] > 1) & (not first)] *= -1
        return scores

    report = compare(lambda values: values @ BASE, [restless], data={"x": INPUTS}).report
    replicates = [one.id for one in report.models if one.role == "replicate"]
    assert replicates == ["candidate-1-again", "candidate-1-repeat"]
    moved = sum(int(np.argmax(row @ BASE)) != int(np.argmax(-(row @ BASE))) for row in INPUTS if row[1] > 1) / len(
        INPUTS
    )
    assert figure(report, "candidate-1", "candidate-1-repeat") == pytest.approx(moved)
    assert figure(report, "base", "candidate-1") == 0
    assert own_noise_sentence(report, "candidate-1", "test")
