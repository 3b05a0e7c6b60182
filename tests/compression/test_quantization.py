import copy
import json
import logging
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from samefn.compression import quantization
from samefn.compression.export import export_onnx
from samefn.compression.onnx_files import read_model
from samefn.compression.quantization import quantize_file
from samefn.core.errors import InputError, SamefnError
from samefn.runtimes.inference import infer_images
from samefn.runtimes.onnx.model import open_exact
from samefn.runtimes.torch.logits import torch_logits
from samefn.schema.methods import QuantizationMethod

KERNELS = {"0.weight": 288, "3.weight": 18_432, "7.weight": 204_800, "10.weight": 1_280}
BIASES = ("0.bias", "3.bias", "7.bias", "10.bias")


def arrays(path: Path) -> dict[str, np.ndarray]:
    return {weight.name: numpy_helper.to_array(weight) for weight in onnx.load(path).graph.initializer}


def operators(path: Path) -> Counter[str]:
    return Counter(node.op_type for node in onnx.load(path).graph.node)


def test_float16_is_float32_arithmetic_on_rounded_weights(
    base_onnx: Path, net: nn.Sequential, pixels: np.ndarray, calibration: np.ndarray, tmp_path: Path
) -> None:
    out = tmp_path / "m.onnx"
    record = quantize_file(base_onnx, "float16", out, calibration)
    rounded = copy.deepcopy(net)
    for parameter in rounded.parameters():
        parameter.data = parameter.data.half().float()
    logits = infer_images(open_exact(out), pixels, 32, "model")
    np.testing.assert_allclose(logits, torch_logits(rounded, pixels, 32), atol=1e-6)
    assert np.abs(logits - torch_logits(net, pixels, 32)).max() > 1e-5  # the rounding is seen
    stored = arrays(out)
    assert {stored[f"{name}_float16"].dtype.name for name in (*KERNELS, *BIASES)} == {"float16"}
    assert record.elements_before == {"float32": 225_034, "int64": 2}
    assert record.elements_after == {"float16": 225_034, "int64": 2}
    assert record.float32_arrays == ()
    # 225,034 weights take 2 bytes less each; the eight casts take some hundred bytes.
    assert 450_068 - 2_000 < record.bytes_before - record.bytes_after < 450_068


def test_dynamic_int8_stores_every_kernel_as_int8_and_runs_integer_operators(
    base_onnx: Path, calibration: np.ndarray, tmp_path: Path
) -> None:
    out = tmp_path / "m.onnx"
    record = quantize_file(base_onnx, "int8-dynamic", out, calibration)
    stored, base = arrays(out), arrays(base_onnx)
    for name, size in KERNELS.items():
        transposed = name in ("7.weight", "10.weight")  # Gemm's kernel becomes MatMul's
        prefix = f"{name}_Transposed" if transposed else name
        kernel, scale = stored[f"{prefix}_quantized"], stored[f"{prefix}_scale"]
        assert kernel.dtype == np.int8
        assert (kernel.size, scale.size) == (size, 1)
        wanted = base[name].T if transposed else base[name]
        assert np.abs(kernel * scale - wanted).max() <= scale * (0.5 + 1e-5)  # rounded to the nearest step
    used = operators(out)
    assert (used["ConvInteger"], used["MatMulInteger"], used["DynamicQuantizeLinear"]) == (2, 2, 4)
    assert not {"Conv", "Gemm", "MatMul"} & set(used)
    assert (record.kernels, record.float32_kernels, record.float32_arrays) == (4, (), BIASES)
    assert record.elements_after["int8"] == sum(KERNELS.values()) + 4  # and four zero points
    assert record.bytes_after < record.bytes_before / 3.8
    assert any("batch" in note for note in record.notes)


