"""Any ONNX file through `open_onnx`: what it computes, what it says of itself, and what it refuses."""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.capi.onnxruntime_pybind11_state import NotImplemented as MissingKernel

from samefn.compression.int8 import dynamic_int8
from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.runtimes.model import TensorSpec, WeightStats
from samefn.runtimes.onnx import model as onnx_model
from samefn.runtimes.onnx.model import open_onnx

FLOAT, HALF, INT64 = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64
WITHOUT_VNNI = {"avx2": True, "avx512f": True, "avx512_vnni": False, "avx_vnni": False, "amx_int8": False}


def built(
    nodes: list[onnx.NodeProto],
    inputs: Mapping[str, tuple[int, list]],
    outputs: Mapping[str, tuple[int, list]],
    weights: Mapping[str, np.ndarray],
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info(name, *declared) for name, declared in inputs.items()],
        [helper.make_tensor_value_info(name, *declared) for name, declared in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)


def saved(path: Path, *args) -> str:
    onnx.save(built(*args), path)
    return str(path)


def dense(path: Path, kernel: np.ndarray, kind: int = FLOAT, batch: int | str = "n") -> str:
    """`logits` = `x` @ `w`."""
    nodes = [helper.make_node("MatMul", ["x", "w"], ["logits"])]
    sizes = kernel.shape
    return saved(path, nodes, {"x": (kind, [batch, sizes[0]])}, {"logits": (kind, [batch, sizes[1]])}, {"w": kernel})


def quantised(path: Path, form: str, zero_point: np.ndarray) -> str:
    """Eight-bit `x` [n, 64] times [127, 1], so that sums of two products leave 16 bits; `logits` in steps of 10,000."""
    kernel = np.stack([np.full(64, 127), np.ones(64)], axis=1).astype(np.int8)
    stored = {"one": np.float32(1), "zx": zero_point, "w": kernel, "zw": np.int8(0), "step": np.float32(10_000)}
    quantise = helper.make_node("QuantizeLinear", ["x", "one", "zx"], ["xq"])
    if form == "QDQ":
        products = [
            helper.make_node("DequantizeLinear", ["xq", "one", "zx"], ["xd"]),
            helper.make_node("DequantizeLinear", ["w", "one", "zw"], ["wd"]),
            helper.make_node("MatMul", ["xd", "wd"], ["sums"]),
            helper.make_node("QuantizeLinear", ["sums", "step", "zx"], ["q"]),
        ]
    else:
        inputs = ["xq", "one", "zx", "w", "one", "zw", "step", "zx"]
        products = [helper.make_node("QLinearMatMul", inputs, ["q"])]
    out = helper.make_node("DequantizeLinear", ["q", "step", "zx"], ["logits"])
    nodes = [quantise, *products, out]
    return saved(path, nodes, {"x": (FLOAT, ["n", 64])}, {"logits": (FLOAT, ["n", 2])}, stored)


def refusal(source: ModelSource) -> str:
    with pytest.raises(InputError) as caught:
        open_onnx(source)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def flags(monkeypatch: pytest.MonkeyPatch, **changed: bool | str) -> None:
    monkeypatch.setattr(onnx_model, "int8_flags", lambda: {**WITHOUT_VNNI, **changed})


