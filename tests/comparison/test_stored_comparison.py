"""A store that version 0.1 wrote is read, and nothing that it holds is run again."""

import json

import pytest

from samefn.comparison import costs, measure, run
from samefn.comparison.run import compare_models
from samefn.config.comparison import ComparisonSpec
from samefn.core.paths import Places
from samefn.engine.execute import execute
from samefn.engine.local import LocalEngine
from samefn.engine.run import RunOutcome
from samefn.store.store import Store


@pytest.fixture
def ran(monkeypatch):
    """The kinds of the tasks that were run, in this process."""
    kinds = []

    def here(tasks, goals, store, engine, emit, title=""):
        for task in tasks:
            if task.key in goals and task.key not in store:
                kinds.append(task.kind)
                assert not execute(task, store, emit).error
        return RunOutcome()

    monkeypatch.setattr(measure, "run_tasks", here)
    monkeypatch.setattr(costs, "run_tasks", here)
    monkeypatch.setattr(run, "write_report", lambda *_, **__: None)
    return kinds


def test_a_comparison_of_version_0_1_runs_nothing_but_the_candidate_in_other_batches(
    store_v1, old_store, tmp_path, monkeypatch, ran
):
    monkeypatch.chdir(store_v1)
    known = json.loads((store_v1 / "expected.json").read_text())
    before = set(Store(old_store).keys())
    assert before == set(known["keys"])
    models = {"base": {"path": "base.onnx"}, "candidates": [{"path": "candidate.onnx"}]}
    spec = ComparisonSpec.model_validate({**models, "data": {"path": "test.npz"}})
    report = compare_models(spec, Places(tmp_path / "out", old_store, tmp_path / "cache"), LocalEngine(1))
    # That version did not run candidates again in other batches.
    assert ran == ["answer"]
    wanted = known["figures"]["compare"]
    assert {model.id: model.accuracy for model in report.models} == wanted["accuracy"]
    # The costs are of the run then.
    assert {model.id: model.cost.whole.median for model in report.models} == wanted["latency"]
    for name in ("disagreement", "total_variation"):
        found = {f"{one.base} {one.candidate}": one.value for one in report.measures if one.measure == name}
        assert found == pytest.approx(wanted[name], rel=1e-9)
