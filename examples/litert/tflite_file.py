"""Write a TFLite file without TensorFlow, with the schema that comes with ai-edge-litert."""

from collections.abc import Mapping, Sequence

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {name: getattr(schema.TensorType, name.upper()) for name in ("float32", "int8", "uint8", "int32", "int64")}


class TfliteFile:
    """Collects tensors and operators; tensors are known by the numbers that `tensor` returns."""

    def __init__(self):
        self._buffers = [schema.BufferT()]  # by the format's rule the first buffer is empty
        self._tensors, self._operators, self._codes = [], [], []

    def tensor(self, name, dtype, shape, *, scale=(), zero=(), axis=0, variable=False):
        """A tensor that is computed: an input, an output or one between.

        Args:
            name: its name.
            dtype: as NumPy calls it.
            shape: None as the first length for a batch of any size.
            scale: of quantised numbers, one, or one a channel.
            zero: zero points, as many.
            axis: of the channels.
            variable: whether it keeps its numbers from one run to the next.
        """
        tensor = schema.TensorT()
        tensor.name, tensor.type, tensor.isVariable, tensor.buffer = name, TYPES[dtype], variable, 0
        tensor.shape = [1 if length is None else length for length in shape]
        if None in shape:
            tensor.shapeSignature = [-1 if length is None else length for length in shape]
        tensor.hasRank = True
        if scale:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = list(scale)
            tensor.quantization.zeroPoint = list(zero) or [0] * len(scale)
            tensor.quantization.quantizedDimension = axis
        self._tensors.append(tensor)
        return len(self._tensors) - 1

    def constant(self, name, values, **quantization):
        """A tensor that is stored; `quantization` as in `tensor`."""
        number = self.tensor(name, values.dtype.name, values.shape, **quantization)
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
        self._buffers.append(buffer)
        self._tensors[number].buffer = len(self._buffers) - 1
        return number

    def operator(self, name: str, inputs: Sequence[int], outputs: Sequence[int], options=None, version: int = 1):
        """One operator, such as FULLY_CONNECTED, with its options from the schema."""
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), version
        self._codes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self._codes) - 1
        operator.inputs, operator.outputs = list(inputs), list(outputs)
        if options is not None:
            operator.builtinOptions = options
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__.removesuffix("T"))
        self._operators.append(operator)

    def content(
        self, inputs: Sequence[int], outputs: Sequence[int], signature: Mapping[str, Mapping[str, int]] | None = None
    ):
        """The file's bytes.

        Args:
            inputs: tensors that are given.
            outputs: tensors that are read.
            signature: names for them, as {"inputs": {name: tensor}, "outputs": {name: tensor}}.
        """
        graph = schema.SubGraphT()
        graph.tensors, graph.operators = self._tensors, self._operators
        graph.inputs, graph.outputs = list(inputs), list(outputs)
        model = schema.ModelT()
        model.version, model.subgraphs = 3, [graph]
        model.operatorCodes, model.buffers = self._codes, self._buffers
        if signature:
            named = schema.SignatureDefT()
            named.signatureKey, named.subgraphIndex = "serving_default", 0
            named.inputs, named.outputs = _maps(signature["inputs"]), _maps(signature["outputs"])
            model.signatureDefs = [named]
        builder = flatbuffers.Builder(0)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def _maps(names):
    found = []
    for name, tensor in names.items():
        one = schema.TensorMapT()
        one.name, one.tensorIndex = name, tensor
        found.append(one)
    return found
