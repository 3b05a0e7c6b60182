"""TFLite files, run by LiteRT: inputs and outputs are floats, whether the file is quantised or not."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from samefn.config.comparison import ModelSource
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.plain_files import require_file
from samefn.runtimes.host import int8_flags
from samefn.runtimes.inputs.layouts import fits, format_shape
from samefn.runtimes.litert.file import LitertFile
from samefn.runtimes.model import Array, TensorSpec, WeightStats, tensor_names
from samefn.runtimes.unused_settings import refuse_unused_settings

_UNREADABLE = (struct.error, IndexError, ValueError, TypeError, AttributeError, OSError)


@dataclass(frozen=True)
class _Tensor:
    """An input or output.

    Attributes:
        spec: what users of the model see: floats where it is quantised.
        index: the tensor's number in the file.
        dtype: as it is stored.
        scale: of a quantised tensor; None where it is not quantised.
        zero: the zero point of a quantised tensor.
    """

    spec: TensorSpec
    index: int
    dtype: np.dtype[Any]
    scale: np.float32 | None
    zero: int

    def quantize(self, values: Array) -> Array:
        """Values as the tensor stores them; quantised as LiteRT's own kernels do, ties to even.

        Raises:
            InputError: NaN or infinity, which integers cannot hold.
        """
        if self.scale is None:
            return np.ascontiguousarray(values, self.dtype)
        if not np.isfinite(values).all():
            raise InputError("SF325", f"NaN or infinity cannot be quantised to {self.dtype.name}")
        limits = np.iinfo(self.dtype)
        steps = np.rint(np.asarray(values, np.float32) / self.scale).astype(np.float64) + self.zero
        clipped: Array = np.clip(steps, limits.min, limits.max).astype(self.dtype)
        return clipped

    def dequantize(self, values: Array) -> Array:
        """Stored values as floats."""
        return values if self.scale is None else (values.astype(np.int64) - self.zero).astype(np.float32) * self.scale

    def note(self, role: str) -> str:
        return (
            f"{role} {self.spec.name} is stored as {self.dtype.name} in steps of {self.scale:.6g}, zero at {self.zero}"
        )


class LitertModel:
    """A TFLite file that is loaded: its main graph, with LiteRT's default kernels.

    Args:
        source: the file.

    Raises:
        InputError: it is damaged, needs an operator that LiteRT does not have, or quantises an input per channel.
    """

    def __init__(self, source: ModelSource) -> None:
        refuse_unused_settings(source, "litert")
        self._where, self._threads = source.path, source.threads
        require_file(Path(source.path))
        try:
            self._interpreter = Interpreter(source.path, num_threads=source.threads)
            self._interpreter.allocate_tensors()
            inputs, outputs = _details_by_name(self._interpreter)
        except (ValueError, RuntimeError) as error:
            raise InputError("SF330", f"LiteRT cannot load it ({error})", where=source.path) from error
        self._inputs = tuple(_tensor(name, details, source.path) for name, details in inputs.items())
        self._outputs = tuple(_tensor(name, details, source.path) for name, details in outputs.items())
        self._shapes = [tuple(details["shape"]) for details in inputs.values()]
        self._weights, steps = _read_file(Path(source.path), self._outputs)
        output_steps = [step for name, step in steps.items() if name == source.output] or list(steps.values())
        self.resolution: float | None = max((step for step in output_steps if step is not None), default=None)

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """Its inputs; any batch size where the file allows it."""
        return tuple(tensor.spec for tensor in self._inputs)

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """Its outputs."""
        return tuple(tensor.spec for tensor in self._outputs)

    @property
    def notes(self) -> tuple[str, ...]:
        """How quantised inputs and outputs are stored, one sentence each."""
        roles = (("input", self._inputs), ("output", self._outputs))
        return tuple(tensor.note(role) for role, tensors in roles for tensor in tensors if tensor.scale is not None)

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Run one batch; variables of a stateful model are reset first.

        Raises:
            InputError: an input of another shape than the model's, or the model cannot run on it.
        """
        arrays = [feeds[tensor.spec.name] for tensor in self._inputs]
        for tensor, array in zip(self._inputs, arrays, strict=True):
            _require_shape(tensor.spec, array.shape, self._where)
        try:
            self._resize([array.shape for array in arrays])
            for tensor, array in zip(self._inputs, arrays, strict=True):
                self._interpreter.set_tensor(tensor.index, tensor.quantize(array))
            self._interpreter.reset_all_variables()
            self._interpreter.invoke()
            return {
                tensor.spec.name: tensor.dequantize(self._interpreter.get_tensor(tensor.index))
                for tensor in self._outputs
            }
        except (ValueError, RuntimeError) as error:
            shapes = ", ".join(str(list(array.shape)) for array in arrays)
            raise InputError("SF315", f"LiteRT cannot run it on {shapes} ({error})", where=self._where) from error

    def facts(self) -> dict[str, Json]:
        """The runtime's version, kernels and threads, and the CPU flags."""
        return {
            "runtime": "litert",
            "version": version("ai-edge-litert"),
            "kernels": "default",
            "threads": self._threads,
            "cpu": dict(int8_flags()),
        }

    def weights(self) -> WeightStats:
        """The file's size, and its constants that are floats or quantised."""
        return self._weights

    def _resize(self, shapes: list[tuple[int, ...]]) -> None:
        if shapes == self._shapes:
            return
        self._shapes = []  # until every call below has succeeded
        for tensor, shape in zip(self._inputs, shapes, strict=True):
            self._interpreter.resize_tensor_input(tensor.index, shape, strict=True)
        self._interpreter.allocate_tensors()
        self._shapes = shapes


