"""Comparisons whose KL divergence is infinite: a candidate with a softmax in int8, and one without a known step."""

import math

import numpy as np
import onnx
import pytest

import samefn
from samefn.cli.main import run
from samefn.reports.read import read_report
from samefn.schema.volatile import stable

FEATURES, CLASSES, EXAMPLES = 6, 5, 300
STEP = 1 / 256


def softmax_model(path, matrix, *, quantised):
    """A linear classifier with a softmax, in steps of 1/256 if quantised (QuantizeLinear, DequantizeLinear)."""
    node, info = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    constants = {"w": matrix.astype(np.float32), "step": np.float32(STEP), "zero": np.uint8(0)}
    nodes = [node("MatMul", ["x", "w"], ["z"]), node("Softmax", ["z"], ["soft" if quantised else "probabilities"])]
    if quantised:
        nodes.append(node("QuantizeLinear", ["soft", "step", "zero"], ["q"]))
        nodes.append(node("DequantizeLinear", ["q", "step", "zero"], ["probabilities"]))
    graph = onnx.helper.make_graph(
        nodes,
        "softmax",
        [info("x", onnx.TensorProto.FLOAT, ["n", FEATURES])],
        [info("probabilities", onnx.TensorProto.FLOAT, ["n", CLASSES])],
        [onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=10), path)
    return str(path)


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    draw = np.random.default_rng(0)
    matrix = 3 * draw.normal(size=(FEATURES, CLASSES))
    x = draw.normal(size=(EXAMPLES, FEATURES)).astype(np.float32)
    np.savez(tmp_path / "test.npz", x=x, y=(x @ matrix).argmax(axis=1))
    base = softmax_model(tmp_path / "base.onnx", matrix, quantised=False)
    return base, softmax_model(tmp_path / "int8.onnx", matrix, quantised=True), x @ matrix


def measured(report):
    return {one.measure: one for one in report.measures if one.evaluation == "test"}


def softmax(scores):
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def test_a_known_step_gives_a_finite_figure(files, tmp_path):
    base, int8, scores = files
    result = samefn.compare(base, [int8], data="test.npz")
    found = measured(result.report)
    entry, floored = found["kl_divergence"], found["kl_divergence_floored"]
    assert entry.value == math.inf
    assert "unknown step" not in {note.code for note in entry.notes}
    p = softmax(scores)
    q = np.rint(p / STEP) * STEP
    q /= q.sum(axis=1, keepdims=True)
    p, q = (np.maximum(one, STEP / 2) for one in (p, q))
    p, q = (one / one.sum(axis=1, keepdims=True) for one in (p, q))
    # An output half-way between two steps may be rounded either way.
    assert floored.value == pytest.approx(float((p * np.log(p / q)).sum(axis=1).mean()), rel=0.02)
    assert 0 <= floored.low <= floored.value <= floored.high < math.inf
    assert (floored.interval, floored.examples) == ("hall", EXAMPLES)
    # float32 softmax has no zeros, so this direction is finite and has no floored form.
    assert found["kl_divergence_reverse"].value < math.inf
    assert "kl_divergence_reverse_floored" not in found
    frame = result.frame()
    assert frame.filter(frame["measure"] == "kl_divergence_floored")["value"].to_list() == [floored.value]
    assert str(result).count("infinite:") == 1


def test_stored_and_sharded_runs_keep_the_step(files, tmp_path):
    base, int8, _ = files
    reports = []
    for number, shards in enumerate(((), ("--shards", "3"), ("--shards", "3"))):
        out = tmp_path / f"out-{number}"
        options = ["--data", "test.npz", "--set", "cost=false", "--store", "store", "--workers", "1", "--out", str(out)]
        assert run(["compare", base, int8, *options, *shards]) == 0
        reports.append(read_report(out))
        assert "floor of half a step" in (out / "report.html").read_text(encoding="utf-8")
    result = samefn.compare(base, [int8], data="test.npz")
    assert measured(reports[0])["kl_divergence_floored"] == measured(reports[1])["kl_divergence_floored"]
    assert stable(reports[1]) == stable(reports[2])
    assert measured(result.report)["kl_divergence_floored"] == measured(reports[0])["kl_divergence_floored"]


def test_without_a_step_a_note_names_what_is_bounded(files):
    _, _, scores = files
    p = softmax(scores)
    cut = np.where(p < 0.01, 0, p)
    given = [
        samefn.Predictions.from_probabilities(name, values, [str(i) for i in range(EXAMPLES)])
        for name, values in (("base", p), ("cut", cut / cut.sum(axis=1, keepdims=True)))
    ]
    result = samefn.compare(given[0], [given[1]])
    found = measured(result.report)
    assert found["kl_divergence"].value == math.inf
    assert [note.code for note in found["kl_divergence"].notes] == ["infinite examples", "unknown step"]
    assert not any(name.endswith("_floored") for name in found)
    assert "Jensen-Shannon" in str(result)


def test_finite_divergences_are_as_before(files, tmp_path):
    base, _, _ = files
    noisy = softmax_model(tmp_path / "noisy.onnx", np.eye(FEATURES, CLASSES), quantised=False)
    result = samefn.compare(base, [noisy], data="test.npz")
    assert not any(name.endswith("_floored") for name in measured(result.report))
    assert "infinite:" not in str(result)
