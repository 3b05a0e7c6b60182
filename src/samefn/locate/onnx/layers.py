"""The layers of an ONNX graph: operators with stored weights, float or quantised, and these weights as floats."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import onnx

from samefn.core.errors import InputError
from samefn.locate.onnx.constants import Constants, dequantize_array
from samefn.runtimes.model import Array

LayerKind = Literal["conv", "transposed conv", "dense"]
WeightFormat = Literal["float", "integer", "qlinear"]
_FLOAT: Mapping[str, LayerKind] = {
    "Conv": "conv",
    "ConvTranspose": "transposed conv",
    "Gemm": "dense",
    "MatMul": "dense",
}
_INTEGER: Mapping[str, LayerKind] = {"ConvInteger": "conv", "MatMulInteger": "dense"}
_QLINEAR: Mapping[str, LayerKind] = {"QLinearConv": "conv", "QLinearMatMul": "dense"}
_UNSUPPORTED = (
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
        node: index of its node in the graph.
        name: the operator's name; that of its first output where it has none.
        kind: what it computes.
        format: `float` (its weight may be stored quantised), `integer` (ConvInteger, MatMulInteger) or `qlinear`.
        weight_input: index of the input that is the weight.
        weight: float32; of dense layers always [in, out].
        dtype: of the weight as the operator takes it.
        bytes: of the weight as it is stored.
        scale: of the weight, for `qlinear`; else None.
        scaling_node: for `integer`, index of the node that multiplies by the scales, whose output is the layer's float
            output; else -1.
    """

    node: int
    name: str
    kind: LayerKind
    format: WeightFormat
    weight_input: int
    weight: Array
    dtype: np.dtype[np.generic]
    bytes: int
    scale: Array | None = None
    scaling_node: int = -1


def find_layers(model: onnx.ModelProto, where: str) -> list[Layer]:
    """The layers, in the order of the graph; a product of two computed arrays is no layer.

    Args:
        model: only its main graph is read, not the graphs inside operators.
        where: what errors call it.

    Raises:
        InputError: a quantised operator whose weight cannot be swapped, or a graph that is not valid.
    """
    try:
        constants = Constants(model.graph)
        layers = [_layer(index, node, constants, model.graph, where) for index, node in enumerate(model.graph.node)]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise InputError("SF564", f"its graph is not valid ({error})", where=where) from error
    return [layer for layer in layers if layer is not None]


def _layer(index: int, node: onnx.NodeProto, constants: Constants, graph: onnx.GraphProto, where: str) -> Layer | None:
    if node.op_type in _UNSUPPORTED:
        raise InputError(
            "SF563",
            f"cannot swap its layer {_name(node)!r}, a {node.op_type}",
            where=where,
            fix="quantise the model in the QDQ format for this",
        )
    if node.op_type in _FLOAT:
        return _float_layer(index, node, constants)
    if node.op_type in _INTEGER:
        return _integer_layer(index, node, constants, graph, where)
    return _qlinear_layer(index, node, constants) if node.op_type in _QLINEAR else None


def _float_layer(index: int, node: onnx.NodeProto, constants: Constants) -> Layer | None:
    stored = constants.weight(node.input[1])
    if stored is None or stored[0].ndim < 2 or not np.issubdtype(stored[0].dtype, np.floating):
        return None
    values, size = stored
    weight = from_gemm(node, values.astype(np.float32))
    return Layer(index, _name(node), _FLOAT[node.op_type], "float", 1, weight, values.dtype, size)


def from_gemm(node: onnx.NodeProto, weight: Array) -> Array:
    """The weight of a Gemm as [in, out], times its alpha; the weights of other operators as they are."""
    if node.op_type != "Gemm":
        return weight
    alpha, transposed = _gemm_attributes(node)
    return np.ascontiguousarray((weight.T if transposed else weight) * alpha)


def to_gemm(node: onnx.NodeProto, weight: Array) -> Array:
    """The inverse of `from_gemm`."""
    if node.op_type != "Gemm":
        return weight
    alpha, transposed = _gemm_attributes(node)
    return np.ascontiguousarray((weight.T if transposed else weight) / alpha)


def _gemm_attributes(node: onnx.NodeProto) -> tuple[np.float32, bool]:
    attributes = {attribute.name: attribute for attribute in node.attribute}
    alpha = np.float32(attributes["alpha"].f if "alpha" in attributes else 1.0)
    return alpha, "transB" in attributes and bool(attributes["transB"].i)


def _integer_layer(
    index: int, node: onnx.NodeProto, constants: Constants, graph: onnx.GraphProto, where: str
) -> Layer | None:
    stored = constants.weight(node.input[1])
    if stored is None:
        return None
    values, size = stored
    scaling_node, scale = _find_scale(node, constants, graph)
    if scale is None:
        raise InputError("SF563", f"cannot find the scale of the weight of {_name(node)!r} in the graph", where=where)
    zero = constants.array(node.input[3]) if len(node.input) > 3 and node.input[3] else None
    kind = _INTEGER[node.op_type]
    weight = dequantize_array(values, scale, zero, 0 if kind == "conv" else values.ndim - 1, _name(node))
    return Layer(index, _name(node), kind, "integer", 1, weight, weight.dtype, size, scaling_node=scaling_node)


def _find_scale(node: onnx.NodeProto, constants: Constants, graph: onnx.GraphProto) -> tuple[int, Array | None]:
    """The node that turns integer sums into floats, and the weight's scale: Cast, then Mul by Mul(scale, scale)."""
    name = node.output[0]
    for operator in ("Cast", "Mul"):
        users = [index for index, user in enumerate(graph.node) if name in user.input and user.op_type == operator]
        if len(users) != 1:
            return -1, None
        user = graph.node[users[0]]
        if operator == "Cast":
            name = user.output[0]
    scales = constants.producer(next((input_ for input_ in user.input if input_ != name), ""))
    if scales is None or scales.op_type != "Mul":
        return -1, None
    stored = [array for array in map(constants.array, scales.input) if array is not None]
    return users[0], stored[0] if len(stored) == 1 else None


def _qlinear_layer(index: int, node: onnx.NodeProto, constants: Constants) -> Layer | None:
    values, scale, zero = (constants.array(node.input[number]) for number in (3, 4, 5))
    if values is None or scale is None:
        return None
    kind = _QLINEAR[node.op_type]
    weight = dequantize_array(values, scale, zero, 0 if kind == "conv" else values.ndim - 1, _name(node))
    return Layer(index, _name(node), kind, "qlinear", 3, weight, weight.dtype, values.nbytes, scale)


def _name(node: onnx.NodeProto) -> str:
    return str(node.name or node.output[0])
