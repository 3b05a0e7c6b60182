"""ONNX files that must be refused: what is none, what ONNX Runtime has not, weights elsewhere, settings."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from bad_case import LOGITS, Bad, arrays, cut, model, onnx_file
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


def onnx(name: str, content: bytes | Callable[[Path], object], *says: str, options: Sequence[str] = ()) -> Bad:
    """A candidate in an ONNX file."""
    return model(name, "bad.onnx", content, *says, options=options)


def graph(
    *nodes: NodeProto,
    inputs: Mapping[str, tuple[int, Sequence[object]]] | None = None,
    outputs: Mapping[str, tuple[int, Sequence[object] | None]] | None = None,
    weights: Mapping[str, np.ndarray] | None = None,
    opset: int = 17,
) -> bytes:
    """An ONNX file that takes `image` and gives `logits`, unless said otherwise."""
    inputs = {"image": (FLOAT, ["n", 1, 4, 4])} if inputs is None else inputs
    outputs = {"logits": (FLOAT, ["n", None])} if outputs is None else outputs
    built = helper.make_model(
        helper.make_graph(
            nodes,
            "net",
            [helper.make_tensor_value_info(name, *said) for name, said in inputs.items()],
            [helper.make_tensor_value_info(name, *said) for name, said in outputs.items()],
            [numpy_helper.from_array(value, name) for name, value in (weights or {}).items()],
        ),
        opset_imports=[helper.make_opsetid("", opset), helper.make_opsetid("some.company", 1)],
        ir_version=10,
    )
    return bytes(built.SerializeToString())


def node(kind: str, given: str, gives: str, **attributes: object) -> NodeProto:
    return helper.make_node(kind, given.split(), gives.split(), **attributes)


def changed(change: Callable[[ModelProto], object]) -> Callable[[Path], object]:
    """A right ONNX file, spoilt."""

    def write(path: Path) -> None:
        onnx_file(path)
        content = ModelProto.FromString(path.read_bytes())
        change(content)
        path.write_bytes(content.SerializeToString())

    return write


def elsewhere(location: str) -> Callable[[Path], object]:
    """An ONNX file whose weights lie elsewhere; `secret` lies above its folder, and a link to it in the folder."""

    def write(path: Path) -> None:
        (path.parent / "link").symlink_to("/etc/passwd")
        onnx_file(path, external=location)

    return write


FLAT = node("Flatten", "image", "flat")
WIDE = {"w": np.zeros((16, 3), np.float32)}
HUGE = {"shape": np.array([2**20, 2**20], np.int64)}


def promised(content: ModelProto) -> None:
    content.graph.initializer[0].dims[:] = [16, 2**36]


def cyclic(content: ModelProto) -> None:
    content.graph.node[0].input[0] = "logits"


def twice(content: ModelProto) -> None:
    content.graph.node.append(node("Relu", "image", "flat"))


CASES = (
    # ONNX files that are none, or that hold what ONNX Runtime has not.
    onnx("a picture called onnx", b"\x89PNG\r\n\x1a\n" + bytes(100), "SF360"),
    onnx("text called onnx", b"a net\n", "SF360"),
    onnx("HTML called onnx", b"<!doctype html><title>404</title>", "SF360"),
    onnx(
        "a pointer of Git LFS called onnx",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\n",
        "SF360",
    ),
    onnx("ONNX cut short", lambda path: (onnx_file(path), path.write_bytes(cut(path.read_bytes()))), "SF360"),
    onnx("ONNX without a graph", ModelProto(ir_version=10).SerializeToString(), "SF360"),
    onnx("ONNX of no operators", graph(outputs={"image": (FLOAT, ["n", 1, 4, 4])}), "shape"),
    onnx("ONNX without outputs", graph(FLAT, outputs={}), "SF315"),
    onnx("an unknown operator", graph(node("Teleport", "image", "logits")), "Teleport"),
    onnx(
        "an operator of somebody's own", graph(node("Gelu2", "image", "logits", domain="some.company")), "some.company"
    ),
    onnx("an operator set of the future", changed(lambda m: m.opset_import[0].__setattr__("version", 9999)), "opset"),
    onnx("a form of the future", changed(lambda m: m.__setattr__("ir_version", 9999)), "SF330"),
    onnx("a graph in a circle", changed(cyclic), "SF330"),
    onnx("an array that two operators make", changed(twice), "Duplicate"),
    onnx("weights that claim 2^40 numbers", changed(promised), "SF330"),
    onnx(
        "a constant of 2^40 numbers",
        graph(node("ConstantOfShape", "shape", "logits"), weights=HUGE),
        "SF315",
    ),
    onnx(
        "shapes that do not fit",
        graph(FLAT, node("MatMul", "flat w", "logits"), weights={"w": np.zeros((9, 3), np.float32)}),
        "SF330",
    ),
    onnx("weights above its folder", elsewhere("../secret"), "'../secret' ... SF361"),
    onnx("weights at an absolute path", elsewhere("/etc/passwd"), "'/etc/passwd' ... SF361"),
    onnx("weights behind a link", elsewhere("link"), "'link' ... SF361"),
    onnx("weights that are not there", elsewhere("none.data"), "'none.data' ... SF361"),
    onnx("weights whose name is no name", elsewhere("x" * 5000), "SF361"),
    # Settings of ONNX Runtime.
    onnx(
        "weights apart",
        onnx_file,
        "SF306",
        options=("--set", "candidates.1.weights=test.npz"),
    ),
    onnx(
        "an option that it has not",
        onnx_file,
        "'fast' ... SF307",
        options=("--set", "candidates.1.options.fast='1'"),
    ),
    onnx(
        "a provider that it has not",
        onnx_file,
        "'GPU' ... SF307",
        options=("--set", "candidates.1.options.providers=GPU"),
    ),
    onnx(
        "a precision that it has not",
        onnx_file,
        "SF307",
        options=("--set", "candidates.1.options.x64quantprecision='2'"),
    ),
    model(
        "ONNX Runtime for predictions",
        "bad.npz",
        arrays(logits=LOGITS),
        "SF360",
        options=("--set", "candidates.1.runtime=onnx"),
    ),
)
