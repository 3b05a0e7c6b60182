"""Quantise an ONNX file, and check in the new file that its weights are quantised."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from samefn.compression.float16 import float16_weights
from samefn.compression.int8 import dynamic_int8, static_int8
from samefn.compression.onnx_files import (
    elements,
    elements_by_dtype,
    float32_kernels,
    float32_names,
    read_model,
    write_model,
)
from samefn.core.errors import InputError, SamefnError
from samefn.runtimes.onnx.model import open_exact
from samefn.schema.methods import QuantizationMethod, QuantizedFile


@dataclass(frozen=True)
class _MethodFacts:
    """A method's description, and the type in which it stores kernels."""

    label: str
    arithmetic: str
    dtype: str
    notes: tuple[str, ...]


_METHODS: Mapping[QuantizationMethod, _MethodFacts] = {
    "float16": _MethodFacts(
        label="float16 weights",
        arithmetic="float32: the stored float16 weights are widened when the model is loaded",
        dtype="float16",
        notes=(),
    ),
    "int8-dynamic": _MethodFacts(
        label="int8 weights, dynamic activations",
        arithmetic="8-bit integer products summed in int32; one scale a weight tensor, symmetric; "
        "activations uint8, quantised on the fly, one range a tensor and batch; float32 between operators",
        dtype="int8",
        notes=("the logits of an image depend on the batch it is in",),
    ),
    "int8-static": _MethodFacts(
        label="7-bit weights (reduce_range)",
        arithmetic="8-bit integer products summed in int32; weights of 7 bits stored as int8, one scale an "
        "output channel, symmetric; activations uint8 with ranges from calibration (minimum and maximum)",
        dtype="int8",
        notes=("the logits themselves are rounded to 256 steps",),
    ),
}


def quantize_file(
    base_onnx: Path, method: QuantizationMethod, out: Path, calibration: NDArray[np.float32]
) -> QuantizedFile:
    """Quantise an ONNX file and check that bytes and types changed.

    Args:
        base_onnx: a float32 model with one image input.
        method: `float16`, `int8-dynamic` or `int8-static`.
        out: the file to write; the same base and calibration images give the same bytes.
        calibration: images, float32 in [0, 1], [examples, channels, height, width]; read by `int8-static`
            only.

    Returns:
        What changed.

    Raises:
        InputError: the base file cannot be read, or the calibration images cannot be used.
        SamefnError: nothing was quantised, or the result is not smaller, or cannot be run here.
    """
    base = read_model(base_onnx)
    kernels = float32_kernels(base)
    if not kernels:
        raise SamefnError(
            "SF735",
            f"{method} changes nothing: the model has no float32 convolution or dense kernel",
            where=str(base_onnx),
        )
    quantized, images = _quantized(base, method, calibration)
    left = _check_kernels(base, quantized, method, str(base_onnx))
    bytes_before, bytes_after = base_onnx.stat().st_size, write_model(quantized, out)
    if bytes_after >= bytes_before:
        raise SamefnError(
            "SF736",
            f"{method} does not make this model smaller: {bytes_before} bytes became {bytes_after}",
            where=str(out),
        )
    _check_runs(out, method)
    originals = set(float32_names(base))
    facts = _METHODS[method]
    notes = (f"stayed float32, so not quantised: {', '.join(left)}",) if left else ()
    return QuantizedFile(
        method=method,
        label=facts.label,
        arithmetic=facts.arithmetic,
        elements_before=elements_by_dtype(base),
        elements_after=elements_by_dtype(quantized),
        kernels=len(kernels),
        float32_kernels=left,
        float32_arrays=tuple(name for name in float32_names(quantized) if name in originals),
        bytes_before=bytes_before,
        bytes_after=bytes_after,
        calibration=images,
        notes=facts.notes + notes,
    )


def _quantized(
    base: onnx.ModelProto, method: QuantizationMethod, calibration: NDArray[np.float32]
) -> tuple[onnx.ModelProto, int]:
    """The quantised model, and how many calibration images it took."""
    if method == "float16":
        return float16_weights(base), 0
    if method == "int8-dynamic":
        return dynamic_int8(base), 0
    shape = [size.dim_value for size in base.graph.input[0].type.tensor_type.shape.dim][1:]
    if calibration.dtype != np.float32 or not len(calibration) or list(calibration.shape[1:]) != shape:
        raise InputError(
            "SF737",
            f"calibration images must be float32 [examples, {', '.join(map(str, shape))}], "
            f"not {calibration.dtype} {list(calibration.shape)}",
        )
    if not (np.isfinite(calibration).all() and calibration.min() >= 0 and calibration.max() <= 1):
        raise InputError("SF737", "calibration images must be in [0, 1]", fix="divide pixels by 255")
    return static_int8(base, calibration), len(calibration)


def _check_kernels(
    base: onnx.ModelProto, quantized: onnx.ModelProto, method: QuantizationMethod, where: str
) -> tuple[str, ...]:
    """Names of the kernels that stayed float32; the others are stored in the method's type, or an error.

    Some quantisation libraries skip convolutions silently, so the file itself is checked.
    """
    kernels, left = float32_kernels(base), float32_kernels(quantized)
    sizes = {weight.name: elements(weight) for weight in base.graph.initializer}
    new_sizes = {weight.name: elements(weight) for weight in quantized.graph.initializer}
    dtype = _METHODS[method].dtype
    expected = sum(sizes[name] for name in kernels) - sum(new_sizes[name] for name in left)
    actual = elements_by_dtype(quantized).get(dtype, 0)
    if len(left) >= len(kernels):
        raise SamefnError("SF735", f"{method} changed no kernel", where=where)
    if actual < expected:
        raise SamefnError(
            "SF735",
            f"{method} stored {actual} of {expected} weights as {dtype}; the others did not change",
            where=where,
        )
    return left


def _check_runs(out: Path, method: QuantizationMethod) -> None:
    """Load the file once, so that an operator that the runtime lacks is reported now."""
    try:
        open_exact(out)
    except InputError as error:
        raise SamefnError("SF738", f"the {method} model cannot be run here: {error.what}", where=str(out)) from error