def test_inputs_and_outputs_are_taken_and_given_by_name(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    table, kernel = rng.standard_normal((5, 3)).astype(np.float32), rng.standard_normal((4, 3)).astype(np.float32)
    nodes = [
        helper.make_node("MatMul", ["values", "kernel"], ["product"]),
        helper.make_node("Gather", ["table", "token"], ["looked_up"]),
        helper.make_node("Add", ["product", "looked_up"], ["logits"]),
        helper.make_node("Identity", ["token"], ["same"]),
    ]
    inputs = {"values": (FLOAT, ["n", 4]), "token": (INT64, ["n"])}
    outputs = {"logits": (FLOAT, ["n", 3]), "same": (INT64, ["n"])}
    path = saved(tmp_path / "m.onnx", nodes, inputs, outputs, {"kernel": kernel, "table": table})
    model = open_onnx(ModelSource(path=path))
    assert model.inputs == (TensorSpec("values", "float32", (None, 4)), TensorSpec("token", "int64", (None,)))
    assert model.outputs == (TensorSpec("logits", "float32", (None, 3)), TensorSpec("same", "int64", (None,)))
    values, token = rng.standard_normal((6, 4)).astype(np.float32), np.array([0, 4, 2, 2, 1, 3])
    found = model.run({"token": token, "values": values})
    assert list(found) == ["logits", "same"]
    np.testing.assert_allclose(found["logits"], values @ kernel + table[token], atol=1e-5)
    np.testing.assert_array_equal(found["same"], token)
    assert model.resolution is None
    assert model.notes == ()


def test_a_fixed_batch_is_declared_and_another_is_refused_in_one_line(tmp_path: Path) -> None:
    model = open_onnx(ModelSource(path=dense(tmp_path / "m.onnx", np.eye(3, dtype=np.float32), batch=4)))
    assert model.inputs[0].batch == 4
    rows = np.arange(12, dtype=np.float32).reshape(4, 3)
    np.testing.assert_array_equal(model.run({"x": rows})["logits"], rows)
    for feeds in ({"x": rows[:3]}, {"x": rows.astype(np.float64)}, {"y": rows}, {"x": rows.astype(str)}):
        with pytest.raises(InputError, match="SF315") as caught:
            model.run(feeds)
        assert "\n" not in str(caught.value)


def test_half_precision_goes_in_and_comes_out(tmp_path: Path) -> None:
    # 2048 + 1 is not a float16: it becomes 2048, which tells float16 from a copy in float32.
    model = open_onnx(ModelSource(path=dense(tmp_path / "m.onnx", np.ones((2, 1), np.float16), HALF)))
    assert model.inputs[0].dtype == model.outputs[0].dtype == "float16"
    found = model.run({"x": np.array([[2048, 1]], np.float16)})["logits"]
    assert found.dtype == np.float16
    assert found.tolist() == [[2048]]


def test_a_dynamic_int8_model_is_near_its_base_and_stores_the_same_zeros(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    kernel = rng.uniform(0.1, 1, (40, 3)).astype(np.float32) * rng.choice([-1, 0, 1], (40, 3)).astype(np.float32)
    base = dense(tmp_path / "base.onnx", kernel)
    small = tmp_path / "int8.onnx"
    onnx.save(dynamic_int8(onnx.load(base)), small)
    rows = rng.standard_normal((9, 40)).astype(np.float32)
    answers = [open_onnx(ModelSource(path=str(path))).run({"x": rows})["logits"] for path in (base, small)]
    # Activations are rounded to steps of about 6 / 255, weights to steps of 2 / 255; 40 such errors add up like noise.
    assert 0 < np.abs(answers[0] - answers[1]).max() < 0.2
    for path in (Path(base), small):
        size = open_onnx(ModelSource(path=str(path))).weights()
        assert size == WeightStats(path.stat().st_size, 120, int(np.count_nonzero(kernel)))


def test_quantised_numbers_are_zero_at_their_zero_point_and_only_numbers_count(tmp_path: Path) -> None:
    # Zero points 1, 2 and 3 of the rows: one zero in the first, two in the second, none in the third; 6 are not zero.
    kernel = np.array([[1, 5, 7], [2, 2, 9], [0, 1, 2]], np.uint8)
    stored = {
        "kernel": kernel,
        "scale": np.array([1, 1, 1], np.float32),
        "zero": np.array([1, 2, 3], np.uint8),
        "bias": np.array([0, 4, 5], np.int32),  # dequantised: 3 numbers, 2 not zero
        "bias_scale": np.float32(1),
        "shape": np.array([-1, 3], np.int64),  # no weights
        "extra": np.array([0.0, -0.0, 2.0], np.float32),  # 3 numbers, 1 not zero
    }
    nodes = [
        helper.make_node("DequantizeLinear", ["kernel", "scale", "zero"], ["w"], axis=0),
        helper.make_node("DequantizeLinear", ["bias", "bias_scale"], ["b"]),
        helper.make_node("Constant", [], ["c"], value=numpy_helper.from_array(np.array([0, 1, 1], np.float32))),
        helper.make_node("Constant", [], ["half"], value=numpy_helper.from_array(np.float32(0.5))),  # one number: none
        helper.make_node("Reshape", ["x", "shape"], ["flat"]),
        helper.make_node("Gemm", ["flat", "w", "b"], ["product"]),
        helper.make_node("Sum", ["product", "extra", "c", "half"], ["logits"]),
    ]
    path = saved(tmp_path / "m.onnx", nodes, {"x": (FLOAT, ["n", 3])}, {"logits": (FLOAT, ["n", 3])}, stored)
    # 9 + 3 + 3 + 3 numbers (the last of the constant), 6 + 2 + 1 + 2 of them not zero.
    model = open_onnx(ModelSource(path=path))
    assert model.weights() == WeightStats(Path(path).stat().st_size, 18, 11)
    # The model itself says the same of zero: with x = (1, 1, 1) the columns of (kernel - zero) are summed.
    wanted = (kernel.astype(int) - np.array([[1], [2], [3]])).sum(axis=0) + [0, 4, 5] + [0, 0, 2] + [0, 1, 1] + 0.5
    np.testing.assert_allclose(model.run({"x": np.ones((1, 3), np.float32)})["logits"], [wanted])


def test_weights_inside_a_branch_count(tmp_path: Path) -> None:
    branches = [
        helper.make_graph(
            [helper.make_node("MatMul", ["x", name], [f"out_{name}"])],
            name,
            [],
            [helper.make_tensor_value_info(f"out_{name}", FLOAT, None)],
            [numpy_helper.from_array(np.full((2, 2), value, np.float32), name)],
        )
        for name, value in (("a", 1), ("b", 0))
    ]
    node = helper.make_node("If", ["first"], ["logits"], then_branch=branches[0], else_branch=branches[1])
    inputs = {"x": (FLOAT, ["n", 2]), "first": (TensorProto.BOOL, [])}
    model = open_onnx(ModelSource(path=saved(tmp_path / "m.onnx", [node], inputs, {"logits": (FLOAT, ["n", 2])}, {})))
    assert (model.weights().parameters, model.weights().nonzero) == (8, 4)
    rows = np.ones((3, 2), np.float32)
    np.testing.assert_array_equal(model.run({"x": rows, "first": np.array(True)})["logits"], 2 * rows)


def external(path: Path, location: str) -> str:
    """A dense layer whose kernel, the numbers 0 to 5, lies in the file `location`."""
    model = onnx.load(dense(path, np.arange(6, dtype=np.float32).reshape(3, 2)))
    tensor = model.graph.initializer[0]
    data = tensor.raw_data
    onnx.external_data_helper.set_external_data(tensor, location, 0, len(data))
    tensor.ClearField("raw_data")
    path.write_bytes(model.SerializeToString())
    return str(path)


def test_external_data_beside_the_file_is_read_and_counted(tmp_path: Path) -> None:
    path = external(tmp_path / "m.onnx", "m.data")
    (tmp_path / "m.data").write_bytes(np.arange(6, dtype=np.float32).tobytes())
    model = open_onnx(ModelSource(path=path))
    assert model.run({"x": np.eye(3, dtype=np.float32)})["logits"].tolist() == [[0, 1], [2, 3], [4, 5]]
    assert model.weights() == WeightStats(Path(path).stat().st_size + 24, 6, 5)


@pytest.mark.parametrize("location", ["../secret.data", "sub/../../secret.data", "{outside}", "link.data"])
def test_external_data_outside_the_folder_is_refused(tmp_path: Path, location: str) -> None:
    outside, folder = tmp_path / "secret.data", tmp_path / "models"
    folder.mkdir()
    (folder / "sub").mkdir()
    outside.write_bytes(bytes(24))
    (folder / "link.data").symlink_to(outside)
    path = external(folder / "m.onnx", location.format(outside=outside))
    assert "SF361" in refusal(ModelSource(path=path))


@pytest.mark.parametrize("location", ["missing.data", "fifo", "sub", "", "nul\0byte", "x" * 300])
def test_external_data_that_is_no_file_is_refused(tmp_path: Path, location: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "sub").mkdir()
    message = refusal(ModelSource(path=external(tmp_path / "m.onnx", location)))
    assert "SF361" in message


def test_external_data_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = external(tmp_path / "m.onnx", "m.data")
    (tmp_path / "m.data").write_bytes(bytes(8))
    assert "SF330" in refusal(ModelSource(path=path))


def test_what_the_session_was_told_is_in_the_facts(tmp_path: Path) -> None:
    path = dense(tmp_path / "m.onnx", np.eye(2, dtype=np.float32))
    plain = dict(open_onnx(ModelSource(path=path)).facts())
    assert set(plain.pop("cpu")) == set(WITHOUT_VNNI)
    assert plain == {
        "runtime": "onnxruntime",
        "version": onnxruntime.__version__,
        "intra_op_threads": 1,
        "inter_op_threads": 1,
        "execution": "sequential",
        "graph_optimization": "all",
        "x64quantprecision": "1",
        "providers": ["CPUExecutionProvider"],
    }
    options = {"x64quantprecision": "0", "graph_optimization": "basic", "providers": "CPUExecutionProvider"}
    model = open_onnx(ModelSource(path=path, threads=2, options=options))
    changed = {"intra_op_threads": 2, "x64quantprecision": "0", "graph_optimization": "basic"}
    assert dict(model.facts()) == {**plain, **changed, "cpu": model.facts()["cpu"]}
    session_options = model.session.get_session_options()
    assert session_options.intra_op_num_threads == 2
    assert session_options.graph_optimization_level == onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    assert session_options.get_session_config_entry("session.x64quantprecision") == "0"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"options": {"x64quantprecison": "1"}}, "x64quantprecision? [SF307]"),
        ({"options": {"x64quantprecision": "2"}}, "set it to 0 or 1 [SF307]"),
        ({"options": {"x64quantprecision": ""}}, "set it to 0 or 1 [SF307]"),
        (
            {"options": {"graph_optimization": "al"}},
            "all, extended, basic or disable [SF307]",
        ),
        ({"options": {"providers": "CPUExecutionProvder"}}, "SF307"),
        ({"options": {"providers": ""}}, "provider ''"),
        ({"weights": "w.safetensors"}, "SF306"),
    ],
)
def test_settings_that_are_not_there_are_refused(tmp_path: Path, settings: dict, message: str) -> None:
    path = dense(tmp_path / "m.onnx", np.eye(2, dtype=np.float32))
    assert message in refusal(ModelSource(path=path, **settings))


