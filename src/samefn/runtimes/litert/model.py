"""TFLite files, run by LiteRT: float models, and quantised ones whose integers stay inside."""

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
from samefn.runtimes.cpu import int8_flags
from samefn.runtimes.litert.file import LitertFile
from samefn.runtimes.model import Array, Port, Weights
from samefn.runtimes.port_names import port_names
from samefn.runtimes.unused_settings import refuse_unused

_UNREADABLE = (struct.error, IndexError, ValueError, TypeError, AttributeError, OSError)


@dataclass(frozen=True)
class _Tensor:
    """An input or output.

    Attributes:
        port: as the model means it: floats where integers are stored.
        index: the tensor's number.
        dtype: as it is stored.
        scale: of stored integers; None where they are no floats.
        zero: the stored integer that means 0.
    """

    port: Port
    index: int
    dtype: np.dtype[Any]
    scale: np.float32 | None
    zero: int

    def stored(self, values: Array) -> Array:
        """Numbers as they go into the tensor; quantised as LiteRT's own kernels do it, ties to even.

        Raises:
            InputError: NaN or infinity, which no integer stands for.
        """
        if self.scale is None:
            return np.ascontiguousarray(values, self.dtype)
        if not np.isfinite(values).all():
            raise InputError("SF3061", f"NaN or infinity cannot be quantised to {self.dtype.name}")
        limits = np.iinfo(self.dtype)
        steps = np.rint(np.asarray(values, np.float32) / self.scale).astype(np.float64) + self.zero
        clipped: Array = np.clip(steps, limits.min, limits.max).astype(self.dtype)
        return clipped

    def meant(self, values: Array) -> Array:
        """What stored numbers mean."""
        return values if self.scale is None else (values.astype(np.int64) - self.zero).astype(np.float32) * self.scale

    def said(self, what: str) -> str:
        return (
            f"{what} {self.port.name} is stored as {self.dtype.name} in steps of {self.scale:.6g}, zero at {self.zero}"
        )


class LitertModel:
    """A TFLite file that is loaded: its main graph, with LiteRT's default kernels.

    Args:
        source: the file.

    Raises:
        InputError: it is damaged, needs operators that LiteRT has not, or quantises an input by channels.
    """

    def __init__(self, source: ModelSource) -> None:
        refuse_unused(source, "litert")
        self._where, self._threads = source.path, source.threads
        require_file(Path(source.path))
        try:
            self._interpreter = Interpreter(source.path, num_threads=source.threads)
            self._interpreter.allocate_tensors()
            inputs, outputs = _named(self._interpreter)
        except (ValueError, RuntimeError) as error:
            raise InputError("SF3062", f"LiteRT cannot load it ({error})", where=source.path) from error
        self._inputs = tuple(_tensor(name, details, source.path) for name, details in inputs.items())
        self._outputs = tuple(_tensor(name, details, source.path) for name, details in outputs.items())
        self._shapes = [tuple(details["shape"]) for details in inputs.values()]
        self._weights, steps = _stored(Path(source.path), self._outputs)
        asked = [step for name, step in steps.items() if name == source.output] or list(steps.values())
        self.resolution: float | None = max((step for step in asked if step is not None), default=None)

    @property
    def inputs(self) -> tuple[Port, ...]:
        """What it takes; the batch is free where the file says so."""
        return tuple(one.port for one in self._inputs)

    @property
    def outputs(self) -> tuple[Port, ...]:
        """What it gives."""
        return tuple(one.port for one in self._outputs)

    @property
    def notes(self) -> tuple[str, ...]:
        """How quantised inputs and outputs are stored, a sentence each."""
        said = [one.said("input") for one in self._inputs if one.scale is not None]
        return (*said, *(one.said("output") for one in self._outputs if one.scale is not None))

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Answer one batch; a model with a memory starts it without one.

        Raises:
            InputError: an input of another shape than the model's, or that it cannot run on.
        """
        arrays = [feeds[one.port.name] for one in self._inputs]
        for one, array in zip(self._inputs, arrays, strict=True):
            _require_shape(one.port, array.shape, self._where)
        try:
            self._resize([array.shape for array in arrays])
            for one, array in zip(self._inputs, arrays, strict=True):
                self._interpreter.set_tensor(one.index, one.stored(array))
            self._interpreter.reset_all_variables()
            self._interpreter.invoke()
            return {one.port.name: one.meant(self._interpreter.get_tensor(one.index)) for one in self._outputs}
        except (ValueError, RuntimeError) as error:
            shapes = ", ".join(str(list(array.shape)) for array in arrays)
            raise InputError("SF3063", f"LiteRT cannot run it on {shapes} ({error})", where=self._where) from error

    def facts(self) -> dict[str, Json]:
        """The runtime's version, kernels and threads, and the processor's flags."""
        return {
            "runtime": "litert",
            "version": version("ai-edge-litert"),
            "kernels": "default",
            "threads": self._threads,
            "cpu": dict(int8_flags()),
        }

    def weights(self) -> Weights:
        """The file's bytes; constants that are floats or quantised."""
        return self._weights

    def _resize(self, shapes: list[tuple[int, ...]]) -> None:
        if shapes == self._shapes:
            return
        self._shapes = []  # until all of it has worked
        for one, shape in zip(self._inputs, shapes, strict=True):
            self._interpreter.resize_tensor_input(one.index, shape, strict=True)
        self._interpreter.allocate_tensors()
        self._shapes = shapes


