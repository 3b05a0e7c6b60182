"""The keys of predictions of a comparison: where one moves by accident, models run again."""

from samefn.comparison.models import compared_models
from samefn.comparison.plan import Piece, prediction_task
from samefn.config.comparison import ComparisonSpec
from samefn.sandbox.limits import default_limits

MOVED = "keys of predictions moved: tests/studies/test_golden_keys.py says what to do about it"
SOURCES = {
    "plain": {},
    "named": {"name": "another name"},
    "fed": {"feed": {"layout": "NHWC", "scale": 0.5, "mean": [0.1], "std": [2.0]}},
    "read": {"output": "out", "returns": "probabilities", "resolution": 0.00390625},
    "run": {"batch_size": 16, "threads": 2, "options": {"graph_optimization": "basic"}},
    "torch": {"path": "tiny_net:tiny", "weights": "weights.safetensors"},
}
GOLDEN = {
    "plain": "fbe1dbe5cbc8110a",
    "named": "fbe1dbe5cbc8110a",
    "fed": "cb7d2f0118c39c7d",
    "read": "dc0c6903d4c0b443",
    "run": "64dc1abce7dda3e7",
    "torch": "d5bacc66e5f155f1",
}


def test_the_keys_of_predictions_have_not_moved(store_v1, monkeypatch):
    monkeypatch.chdir(store_v1)
    sources = [{"path": "candidate.onnx", "name": name, **source} for name, source in SOURCES.items()]
    spec = ComparisonSpec.model_validate({"base": {"path": "base.onnx"}, "candidates": sources})
    [_, *models] = compared_models(spec, default_limits())
    everything = Piece(0, 270, "0" * 64)
    keys = {name: prediction_task(model, everything).key[:16] for name, model in zip(SOURCES, models, strict=True)}
    assert keys["named"] == keys["plain"]
    assert keys == GOLDEN, MOVED
