"""ONNX models that must be refused for what goes in or comes out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from bad_case import Bad, arrays, model, onnx_file, put, with_data
from bad_onnx import FLAT, FLOAT, INT64, graph, node, onnx
from onnx import TensorProto, numpy_helper


def fed(name: str, content: bytes, what: str, options: Sequence[str] = (), **data: np.ndarray) -> Bad:
    """A base that cannot be fed with these data."""

    def write(folder: Path) -> Sequence[str]:
        words = with_data("near.onnx", *options)(folder)
        put(folder / "base.onnx", content)
        put(folder / "test.npz", arrays(**data))
        return words

    return Bad(name, write, ("base.onnx", what))


def classes(name: str, count: int, what: str) -> Bad:
    """A candidate of another number of classes."""
    made = model(name, "bad.onnx", lambda path: onnx_file(path, outputs=count))
    return Bad(name, made.write, (what,))


CASES = (
    # What goes in.
    onnx(
        "no inputs",
        graph(node("Constant", "", "logits", value=numpy_helper.from_array(np.zeros((6, 3), np.float32))), inputs={}),
        "SF320",
    ),
    onnx(
        "an input that is text",
        graph(
            node("Identity", "image", "logits"),
            inputs={"image": (TensorProto.STRING, ["n"])},
            outputs={"logits": (TensorProto.STRING, ["n"])},
        ),
        "SF331",
    ),
    onnx(
        "three channels",
        graph(FLAT, inputs={"image": (FLOAT, ["n", 3, 4, 4])}, outputs={"flat": (FLOAT, ["n", None])}),
        "SF322",
    ),
    onnx(
        "pictures of another size",
        graph(FLAT, inputs={"image": (FLOAT, ["n", 1, 8, 8])}, outputs={"flat": (FLOAT, ["n", None])}),
        "SF322",
    ),
    onnx(
        "two dimensions",
        graph(node("Identity", "image", "logits"), inputs={"image": (FLOAT, ["n", 16])}),
        "SF322",
    ),
    onnx(
        "a layout that cannot be told",
        graph(FLAT, inputs={"image": (FLOAT, ["n", None, 4, None])}, outputs={"flat": (FLOAT, ["n", None])}),
        "candidates.1.feed.layout ... SF323",
    ),
    onnx(
        "another layout than is said",
        graph(FLAT, outputs={"flat": (FLOAT, ["n", 16])}),
        "SF322",
        options=("--set", "candidates.1.feed.layout=NHWC"),
    ),
    onnx(
        "a mean of four channels",
        graph(FLAT, outputs={"flat": (FLOAT, ["n", 16])}),
        "SF326",
        options=("--set", "candidates.1.feed.mean=[1, 2, 3, 4]"),
    ),
    onnx(
        "two inputs",
        graph(
            FLAT,
            inputs={"image": (FLOAT, ["n", 1, 4, 4]), "mask": (FLOAT, ["n", 4])},
            outputs={"flat": (FLOAT, ["n", 16])},
        ),
        "SF320",
    ),
    onnx(
        "whole numbers that are scaled",
        graph(FLAT, inputs={"image": (INT64, ["n", 1, 4, 4])}, outputs={"flat": (INT64, ["n", 16])}),
        "SF325",
        options=("--set", "candidates.1.feed.scale=2"),
    ),
    fed(
        "floats for a model of whole numbers",
        graph(FLAT, inputs={"image": (INT64, ["n", 16])}, outputs={"flat": (INT64, ["n", 16])}),
        "float32 ... SF325",
        x=np.zeros((6, 16), np.float32),
    ),
    fed(
        "two fixed batches",
        graph(node("Concat", "a b", "logits", axis=0), inputs={"a": (FLOAT, [2, 3]), "b": (FLOAT, [3, 3])}),
        "SF321",
        a=np.zeros((6, 3), np.float32),
        b=np.zeros((6, 3), np.float32),
    ),
    fed(
        "an input that the data has not",
        graph(node("Relu", "pixels", "logits"), inputs={"pixels": (FLOAT, ["n", 3])}),
        "'pixels' ... SF320",
        a=np.zeros((6, 3)),
        b=np.zeros((6, 3)),
    ),
    fed(
        "pictures of another number of channels",
        onnx_file,
        "SF322",
        x=np.zeros((6, 3, 4, 4), np.uint8),
    ),
    fed("pictures of other sides", onnx_file, "SF322", x=np.zeros((6, 1, 5, 4), np.uint8)),
    fed(
        "a layout for what is no picture",
        graph(FLAT, inputs={"image": (FLOAT, ["n", 16])}, outputs={"flat": (FLOAT, ["n", 16])}),
        "SF324",
        ("--set", "model.feed.layout=NHWC"),
        x=np.zeros((6, 16), np.float32),
    ),
    # What comes out.
    onnx(
        "two outputs",
        graph(FLAT, node("Relu", "flat", "logits"), outputs={"flat": (FLOAT, ["n", 16]), "logits": (FLOAT, ["n", 16])}),
        "SF313",
    ),
    onnx(
        "an output that the model has not",
        onnx_file,
        "'scores' ... SF313",
        options=("--set", "candidates.1.output=scores"),
    ),
    onnx("regression", lambda path: onnx_file(path, outputs=1), "SF314"),
    onnx(
        "regression without an axis",
        graph(node("ReduceMean", "image", "logits", axes=[1, 2, 3], keepdims=0), outputs={"logits": (FLOAT, ["n"])}),
        "SF314",
    ),
    onnx(
        "boxes",
        graph(node("Identity", "image", "logits"), outputs={"logits": (FLOAT, ["n", 1, 4, 4])}),
        "SF314",
    ),
    onnx(
        "classes instead of scores",
        graph(FLAT, node("ArgMax", "flat", "logits", axis=1), outputs={"logits": (INT64, ["n", 1])}),
        "SF314",
    ),
    onnx(
        "whole numbers for scores",
        graph(FLAT, node("Cast", "flat", "logits", to=INT64), outputs={"logits": (INT64, ["n", 16])}),
        "int64 ... SF314",
    ),
    onnx(
        "NaN for every example",
        graph(FLAT, node("MatMul", "flat w", "logits"), weights={"w": np.full((16, 3), np.nan, np.float32)}),
        "NaN",
    ),
    classes("fewer classes than labels", 2, "bad.onnx: ... 2 classes ... label 2 ... SF513"),
    classes("more classes than the base", 4, "base.onnx ... bad.onnx ... SF411"),
    onnx(
        "scores that are said to be probabilities",
        onnx_file,
        "outside 0..1",
        options=("--set", "candidates.1.returns=probabilities"),
    ),
    onnx(
        "probabilities that are damaged",
        graph(
            FLAT, node("Softmax", "flat", "soft"), node("Mul", "soft half", "logits"), weights={"half": np.float32(0.5)}
        ),
        "SF406",
    ),
)