@pytest.mark.parametrize("form", ["QDQ", "QLinear"])
def test_signed_products_are_summed_exactly(tmp_path: Path, form: str) -> None:
    # 64 * 127 * 127 = 1,032,256 is 103 steps of 10,000; 64 * 127 = 8,128 is one.
    model = open_onnx(ModelSource(path=quantised(tmp_path / "m.onnx", form, np.int8(0))))
    found = model.run({"x": np.full((5, 64), 127, np.float32)})["logits"]
    np.testing.assert_array_equal(found, [[1_030_000, 10_000]] * 5)


@pytest.mark.parametrize(
    ("form", "zero_point", "options", "changed", "words"),
    [
        ("QDQ", np.int8(0), {}, {}, "S8S8"),
        ("QDQ", np.int8(0), {}, {"avx512_vnni": True}, ""),
        ("QDQ", np.int8(0), {}, {"avx_vnni": True}, ""),
        ("QDQ", np.int8(0), {}, dict.fromkeys(WITHOUT_VNNI, "unknown"), ""),  # not x86
        ("QDQ", np.uint8(0), {}, {}, ""),
        ("QDQ", np.int8(0), {"x64quantprecision": "0"}, {}, "can be far off"),
        ("QDQ", np.uint8(0), {"x64quantprecision": "0"}, {}, "can be far off"),
        ("QLinear", np.uint8(0), {}, {}, ""),
        ("QLinear", np.uint8(0), {"x64quantprecision": "0"}, {}, "can be far off"),
    ],
)
def test_saturation_is_warned_of_where_it_can_happen(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    zero_point: np.ndarray,
    options: dict,
    changed: dict,
    words: str,
) -> None:
    flags(monkeypatch, **changed)
    path = quantised(tmp_path / "m.onnx", form, zero_point)
    notes = open_onnx(ModelSource(path=path, options=options)).notes
    assert bool(notes) == bool(words)
    assert all(words in note and "session.x64quantprecision" in note for note in notes)


