"""Locating in ONNX files, quantised by ONNX Runtime: the spoiled layer is found, and swaps are what they say."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from samefn.compression.float16 import float16_weights
from samefn.compression.int8 import dynamic_int8, static_int8
from samefn.core.errors import InputError
from samefn.locate.locate import locate
from samefn.locate.onnx.layers import find_layers
from samefn.locate.onnx.pair import OnnxPair
from samefn.runtimes.onnx.session import session_options

LAYERS = ("conv", "fc", "last")
IMAGES = np.random.default_rng(3).random((200, 1, 8, 8)).astype(np.float32)
INPUTS = {"x": IMAGES}


def make(seed: int = 0, *, named: bool = True) -> onnx.ModelProto:
    """Conv, Relu, Gemm with a turned weight, Relu, MatMul."""
    draws = np.random.default_rng(seed)

    def stored(name: str, *shape: int) -> TensorProto:
        return numpy_helper.from_array((draws.normal(size=shape) / np.sqrt(shape[-1])).astype(np.float32), name)

    def name(layer: str) -> str:
        return layer if named else ""

    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["c"], name=name("conv"), pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("Flatten", ["r"], ["f"]),
        helper.make_node("Gemm", ["f", "w2", "b2"], ["g"], name=name("fc"), transB=1),
        helper.make_node("Relu", ["g"], ["h"]),
        helper.make_node("MatMul", ["h", "w3"], ["y"], name=name("last")),
    ]
    weights = [stored("w1", 4, 1, 3, 3), stored("b1", 4), stored("w2", 16, 256), stored("b2", 16), stored("w3", 16, 5)]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 5])],
        weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


def spoiled(model: onnx.ModelProto, layer: str) -> onnx.ModelProto:
    """The weight of one layer rounded to -1, 0 and 1 times its largest number, so that int8 holds it as it is."""
    made = onnx.ModelProto()
    made.CopyFrom(model)
    weight = made.graph.initializer[{"conv": 0, "fc": 2, "last": 4}[layer]]
    values = numpy_helper.to_array(weight)
    largest = np.abs(values).max()
    weight.CopyFrom(numpy_helper.from_array((np.round(values / largest) * largest).astype(np.float32), weight.name))
    return made


class Reader(CalibrationDataReader):
    def __init__(self) -> None:
        self.left = iter([INPUTS])

    def get_next(self) -> dict[str, Any] | None:
        return next(self.left, None)


def quantized(model: onnx.ModelProto, form: str, folder: Path) -> onnx.ModelProto:
    if form == "dynamic":
        return dynamic_int8(model)
    if form == "qdq":
        return static_int8(model, IMAGES)
    if form == "float16":
        return float16_weights(model)
    before, after = folder / "before.onnx", folder / "after.onnx"
    onnx.save(model, before)
    quantize_static(
        before, after, Reader(), quant_format=QuantFormat.QOperator, weight_type=QuantType.QInt8,
        activation_type=QuantType.QUInt8, op_types_to_quantize=["Conv", "MatMul"], per_channel=True, reduce_range=True,
    )  # fmt: skip
    return onnx.load(after)


def saved(model: onnx.ModelProto, path: Path) -> Path:
    onnx.save(model, path)
    return path


def answers(model: onnx.ModelProto) -> np.ndarray:
    session = ort.InferenceSession(model.SerializeToString(), session_options(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, INPUTS)[0])


@pytest.mark.parametrize("form", ["dynamic", "qdq", "qlinear"])
@pytest.mark.parametrize("layer", ["conv", "last"])
def test_the_spoiled_layer_is_first_both_ways(form: str, layer: str, tmp_path: Path):
    base = saved(make(), tmp_path / "base.onnx")
    candidate = saved(quantized(spoiled(make(), layer), form, tmp_path), tmp_path / "candidate.onnx")
    found = locate(base, candidate, INPUTS, 200)
    for direction in ("forward", "backward"):
        ranked = [entry for entry in found if entry.direction == direction]
        assert {entry.group for entry in ranked} == set(LAYERS)
        assert ranked[0].group == layer
        assert ranked[0].share is not None
        assert ranked[0].share > 0.5
        assert max(entry.share or 0.0 for entry in ranked[1:]) < 0.25


def test_the_spoiled_gemm_is_first_where_it_becomes_a_turned_product(tmp_path: Path):
    base = saved(make(), tmp_path / "base.onnx")
    candidate = saved(dynamic_int8(spoiled(make(), "fc")), tmp_path / "candidate.onnx")
    found = locate(base, candidate, INPUTS, 200)
    assert next(entry.group for entry in found if entry.direction == "forward") == "fc"
    assert next(entry.group for entry in found if entry.direction == "backward") == "fc"


@pytest.mark.parametrize("form", ["dynamic", "qdq", "qlinear", "float16"])
def test_weights_are_dequantised_within_half_a_step(form: str, tmp_path: Path):
    model = make()
    ours, theirs = find_layers(model, "base"), find_layers(quantized(model, form, tmp_path), "candidate")
    assert [layer.kind for layer in theirs] == ["conv", "dense", "dense"]
    for one, other in zip(ours, theirs, strict=True):
        # 7 bits at the least: steps of no more than the largest number / 63; float16 has 11 bits.
        step = np.abs(one.weight).max() / 63
        assert np.abs(one.weight - other.weight).max() <= step / 2 * 1.001
        quantised = other.bytes < one.bytes
        assert quantised == (not np.array_equal(one.weight, other.weight))
    # (QOperator was asked for convolutions and products only: its Gemm stays in float.)


def test_all_weights_of_a_weights_only_candidate_make_it_that(tmp_path: Path):
    model = make()
    base, candidate = saved(model, tmp_path / "a.onnx"), saved(float16_weights(model), tmp_path / "b.onnx")
    pair = OnnxPair(base, candidate)
    names = [layer.name for layer in pair.layers]
    # Biases are float16 too and stay where they are: they are of no more than 2**-11 of themselves apart.
    np.testing.assert_allclose(pair.forward(names, INPUTS, 200), answers(float16_weights(model)), atol=2e-3)
    np.testing.assert_allclose(pair.backward(names, INPUTS, 200), answers(model), atol=2e-3)
    assert np.abs(answers(model) - answers(float16_weights(model))).max() > 0


def test_all_layers_of_a_dynamic_candidate_given_back_make_the_base(tmp_path: Path):
    model = make()
    pair = OnnxPair(saved(model, tmp_path / "a.onnx"), saved(dynamic_int8(model), tmp_path / "b.onnx"))
    names = [layer.name for layer in pair.layers]
    np.testing.assert_allclose(pair.backward(names, INPUTS, 200), answers(model), rtol=1e-5, atol=1e-5)
    assert np.abs(answers(dynamic_int8(model)) - answers(model)).max() > 1e-3
    np.testing.assert_array_equal(pair.backward((), INPUTS, 200), answers(dynamic_int8(model)))


def test_layers_without_names_are_matched_in_order_and_cost_three_bytes_a_weight(tmp_path: Path):
    model = make(named=False)
    found = locate(
        saved(model, tmp_path / "a.onnx"), saved(static_int8(model, IMAGES), tmp_path / "b.onnx"), INPUTS, 64
    )
    costs = {entry.group: entry.bytes for entry in found}
    assert costs == {"c": 3 * 36, "g": 3 * 4096, "y": 3 * 80}
    forward = next(entry for entry in found if entry.direction == "forward")
    assert "dequantised" in forward.swapped


def test_what_cannot_be_matched_is_refused_with_the_reason(tmp_path: Path):
    model, fewer = make(), make()
    del fewer.graph.node[3:]
    fewer.graph.output[0].CopyFrom(helper.make_tensor_value_info("f", TensorProto.FLOAT, ["n", 256]))
    base = saved(model, tmp_path / "base.onnx")
    with pytest.raises(InputError, match=r"1 layers.*the base 3.*SF561"):
        OnnxPair(base, saved(fewer, tmp_path / "fewer.onnx"))
    with pytest.raises(InputError, match="SF562"):
        OnnxPair(saved(dynamic_int8(model), tmp_path / "int8.onnx"), base)
    other = make()
    other.graph.initializer[0].CopyFrom(numpy_helper.from_array(np.ones((4, 1, 1, 1), np.float32), "w1"))
    other.graph.node[0].ClearField("attribute")
    with pytest.raises(InputError, match=r"\[4, 1, 1, 1\].*'conv'.*\[4, 1, 3, 3\].*SF561"):
        OnnxPair(base, saved(other, tmp_path / "other.onnx"))


def test_two_kinds_of_models_are_refused(tmp_path: Path):
    import torch  # noqa: PLC0415  (only for its type)

    with pytest.raises(InputError, match="SF560"):
        locate(tmp_path / "a.onnx", torch.nn.Identity(), INPUTS, 10)


def with_softmax(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same with a softmax behind it."""
    made = onnx.ModelProto()
    made.CopyFrom(model)
    made.graph.node.append(helper.make_node("Softmax", ["y"], ["p"], axis=1))
    made.graph.output[0].name = "p"
    return made