def test_dynamic_int8_answers_as_the_reference_does_batch_by_batch(
    base_onnx: Path, pixels: np.ndarray, calibration: np.ndarray, tmp_path: Path
) -> None:
    # onnx's own evaluator sums integers in NumPy. A rounding at a step's edge may differ, a saturated sum
    # may not: one step of the last activations moves a logit by less than 1e-3, saturation by 5e-3.
    out = tmp_path / "m.onnx"
    quantize_file(base_onnx, "int8-dynamic", out, calibration)
    reference = ReferenceEvaluator(str(out))
    for batch_size in (16, 8):
        wanted = [
            np.asarray(reference.run(None, {"pixels": calibration[start : start + batch_size]}))[0]
            for start in range(0, 16, batch_size)
        ]
        logits = infer_images(open_exact(out), pixels[:16], batch_size, "model")
        np.testing.assert_allclose(logits, np.concatenate(wanted), atol=1e-3)


def test_static_int8_has_7_bit_weights_a_channel_and_calibrated_activations(
    base_onnx: Path, pixels: np.ndarray, calibration: np.ndarray, tmp_path: Path
) -> None:
    out = tmp_path / "m.onnx"
    record = quantize_file(base_onnx, "int8-static", out, calibration)
    stored, base = arrays(out), arrays(base_onnx)
    for name in KERNELS:
        kernel, scale = stored[f"{name}_quantized"], stored[f"{name}_scale"]
        assert kernel.dtype == np.int8
        assert scale.shape == kernel.shape[:1]
        assert 60 <= np.abs(kernel.astype(int)).max() <= 64
        scale = scale.reshape(-1, *[1] * (kernel.ndim - 1))
        assert (np.abs(kernel * scale - base[name]) <= scale * (0.5 + 1e-5)).all()
    # The images span [0, 1], so a step is 1/255 and zero is zero.
    np.testing.assert_allclose(stored["pixels_scale"], 1 / 255, rtol=1e-6)
    assert stored["pixels_zero_point"].dtype == np.uint8
    assert stored["pixels_zero_point"] == 0
    # The logits' range is their smallest and largest value over all images: 255 steps.
    logits = infer_images(open_exact(base_onnx), pixels, 96, "model")
    np.testing.assert_allclose(stored["logits_scale"], (max(logits.max(), 0) - min(logits.min(), 0)) / 255, rtol=1e-5)
    assert record.label == "7-bit weights (reduce_range)"
    assert (record.kernels, record.float32_kernels, record.float32_arrays) == (4, (), ())
    assert record.calibration == 96
    assert record.elements_after["int8"] >= sum(KERNELS.values())
    assert record.elements_after["int32"] >= 32 + 64 + 128 + 10


@pytest.mark.parametrize("method", ["float16", "int8-dynamic", "int8-static"])
def test_the_function_stays_near_the_base(
    base_onnx: Path, pixels: np.ndarray, calibration: np.ndarray, tmp_path: Path, method: QuantizationMethod
) -> None:
    quantize_file(base_onnx, method, tmp_path / "m.onnx", calibration)
    base = infer_images(open_exact(base_onnx), pixels, 32, "model")
    moved = np.abs(infer_images(open_exact(tmp_path / "m.onnx"), pixels, 32, "model") - base)
    assert 0 < moved.max() < 0.06 * base.std()


@pytest.mark.parametrize("method", ["float16", "int8-dynamic", "int8-static"])
def test_nothing_is_printed_and_the_record_is_json(
    base_onnx: Path,
    calibration: np.ndarray,
    tmp_path: Path,
    method: QuantizationMethod,
    capfd: pytest.CaptureFixture[str],
) -> None:
    handlers = list(logging.getLogger().handlers)
    record = quantize_file(base_onnx, method, tmp_path / "m.onnx", calibration)
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger().handlers == handlers
    stored = json.loads(record.model_dump_json())
    assert stored["bytes_after"] == (tmp_path / "m.onnx").stat().st_size
    assert stored["method"] == method