def open_litert(source: ModelSource) -> LitertModel:
    """Load a TFLite file.

    Raises:
        InputError: as `LitertModel`.
    """
    return LitertModel(source)


def _named(interpreter: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs and outputs by the names of the file's only signature, else by their tensors' names."""
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    signatures = interpreter.get_signature_list()
    if len(signatures) == 1:
        # The runner must not outlive this function: LiteRT resizes nothing while one is alive.
        runner = interpreter.get_signature_runner(next(iter(signatures)))
        signed = runner.get_input_details(), runner.get_output_details()
        if [_indices(one.values()) for one in signed] == [_indices(inputs), _indices(outputs)]:
            return signed
    named = [dict(zip(port_names([one["name"] for one in some]), some, strict=True)) for some in (inputs, outputs)]
    return named[0], named[1]


def _indices(details: Any) -> list[int]:
    return sorted(int(one["index"]) for one in details)


def _tensor(name: str, details: Mapping[str, Any], where: str) -> _Tensor:
    dtype = np.dtype(details["dtype"])
    if dtype.kind not in "biuf":
        raise InputError("SF3064", f"{name!r} holds text, not numbers", where=where)
    signature = details["shape_signature"] if len(details["shape_signature"]) else details["shape"]
    shape = tuple(None if length < 0 else int(length) for length in signature)
    scales, zeros = (details["quantization_parameters"][key] for key in ("scales", "zero_points"))
    if dtype.kind == "f" or not len(scales):
        return _Tensor(Port(name, dtype.name, shape), int(details["index"]), dtype, None, 0)
    if len(scales) > 1 or not np.isfinite(scales[0]) or scales[0] <= 0:
        raise InputError("SF3065", f"{name!r} has no single scale above 0, but {scales.tolist()}", where=where)
    return _Tensor(Port(name, "float32", shape), int(details["index"]), dtype, np.float32(scales[0]), int(zeros[0]))


def _require_shape(port: Port, shape: tuple[int, ...], where: str) -> None:
    declared = port.shape or ()
    if len(declared) != len(shape) or any(a not in (None, b) for a, b in zip(declared, shape, strict=True)):
        known = ["any" if length is None else length for length in declared]
        raise InputError("SF3066", f"its input {port.name!r} has shape {known}, not {list(shape)}", where=where)


def _stored(path: Path, outputs: tuple[_Tensor, ...]) -> tuple[Weights, dict[str, float | None]]:
    """What the file stores, and each output's step; where its weights cannot be read, only its bytes."""
    steps = {one.port.name: None if one.scale is None else float(one.scale) for one in outputs}
    try:
        file = LitertFile(path)
        steps = {one.port.name: steps[one.port.name] or file.step(one.index) for one in outputs}
        return file.weights(), steps
    except _UNREADABLE:
        return Weights(path.stat().st_size), steps
