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
from samefn.runtimes.model import Array, Weights
from samefn.runtimes.onnx.file import external_files, graphs, parsed

# Integers this wide are shapes, axes and indices, unless they are dequantised (biases).
_WIDE = {TensorProto.INT32, TensorProto.INT64, TensorProto.UINT32, TensorProto.UINT64}
_NEVER = {TensorProto.BOOL, TensorProto.STRING}
# Of quantised operators: which inputs hold numbers, each with its zero point; then those that hold scales.
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
# Several weights lie in one byte of these; how many there are, the operator says.
_PACKED = "MatMulNBits"
# Zero points of several axes: of these operators the last axis is that of the outputs, of the others the first.
_LAST_AXIS = ("QLinearMatMul", "MatMulInteger", "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "QGemm")


@dataclass(frozen=True)
class _Use:
    """How a stored array is used: with which zero points, along which axis, as how many packed numbers."""

    zero_point: str = ""
    axis: int = 0
    block: int = 0
    packed: int = 0


def stored_weights(path: Path) -> Weights:
    """What an ONNX file and its external data store.

    Initialisers count, and arrays of Constant operators that are no single number. Not counted: scales and zero
    points, truth values and text, and integers of 32 bits or more, which are shapes and indices, unless they are
    dequantised. A quantised number is one number and zero where it is its zero point. Of 4-bit weights that are
    packed into bytes the operator says how many there are; which of them are zero is not read.

    Raises:
        InputError: the file or its external data cannot be read.
    """
    require_file(path)
    status = path.stat()
    return _counted(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _counted(path: Path, size: int, changed: int) -> Weights:  # noqa: ARG001  (the file, as long as it is the same)
    """The weights of a file that a process may ask for more than once, such as a base that is asked again."""
    model = parsed(path)
    files = external_files(model, path)
    total = nonzero = 0
    known = True
    for graph in graphs(model.graph):
        uses, apart = _uses(graph)
        stored = {tensor.name: tensor for tensor in _arrays(graph)}
        for name, tensor in stored.items():
            use = uses.get(name)
            if name in apart or tensor.data_type in _NEVER or (tensor.data_type in _WIDE and use is None):
                continue
            if use is not None and use.packed:
                total, known = total + use.packed, False
                continue
            values = _values(tensor, path)
            zero = stored.get(use.zero_point) if use is not None else None
            total += values.size
            nonzero += _nonzero(values, None if zero is None else _values(zero, path), use)
    return Weights(sum(file.stat().st_size for file in (path, *files)), total, nonzero if known else None)


def _arrays(graph: onnx.GraphProto) -> Iterator[TensorProto]:
    yield from graph.initializer
    yield from (sparse.values for sparse in graph.sparse_initializer)
    for node in graph.node:
        if node.op_type == "Constant":
            for attribute in node.attribute:
                if attribute.name == "value" and attribute.t.dims:
                    named = TensorProto()
                    named.CopyFrom(attribute.t)
                    named.name = node.output[0]
                    yield named


def _uses(graph: onnx.GraphProto) -> tuple[dict[str, _Use], set[str]]:
    """How the stored arrays that are quantised are used, and the names of scales and zero points."""
    uses: dict[str, _Use] = {}
    apart: set[str] = set()
    # The weights' own scales stand in a product with the one that is found for the activations.
    found = {node.output[1] for node in graph.node if node.op_type == "DynamicQuantizeLinear"}
    for node in graph.node:
        if node.op_type == "Mul" and found & set(node.input):
            apart |= set(node.input)
        if node.op_type not in _QUANTISED:
            continue
        numbers, scales = _QUANTISED[node.op_type]
        names = dict(enumerate(node.input))
        said = {attribute.name: attribute.i for attribute in node.attribute}
        apart |= {names[place] for place in scales if place in names}
        for place, zero in numbers.items():
            zero_point = names.get(zero, "") if zero is not None else ""
            apart.add(zero_point)
            axis = said.get("axis", 1) if node.op_type == "DequantizeLinear" else -1 * (node.op_type in _LAST_AXIS)
            packed = said.get("K", 0) * said.get("N", 0) if node.op_type == _PACKED else 0
            uses[names.get(place, "")] = _Use(zero_point, axis, said.get("block_size", 0), packed)
    return uses, apart - {""}


def _values(tensor: TensorProto, path: Path) -> Array:
    try:
        return np.asarray(numpy_helper.to_array(tensor, base_dir=str(path.parent)))
    except Exception as error:  # (a hostile array may fail in any way)
        raise InputError("SF3079", f"its array {tensor.name!r} cannot be read ({error})", where=str(path)) from error


def _nonzero(values: Array, zero: Array | None, use: _Use | None) -> int:
    """How many of them are not their zero point; zeros where there is none."""
    if zero is None or use is None or not zero.any():
        return int(np.count_nonzero(values))
    if zero.size == 1 or zero.ndim > values.ndim:
        return int(np.count_nonzero(values != zero.reshape(-1)[0]))
    if zero.ndim == values.ndim:  # one a block
        axis = use.axis % values.ndim
        block = use.block or -(-values.shape[axis] // zero.shape[axis])
        spread = np.repeat(zero, block, axis=axis)[tuple(map(slice, values.shape))]
    else:
        shape = [1] * values.ndim
        shape[use.axis] = -1
        spread = zero.reshape(shape)
    return int(np.count_nonzero(values != spread))
