"""The layers of an ONNX graph: operators with stored weights, float or quantised, and the weights as floats."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import onnx
from onnx import numpy_helper

from samefn.core.errors import InputError
from samefn.runtimes.model import Array

Kind = Literal["conv", "transposed conv", "dense"]
Form = Literal["float", "integer", "qlinear"]
# Which input is the weight, and what the operator does.
_FLOAT: Mapping[str, Kind] = {"Conv": "conv", "ConvTranspose": "transposed conv", "Gemm": "dense", "MatMul": "dense"}
_INTEGER: Mapping[str, Kind] = {"ConvInteger": "conv", "MatMulInteger": "dense"}
_QLINEAR: Mapping[str, Kind] = {"QLinearConv": "conv", "QLinearMatMul": "dense"}
# What a stored weight may come through: nothing in it depends on the input.
_FOLDED = ("DequantizeLinear", "QuantizeLinear", "Cast", "Identity", "Transpose")
_UNKNOWN = (
    "QGemm",
    "MatMulNBits",
    "DynamicQuantizeMatMul",
    "MatMulIntegerToFloat",
    "QAttention",
    "DynamicQuantizeLSTM",
)


@dataclass(frozen=True, eq=False)
class Layer:
    """An operator with a stored weight.

    Attributes:
        node: its place in the graph.
        name: the operator's name; its first output's where it has none.
        kind: what it does.
        form: `float` (its weight may come dequantised), `integer` (ConvInteger, MatMulInteger) or `qlinear`.
        place: which of its inputs is the weight.
        weight: float32; dense ones as [in, out], whatever the operator stores.
        dtype: of the weight as the operator takes it.
        bytes: of the weight as it is stored.
        scale: of the weight, for `qlinear`; else None.
        final: place of the node that gives the layer's float output: of `integer` the one that multiplies by the
            scales; else the operator itself.
    """

    node: int
    name: str
    kind: Kind
    form: Form
    place: int
    weight: Array
    dtype: np.dtype[np.generic]
    bytes: int
    scale: Array | None = None
    final: int = -1


class Constants:
    """What a graph stores, and what comes out of it before any input is known."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._stored = {tensor.name: tensor for tensor in graph.initializer}
        self._made = {name: node for node in graph.node for name in node.output}
        for node in graph.node:
            if node.op_type == "Constant":
                for attribute in node.attribute:
                    if attribute.name == "value":
                        self._stored[node.output[0]] = attribute.t

    def made(self, name: str) -> onnx.NodeProto | None:
        """The node that an array comes from."""
        return self._made.get(name)

    def array(self, name: str) -> Array | None:
        """A stored array; None where it is computed."""
        return np.asarray(numpy_helper.to_array(self._stored[name])) if name in self._stored else None

    def weight(self, name: str) -> tuple[Array, int] | None:
        """An array that is stored, or made of stored ones by dequantising, casting or turning; and its bytes."""
        stored = self.array(name)
        if stored is not None:
            return stored, stored.nbytes
        node = self.made(name)
        if node is None or node.op_type not in _FOLDED:
            return None
        found = self.weight(node.input[0])
        values = None if found is None else self._applied(node, found[0])
        return None if found is None or values is None else (values, found[1])

    def _applied(self, node: onnx.NodeProto, values: Array) -> Array | None:
        """What one of these operators makes of a stored array; None where its scale is computed."""
        said = {attribute.name: attribute for attribute in node.attribute}
        if node.op_type == "Cast":
            return values.astype(onnx.helper.tensor_dtype_to_np_dtype(said["to"].i))
        if node.op_type == "Transpose":
            return values.transpose(list(said["perm"].ints) if "perm" in said else None)
        if node.op_type == "Identity":
            return values
        scale = self.array(node.input[1])
        if scale is None:
            return None
        zero = self.array(node.input[2]) if len(node.input) > 2 else None
        axis = said["axis"].i if "axis" in said else 1
        if node.op_type == "QuantizeLinear":
            return quantized(values, scale, zero, axis, node.output[0])
        return dequantized(values, scale, zero, axis, node.output[0])


def dequantized(values: Array, scale: Array, zero: Array | None, axis: int, name: str) -> Array:
    """(values - zero point) * scale in float32, with one scale or one a place of `axis`.

    Raises:
        InputError: scales of several axes, as of weights quantised in blocks.

    >>> dequantized(np.array([[1, 3], [5, 7]], np.int8), np.float32([1, 10]), np.array([1, 1], np.int8), 0, "w")
    array([[ 0.,  2.],
           [40., 60.]], dtype=float32)
    """
    shape = _along(values, scale, axis, name)
    whole = values.astype(np.int32)
    if zero is not None:
        whole -= zero.astype(np.int32).reshape(shape)
    return whole.astype(np.float32) * scale.astype(np.float32).reshape(shape)


def quantized(values: Array, scale: Array, zero: Array | None, axis: int, name: str) -> Array:
    """Values / scale + zero point, rounded to whole numbers of the zero point's type; uint8 where there is none.

    Raises:
        InputError: as `dequantized`.

    >>> quantized(np.float32([[0, 2.4], [4, 900]]), np.float32(2), np.array(1, np.int8), 0, "w")
    array([[  1,   2],
           [  3, 127]], dtype=int8)
    """
    shape = _along(values, scale, axis, name)
    kind = np.iinfo(np.uint8 if zero is None else zero.dtype)
    whole = np.rint(values.astype(np.float32) / scale.astype(np.float32).reshape(shape))
    if zero is not None:
        whole += zero.astype(np.float32).reshape(shape)
    return np.asarray(np.clip(whole, kind.min, kind.max).astype(kind.dtype))