def test_float_models_are_not_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flags(monkeypatch)
    path = dense(tmp_path / "m.onnx", np.eye(2, dtype=np.float32))
    assert open_onnx(ModelSource(path=path, options={"x64quantprecision": "0"})).notes == ()


def test_a_missing_kernel_for_exact_signed_sums_is_said_and_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = onnx_model._session

    def without_kernel(source: ModelSource, options: dict, precision: str) -> onnxruntime.InferenceSession:
        if precision == "1":
            raise MissingKernel("no kernel")
        return real(source, options, precision)

    monkeypatch.setattr(onnx_model, "_session", without_kernel)
    path = quantised(tmp_path / "m.onnx", "QLinear", np.int8(0))
    model = open_onnx(ModelSource(path=path))
    assert model.facts()["x64quantprecision"] == "0"
    assert "loaded with 0" in model.notes[0]
    assert "no kernel" in refusal(ModelSource(path=path, options={"x64quantprecision": "1"}))
    # Nothing of the kind is done for files that are not S8S8.
    unsigned = quantised(tmp_path / "u.onnx", "QLinear", np.uint8(0))
    assert "no kernel" in refusal(ModelSource(path=unsigned))


@pytest.mark.parametrize("content", [b"", b"not a model", bytes(range(256)), "cut", "pickle"])
def test_files_that_are_no_model_are_refused_in_one_line(
    tmp_path: Path, content: bytes | str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "m.onnx"
    dense(path, np.eye(8, dtype=np.float32))
    if content == "cut":
        content = path.read_bytes()[:100]
    elif content == "pickle":
        content = b"\x80\x04cposix\nsystem\n(S'true'\ntR."
    path.write_bytes(content)
    assert str(path) in refusal(ModelSource(path=str(path)))
    assert capfd.readouterr() == ("", "")


def test_folders_missing_files_and_inputs_that_are_no_arrays_are_refused(tmp_path: Path) -> None:
    assert "is a folder" in refusal(ModelSource(path=str(tmp_path)))
    assert "no such file" in refusal(ModelSource(path=str(tmp_path / "m.onnx")))
    node = helper.make_node("Identity", ["x"], ["logits"])
    for kind in (TensorProto.STRING, TensorProto.BFLOAT16):
        path = saved(tmp_path / "m.onnx", [node], {"x": (kind, ["n"])}, {"logits": (kind, ["n"])}, {})
        assert "SF331" in refusal(ModelSource(path=path))
