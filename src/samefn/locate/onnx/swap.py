"""Put a float weight into one layer of an ONNX graph, in each of the formats of weights."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

from samefn.core.errors import InputError
from samefn.locate.onnx.constants import Constants
from samefn.locate.onnx.layers import Layer, to_gemm
from samefn.runtimes.model import Array

_PREFIX = "samefn_swapped_"
_FLOAT_OPERATORS = {"ConvInteger": "Conv", "MatMulInteger": "MatMul", "QLinearConv": "Conv", "QLinearMatMul": "MatMul"}
_MIN_IR_VERSION = 4  # the first version of ONNX's format in which stored arrays need not be inputs, too


def swap_weight(model: onnx.ModelProto, layer: Layer, weight: Array, where: str) -> None:
    """Give a layer another weight, in place; the indices of the existing nodes stay.

    A float operator gets the new weight; an operator that dequantised the old one is no longer used. An integer
    operator becomes the float operator, on the input before it was quantised. A QLinear operator becomes the float
    operator between a DequantizeLinear and a QuantizeLinear with its scales.

    Args:
        model: changed.
        layer: from `find_layers` of this model.
        weight: float32, as `Layer.weight`.
        where: what errors call the model.

    Raises:
        InputError: a layer whose float input or bias cannot be found.
    """
    graph = model.graph
    model.ir_version = max(model.ir_version, _MIN_IR_VERSION)
    node = graph.node[layer.node]
    name = f"{_PREFIX}{layer.node}"
    stored = to_gemm(node, weight).astype(layer.dtype)
    graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(stored), name))
    if layer.format == "float":
        node.input[layer.weight_input] = name
    elif layer.format == "integer":
        _replace_integer(graph, layer, name, where)
    else:
        _replace_qlinear(graph, layer, name, where)


def _replace_integer(graph: onnx.GraphProto, layer: Layer, weight: str, where: str) -> None:
    """The node that scaled the integer sums becomes the float operator; the sums are no longer used."""
    node, scaling_node = graph.node[layer.node], graph.node[layer.scaling_node]
    source = Constants(graph).producer(node.input[0])
    if source is None or source.op_type != "DynamicQuantizeLinear":
        raise InputError("SF563", f"cannot find the float input of {layer.name!r} in the graph", where=where)
    operator = helper.make_node(
        _FLOAT_OPERATORS[node.op_type], [source.input[0], weight], list(scaling_node.output), name=scaling_node.name
    )
    operator.attribute.extend(node.attribute)
    scaling_node.CopyFrom(operator)


def _replace_qlinear(graph: onnx.GraphProto, layer: Layer, weight: str, where: str) -> None:
    """The node becomes a QuantizeLinear; a DequantizeLinear and the float operator are added before it."""
    node = graph.node[layer.node]
    x, x_scale, x_zero, _, _, _, y_scale, y_zero, *bias = node.input
    inputs = [f"{weight}_x", weight]
    if bias:
        inputs.append(f"{weight}_bias")
        graph.initializer.append(numpy_helper.from_array(_bias(graph, layer, x_scale, bias[0], where), inputs[-1]))
    operator = helper.make_node(_FLOAT_OPERATORS[node.op_type], inputs, [f"{weight}_y"], name=f"{weight}_node")
    operator.attribute.extend(node.attribute)
    before = helper.make_node("DequantizeLinear", [x, x_scale, x_zero], [inputs[0]], name=f"{weight}_before")
    after = helper.make_node("QuantizeLinear", [f"{weight}_y", y_scale, y_zero], list(node.output), name=node.name)
    node.CopyFrom(after)
    # At the end, so that the indices of other layers stay: the runtime sorts the nodes itself.
    graph.node.extend([before, operator])


def _bias(graph: onnx.GraphProto, layer: Layer, x_scale: str, bias: str, where: str) -> Array:
    """The bias in float; its scale is the input's scale times the weight's."""
    constants = Constants(graph)
    steps, values = constants.array(x_scale), constants.array(bias)
    if steps is None or values is None or layer.scale is None:
        raise InputError("SF563", f"cannot find the bias of {layer.name!r} in the graph", where=where)
    return np.asarray(values.astype(np.float32) * (steps.reshape(()) * layer.scale.reshape(-1)), dtype=np.float32)
