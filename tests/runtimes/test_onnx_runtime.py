import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.runtimes.inference import infer_images
from samefn.runtimes.onnx.model import open_exact, open_onnx


def write(path: Path, nodes: list[onnx.NodeProto], weights: dict[str, np.ndarray], kind: int = 1) -> Path:
    """A model from `pixels` [n, 1, 2, 2] to `logits` [n, classes], written with onnx alone."""
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info("pixels", kind, ["n", 1, 2, 2])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", "classes"])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), path)
    return path


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (7, 1, 2, 2), dtype=np.uint8)


def test_logits_are_those_of_numpy(tmp_path: Path, pixels: np.ndarray) -> None:
    kernel = np.random.default_rng(1).standard_normal((4, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Flatten", ["pixels"], ["flat"]),
        helper.make_node("MatMul", ["flat", "w"], ["logits"]),
    ]
    model = open_exact(write(tmp_path / "m.onnx", nodes, {"w": kernel}))
    logits = infer_images(model, pixels, 3, "model")
    assert logits.dtype == np.float32
    np.testing.assert_allclose(logits, pixels.reshape(7, 4) / 255 @ kernel, atol=1e-6)


def test_batches_are_cut_in_the_given_order(tmp_path: Path, pixels: np.ndarray) -> None:
    # A model that, like dynamic int8, looks at its whole batch: it subtracts the batch's maximum.
    nodes = [
        helper.make_node("ReduceMax", ["pixels"], ["max"], keepdims=0),
        helper.make_node("Flatten", ["pixels"], ["flat"]),
        helper.make_node("Sub", ["flat", "max"], ["logits"]),
    ]
    model = open_exact(write(tmp_path / "m.onnx", nodes, {}))
    flat = pixels.reshape(7, 4).astype(np.float32) / np.float32(255)
    wanted = np.concatenate([flat[start:stop] - flat[start:stop].max() for start, stop in ((0, 3), (3, 6), (6, 7))])
    np.testing.assert_array_equal(infer_images(model, pixels, 3, "model"), wanted)


def test_integer_sums_do_not_saturate(tmp_path: Path) -> None:
    # Four white pixels repeated 16 times, times 127: 64 * 255 * 127 = 2,072,640. Sums of pairs in 16 bits
    # would stop at 32,767 each, 32 pairs at 1,048,544. The second column has weights 1: 64 * 255 = 16,320.
    kernel = np.stack([np.full(64, 127), np.ones(64)], axis=1).astype(np.int8)
    nodes = [
        helper.make_node("Mul", ["pixels", "white"], ["scaled"]),
        helper.make_node("Cast", ["scaled"], ["bytes"], to=TensorProto.UINT8),
        helper.make_node("Flatten", ["bytes"], ["flat"]),
        helper.make_node("Concat", ["flat"] * 16, ["wide"], axis=1),
        helper.make_node("MatMulInteger", ["wide", "w"], ["sums"]),
        helper.make_node("Cast", ["sums"], ["logits"], to=TensorProto.FLOAT),
    ]
    path = write(tmp_path / "m.onnx", nodes, {"w": kernel, "white": np.array(255, np.float32)})
    logits = infer_images(open_exact(path), np.full((5, 1, 2, 2), 255, np.uint8), 5, "model")
    np.testing.assert_array_equal(logits, [[2_072_640, 16_320]] * 5)


@pytest.mark.parametrize(
    "content", [b"", b"not a model", bytes(range(256)), None], ids=["empty", "text", "bytes", "cut"]
)
def test_a_damaged_file_is_an_input_error_of_one_line(
    tmp_path: Path, content: bytes | None, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "m.onnx"
    if content is None:
        whole = write(path, [helper.make_node("Flatten", ["pixels"], ["logits"])], {}).read_bytes()
        content = whole[: len(whole) // 2]
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"SF330|SF360") as caught:
        open_exact(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_missing_file_and_images_of_another_shape_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        open_exact(tmp_path / "missing.onnx")
    flatten = write(tmp_path / "m.onnx", [helper.make_node("Flatten", ["pixels"], ["logits"])], {})
    with pytest.raises(InputError, match=r"'pixels'.*SF322"):
        infer_images(open_exact(flatten), np.zeros((2, 3, 9, 9), np.uint8), 2, "model")


def test_provenance_says_what_the_session_was_told(tmp_path: Path) -> None:
    path = write(tmp_path / "m.onnx", [helper.make_node("Flatten", ["pixels"], ["logits"])], {})
    provenance = json.loads(json.dumps(open_onnx(ModelSource(path=str(path), threads=2)).facts()))
    cpu = provenance.pop("cpu")
    assert set(cpu) == {"avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8"}
    assert provenance == {
        "runtime": "onnxruntime",
        "version": onnxruntime.__version__,
        "providers": ["CPUExecutionProvider"],
        "intra_op_threads": 2,
        "inter_op_threads": 1,
        "execution": "sequential",
        "graph_optimization": "all",
        "x64quantprecision": "1",
    }
