"""A store that version 0.1 wrote is read, and nothing in it is made again."""

import json

import pytest

from samefn.config.read import read_study
from samefn.core.errors import InputError
from samefn.core.events import silent
from samefn.core.paths import Places
from samefn.datasets.load import load_dataset
from samefn.store.store import Store
from samefn.studies import session
from samefn.studies.data import store_dataset
from samefn.studies.environment import Machine
from samefn.studies.plan.study import plan_study
from samefn.studies.study import study


class NoEngine:
    """Nothing may be left to do."""

    name = "local"

    def pool(self, tasks, store, emit):
        raise AssertionError(f"{tasks} stored results would be made again")


@pytest.fixture(params=["study", "published"])
def spec(request, store_v1, monkeypatch):
    monkeypatch.chdir(store_v1)
    return read_study(f"{request.param}.toml")


def expected(store_v1):
    return json.loads((store_v1 / "expected.json").read_text())


def test_every_task_of_a_study_is_found_in_a_store_of_version_0_1(spec, store_v1, old_store):
    stored, dataset = expected(store_v1)["keys"], load_dataset(spec.data, None, None, silent)
    key = store_dataset(dataset, Store(old_store), silent)
    tasks = plan_study(spec, dataset, key, Machine("cpu")).tasks
    assert len(tasks) > 15
    assert {task.key: task.kind for task in tasks} == {task.key: stored.get(task.key, [""])[0] for task in tasks}


def test_a_study_of_version_0_1_runs_without_making_anything(spec, store_v1, old_store, tmp_path, monkeypatch):
    monkeypatch.setattr(session, "write_report", lambda *_, **__: None)
    before, places = Store(old_store).keys(), Places(tmp_path / "out", old_store, tmp_path / "cache")
    report, wanted = study(spec, places, NoEngine(), "cpu"), expected(store_v1)["figures"][spec.name]
    assert Store(old_store).keys() == before
    assert {model.id: model.accuracy for model in report.models} == wanted["accuracy"]
    for measure in ("disagreement", "total_variation"):
        found = {f"{one.base} {one.candidate}": one.value for one in report.measures if one.measure == measure}
        assert found == pytest.approx(wanted[measure], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("require", "outcomes"),
    [("disagreement@float16 < 99 %", ["holds"]), ("disagreement@pruned-50 < 0.001 %", ["fails", "inconclusive"])],
)
def test_a_study_is_held_against_requirements(store_v1, old_store, tmp_path, monkeypatch, require, outcomes):
    monkeypatch.chdir(store_v1)
    monkeypatch.setattr(session, "write_report", lambda *_, **__: None)
    spec = read_study("study.toml").model_copy(update={"require": (require,)})
    report = study(spec, Places(tmp_path / "out", old_store, tmp_path / "cache"), NoEngine(), "cpu")
    assert [one.outcome in outcomes for one in report.requirements] == [True]


def test_a_requirement_on_a_model_that_will_not_be_is_refused_before_anything_is_made(
    store_v1, old_store, tmp_path, monkeypatch
):
    monkeypatch.chdir(store_v1)
    spec = read_study("study.toml").model_copy(update={"require": ("disagreement@int3 < 1 %",)})
    with pytest.raises(InputError, match="int3"):
        study(spec, Places(tmp_path / "out", old_store, tmp_path / "cache"), NoEngine(), "cpu")
