"""The trails of an ONNX graph's outputs: how each is computed."""

from collections.abc import Mapping, Sequence

import onnx
from onnx import numpy_helper

from samefn.predictions.output_trail import OutputTrail
from samefn.runtimes.output_trails import Step, trail_back

# The index of the input that is the weight; 1 for all other operators.
_WEIGHT_INPUT = {"QLinearConv": 3, "QLinearMatMul": 3, "QGemm": 3}
_CONVOLUTIONS = ("Conv", "QLinearConv", "ConvInteger", "FusedConv")


def onnx_trails(graph: onnx.GraphProto) -> dict[str, OutputTrail]:
    """The trail of each output, by name."""
    by_name = _Graph(graph)
    return {output.name: trail_back(output.name, by_name.step(output.name)) for output in graph.output}


class _Graph:
    """A graph's operators and stored arrays, by name."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._producers = {name: node for node in graph.node for name in node.output}
        self._stored = {tensor.name: tensor for tensor in graph.initializer}
        for node in graph.node:
            for attribute in node.attribute if node.op_type == "Constant" else ():
                if attribute.name == "value":
                    self._stored[node.output[0]] = attribute.t

    def step(self, name: str) -> Step | None:
        node = self._producers.get(name)
        if node is None or self._stored_source(name)[0] is not None:
            return None
        attributes = {attribute.name: attribute for attribute in node.attribute}
        weight, channels = self._weight(node, attributes)
        norm = attributes["norm"].s.decode("utf-8", "replace") if "norm" in attributes else ""
        step = self._scale(node) if node.op_type == "DequantizeLinear" else None
        return Step(node.op_type, lambda: [self.step(input_) for input_ in node.input], weight, channels, step, norm)

    def _scale(self, node: onnx.NodeProto) -> float | None:
        scale = self._stored.get(node.input[1]) if len(node.input) > 1 else None
        try:
            array = None if scale is None else numpy_helper.to_array(scale)
        except (ValueError, TypeError):  # (a hostile or external array)
            return None
        return None if array is None or array.size != 1 else float(array.reshape(()))

    def _stored_source(self, name: str) -> tuple[onnx.TensorProto | None, int]:
        """The stored array that a value is made of by casts, transpositions and such; and how many transpositions."""
        transpositions = 0
        for _ in range(8):
            if name in self._stored:
                return self._stored[name], transpositions
            node = self._producers.get(name)
            if node is None or not node.input:
                break
            if node.op_type not in ("DequantizeLinear", "QuantizeLinear", "Cast", "Identity", "Transpose"):
                break
            transpositions += node.op_type == "Transpose"
            name = node.input[0]
        return None, transpositions

    def _weight(self, node: onnx.NodeProto, attributes: Mapping[str, onnx.AttributeProto]) -> tuple[str, int | None]:
        """The name of an operator's weight, and the length of its output's channel axis."""
        index = _WEIGHT_INPUT.get(node.op_type, 1)
        tensor, transpositions = self._stored_source(node.input[index]) if len(node.input) > index else (None, 0)
        if tensor is None:
            return "", None
        dims: Sequence[int] = list(tensor.dims)
        if len(dims) < 2:
            return tensor.name, None
        if node.op_type in _CONVOLUTIONS:
            return tensor.name, dims[0]
        if node.op_type == "ConvTranspose":
            return tensor.name, dims[1] * (attributes["group"].i if "group" in attributes else 1)
        if "Gemm" in node.op_type or "MatMul" in node.op_type:
            transposed = (transpositions + ("transB" in attributes and attributes["transB"].i)) % 2
            return tensor.name, dims[-2] if transposed else dims[-1]
        return tensor.name, None
