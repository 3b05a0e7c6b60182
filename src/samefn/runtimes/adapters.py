"""Which runtime runs a model: the one that the user names, else the one that reads the file's type."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.core.loading import load
from samefn.core.naming import lookup
from samefn.runtimes.file_types import FileType, file_type
from samefn.runtimes.model import Model

ENTRY_POINT_GROUP = "samefn.runtimes"
# Usual names of files that hold weights without their net.
CHECKPOINT_SUFFIXES = (".pt", ".pth", ".th", ".ckpt", ".pkl")
FACTORY_NAME = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True)
class Adapter:
    """One runtime.

    Attributes:
        name: as in `runtime = NAME`.
        loader: `module:function` of a function that takes a `ModelSource` and returns a `Model`; for language models a
            `samefn.runtimes.language.model.LanguageModel`, for predictions a
            `samefn.predictions.saved.read.SavedPredictions`.
        file_types: the types of files it reads, as `file_type` returns them.
        kind: whether it runs models, runs causal language models, or reads saved predictions.
        distributions: the packages whose versions can change its numbers.
        extra: the extra of samefn that installs them; empty where samefn always has them.
    """

    name: str
    loader: str
    file_types: tuple[FileType, ...]
    kind: Literal["model", "language", "predictions"] = "model"
    distributions: tuple[str, ...] = ()
    extra: str = ""


_BUILT_IN = (
    Adapter("onnx", "samefn.runtimes.onnx.model:open_onnx", ("onnx",), distributions=("onnxruntime",)),
    Adapter("exported", "samefn.runtimes.torch.exported:open_exported", ("exported",), distributions=("torch",)),
    Adapter(
        "torchscript", "samefn.runtimes.torch.torchscript:open_torchscript", ("torchscript",), distributions=("torch",)
    ),
    Adapter("torch", "samefn.runtimes.torch.callables:open_factory", ("factory",), distributions=("torch",)),
    Adapter(
        "litert",
        "samefn.runtimes.litert.model:open_litert",
        ("tflite",),
        distributions=("ai-edge-litert",),
        extra="litert",
    ),
    Adapter("keras", "samefn.runtimes.keras.model:open_keras", ("keras",), distributions=("keras",), extra="keras"),
    Adapter(
        "transformers",
        "samefn.runtimes.transformers.model:open_classifier",
        ("transformers",),
        distributions=("transformers", "torch"),
        extra="hf",
    ),
    Adapter(
        "causal-lm",
        "samefn.runtimes.language.causal_lm:open_causal_lm",
        ("causal-lm",),
        kind="language",
        distributions=("transformers", "torch"),
        extra="hf",
    ),
    Adapter(
        "llama-logits", "samefn.runtimes.language.llama_logits:open_llama_logits", ("llama-logits",), kind="language"
    ),
    Adapter(
        "predictions",
        "samefn.predictions.saved.read:read_saved",
        ("npy", "npz", "safetensors", "parquet", "csv", "jsonl"),
        kind="predictions",
    ),
)
ADAPTERS: Mapping[str, Adapter] = {adapter.name: adapter for adapter in _BUILT_IN}


def find_adapter(source: ModelSource) -> Adapter:
    """The runtime of a model.

    Args:
        source: its `runtime` decides; else the type of its file.

    Raises:
        InputError: no such file or runtime, or a file of a type that no runtime reads.
    """
    # The built-in ones first: to find those of other packages, the metadata of every installed package is read.
    if source.runtime:
        return ADAPTERS.get(source.runtime) or lookup(adapters(), source.runtime, "runtime")
    if FACTORY_NAME.fullmatch(source.path) and not Path(source.path).exists():
        return ADAPTERS["torch"]
    kind = file_type(Path(source.path))
    adapter = _reader(kind, ADAPTERS) or _reader(kind, adapters())
    if adapter is None:
        checkpoint = Path(source.path).suffix.lower() in CHECKPOINT_SUFFIXES
        raise InputError(
            "SF301",
            "no runtime reads files of this type",
            where=source.path,
            fix="for a file of weights, give the module:function that builds its net as the model, and the file as its "
            "`weights`"
            if checkpoint
            else f"name the runtime: runtime = {', '.join(adapters())}",
        )
    return adapter


def _reader(kind: FileType, candidates: Mapping[str, Adapter]) -> Adapter | None:
    return next((adapter for adapter in candidates.values() if kind in adapter.file_types), None)


def adapters() -> Mapping[str, Adapter]:
    """All runtimes: the built-in ones, then those of other packages.

    Another package adds a runtime by an entry point of the group `ENTRY_POINT_GROUP` that names an `Adapter`.

    Raises:
        InputError: an entry point that cannot be loaded or names something else, or a name that is taken.
    """
    by_name = dict(ADAPTERS)
    for point in entry_points(group=ENTRY_POINT_GROUP):
        try:
            adapter = load(point.value)
        except Exception as error:  # (somebody's package may fail in any way)
            raise InputError(
                "SF303", f"cannot be loaded ({type(error).__name__}: {error})", where=f"entry point {point.name}"
            ) from error
        if not isinstance(adapter, Adapter) or adapter.name in by_name:
            raise InputError(
                "SF303",
                f"must name a samefn Adapter with a new name, but names {adapter!r:.80}",
                where=f"entry point {point.name}",
            )
        by_name[adapter.name] = adapter
    return by_name


def open_model(source: ModelSource, adapter: Adapter) -> Model:
    """Load a model with a runtime of kind `model`.

    Raises:
        InputError: the runtime's package is not installed, or it cannot load the model.
    """
    return import_loader(adapter)(source)


def import_loader(adapter: Adapter) -> Callable[[ModelSource], Model]:
    """The function that loads this runtime's models.

    Raises:
        InputError: the runtime's package is not installed.
    """
    try:
        loader: Callable[[ModelSource], Model] = load(adapter.loader)
    except ImportError as error:
        if not adapter.extra:
            raise
        raise InputError(
            "SF304",
            f"the runtime {adapter.name} needs a package that cannot be imported ({error})",
            where=adapter.name,
            fix=f"pip install 'samefn[{adapter.extra}]'",
        ) from error
    return loader
