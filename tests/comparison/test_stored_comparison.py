"""A store that version 0.1 wrote is read, and no model is asked again."""

import json

import pytest

from samefn.comparison import costs, run, sharded
from samefn.comparison.run import compare_models
from samefn.core.places import Places
from samefn.spec.comparison import ComparisonSpec
from samefn.store.store import Store


class NoEngine:
    """Nothing may be left to do."""

    name = "local"

    def __init__(self, workers=0):
        pass

    def pool(self, tasks, store, emit):
        raise AssertionError(f"{tasks} stored results would be made again")


@pytest.fixture
def compared(store_v1, old_store, tmp_path, monkeypatch):
    """Compare as version 0.1 did; the report, and the figures of then."""
    monkeypatch.chdir(store_v1)
    monkeypatch.setattr(costs, "LocalEngine", NoEngine)
    for module in (run, sharded):
        monkeypatch.setattr(module, "write_report", lambda *_: None)
    known = json.loads((store_v1 / "expected.json").read_text())

    def compare(name, **settings):
        models = {"base": {"path": "base.onnx"}, "candidates": [{"path": "candidate.onnx"}]}
        spec = ComparisonSpec.model_validate({**models, "data": {"path": "test.npz"}, **settings})
        before = Store(old_store).keys()
        assert set(before) == set(known["keys"])
        report = compare_models(spec, Places(tmp_path / "out", old_store, tmp_path / "cache"), NoEngine())
        assert Store(old_store).keys() == before
        return report, known["figures"][name]

    return compare


def same(report, wanted):
    """Whether a report has the figures that it had, the costs included: they are of the run then."""
    assert {model.id: model.accuracy for model in report.models} == wanted["accuracy"]
    assert {model.id: model.cost.latency for model in report.models} == wanted["latency"]
    for measure in ("disagreement", "total_variation"):
        found = {f"{one.base} {one.candidate}": one.value for one in report.measures if one.measure == measure}
        assert found == pytest.approx(wanted[measure], rel=1e-9)


def test_a_comparison_of_version_0_1_asks_nothing_again(compared):
    same(*compared("compare"))


def test_a_comparison_in_shards_of_version_0_1_asks_nothing_again(compared):
    same(*compared("shards", shards=2))
