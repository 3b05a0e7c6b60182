"""An ONNX file, read without running it: its graph, its external data, and the signs of its 8-bit products."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError, Message  # type: ignore[import-untyped]

from samefn.core.errors import InputError
from samefn.core.plain_files import read_file, require_file
from samefn.predictions.output_trail import OutputTrail
from samefn.runtimes.onnx.outline import read_outline
from samefn.runtimes.onnx.trails import onnx_trails

MAX_MESSAGE_BYTES = 2**31  # protobuf's own limit; larger models have external data
_INT8, _UINT8 = onnx.TensorProto.INT8, onnx.TensorProto.UINT8
# Of operators on 8-bit numbers: the indices of the inputs for activations, their zero point, and weights.
_PRODUCTS = {
    "QLinearConv": (0, 2, 3),
    "QLinearMatMul": (0, 2, 3),
    "QGemm": (0, 2, 3),
    "ConvInteger": (0, 2, 1),
    "MatMulInteger": (0, 2, 1),
    "MatMulIntegerToFloat": (0, 4, 1),
}
# These take floats, but run on 8-bit numbers where both inputs come from a DequantizeLinear.
_FUSED = ("Conv", "ConvTranspose", "Gemm", "MatMul")


@dataclass(frozen=True)
class OnnxFile:
    """What a file shows before it is loaded.

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
    """Read what an ONNX file shows before it is loaded.

    Raises:
        InputError: it cannot be read, is no ONNX file, or its external data is missing or outside its folder.
    """
    model = read_graph(path)
    signs = [signed for graph in all_graphs(model.graph) for signed in _signed_activations(graph)]
    return OnnxFile(
        external=external_files(model, path),
        signed_weights=bool(signs),
        signed_by_signed=any(signs),
        trails=onnx_trails(model.graph),
    )


def read_onnx(path: Path) -> onnx.ModelProto:
    """The file's message, without its external data.

    Raises:
        InputError: it cannot be read or is no ONNX file.
    """
    return _parse(read_file(path, MAX_MESSAGE_BYTES), path)


def read_graph(path: Path) -> onnx.ModelProto:
    """The same without the numbers of large arrays (see `read_outline`), in a hundredth of the time.

    Raises:
        InputError: as `read_onnx`.
    """
    if not 0 < require_file(path) <= MAX_MESSAGE_BYTES:
        return read_onnx(path)
    try:
        content = read_outline(path)
    except (ValueError, OSError):
        return read_onnx(path)  # its error names what is wrong
    return _parse(content, path)


def _parse(content: bytes, path: Path) -> onnx.ModelProto:
    try:
        model: onnx.ModelProto = onnx.load_model_from_string(content)
    except (DecodeError, ValueError) as error:
        raise InputError("SF360", f"is not an ONNX file, or is incomplete ({error})", where=str(path)) from error
    if not model.HasField("graph"):
        raise InputError("SF360", "is not an ONNX file: it holds no graph", where=str(path))
    return model


def all_graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """A graph and all graphs inside its operators, such as the branches of an If."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in (*((attribute.g,) if attribute.HasField("g") else ()), *attribute.graphs):
                yield from all_graphs(inner)


def external_files(model: onnx.ModelProto, path: Path) -> tuple[Path, ...]:
    """The files that hold arrays of a model, each once, sorted.

    Args:
        model: from `read_onnx` or `read_graph`.
        path: of its file.

    Raises:
        InputError: one is missing, or lies outside the folder of the file: such a model could read any file.
    """
    # Where the file is a link into a cache, its external data may lie there too.
    allowed = {path.parent.resolve(), path.resolve().parent}
    files = set()
    for location in {_location(tensor) for tensor in _tensors(model) if _is_external(tensor)}:
        file = path.parent / location
        try:
            resolved, is_file = file.resolve(), file.is_file()
        except (OSError, ValueError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or str(error)[:100]
            raise InputError(
                "SF361", f"its external data {location!r:.80} has no usable name ({reason})", where=str(path)
            ) from error
        outside = Path(location).is_absolute() or ".." in Path(location).parts
        if outside or not any(map(resolved.is_relative_to, allowed)):
            raise InputError("SF361", f"its external data {location!r} lies outside its folder", where=str(path))
        if not is_file:
            raise InputError(
                "SF361",
                f"its external data {location!r} is missing",
                where=str(path),
                fix="put it in the folder of the model",
            )
        files.add(file)
    return tuple(sorted(files))


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


def _signed_activations(graph: onnx.GraphProto) -> Iterator[bool]:
    """For each product with signed 8-bit weights: whether its activations are signed too."""
    stored = {tensor.name: tensor.data_type for tensor in graph.initializer}
    producers = {name: node for node in graph.node for name in node.output}
    for node in graph.node:
        if node.op_type in _PRODUCTS:
            activations, zero_point, weights = _PRODUCTS[node.op_type]
            if stored.get(_input(node, weights)) == _INT8:
                dtype = _dtype(_input(node, activations), stored, producers)
                yield stored.get(_input(node, zero_point), dtype) == _INT8
        elif node.op_type in _FUSED:
            factors = [producers.get(_input(node, index)) for index in (0, 1)]
            dtypes = [
                _dtype(_input(factor, 0), stored, producers)
                if factor is not None and factor.op_type == "DequantizeLinear"
                else 0
                for factor in factors
            ]
            if dtypes[1] == _INT8 and dtypes[0] in (_INT8, _UINT8):
                yield dtypes[0] == _INT8


def _dtype(name: str, stored: dict[str, int], producers: dict[str, onnx.NodeProto]) -> int:
    """The type of an array that is stored or comes from a QuantizeLinear; 0 for any other."""
    if name in stored:
        return stored[name]
    node = producers.get(name)
    if node is None or node.op_type != "QuantizeLinear":
        return 0
    output_dtype = next((attribute.i for attribute in node.attribute if attribute.name == "output_dtype"), 0)
    return int(stored.get(_input(node, 2), output_dtype or _UINT8))


def _input(node: onnx.NodeProto, index: int) -> str:
    return str(node.input[index]) if index < len(node.input) else ""
