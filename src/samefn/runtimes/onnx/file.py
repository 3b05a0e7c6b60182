"""What stands in an ONNX file, read without running it: its external data, and the signs of its 8-bit products."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError, Message  # type: ignore[import-untyped]

from samefn.core.errors import InputError
from samefn.core.plain_files import read_file, require_file
from samefn.predictions.output_trail import OutputTrail
from samefn.runtimes.onnx.outline import outline
from samefn.runtimes.onnx.trails import onnx_trails

LARGEST = 2**31  # no message of protobuf may have more bytes; larger models have external data
_INT8, _UINT8 = onnx.TensorProto.INT8, onnx.TensorProto.UINT8
# Of operators on 8-bit numbers: which input is the activations', its zero point, and the weights.
_PRODUCTS = {
    "QLinearConv": (0, 2, 3),
    "QLinearMatMul": (0, 2, 3),
    "QGemm": (0, 2, 3),
    "ConvInteger": (0, 2, 1),
    "MatMulInteger": (0, 2, 1),
    "MatMulIntegerToFloat": (0, 4, 1),
}
# These take floats, but are run on 8-bit numbers where both come out of a DequantizeLinear.
_FUSED = ("Conv", "ConvTranspose", "Gemm", "MatMul")


@dataclass(frozen=True)
class OnnxFile:
    """What is known of a file before it is loaded.

    Attributes:
        external: the files beside it that hold its arrays.
        signed_weights: whether it multiplies by weights of signed 8-bit numbers.
        signed_by_signed: whether it multiplies signed 8-bit activations by such weights (S8S8).
        trails: how it computes each output, by name.
    """

    external: tuple[Path, ...]
    signed_weights: bool
    signed_by_signed: bool
    trails: Mapping[str, OutputTrail]


def inspect_onnx(path: Path) -> OnnxFile:
    """What stands in an ONNX file.

    Raises:
        InputError: it cannot be read, is no ONNX file, or its external data is missing or outside its folder.
    """
    model = outlined(path)
    signs = [found for graph in graphs(model.graph) for found in _signs(graph)]
    return OnnxFile(
        external=external_files(model, path),
        signed_weights=bool(signs),
        signed_by_signed=any(signs),
        trails=onnx_trails(model.graph),
    )


def parsed(path: Path) -> onnx.ModelProto:
    """The file's message, without its external data.

    Raises:
        InputError: it cannot be read or is no ONNX file.
    """
    return _parsed(read_file(path, LARGEST), path)


def outlined(path: Path) -> onnx.ModelProto:
    """The same without the numbers of arrays (see `outline`), in a hundredth of the time.

    Raises:
        InputError: as `parsed`.
    """
    if not 0 < require_file(path) <= LARGEST:
        return parsed(path)
    try:
        content = outline(path)
    except (ValueError, OSError):
        return parsed(path)  # says what is wrong
    return _parsed(content, path)


def _parsed(content: bytes, path: Path) -> onnx.ModelProto:
    try:
        model: onnx.ModelProto = onnx.load_model_from_string(content)
    except (DecodeError, ValueError) as error:
        raise InputError("SF3067", f"is not an ONNX file, or is cut short ({error})", where=str(path)) from error
    if not model.HasField("graph"):
        raise InputError("SF3068", "is not an ONNX file: it holds no graph", where=str(path))
    return model


def graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """A graph and all graphs inside its operators, such as the branches of an If."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in (*((attribute.g,) if attribute.HasField("g") else ()), *attribute.graphs):
                yield from graphs(inner)


def external_files(model: onnx.ModelProto, path: Path) -> tuple[Path, ...]:
    """The files that hold arrays of a model, each once, sorted.

    Args:
        model: as `parsed` gives it.
        path: of its file.

    Raises:
        InputError: one is missing, or lies outside the folder of the file: such a model could read any file.
    """
    # A cache may hold files of other names, which links in the model's folder lead to: then all of them lie there.
    allowed = {path.parent.resolve(), path.resolve().parent}
    found = set()
    for location in {_location(tensor) for tensor in _tensors(model) if _is_external(tensor)}:
        file = path.parent / location
        try:
            resolved, is_file = file.resolve(), file.is_file()
        except (OSError, ValueError, RuntimeError) as error:
            said = getattr(error, "strerror", None) or str(error)[:100]
            raise InputError(
                "SF3069", f"its external data {location!r:.80} has no usable name ({said})", where=str(path)
            ) from error
        leaves = Path(location).is_absolute() or ".." in Path(location).parts
        if leaves or not any(map(resolved.is_relative_to, allowed)):
            raise InputError("SF3070", f"its external data {location!r} lies outside its folder", where=str(path))
        if not is_file:
            raise InputError(
                "SF3071",
                f"its external data {location!r} is no file beside it",
                where=str(path),
                fix="keep the two together",
            )
        found.add(file)
    return tuple(sorted(found))


def _is_external(tensor: onnx.TensorProto) -> bool:
    return bool(tensor.data_location == onnx.TensorProto.EXTERNAL)


def _location(tensor: onnx.TensorProto) -> str:
    return next((entry.value for entry in tensor.external_data if entry.key == "location"), "")


def _tensors(message: Message) -> Iterator[onnx.TensorProto]:
    """All arrays anywhere in a message."""
    if isinstance(message, onnx.TensorProto):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is not None:
            for child in (value,) if isinstance(value, Message) else value:
                yield from _tensors(child)


def _signs(graph: onnx.GraphProto) -> Iterator[bool]:
    """For each product with signed 8-bit weights: whether its activations are signed too."""
    stored = {tensor.name: tensor.data_type for tensor in graph.initializer}
    made = {name: node for node in graph.node for name in node.output}
    for node in graph.node:
        if node.op_type in _PRODUCTS:
            activations, zero_point, weights = _PRODUCTS[node.op_type]
            if stored.get(_input(node, weights)) == _INT8:
                yield stored.get(_input(node, zero_point), _dtype(_input(node, activations), stored, made)) == _INT8
        elif node.op_type in _FUSED:
            sides = [made.get(_input(node, place)) for place in (0, 1)]
            dtypes = [
                _dtype(_input(side, 0), stored, made) if side is not None and side.op_type == "DequantizeLinear" else 0
                for side in sides
            ]
            if dtypes[1] == _INT8 and dtypes[0] in (_INT8, _UINT8):
                yield dtypes[0] == _INT8


def _dtype(name: str, stored: dict[str, int], made: dict[str, onnx.NodeProto]) -> int:
    """The type of an array that is stored or comes out of a QuantizeLinear; 0 where it comes from elsewhere."""
    if name in stored:
        return stored[name]
    node = made.get(name)
    if node is None or node.op_type != "QuantizeLinear":
        return 0
    said = next((attribute.i for attribute in node.attribute if attribute.name == "output_dtype"), 0)
    return int(stored.get(_input(node, 2), said or _UINT8))


def _input(node: onnx.NodeProto, place: int) -> str:
    return str(node.input[place]) if place < len(node.input) else ""
