"""Keras 3 models in .keras files, without Lambda layers and without custom classes."""

import os
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import torch

from samefn.config.comparison import ModelSource
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.runtimes.file_types import file_type
from samefn.runtimes.host import int8_flags
from samefn.runtimes.model import Array, TensorSpec, WeightStats, tensor_names
from samefn.runtimes.unused_settings import refuse_unused_settings

# Keras reads this when it is imported. Its own default is TensorFlow; samefn always has torch.
os.environ.setdefault("KERAS_BACKEND", "torch")

import keras

# A file may unpack to at most so many times its size: pruned weights stay below this, deflate's highest is a thousand.
MAX_UNPACK_RATIO = 100
# Quantisation modes in which Keras stores one weight per number; other modes pack several into one.
_UNPACKED_MODES = (None, "int8", "float8")


class KerasModel:
    """A Keras model that is loaded. It runs as in `predict`: dropout is off.

    Args:
        source: the file.

    Raises:
        InputError: it is no .keras file, is damaged, needs code that is not Keras's own, or declares no inputs.
    """

    resolution: float | None = None
    notes: tuple[str, ...] = ()

    def __init__(self, source: ModelSource) -> None:
        refuse_unused_settings(source, "keras")
        self._where, self._threads = source.path, source.threads
        path = Path(source.path)
        _require_keras_file(path)
        self._bytes = path.stat().st_size
        torch.set_num_threads(source.threads)
        try:
            self._model: Any = keras.saving.load_model(path, safe_mode=True, compile=False)
        except Exception as error:  # Keras and its parts raise whatever they like on hostile files
            raise InputError(
                "SF330",
                f"Keras {keras.__version__} cannot load it ({_reason(error)})",
                where=source.path,
                fix="give a model of Keras's own layers: Lambda layers and custom classes are never run",
            ) from error
        if not getattr(self._model, "inputs", None) or not getattr(self._model, "outputs", None):
            raise InputError(
                "SF331",
                "does not declare its inputs and outputs",
                where=source.path,
                fix="save it as a functional or sequential model",
            )
        self._structure = getattr(self._model, "input", self._model.inputs)
        self._inputs = _specs(self._structure, [tensor.name for tensor in self._model.inputs])
        # Sequential has neither a structure nor names of outputs.
        outputs = getattr(self._model, "output", self._model.outputs)
        self._outputs = _specs(outputs, getattr(self._model, "output_names", [self._model.layers[-1].name]))

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """Its inputs, by the names of its input layers."""
        return self._inputs

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """Its outputs, by the keys of its dictionary or the names of its last layers."""
        return self._outputs

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Run one batch.

        Raises:
            InputError: the model cannot run on it.
        """
        arrays = [feeds[spec.name] for spec in self._inputs]
        packed = arrays[0] if len(arrays) == 1 else keras.tree.pack_sequence_as(self._structure, arrays)
        try:
            outputs = keras.tree.flatten(self._model.predict_on_batch(packed))
        except Exception as error:  # whatever its backend raises
            shapes = ", ".join(str(list(array.shape)) for array in arrays)
            raise InputError(
                "SF315", f"Keras cannot run it on {shapes} ({_reason(error)})", where=self._where
            ) from error
        return {spec.name: _as_numpy(array) for spec, array in zip(self._outputs, outputs, strict=True)}

    def facts(self) -> dict[str, Json]:
        """Versions, backend, threads and the processor's flags."""
        backend = keras.backend.backend()
        return {
            "runtime": "keras",
            "version": keras.__version__,
            "backend": backend,
            "backend_version": version(backend).partition("+")[0],
            "threads": self._threads,
            "cpu": dict(int8_flags()),
        }

    def weights(self) -> WeightStats:
        """The file's size, and its weights as they are stored, with the scales of quantised ones."""
        modes = {getattr(layer.dtype_policy, "quantization_mode", None) for layer in self._model._flatten_layers()}
        if not modes <= set(_UNPACKED_MODES):
            return WeightStats(self._bytes)
        arrays = [keras.ops.convert_to_numpy(weight) for weight in self._model.weights]
        nonzero = sum(int(np.count_nonzero(array)) for array in arrays)
        return WeightStats(self._bytes, sum(array.size for array in arrays), nonzero)


def open_keras(source: ModelSource) -> KerasModel:
    """Load a .keras file.

    Raises:
        InputError: as `KerasModel`.
    """
    return KerasModel(source)


def _require_keras_file(path: Path) -> None:
    """Refuse Keras's older formats, which can hold code, and archives that unpack to too many bytes."""
    if not path.is_file() or path.suffix != ".keras" or file_type(path) != "keras":
        raise InputError(
            "SF332",
            "is not a .keras file of Keras 3",
            where=str(path),
            fix="load it where it was made and save it with model.save('NAME.keras')",
        )
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    for member in members:
        inner = PurePosixPath(member.filename)
        if inner.is_absolute() or ".." in inner.parts:
            raise InputError("SF333", f"names a file outside itself: {member.filename}", where=str(path))
    unpacked, limit = sum(member.file_size for member in members), MAX_UNPACK_RATIO * path.stat().st_size
    if unpacked > limit:
        raise InputError(
            "SF333",
            f"would unpack to {unpacked:,} bytes, more than {MAX_UNPACK_RATIO} times its size",
            where=str(path),
        )


def _specs(structure: Any, names: list[str]) -> tuple[TensorSpec, ...]:
    """Inputs or outputs in flat order; a dictionary's keys are their names, else `names` are."""
    if isinstance(structure, Mapping):
        names = list(keras.tree.flatten({key: str(key) for key in structure}))
    flat = keras.tree.flatten(structure)
    if len(names) != len(flat):
        names = [""] * len(flat)
    named = zip(tensor_names(names), flat, strict=True)
    return tuple(TensorSpec(name, tensor.dtype, tuple(tensor.shape)) for name, tensor in named)


def _as_numpy(values: Any) -> Array:
    """An output as an array; types that NumPy does not have, such as bfloat16, as float32."""
    array = np.asarray(keras.ops.convert_to_numpy(values))
    return array if array.dtype.kind in "biuf" else array.astype(np.float32)


def _reason(error: Exception) -> str:
    """The first line of the error itself; Keras puts it after the model's whole configuration."""
    text = str(error).rpartition("Exception encountered:")[2].strip() or type(error).__name__
    return text.splitlines()[0][:200]
