"""The trails of an ONNX graph's outputs."""

from collections.abc import Mapping, Sequence

import onnx
from onnx import numpy_helper

from samefn.predictions.output_trail import OutputTrail
from samefn.runtimes.output_trails import Step, trail_back

# Which input is the weight; else the second.
_WEIGHT = {"QLinearConv": 3, "QLinearMatMul": 3, "QGemm": 3}
_CONVOLUTIONS = ("Conv", "QLinearConv", "ConvInteger", "FusedConv")


def onnx_trails(graph: onnx.GraphProto) -> dict[str, OutputTrail]:
    """The trail of each output, by name."""
    known = _Graph(graph)
    return {output.name: trail_back(output.name, known.step(output.name)) for output in graph.output}


class _Graph:
    def __init__(self, graph: onnx.GraphProto) -> None:
        self._made = {name: node for node in graph.node for name in node.output}
        self._stored = {tensor.name: tensor for tensor in graph.initializer}
        for node in graph.node:
            for attribute in node.attribute if node.op_type == "Constant" else ():
                if attribute.name == "value":
                    self._stored[node.output[0]] = attribute.t

    def step(self, name: str) -> Step | None:
        node = self._made.get(name)
        if node is None or self._source(name)[0] is not None:
            return None
        said = {attribute.name: attribute for attribute in node.attribute}
        weight, channels = self._weight(node, said)
        norm = said["norm"].s.decode("utf-8", "replace") if "norm" in said else ""
        step = self._scale(node) if node.op_type == "DequantizeLinear" else None
        return Step(node.op_type, lambda: [self.step(one) for one in node.input], weight, channels, step, norm)

    def _scale(self, node: onnx.NodeProto) -> float | None:
        scale = self._stored.get(node.input[1]) if len(node.input) > 1 else None
        try:
            found = None if scale is None else numpy_helper.to_array(scale)
        except (ValueError, TypeError):  # (a hostile or external array)
            return None
        return None if found is None or found.size != 1 else float(found.reshape(()))

    def _source(self, name: str) -> tuple[onnx.TensorProto | None, int]:
        """The stored array that a name comes from through operators that only move numbers, and how often turned."""
        turns = 0
        for _ in range(8):
            if name in self._stored:
                return self._stored[name], turns
            node = self._made.get(name)
            if node is None or not node.input:
                break
            if node.op_type not in ("DequantizeLinear", "QuantizeLinear", "Cast", "Identity", "Transpose"):
                break
            turns += node.op_type == "Transpose"
            name = node.input[0]
        return None, turns

    def _weight(self, node: onnx.NodeProto, said: Mapping[str, onnx.AttributeProto]) -> tuple[str, int | None]:
        """The name of an operator's weight, and how many numbers it gives a place."""
        place = _WEIGHT.get(node.op_type, 1)
        tensor, turns = self._source(node.input[place]) if len(node.input) > place else (None, 0)
        if tensor is None:
            return "", None
        dims: Sequence[int] = list(tensor.dims)
        if len(dims) < 2:
            return tensor.name, None
        if node.op_type in _CONVOLUTIONS:
            return tensor.name, dims[0]
        if node.op_type == "ConvTranspose":
            return tensor.name, dims[1] * (said["group"].i if "group" in said else 1)
        if "Gemm" in node.op_type or "MatMul" in node.op_type:
            turned = (turns + ("transB" in said and said["transB"].i)) % 2
            return tensor.name, dims[-2] if turned else dims[-1]
        return tensor.name, None