def test_a_convolution_that_the_library_skips_is_listed(
    base_onnx: Path, calibration: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_convolutions(base: onnx.ModelProto) -> onnx.ModelProto:
        half = tmp_path / "half.onnx"
        quantize_dynamic(base, half, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"])
        return read_model(half)

    monkeypatch.setattr(quantization, "dynamic_int8", without_convolutions)
    record = quantize_file(base_onnx, "int8-dynamic", tmp_path / "m.onnx", calibration)
    assert record.float32_kernels == ("0.weight", "3.weight")
    assert any("0.weight, 3.weight" in note for note in record.notes)


def test_a_library_that_does_nothing_is_an_error(
    base_onnx: Path, calibration: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantization, "dynamic_int8", lambda base: base)
    with pytest.raises(SamefnError, match="SF735"):
        quantize_file(base_onnx, "int8-dynamic", tmp_path / "m.onnx", calibration)
    assert not (tmp_path / "m.onnx").exists()


def test_a_net_without_kernels_is_an_error(tmp_path: Path) -> None:
    export_onnx(nn.Sequential(nn.AvgPool2d(2), nn.Flatten()), (1, 4, 4), tmp_path / "base.onnx")
    methods: tuple[QuantizationMethod, ...] = ("float16", "int8-dynamic", "int8-static")
    for method in methods:
        with pytest.raises(SamefnError, match=rf"{method}.*SF735"):
            quantize_file(tmp_path / "base.onnx", method, tmp_path / "m.onnx", np.zeros((1, 1, 4, 4), np.float32))


def test_weights_beyond_float16_are_an_error_not_infinity(
    base_onnx: Path, calibration: np.ndarray, tmp_path: Path
) -> None:
    model = read_model(base_onnx)
    bias = next(weight for weight in model.graph.initializer if weight.name == "10.bias")
    bias.CopyFrom(numpy_helper.from_array(np.full(10, -70_000, np.float32), bias.name))
    onnx.save(model, tmp_path / "base.onnx")
    with pytest.raises(SamefnError, match=r"10\.bias.*70000.*SF722"):
        quantize_file(tmp_path / "base.onnx", "float16", tmp_path / "m.onnx", calibration)


def test_a_file_that_would_not_shrink_is_an_error(tmp_path: Path) -> None:
    # One dense kernel of 4 weights: scales, zero points and casts take more than int8 saves.
    kernel = numpy_helper.from_array(np.ones((4, 1), np.float32), "w")
    described = onnx.helper.make_tensor_value_info
    pixels = described("pixels", onnx.TensorProto.FLOAT, ["batch", 1, 2, 2])
    logits = described("logits", onnx.TensorProto.FLOAT, ["batch", 1])
    nodes = [
        onnx.helper.make_node("Flatten", ["pixels"], ["flat"]),
        onnx.helper.make_node("MatMul", ["flat", "w"], ["logits"]),
    ]
    graph = onnx.helper.make_graph(nodes, "g", [pixels], [logits], [kernel])
    opset = onnx.helper.make_opsetid("", 20)
    onnx.save(onnx.helper.make_model(graph, opset_imports=[opset], ir_version=10), tmp_path / "base.onnx")
    methods: tuple[QuantizationMethod, ...] = ("int8-dynamic", "int8-static")
    for method in methods:
        with pytest.raises(SamefnError, match=rf"{method}.*SF736"):
            quantize_file(tmp_path / "base.onnx", method, tmp_path / "m.onnx", np.ones((1, 1, 2, 2), np.float32))


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((0, 1, 28, 28), np.float32),
        np.zeros((4, 1, 28, 27), np.float32),
        np.zeros((4, 1, 28, 28), np.float64),
        np.full((4, 1, 28, 28), 255, np.float32),
        np.full((4, 1, 28, 28), np.nan, np.float32),
    ],
    ids=["none", "another shape", "float64", "0 to 255", "nan"],
)
def test_images_that_cannot_calibrate_are_refused(base_onnx: Path, tmp_path: Path, images: np.ndarray) -> None:
    with pytest.raises(InputError, match="SF737"):
        quantize_file(base_onnx, "int8-static", tmp_path / "m.onnx", images)


@pytest.mark.parametrize("method", ["float16", "int8-dynamic", "int8-static"])
def test_a_damaged_base_is_an_input_error(
    base_onnx: Path, calibration: np.ndarray, tmp_path: Path, method: QuantizationMethod
) -> None:
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(base_onnx.read_bytes()[:5_000])
    with pytest.raises(InputError, match=r"damaged\.onnx.*SF723"):
        quantize_file(damaged, method, tmp_path / "m.onnx", calibration)
