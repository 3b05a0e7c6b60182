"""Files of models and of llama.cpp's log-probabilities for the tests of this room."""

import struct

import numpy as np
import onnx
import pytest

from samefn.runtimes.language.model import scored_part

F = np.float32


def record(logits, cut):
    """log_softmax(n_vocab, logits, log_prob, tok) of perplexity.cpp for one row, in its float32."""
    top = logits.max()
    low = max(logits.min(), top - F(cut))
    least = (low - top) - F(np.log(np.exp(logits - top).sum(dtype=np.float64)))
    scale = (top - low) / F(65535)
    steps = np.where(logits > low, np.rint((F(1) / scale) * (logits - low)), 0).astype("<u2")
    return struct.pack("<ff", scale, least) + steps.tobytes() + bytes(2 * (len(logits) % 2))


@pytest.fixture
def logits_file(tmp_path):
    """Write a file of logits: `logits_file(name, logits [chunks, n_ctx, n_vocab], tokens [chunks, n_ctx], cut)`.

    `cut` is how far below the largest they are cut off: 16 as llama.cpp does it, 24 as ik_llama.cpp.
    """

    def write(name, logits, tokens, cut=16):
        chunks, n_ctx, n_vocab = logits.shape
        content = b"_logits_" + struct.pack("<iii", n_ctx, n_vocab, chunks) + np.asarray(tokens, "<i4").tobytes()
        rows = np.asarray(logits, F)[:, scored_part(n_ctx)].reshape(-1, n_vocab)
        path = tmp_path / f"{name}.kld"
        path.write_bytes(content + b"".join(record(row, cut) for row in rows))
        return path

    return write


def linear_model(path, matrix, *, root=False):
    """Write a linear classifier of inputs [n, features]; with `root` it is NaN where the first feature is negative."""
    info, node, constant = onnx.helper.make_tensor_value_info, onnx.helper.make_node, onnx.numpy_helper.from_array
    features, classes = matrix.shape
    constants, nodes = [constant(matrix.astype(np.float32), "w")], [node("MatMul", ["x", "w"], ["logits"])]
    if root:
        first = np.zeros((features, 1), np.float32)
        first[0] = 1
        constants.append(constant(first, "first"))
        nodes = [
            node("MatMul", ["x", "w"], ["scores"]),
            node("MatMul", ["x", "first"], ["feature"]),
            node("Sqrt", ["feature"], ["root"]),
            node("Add", ["scores", "root"], ["logits"]),
        ]
    graph = onnx.helper.make_graph(
        nodes,
        "linear",
        [info("x", onnx.TensorProto.FLOAT, ["n", features])],
        [info("logits", onnx.TensorProto.FLOAT, ["n", classes])],
        constants,
    )
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=10), path)
    return str(path)


@pytest.fixture(scope="session")
def linear():
    """Write a linear classifier as an ONNX file, and return its path: `linear(path, matrix [features, classes])`."""
    return linear_model
