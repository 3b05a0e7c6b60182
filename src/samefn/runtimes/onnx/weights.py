"""How many numbers an ONNX file stores as weights, and how many of them are not zero."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from samefn.core.errors import InputError
from samefn.core.plain_files import require_file
from samefn.runtimes.model import Array, WeightStats
from samefn.runtimes.onnx.file import all_graphs, external_files, read_onnx

# Integers this wide are shapes, axes and indices, unless they are dequantised (biases).
_WIDE = {TensorProto.INT32, TensorProto.INT64, TensorProto.UINT32, TensorProto.UINT64}
_NOT_NUMBERS = {TensorProto.BOOL, TensorProto.STRING}
# Of quantised operators: the inputs that hold numbers, each with its zero point; then the inputs that hold scales.
_QUANTISED: Mapping[str, tuple[Mapping[int, int | None], tuple[int, ...]]] = {
    "QuantizeLinear": ({}, (1, 2)),
    "DequantizeLinear": ({0: 2}, (1,)),
    "QLinearConv": ({0: 2, 3: 5, 8: None}, (1, 4, 6, 7)),
    "QLinearMatMul": ({0: 2, 3: 5}, (1, 4, 6, 7)),
    "QGemm": ({0: 2, 3: 5, 6: None}, (1, 4, 7, 8)),
    "ConvInteger": ({0: 2, 1: 3}, ()),
    "MatMulInteger": ({0: 2, 1: 3}, ()),
    "MatMulIntegerToFloat": ({0: 4, 1: 5}, (2, 3)),
    "DynamicQuantizeMatMul": ({1: 3}, (2,)),
    "MatMulNBits": ({1: None}, (2, 3)),
}
# Packs several weights into one byte; its attributes say how many weights there are.
_PACKED = "MatMulNBits"
# Their zero points belong to the last axis of the weight, those of other operators to the first.
_LAST_AXIS = ("QLinearMatMul", "MatMulInteger", "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "QGemm")


@dataclass(frozen=True)
class _Use:
    """How a stored array is used: its zero points, their axis and block size, and how many packed numbers it holds."""

    zero_point: str = ""
    axis: int = 0
    block: int = 0
    packed: int = 0


def onnx_weight_stats(path: Path) -> WeightStats:
    """Size of an ONNX file and its external data, and the weights in them.

    Initialisers count, and arrays of Constant operators that are not scalars. Not counted: scales and zero points,
    booleans and text, and integers of 32 bits or more, which are shapes and indices, unless they are dequantised. A
    quantised weight is zero where it equals its zero point. 4-bit weights that are packed into bytes are counted by
    the operator's attributes; how many of them are zero is not known.

    Raises:
        InputError: the file or its external data cannot be read.
    """
    require_file(path)
    status = path.stat()
    return _count_weights(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _count_weights(path: Path, size: int, modified: int) -> WeightStats:  # noqa: ARG001  (for the cache)
    """Cached: a process may need the weights of one file several times. A changed file is read again."""
    model = read_onnx(path)
    files = external_files(model, path)
    total = nonzero = 0
    known = True
    for graph in all_graphs(model.graph):
        uses, not_weights = _uses(graph)
        stored = {tensor.name: tensor for tensor in _arrays(graph)}
        for name, tensor in stored.items():
            use = uses.get(name)
            if name in not_weights or tensor.data_type in _NOT_NUMBERS or (tensor.data_type in _WIDE and use is None):
                continue
            if use is not None and use.packed:
                total, known = total + use.packed, False
                continue
            values = _values(tensor, path)
            zero = stored.get(use.zero_point) if use is not None else None
            total += values.size
            nonzero += _nonzero(values, None if zero is None else _values(zero, path), use)
    return WeightStats(sum(file.stat().st_size for file in (path, *files)), total, nonzero if known else None)


def _arrays(graph: onnx.GraphProto) -> Iterator[TensorProto]:
    yield from graph.initializer
    yield from (sparse.values for sparse in graph.sparse_initializer)
    for node in graph.node:
        if node.op_type == "Constant":
            for attribute in node.attribute:
                if attribute.name == "value" and attribute.t.dims:
                    constant = TensorProto()
                    constant.CopyFrom(attribute.t)
                    constant.name = node.output[0]
                    yield constant


def _uses(graph: onnx.GraphProto) -> tuple[dict[str, _Use], set[str]]:
    """How the quantised arrays are used, and the names of scales and zero points."""
    uses: dict[str, _Use] = {}
    not_weights: set[str] = set()
    # The scales of weights are multiplied by those that DynamicQuantizeLinear computes for the activations.
    activation_scales = {node.output[1] for node in graph.node if node.op_type == "DynamicQuantizeLinear"}
    for node in graph.node:
        if node.op_type == "Mul" and activation_scales & set(node.input):
            not_weights |= set(node.input)
        if node.op_type not in _QUANTISED:
            continue
        numbers, scales = _QUANTISED[node.op_type]
        names = dict(enumerate(node.input))
        integers = {attribute.name: attribute.i for attribute in node.attribute}
        not_weights |= {names[index] for index in scales if index in names}
        for index, zero in numbers.items():
            zero_point = names.get(zero, "") if zero is not None else ""
            not_weights.add(zero_point)
            axis = integers.get("axis", 1) if node.op_type == "DequantizeLinear" else -1 * (node.op_type in _LAST_AXIS)
            packed = integers.get("K", 0) * integers.get("N", 0) if node.op_type == _PACKED else 0
            uses[names.get(index, "")] = _Use(zero_point, axis, integers.get("block_size", 0), packed)
    return uses, not_weights - {""}


def _values(tensor: TensorProto, path: Path) -> Array:
    try:
        return np.asarray(numpy_helper.to_array(tensor, base_dir=str(path.parent)))
    except Exception as error:  # (a hostile array may fail in any way)
        raise InputError("SF362", f"its array {tensor.name!r} cannot be read ({error})", where=str(path)) from error


def _nonzero(values: Array, zero: Array | None, use: _Use | None) -> int:
    """How many of them are not their zero point, or not zero where they have none."""
    if zero is None or use is None or not zero.any():
        return int(np.count_nonzero(values))
    if zero.size == 1 or zero.ndim > values.ndim:
        return int(np.count_nonzero(values != zero.reshape(-1)[0]))
    if zero.ndim == values.ndim:  # one per block
        axis = use.axis % values.ndim
        block = use.block or -(-values.shape[axis] // zero.shape[axis])
        zero_points = np.repeat(zero, block, axis=axis)[tuple(map(slice, values.shape))]
    else:
        shape = [1] * values.ndim
        shape[use.axis] = -1
        zero_points = zero.reshape(shape)
    return int(np.count_nonzero(values != zero_points))