def open_litert(source: ModelSource) -> LitertModel:
    """Load a TFLite file.

    Raises:
        InputError: as `LitertModel`.
    """
    return LitertModel(source)


def _details_by_name(interpreter: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs and outputs by the names in the file's only signature, else by the names of their tensors."""
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    signatures = interpreter.get_signature_list()
    if len(signatures) == 1:
        # The runner must not outlive this function: LiteRT cannot resize inputs while one is alive.
        runner = interpreter.get_signature_runner(next(iter(signatures)))
        by_signature = runner.get_input_details(), runner.get_output_details()
        if [_indices(tensors.values()) for tensors in by_signature] == [_indices(inputs), _indices(outputs)]:
            return by_signature
    return _by_tensor_name(inputs), _by_tensor_name(outputs)


def _by_tensor_name(details: list[dict[str, Any]]) -> dict[str, Any]:
    return dict(zip(tensor_names([tensor["name"] for tensor in details]), details, strict=True))


def _indices(details: Any) -> list[int]:
    return sorted(int(tensor["index"]) for tensor in details)


def _tensor(name: str, details: Mapping[str, Any], where: str) -> _Tensor:
    dtype = np.dtype(details["dtype"])
    if dtype.kind not in "biuf":
        raise InputError("SF331", f"{name!r} holds text, not numbers", where=where)
    signature = details["shape_signature"] if len(details["shape_signature"]) else details["shape"]
    shape = tuple(None if length < 0 else int(length) for length in signature)
    scales, zeros = (details["quantization_parameters"][key] for key in ("scales", "zero_points"))
    if dtype.kind == "f" or not len(scales):
        return _Tensor(TensorSpec(name, dtype.name, shape), int(details["index"]), dtype, None, 0)
    if len(scales) > 1 or not np.isfinite(scales[0]) or scales[0] <= 0:
        raise InputError("SF331", f"{name!r} must have one scale above 0, but has {scales.tolist()}", where=where)
    return _Tensor(
        TensorSpec(name, "float32", shape), int(details["index"]), dtype, np.float32(scales[0]), int(zeros[0])
    )


def _require_shape(spec: TensorSpec, shape: tuple[int, ...], where: str) -> None:
    declared = spec.shape or ()
    if not fits(declared, shape):
        raise InputError(
            "SF322", f"its input {spec.name!r} has shape {format_shape(declared)}, not {list(shape)}", where=where
        )


def _read_file(path: Path, outputs: tuple[_Tensor, ...]) -> tuple[WeightStats, dict[str, float | None]]:
    """The file's weights and each output's step; only the file's size where its weights cannot be read."""
    steps = {tensor.spec.name: None if tensor.scale is None else float(tensor.scale) for tensor in outputs}
    try:
        file = LitertFile(path)
        steps = {tensor.spec.name: steps[tensor.spec.name] or file.step(tensor.index) for tensor in outputs}
        return file.weights(), steps
    except _UNREADABLE:
        return WeightStats(path.stat().st_size), steps
