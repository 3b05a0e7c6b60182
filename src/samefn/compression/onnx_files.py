"""ONNX files: read, remove metadata, write, count the weights."""

from collections import Counter
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError, Message  # type: ignore[import-untyped]

from samefn.core.errors import InputError, SamefnError

# Exporters write stack traces with paths of the machine into these fields.
_METADATA = frozenset({"metadata_props", "doc_string", "producer_name", "producer_version"})

# Operators with a kernel, and the number of that input. Quantisation replaces the operator or puts a node between it
# and the stored kernel.
_KERNEL_INPUT = {"Conv": 1, "ConvTranspose": 1, "Gemm": 1, "MatMul": 1}

# Protocol buffers have at most 2 GiB; these files hold their weights.
_LARGEST = 2**31 - 1


def read_model(path: Path) -> onnx.ModelProto:
    """Read and check an ONNX file.

    Raises:
        InputError: the file is missing, damaged, no ONNX model, or stores weights in other files.
    """
    try:
        model = onnx.load_model_from_string(path.read_bytes())
    except OSError as error:
        raise InputError("SF723", f"the file cannot be read: {error.strerror}", where=str(path)) from error
    except DecodeError as error:
        raise InputError("SF723", "this is not an ONNX model, or it is damaged", where=str(path)) from error
    if any(weight.data_location == onnx.TensorProto.EXTERNAL for weight in model.graph.initializer):
        raise InputError("SF724", "the model stores weights in other files", where=str(path), fix="save it as one file")
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        raise InputError("SF723", f"this is not a valid ONNX model: {error}", where=str(path)) from error
    return model


def write_model(model: onnx.ModelProto, path: Path) -> int:
    """Remove the model's metadata and write it; equal models give equal bytes.

    Returns:
        The file's size in bytes.

    Raises:
        SamefnError: the model is larger than one file can be.
    """
    clear_metadata(model)
    if model.ByteSize() > _LARGEST:
        raise SamefnError("SF725", "the model is larger than 2 GiB, the most that one ONNX file holds", where=str(path))
    return path.write_bytes(model.SerializeToString(deterministic=True))


def clear_metadata(message: Message) -> None:
    """Clear every field of metadata in the message and everything inside it, in place."""
    for field, value in message.ListFields():
        if field.name in _METADATA:
            message.ClearField(field.name)
        elif field.message_type is not None:
            for child in (value,) if isinstance(value, Message) else value:
                clear_metadata(child)


def elements(weight: onnx.TensorProto) -> int:
    """How many numbers a stored array has.

    >>> elements(onnx.helper.make_tensor("w", onnx.TensorProto.FLOAT, [2, 3], range(6)))
    6
    """
    count = 1
    for size in weight.dims:
        count *= size
    return count


def stored_dtype(weight: onnx.TensorProto) -> str:
    """NumPy's name of the stored type, such as `float32`."""
    return str(onnx.helper.tensor_dtype_to_np_dtype(weight.data_type))


def elements_by_dtype(model: onnx.ModelProto) -> dict[str, int]:
    """How many stored numbers the model has of each type, sorted by type."""
    counts: Counter[str] = Counter()
    for weight in model.graph.initializer:
        counts[stored_dtype(weight)] += elements(weight)
    return dict(sorted(counts.items()))


def float32_names(model: onnx.ModelProto) -> tuple[str, ...]:
    """Names of the arrays stored as float32, in the file's order."""
    return tuple(w.name for w in model.graph.initializer if w.data_type == onnx.TensorProto.FLOAT)


def float32_kernels(model: onnx.ModelProto) -> tuple[str, ...]:
    """Names of the convolution and dense kernels stored and used as float32, in the graph's order."""
    stored = set(float32_names(model))
    used = [node.input[_KERNEL_INPUT[node.op_type]] for node in model.graph.node if node.op_type in _KERNEL_INPUT]
    return tuple(name for name in dict.fromkeys(used) if name in stored)
