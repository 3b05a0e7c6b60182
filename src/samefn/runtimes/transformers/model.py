"""Classifiers of images and of sequences from a local folder of Hugging Face transformers."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from samefn.config.comparison import ModelSource
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.runtimes.model import Array, TensorSpec, WeightStats
from samefn.runtimes.transformers.folder import (
    TransformersFolder,
    first_line,
    load_folder,
    parameter_stats,
    read_folder,
    transformers_facts,
)
from samefn.runtimes.unused_settings import refuse_unused_settings

_IMAGES, _SEQUENCES = "ForImageClassification", "ForSequenceClassification"


class Classifier:
    """A classifier that is loaded, in evaluation mode, computed in float32 whatever type its files store.

    Neither its image processor nor its tokeniser is run: its inputs are the arrays that these make.

    Args:
        source: a folder with config.json and safetensors files.

    Raises:
        InputError: something is missing or damaged, needs code of the folder, or does not classify into one class.
    """

    resolution: float | None = None

    def __init__(self, source: ModelSource) -> None:
        refuse_unused_settings(source, "transformers")
        self._where, self._threads = source.path, source.threads
        self._folder = read_folder(Path(source.path))
        task = _task(self._folder)
        torch.set_num_threads(source.threads)
        self._model = load_folder(self._folder, f"AutoModel{task}")
        images = task == _IMAGES
        self._inputs = _image_inputs(self._model) if images else _sequence_inputs(self._model)
        self.outputs: tuple[TensorSpec, ...] = (
            TensorSpec("logits", "float32", (None, int(self._model.config.num_labels))),
        )
        self.notes = (f"its {'image processor' if images else 'tokeniser'} is not run: the data is what that makes",)

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """`pixel_values` for images; for sequences `input_ids`, `attention_mask` and, where read, `token_type_ids`."""
        return self._inputs

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Run one batch.

        Raises:
            InputError: the model cannot run on it, for example on tokens that it does not know.
        """
        tensors = {spec.name: torch.from_numpy(np.ascontiguousarray(feeds[spec.name])) for spec in self._inputs}
        try:
            with torch.inference_mode():
                logits = self._model(**tensors).logits
        except (RuntimeError, ValueError, IndexError) as error:
            shapes = ", ".join(str(list(tensor.shape)) for tensor in tensors.values())
            raise InputError("SF315", f"cannot run on {shapes} ({first_line(error)})", where=self._where) from error
        return {"logits": logits.float().numpy()}

    def facts(self) -> dict[str, Json]:
        """Versions, types, threads, and the CPU capability that torch uses."""
        return transformers_facts(self._folder, self._threads)

    def weights(self) -> WeightStats:
        """Size of the safetensors files, and the parameters; one that several layers share counts once."""
        return parameter_stats(self._folder, self._model)


def open_classifier(source: ModelSource) -> Classifier:
    """Load a classifier from a local folder.

    Raises:
        InputError: as `Classifier`.
    """
    return Classifier(source)


def _task(folder: TransformersFolder) -> str:
    """Which of the two tasks the folder's architecture is for."""
    tasks = [task for task in (_IMAGES, _SEQUENCES) for name in folder.architectures if name.endswith(task)]
    if len(tasks) != 1:
        named = ", ".join(folder.architectures) or "none"
        raise InputError(
            "SF375",
            f"cannot compare models of the architecture {named}",
            where=str(folder.path),
            fix="give a classifier of images or of sequences, or a causal language model",
        )
    if folder.config.get("problem_type") == "multi_label_classification":
        raise InputError(
            "SF375",
            "cannot compare multi-label classifiers: an example may have any number of labels",
            where=str(folder.path),
        )
    return tasks[0]


def _image_inputs(model: Any) -> tuple[TensorSpec, ...]:
    channels, size = (getattr(model.config, name, None) for name in ("num_channels", "image_size"))
    sides = (size, size) if isinstance(size, int) else size
    if not isinstance(sides, list | tuple) or len(sides) != 2:
        sides = (None, None)
    return (TensorSpec("pixel_values", "float32", (None, channels, *sides)),)


def _sequence_inputs(model: Any) -> tuple[TensorSpec, ...]:
    """What its tokeniser makes; token types only for models with more than one."""
    names = ["input_ids", "attention_mask"]
    if getattr(model.config, "type_vocab_size", 0) > 1:
        names.append("token_type_ids")
    parameters = inspect.signature(model.forward).parameters
    return tuple(TensorSpec(name, "int64", (None, None)) for name in names if name in parameters)