def _along(values: Array, scale: Array, axis: int, name: str) -> list[int]:
    """The shape in which scales meet values: one scale, or one a place of an axis."""
    if scale.size == 1:
        return []
    if scale.ndim != 1 or values.shape[axis] != scale.size:
        raise InputError("SF5034", f"scales of shape {list(scale.shape)} cannot be located yet", where=name)
    shape = [1] * values.ndim
    shape[axis] = -1
    return shape


def layers(model: onnx.ModelProto, where: str) -> list[Layer]:
    """The layers, in the order of the graph; products of two computed arrays are none.

    Args:
        model: its graph; graphs inside operators are not looked at.
        where: what errors call it.

    Raises:
        InputError: a quantised operator that cannot be taken apart, or a graph that is not valid.
    """
    try:
        constants = Constants(model.graph)
        found = [_layer(place, node, constants, model.graph, where) for place, node in enumerate(model.graph.node)]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise InputError("SF5035", f"its graph is not valid ({error})", where=where) from error
    return [layer for layer in found if layer is not None]


def _layer(place: int, node: onnx.NodeProto, constants: Constants, graph: onnx.GraphProto, where: str) -> Layer | None:
    if node.op_type in _UNKNOWN:
        raise InputError(
            "SF5036",
            f"its operator {_name(node)!r} is a {node.op_type}: it cannot be swapped",
            where=where,
            fix="locate in the QDQ form of the model",
        )
    if node.op_type in _FLOAT:
        return _float_layer(place, node, constants)
    if node.op_type in _INTEGER:
        return _integer_layer(place, node, constants, graph, where)
    return _qlinear_layer(place, node, constants) if node.op_type in _QLINEAR else None


def _float_layer(place: int, node: onnx.NodeProto, constants: Constants) -> Layer | None:
    found = constants.weight(node.input[1])
    if found is None or found[0].ndim < 2 or not np.issubdtype(found[0].dtype, np.floating):
        return None
    values, size = found
    weight = dense_turned(node, values.astype(np.float32))
    return Layer(place, _name(node), _FLOAT[node.op_type], "float", 1, weight, values.dtype, size)


def dense_turned(node: onnx.NodeProto, weight: Array, *, back: bool = False) -> Array:
    """A Gemm's weight as [in, out] with its factor in it, or `back` as the Gemm takes it; others' as they are."""
    if node.op_type != "Gemm":
        return weight
    said = {attribute.name: attribute for attribute in node.attribute}
    alpha = np.float32(said["alpha"].f if "alpha" in said else 1.0)
    turned = weight.T if "transB" in said and said["transB"].i else weight
    return np.ascontiguousarray(turned / alpha if back else turned * alpha)


def _integer_layer(
    place: int, node: onnx.NodeProto, constants: Constants, graph: onnx.GraphProto, where: str
) -> Layer | None:
    stored = constants.weight(node.input[1])
    if stored is None:
        return None
    values, size = stored
    final, scale = _scaled_by(node, constants, graph)
    if scale is None:
        raise InputError(
            "SF5037", f"the scale of the weight of {_name(node)!r} cannot be found in the graph", where=where
        )
    zero = constants.array(node.input[3]) if len(node.input) > 3 and node.input[3] else None
    kind = _INTEGER[node.op_type]
    weight = dequantized(values, scale, zero, 0 if kind == "conv" else values.ndim - 1, _name(node))
    return Layer(place, _name(node), kind, "integer", 1, weight, weight.dtype, size, final=final)


def _scaled_by(node: onnx.NodeProto, constants: Constants, graph: onnx.GraphProto) -> tuple[int, Array | None]:
    """The node that turns integer sums into floats, and the weight's scale: Cast, then Mul by Mul(scale, scale)."""
    name = node.output[0]
    for wanted in ("Cast", "Mul"):
        users = [place for place, user in enumerate(graph.node) if name in user.input and user.op_type == wanted]
        if len(users) != 1:
            return -1, None
        user = graph.node[users[0]]
        if wanted == "Cast":
            name = user.output[0]
    other = constants.made(next((one for one in user.input if one != name), ""))
    if other is None or other.op_type != "Mul":
        return -1, None
    scales = [array for array in map(constants.array, other.input) if array is not None]
    return users[0], scales[0] if len(scales) == 1 else None


def _qlinear_layer(place: int, node: onnx.NodeProto, constants: Constants) -> Layer | None:
    values, scale, zero = (constants.array(node.input[number]) for number in (3, 4, 5))
    if values is None or scale is None:
        return None
    kind = _QLINEAR[node.op_type]
    weight = dequantized(values, scale, zero, 0 if kind == "conv" else values.ndim - 1, _name(node))
    return Layer(place, _name(node), kind, "qlinear", 3, weight, weight.dtype, values.nbytes, scale)


def _name(node: onnx.NodeProto) -> str:
    return str(node.name or node.output[0])