def static(base: Path, candidate: Path, **extra: Any) -> Path:
    quantize_static(base, candidate, Reader(), extra_options=extra)
    return candidate


def test_weights_that_are_quantised_in_the_graph_are_layers(tmp_path: Path):
    base = saved(make(), tmp_path / "base.onnx")
    pairs = static(base, tmp_path / "pairs.onnx", AddQDQPairToWeight=True)
    usual = find_layers(onnx.load(static(base, tmp_path / "usual.onnx")), "usual")
    found = find_layers(onnx.load(pairs), "pairs")
    assert [layer.name for layer in found] == list(LAYERS)
    for one, other in zip(usual, found, strict=True):
        np.testing.assert_allclose(one.weight, other.weight, atol=np.abs(one.weight).max() / 127 * 0.51)
    assert {entry.group for entry in locate(base, pairs, INPUTS, 200)} == set(LAYERS)


def test_a_softmax_that_is_rounded_to_8_bits_is_located(tmp_path: Path):
    base = saved(with_softmax(make()), tmp_path / "base.onnx")
    found = locate(base, static(base, tmp_path / "qdq.onnx"), INPUTS, 200)
    assert {entry.group for entry in found} == set(LAYERS)


def test_layers_are_matched_by_name_where_one_is_missing(tmp_path: Path):
    model = dynamic_int8(make())
    for node in model.graph.node:
        if node.op_type == "ConvInteger":  # as of a graph that computes a weight
            node.name = "conv"
    base = make()
    base.graph.node.insert(5, helper.make_node("MatMul", ["h", "w4"], ["h4"], name="extra"))
    base.graph.initializer.append(numpy_helper.from_array(np.eye(16, dtype=np.float32), "w4"))
    base.graph.node[6].input[0] = "h4"
    pair = OnnxPair(saved(base, tmp_path / "a.onnx"), saved(model, tmp_path / "b.onnx"))
    assert {layer.name for layer in pair.layers} == set(LAYERS)
    assert "extra" in pair.swapped[0]


