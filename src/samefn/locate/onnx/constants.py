"""The stored arrays of an ONNX graph, and the arrays that it computes from them alone, such as dequantised weights."""

import numpy as np
import onnx
from onnx import numpy_helper

from samefn.core.errors import InputError
from samefn.runtimes.model import Array

# A stored weight may come through these operators: nothing in it depends on the graph's inputs.
_FOLDED = ("DequantizeLinear", "QuantizeLinear", "Cast", "Identity", "Transpose")


class Constants:
    """What a graph stores and what it computes from that alone."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._stored = {tensor.name: tensor for tensor in graph.initializer}
        self._producers = {name: node for node in graph.node for name in node.output}
        for node in graph.node:
            if node.op_type == "Constant":
                for attribute in node.attribute:
                    if attribute.name == "value":
                        self._stored[node.output[0]] = attribute.t

    def producer(self, name: str) -> onnx.NodeProto | None:
        """The node that computes an array."""
        return self._producers.get(name)

    def array(self, name: str) -> Array | None:
        """A stored array; None where it is computed."""
        return np.asarray(numpy_helper.to_array(self._stored[name])) if name in self._stored else None

    def weight(self, name: str) -> tuple[Array, int] | None:
        """An array that is stored, or computed from a stored one by dequantising, casting or transposing.

        Returns:
            The array, and the bytes of the stored one; None where it depends on the graph's inputs.
        """
        stored = self.array(name)
        if stored is not None:
            return stored, stored.nbytes
        node = self.producer(name)
        if node is None or node.op_type not in _FOLDED:
            return None
        source = self.weight(node.input[0])
        values = None if source is None else self._apply(node, source[0])
        return None if source is None or values is None else (values, source[1])

    def _apply(self, node: onnx.NodeProto, values: Array) -> Array | None:
        """The output of one of these operators for a stored array; None where its scale is computed."""
        attributes = {attribute.name: attribute for attribute in node.attribute}
        if node.op_type == "Cast":
            return values.astype(onnx.helper.tensor_dtype_to_np_dtype(attributes["to"].i))
        if node.op_type == "Transpose":
            return values.transpose(list(attributes["perm"].ints) if "perm" in attributes else None)
        if node.op_type == "Identity":
            return values
        scale = self.array(node.input[1])
        if scale is None:
            return None
        zero = self.array(node.input[2]) if len(node.input) > 2 else None
        axis = attributes["axis"].i if "axis" in attributes else 1
        if node.op_type == "QuantizeLinear":
            return quantize_array(values, scale, zero, axis, node.output[0])
        return dequantize_array(values, scale, zero, axis, node.output[0])


def dequantize_array(values: Array, scale: Array, zero: Array | None, axis: int, name: str) -> Array:
    """(values - zero point) * scale in float32, with one scale, or one per index of `axis`.

    Raises:
        InputError: scales of several axes, as of weights quantised in blocks.

    >>> dequantize_array(np.array([[1, 3], [5, 7]], np.int8), np.float32([1, 10]), np.array([1, 1], np.int8), 0, "w")
    array([[ 0.,  2.],
           [40., 60.]], dtype=float32)
    """
    shape = _broadcast_shape(values, scale, axis, name)
    integers = values.astype(np.int32)
    if zero is not None:
        integers -= zero.astype(np.int32).reshape(shape)
    return integers.astype(np.float32) * scale.astype(np.float32).reshape(shape)


def quantize_array(values: Array, scale: Array, zero: Array | None, axis: int, name: str) -> Array:
    """Values / scale + zero point, rounded to the zero point's integer type; uint8 where there is none.

    Raises:
        InputError: as `dequantize_array`.

    >>> quantize_array(np.float32([[0, 2.4], [4, 900]]), np.float32(2), np.array(1, np.int8), 0, "w")
    array([[  1,   2],
           [  3, 127]], dtype=int8)
    """
    shape = _broadcast_shape(values, scale, axis, name)
    limits = np.iinfo(np.uint8 if zero is None else zero.dtype)
    steps = np.rint(values.astype(np.float32) / scale.astype(np.float32).reshape(shape))
    if zero is not None:
        steps += zero.astype(np.float32).reshape(shape)
    return np.asarray(np.clip(steps, limits.min, limits.max).astype(limits.dtype))


def _broadcast_shape(values: Array, scale: Array, axis: int, name: str) -> list[int]:
    """The shape of scales that broadcasts over the values: of one scale, or of one per index of an axis."""
    if scale.size == 1:
        return []
    if scale.ndim != 1 or values.shape[axis] != scale.size:
        raise InputError(
            "SF563",
            f"cannot swap weights with scales of shape {list(scale.shape)}, such as weights quantised in blocks",
            where=name,
        )
    shape = [1] * values.ndim
    shape[axis] = -1
    return shape
