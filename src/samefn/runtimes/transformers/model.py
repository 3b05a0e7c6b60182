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
from samefn.runtimes.model import Array, Port, Weights
from samefn.runtimes.transformers.folder import Folder, first_line, load_folder, read_folder, transformers_facts
from samefn.runtimes.unused_settings import refuse_unused

_IMAGES, _SEQUENCES = "ForImageClassification", "ForSequenceClassification"


class Classifier:
    """A classifier that is loaded: in evaluation mode, computed in float32 whatever its files store.

    Neither its image processor nor its tokeniser is run: it takes the arrays that they make.

    Args:
        source: a folder with config.json and safetensors files.

    Raises:
        InputError: something is missing, damaged, wants code to be run, or it is no classifier into one class each.
    """

    resolution: float | None = None

    def __init__(self, source: ModelSource) -> None:
        refuse_unused(source, "transformers")
        self._where, self._threads = source.path, source.threads
        self._folder = read_folder(Path(source.path))
        task = _task(self._folder)
        torch.set_num_threads(source.threads)
        self._model = load_folder(self._folder, f"AutoModel{task}")
        images = task == _IMAGES
        self._inputs = _image_ports(self._model) if images else _sequence_ports(self._model)
        self.outputs: tuple[Port, ...] = (Port("logits", "float32", (None, int(self._model.config.num_labels))),)
        self.notes = (f"its {'image processor' if images else 'tokeniser'} is not run: the data is what that makes",)

    @property
    def inputs(self) -> tuple[Port, ...]:
        """`pixel_values` for images; for sequences `input_ids`, `attention_mask` and, where read, `token_type_ids`."""
        return self._inputs

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Answer one batch.

        Raises:
            InputError: the model cannot run on it, such as on tokens that it does not know.
        """
        tensors = {port.name: torch.from_numpy(np.ascontiguousarray(feeds[port.name])) for port in self._inputs}
        try:
            with torch.inference_mode():
                logits = self._model(**tensors).logits
        except (RuntimeError, ValueError, IndexError) as error:
            shapes = ", ".join(str(list(one.shape)) for one in tensors.values())
            raise InputError("SF3112", f"cannot be run on {shapes} ({first_line(error)})", where=self._where) from error
        return {"logits": logits.float().numpy()}

    def facts(self) -> dict[str, Json]:
        """Versions, types, threads, and what torch makes of the processor."""
        return transformers_facts(self._folder, self._threads)

    def weights(self) -> Weights:
        """Bytes of the safetensors files; each parameter once, where several layers share it."""
        parameters = list(self._model.parameters())
        nonzero = sum(int(torch.count_nonzero(one)) for one in parameters)
        return Weights(self._folder.bytes, sum(one.numel() for one in parameters), nonzero)


def open_classifier(source: ModelSource) -> Classifier:
    """Load a classifier from a local folder.

    Raises:
        InputError: as `Classifier`.
    """
    return Classifier(source)


def _task(folder: Folder) -> str:
    """Which of the two tasks the folder's architecture is made for."""
    found = [task for task in (_IMAGES, _SEQUENCES) for name in folder.architectures if name.endswith(task)]
    if len(found) != 1:
        named = ", ".join(folder.architectures) or "none"
        raise InputError(
            "SF3113",
            f"its architecture is {named}",
            where=str(folder.path),
            fix="classification of images or of sequences, and causal language models, can be compared",
        )
    if folder.config.get("problem_type") == "multi_label_classification":
        raise InputError("SF3114", "gives an example any number of labels, not one class", where=str(folder.path))
    return found[0]


def _image_ports(model: Any) -> tuple[Port, ...]:
    channels, size = (getattr(model.config, name, None) for name in ("num_channels", "image_size"))
    sides = (size, size) if isinstance(size, int) else size
    if not isinstance(sides, list | tuple) or len(sides) != 2:
        sides = (None, None)
    return (Port("pixel_values", "float32", (None, channels, *sides)),)


def _sequence_ports(model: Any) -> tuple[Port, ...]:
    """All that its tokeniser makes; segments only for models that tell more than one apart."""
    names = ["input_ids", "attention_mask"]
    if getattr(model.config, "type_vocab_size", 0) > 1:
        names.append("token_type_ids")
    takes = inspect.signature(model.forward).parameters
    return tuple(Port(name, "int64", (None, None)) for name in names if name in takes)
