"""Put a float weight into one layer of an ONNX graph, whatever form the layer has."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

from samefn.core.errors import InputError
from samefn.locate.onnx_layers import Constants, Layer, dense_turned
from samefn.runtimes.model import Array

PREFIX = "samefn_swapped_"
_PLAIN = {"ConvInteger": "Conv", "MatMulInteger": "MatMul", "QLinearConv": "Conv", "QLinearMatMul": "MatMul"}
_WITHOUT = 4  # the first version of ONNX's format in which stored arrays need not be inputs too


def with_weight(model: onnx.ModelProto, layer: Layer, weight: Array, where: str) -> None:
    """Give a layer another weight, in place; the number of nodes and their places stay.

    An operator on floats gets the weight instead of its own; what dequantised that is left without a user. One of the
    integer kind becomes its float twin on the input before it was quantised. One of the QLinear kind becomes its float
    twin between a DequantizeLinear and a QuantizeLinear with the scales it had.

    Args:
        model: changed.
        layer: as `layers` found it in this model.
        weight: float32, as `Layer.weight` is.
        where: what errors call the model.

    Raises:
        InputError: a layer whose float input or bias cannot be found.
    """
    graph = model.graph
    model.ir_version = max(model.ir_version, _WITHOUT)
    node = graph.node[layer.node]
    name = f"{PREFIX}{layer.node}"
    taken = dense_turned(node, weight, back=True).astype(layer.dtype)
    graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(taken), name))
    if layer.form == "float":
        node.input[layer.place] = name
    elif layer.form == "integer":
        _float_input(graph, layer, name, where)
    else:
        _between(graph, layer, name, where)


def _float_input(graph: onnx.GraphProto, layer: Layer, weight: str, where: str) -> None:
    """The node that scaled the integer sums becomes the float operator; the sums are left without a user."""
    node, final = graph.node[layer.node], graph.node[layer.final]
    source = Constants(graph).made(node.input[0])
    if source is None or source.op_type != "DynamicQuantizeLinear":
        raise InputError("SF5047", f"the float input of {layer.name!r} cannot be found", where=where)
    twin = helper.make_node(_PLAIN[node.op_type], [source.input[0], weight], list(final.output), name=final.name)
    twin.attribute.extend(node.attribute)
    final.CopyFrom(twin)


def _between(graph: onnx.GraphProto, layer: Layer, weight: str, where: str) -> None:
    """The node becomes a QuantizeLinear; before it a DequantizeLinear and the float operator are put in."""
    node = graph.node[layer.node]
    x, x_scale, x_zero, _, _, _, y_scale, y_zero, *bias = node.input
    inputs = [f"{weight}_x", weight]
    if bias:
        inputs.append(f"{weight}_bias")
        graph.initializer.append(numpy_helper.from_array(_bias(graph, layer, x_scale, bias[0], where), inputs[-1]))
    twin = helper.make_node(_PLAIN[node.op_type], inputs, [f"{weight}_y"], name=f"{weight}_node")
    twin.attribute.extend(node.attribute)
    before = helper.make_node("DequantizeLinear", [x, x_scale, x_zero], [inputs[0]], name=f"{weight}_before")
    after = helper.make_node("QuantizeLinear", [f"{weight}_y", y_scale, y_zero], list(node.output), name=node.name)
    node.CopyFrom(after)
    # The runtime sorts nodes by what they need, so these may stand last and no other layer changes its place.
    graph.node.extend([before, twin])


def _bias(graph: onnx.GraphProto, layer: Layer, x_scale: str, bias: str, where: str) -> Array:
    """The bias in float: it is stored in steps of the input's scale times the weight's."""
    constants = Constants(graph)
    steps, values = constants.array(x_scale), constants.array(bias)
    if steps is None or values is None or layer.scale is None:
        raise InputError("SF5048", f"the bias of {layer.name!r} cannot be found", where=where)
    return np.asarray(values.astype(np.float32) * (steps.reshape(()) * layer.scale.reshape(-1)), dtype=np.float32)
