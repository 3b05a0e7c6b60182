"""Models of Keras 3 in .keras files: no Lambda layers, no classes that Keras does not know."""

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
from samefn.runtimes.cpu import int8_flags
from samefn.runtimes.file_types import content_of
from samefn.runtimes.model import Array, Port, Weights
from samefn.runtimes.port_names import port_names
from samefn.runtimes.unused_settings import refuse_unused

# Keras reads it when it is imported. Its own default is TensorFlow; torch is what samefn has.
os.environ.setdefault("KERAS_BACKEND", "torch")

import keras

# A file may unpack to so many times its size: deflate's most is a thousand, what pruned weights give is below this.
UNPACKED = 100
# How Keras stores numbers one by one; in other modes several lie in one.
_ONE_BY_ONE = (None, "int8", "float8")


class KerasModel:
    """A Keras model that is loaded, run as in `predict`: dropout is off.

    Args:
        source: the file.

    Raises:
        InputError: it is no .keras file, or damaged, wants code to be run, or has no declared inputs.
    """

    resolution: float | None = None
    notes: tuple[str, ...] = ()

    def __init__(self, source: ModelSource) -> None:
        refuse_unused(source, "keras")
        self._where, self._threads = source.path, source.threads
        path = Path(source.path)
        _require_keras_file(path)
        self._bytes = path.stat().st_size
        torch.set_num_threads(source.threads)
        try:
            self._model: Any = keras.saving.load_model(path, safe_mode=True, compile=False)
        except Exception as error:  # Keras and its parts raise whatever they like on hostile files
            raise InputError(
                "SF3031",
                f"Keras {keras.__version__} cannot load it ({_reason(error)})",
                where=source.path,
                fix="give a model of Keras's own layers: Lambda layers and classes of others are never run",
            ) from error
        if not getattr(self._model, "inputs", None) or not getattr(self._model, "outputs", None):
            raise InputError(
                "SF3032",
                "does not declare its inputs and outputs",
                where=source.path,
                fix="save it as a functional or sequential model",
            )
        self._structure = getattr(self._model, "input", self._model.inputs)
        self._inputs = _ports(self._structure, [one.name for one in self._model.inputs])
        # Sequential has neither a structure nor names of outputs.
        outputs = getattr(self._model, "output", self._model.outputs)
        self._outputs = _ports(outputs, getattr(self._model, "output_names", [self._model.layers[-1].name]))

    @property
    def inputs(self) -> tuple[Port, ...]:
        """What it takes, by the names of its input layers."""
        return self._inputs

    @property
    def outputs(self) -> tuple[Port, ...]:
        """What it gives, by its dictionary's keys or the names of its last layers."""
        return self._outputs

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Answer one batch.

        Raises:
            InputError: the model cannot run on it.
        """
        arrays = [feeds[port.name] for port in self._inputs]
        packed = arrays[0] if len(arrays) == 1 else keras.tree.pack_sequence_as(self._structure, arrays)
        try:
            answers = keras.tree.flatten(self._model.predict_on_batch(packed))
        except Exception as error:  # whatever its backend raises
            shapes = ", ".join(str(list(array.shape)) for array in arrays)
            raise InputError(
                "SF3033", f"Keras cannot run it on {shapes} ({_reason(error)})", where=self._where
            ) from error
        return {port.name: _as_numpy(array) for port, array in zip(self._outputs, answers, strict=True)}

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

    def weights(self) -> Weights:
        """The file's bytes; the numbers of its weights as they are stored, scales of quantised ones too."""
        modes = {getattr(layer.dtype_policy, "quantization_mode", None) for layer in self._model._flatten_layers()}
        if not modes <= set(_ONE_BY_ONE):
            return Weights(self._bytes)
        values = [keras.ops.convert_to_numpy(weight) for weight in self._model.weights]
        return Weights(self._bytes, sum(one.size for one in values), sum(int(np.count_nonzero(one)) for one in values))


def open_keras(source: ModelSource) -> KerasModel:
    """Load a .keras file.

    Raises:
        InputError: as `KerasModel`.
    """
    return KerasModel(source)


def _require_keras_file(path: Path) -> None:
    """Refuse what Keras would read in its older forms, which can hold code, and archives that unpack to too much."""
    if not path.is_file() or path.suffix != ".keras" or content_of(path) != "keras":
        raise InputError(
            "SF3034",
            "is no .keras file of Keras 3",
            where=str(path),
            fix="load it where it was made and save it with model.save('NAME.keras')",
        )
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    for member in members:
        inner = PurePosixPath(member.filename)
        if inner.is_absolute() or ".." in inner.parts:
            raise InputError("SF3035", f"names a file outside itself: {member.filename}", where=str(path))
    unpacked, limit = sum(member.file_size for member in members), UNPACKED * path.stat().st_size
    if unpacked > limit:
        raise InputError(
            "SF3036", f"would unpack to {unpacked:,} bytes, more than {UNPACKED} times its size", where=str(path)
        )


def _ports(structure: Any, names: list[str]) -> tuple[Port, ...]:
    """Inputs or outputs in flat order; a dictionary's keys are their names, else `names` are."""
    if isinstance(structure, Mapping):
        names = list(keras.tree.flatten({key: str(key) for key in structure}))
    flat = keras.tree.flatten(structure)
    if len(names) != len(flat):
        names = [""] * len(flat)
    return tuple(Port(name, one.dtype, tuple(one.shape)) for name, one in zip(port_names(names), flat, strict=True))


def _as_numpy(values: Any) -> Array:
    """An answer as an array; types that NumPy has not, such as bfloat16, as float32."""
    array = np.asarray(keras.ops.convert_to_numpy(values))
    return array if array.dtype.kind in "biuf" else array.astype(np.float32)


def _reason(error: Exception) -> str:
    """The first line that says what happened; Keras puts it behind the model's whole configuration."""
    text = str(error).rpartition("Exception encountered:")[2].strip() or type(error).__name__
    return text.splitlines()[0][:200]
