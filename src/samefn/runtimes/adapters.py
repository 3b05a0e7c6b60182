"""Which runtime runs a model: found by the file's content first and its name second, or named by the user."""

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
from samefn.runtimes.file_types import Content, content_of
from samefn.runtimes.model import Model

GROUP = "samefn.runtimes"
# What people call files of weights alone.
CHECKPOINTS = (".pt", ".pth", ".th", ".ckpt", ".pkl")
FACTORY = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True)
class Adapter:
    """One runtime.

    Attributes:
        name: what `--runtime` calls it.
        opens: `module:function` that takes a `ModelSource` and gives a `Model`; for predictions a
            `samefn.predictions.saved.read.SavedPredictions`.
        contents: the kinds of content it reads, as `content_of` tells them.
        kind: whether it runs models, causal language models or reads predictions that were saved.
        distributions: the packages whose versions can change its numbers.
        extra: the extra of samefn that installs them; empty where samefn always has them.
    """

    name: str
    opens: str
    contents: tuple[Content, ...]
    kind: Literal["model", "language", "predictions"] = "model"
    distributions: tuple[str, ...] = ()
    extra: str = ""


_BUILT_IN = (
    Adapter("onnx", "samefn.runtimes.onnx.model:open_onnx", ("onnx",), distributions=("onnxruntime",)),
    Adapter("exported", "samefn.runtimes.torch.opening:open_exported", ("exported",), distributions=("torch",)),
    Adapter(
        "torchscript", "samefn.runtimes.torch.opening:open_torchscript", ("torchscript",), distributions=("torch",)
    ),
    Adapter("torch", "samefn.runtimes.torch.opening:open_factory", ("factory",), distributions=("torch",)),
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
        source: its `runtime` decides; else what the file holds.

    Raises:
        InputError: no such file or runtime, or content that no runtime reads.
    """
    # The built-in ones first: to find those of others, the metadata of every installed package is read.
    if source.runtime:
        return ADAPTERS.get(source.runtime) or lookup(adapters(), source.runtime, "runtime")
    if FACTORY.fullmatch(source.path) and not Path(source.path).exists():
        return ADAPTERS["torch"]
    content = content_of(Path(source.path))
    found = _reader(content, ADAPTERS) or _reader(content, adapters())
    if found is None:
        checkpoint = Path(source.path).suffix.lower() in CHECKPOINTS
        raise InputError(
            "SF3001",
            "its content is of no form that a runtime reads",
            where=source.path,
            fix="to load weights alone, give module:function that builds their net, and them as its `weights`"
            if checkpoint
            else f"name one: runtime = {', '.join(adapters())}",
        )
    return found


def _reader(content: Content, known: Mapping[str, Adapter]) -> Adapter | None:
    return next((adapter for adapter in known.values() if content in adapter.contents), None)


def adapters() -> Mapping[str, Adapter]:
    """All runtimes: the built-in ones, then those that other packages add as entry points of the group `GROUP`.

    An entry point names an `Adapter`.

    Raises:
        InputError: an entry point that cannot be loaded, one that names something else, or a name that is taken.
    """
    found = dict(ADAPTERS)
    for point in entry_points(group=GROUP):
        try:
            adapter = load(point.value)
        except Exception as error:  # (somebody's package may fail in any way)
            raise InputError(
                "SF3002", f"cannot be loaded ({type(error).__name__}: {error})", where=f"entry point {point.name}"
            ) from error
        if not isinstance(adapter, Adapter) or adapter.name in found:
            raise InputError(
                "SF3003",
                f"is no Adapter with a name of its own (it is {adapter!r:.80})",
                where=f"entry point {point.name}",
            )
        found[adapter.name] = adapter
    return found


def open_model(source: ModelSource, adapter: Adapter) -> Model:
    """Load a model with a runtime of kind `model`.

    Raises:
        InputError: the extra is not installed, or the runtime cannot load the model.
    """
    return opener(adapter)(source)


def opener(adapter: Adapter) -> Callable[[ModelSource], Model]:
    """The function that opens this runtime's models.

    Raises:
        InputError: the extra is not installed.
    """
    try:
        found: Callable[[ModelSource], Model] = load(adapter.opens)
    except ImportError as error:
        if not adapter.extra:
            raise
        raise InputError(
            "SF3004",
            f"the runtime {adapter.name} needs a package that cannot be imported ({error})",
            where=adapter.name,
            fix=f"pip install 'samefn[{adapter.extra}]'",
        ) from error
    return found