def test_layers_in_formats_that_cannot_be_swapped_are_refused(tmp_path: Path):
    base = saved(make(), tmp_path / "base.onnx")
    fused = make()
    fused.graph.node[3].op_type, fused.graph.node[3].domain = "QGemm", "com.microsoft"
    blocks = make()
    blocks.graph.initializer.extend(
        [
            numpy_helper.from_array(np.ones((16, 5), np.int8), "stored"),
            numpy_helper.from_array(np.ones((4, 5), np.float32), "scales"),
        ]
    )
    blocks.graph.node[5].input[1] = "dequantised"
    node = helper.make_node("DequantizeLinear", ["stored", "scales"], ["dequantised"], axis=0, block_size=4)
    blocks.graph.node.insert(0, node)
    for name, model in (("fused", fused), ("blocks", blocks)):
        with pytest.raises(InputError, match="SF563"):
            OnnxPair(base, saved(model, tmp_path / f"{name}.onnx"))


def test_a_graph_that_is_not_valid_is_refused(tmp_path: Path):
    broken = make()
    del broken.graph.node[3].input[:]
    with pytest.raises(InputError, match="SF564"):
        OnnxPair(saved(make(), tmp_path / "base.onnx"), saved(broken, tmp_path / "broken.onnx"))


def test_inputs_that_the_model_cannot_run_on_are_refused(tmp_path: Path):
    pair = OnnxPair(saved(make(), tmp_path / "a.onnx"), saved(make(1), tmp_path / "b.onnx"))
    with pytest.raises(InputError, match="SF565") as caught:
        pair.forward((), {"x": IMAGES[:, :, :4]}, 200)
    assert "\n" not in str(caught.value)
