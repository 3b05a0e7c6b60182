"""What a TFLite file stores: its weights, and the quantisation steps of outputs that it dequantises itself."""

from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from samefn.runtimes.model import Array, WeightStats

_TYPE = schema.TensorType
_FLOATS = {_TYPE.FLOAT16: np.float16, _TYPE.FLOAT32: np.float32, _TYPE.FLOAT64: np.float64}
_INTEGERS = {
    _TYPE.INT8: np.int8,
    _TYPE.UINT8: np.uint8,
    _TYPE.INT16: np.int16,
    _TYPE.INT32: np.int32,
    _TYPE.INT64: np.int64,
}
_NOT_NUMBERS = (_TYPE.BOOL, _TYPE.STRING)


class LitertFile:
    """A TFLite file, read as data.

    Args:
        path: a file that LiteRT has loaded before: a well-formed one.
    """

    def __init__(self, path: Path) -> None:
        self._raw = path.read_bytes()
        self._model = schema.ModelT.InitFromPackedBuf(self._raw, 0)

    def weights(self) -> WeightStats:
        """Its constants that are floats or have a scale. A buffer that several tensors share counts once.

        A quantised number is zero where it equals its zero point. Other types, sparse and external arrays are not
        read: then only the file's size is known.
        """
        total, nonzero, seen = 0, 0, set()
        for graph in self._model.subgraphs:
            for tensor in graph.tensors:
                if tensor.buffer in seen or not self._is_weight(tensor):
                    continue
                seen.add(tensor.buffer)
                values = self._values(tensor)
                if values is None:
                    return WeightStats(len(self._raw))
                total += values.size
                nonzero += int(np.count_nonzero(values != _zero(tensor)))
        return WeightStats(len(self._raw), total, nonzero)

    def step(self, tensor: int) -> float | None:
        """The step of a tensor that an operator DEQUANTIZE of the main graph computes; None for others."""
        graph = self._model.subgraphs[0]
        for operator in graph.operators:
            code = self._model.operatorCodes[operator.opcodeIndex]
            builtin = max(code.builtinCode, code.deprecatedBuiltinCode)
            if builtin == schema.BuiltinOperator.DEQUANTIZE and tensor in operator.outputs:
                stored = graph.tensors[operator.inputs[0]]
                if stored.type in _INTEGERS and _scales(stored) == 1:
                    return float(stored.quantization.scale[0])
        return None

    def _is_weight(self, tensor: Any) -> bool:
        if tensor.externalBuffer:
            return True
        stored = self._model.buffers[tensor.buffer]
        if (stored.data is None or len(stored.data) == 0) and stored.offset <= 1:
            return False
        wide = tensor.type in (_TYPE.INT32, _TYPE.INT64)  # a bias where there is a scale, else a shape or an axis
        return tensor.type not in _NOT_NUMBERS and not (wide and _scales(tensor) == 0)

    def _values(self, tensor: Any) -> Array | None:
        """The stored numbers in the tensor's shape; None where they cannot be read."""
        if tensor.externalBuffer or tensor.sparsity is not None:
            return None
        stored = self._model.buffers[tensor.buffer]
        raw = self._raw[stored.offset : stored.offset + stored.size] if stored.offset > 1 else bytes(stored.data)
        shape = () if tensor.shape is None else tuple(tensor.shape)
        if tensor.type == _TYPE.INT4:
            return _int4(raw)[: int(np.prod(shape))].reshape(shape)
        dtype = (_FLOATS | _INTEGERS).get(tensor.type)
        return None if dtype is None else np.frombuffer(raw, dtype).reshape(shape)


def _scales(tensor: Any) -> int:
    quantization = tensor.quantization
    return 0 if quantization is None or quantization.scale is None else len(quantization.scale)


def _zero(tensor: Any) -> Array:
    """The zero points of a tensor, one or one per channel, shaped to broadcast over it."""
    quantization = tensor.quantization
    if quantization is None or quantization.zeroPoint is None or len(quantization.zeroPoint) == 0:
        return np.zeros(1, np.int64)
    zeros = np.asarray(quantization.zeroPoint, np.int64)
    if len(zeros) == 1:
        return zeros
    return zeros.reshape([-1 if axis == quantization.quantizedDimension else 1 for axis in range(len(tensor.shape))])


def _int4(raw: bytes) -> Array:
    """Unpack 4-bit numbers, two per byte, the lower half first."""
    packed = np.frombuffer(raw, np.uint8)
    halves = np.stack([packed & 15, packed >> 4], axis=1).reshape(-1).astype(np.int8)
    return np.where(halves > 7, halves - 16, halves)
