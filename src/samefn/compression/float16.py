"""Weights stored as float16, arithmetic in float32."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from samefn.core.errors import SamefnError

# Operators whose kernel (second input) and bias (third) are stored as float16.
_WITH_WEIGHTS = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})


def float16_weights(base: onnx.ModelProto) -> onnx.ModelProto:
    """The model with the kernels and biases of convolutions and dense layers stored as float16.

    A Cast to float32 comes before each use, so every operator computes in float32 as before. A runtime may
    fold the casts when it loads the model: the numbers are the same, and the file stays small.

    Raises:
        SamefnError: a weight is beyond float16's largest number, 65504.
    """
    model = onnx.ModelProto()
    model.CopyFrom(base)
    used = [name for node in base.graph.node if node.op_type in _WITH_WEIGHTS for name in node.input[1:3]]
    casts = {}
    for weight in model.graph.initializer:
        if weight.name in used and weight.data_type == TensorProto.FLOAT:
            casts[weight.name] = _store_as_float16(weight)
    for node in model.graph.node:
        for position, name in enumerate(node.input):
            if name in casts:
                node.input[position] = casts[name].output[0]
    nodes = [*casts.values(), *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def _store_as_float16(weight: TensorProto) -> onnx.NodeProto:
    """Change the stored array in place; return the node that casts it to float32 under its old name."""
    values = numpy_helper.to_array(weight)
    if np.abs(values).max(initial=0) > np.finfo(np.float16).max:
        raise SamefnError(
            "SF722",
            f"weights up to {np.abs(values).max():g} are too large for float16, which ends at 65504",
            where=weight.name,
        )
    name = weight.name
    weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_float16"))
    return helper.make_node("Cast", [weight.name], [name], name=f"{name}_cast", to=TensorProto.FLOAT)
