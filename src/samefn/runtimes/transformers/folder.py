"""A local folder of Hugging Face transformers: safetensors only, no code of the folder, no network."""

import json
import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.plain_files import read_file
from samefn.runtimes.model import WeightStats

# The Hub's client reads this when it is imported: nothing is ever downloaded.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

try:
    import transformers
    from transformers.utils import logging
except RuntimeError as error:  # a torchvision that does not fit this torch
    raise InputError(
        "SF304",
        f"transformers cannot be imported ({str(error).strip().splitlines()[-1][:200]})",
        where="transformers",
        fix="a torchvision that does not fit torch is the usual cause: pip uninstall torchvision",
    ) from error

MAX_CONFIG_BYTES, MAX_INDEX_BYTES = 2**20, 2**26


@dataclass(frozen=True)
class TransformersFolder:
    """A folder whose files are checked; nothing of it is loaded yet.

    Attributes:
        path: the folder.
        config: the content of config.json.
        files: the safetensors files that transformers would load.
        stored: the types of their tensors, by the names of safetensors.
    """

    path: Path
    config: dict[str, Any]
    files: tuple[Path, ...]
    stored: tuple[str, ...]

    @property
    def architectures(self) -> list[str]:
        """The classes that config.json names."""
        return [str(name) for name in self.config.get("architectures") or []]

    @property
    def bytes(self) -> int:
        """Size of its weights."""
        return sum(path.stat().st_size for path in self.files)


def read_folder(path: Path) -> TransformersFolder:
    """Check a folder; nothing in it is run.

    Raises:
        InputError: config.json or the weights are missing or damaged, or the folder needs its own code, or holds an
            adapter only.
    """
    if not path.is_dir():
        raise InputError(
            "SF371",
            "is not a folder",
            where=str(path),
            fix="give the folder that save_pretrained wrote; nothing is downloaded",
        )
    config = _config(path)
    files = _weight_files(path)
    return TransformersFolder(path, config, files, _stored_types(files))


def load_folder(folder: TransformersFolder, auto_class: str) -> Any:
    """The model, in evaluation mode and float32.

    Args:
        folder: from `read_folder`.
        auto_class: name of transformers' loader for the task, such as `AutoModelForImageClassification`.

    Raises:
        InputError: transformers cannot load it, or some of its weights are in no file.
    """
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        model, report = getattr(transformers, auto_class).from_pretrained(
            folder.path,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            attn_implementation="eager",
            output_loading_info=True,
        )
    except Exception as error:  # transformers and its parts raise whatever they like on hostile folders
        raise InputError(
            "SF330", f"transformers cannot load it ({first_line(error)})", where=str(folder.path)
        ) from error
    missing = [*sorted(report["missing_keys"]), *sorted(str(key[0]) for key in report["mismatched_keys"])]
    if missing:
        raise InputError(
            "SF374",
            f"its files have no values for {len(missing)} weights, such as {missing[0]}: they would be random",
            where=str(folder.path),
        )
    return model.eval()


def parameter_stats(folder: TransformersFolder, model: Any) -> WeightStats:
    """Size of the safetensors files, and the parameters; one that several layers share counts once."""
    parameters = list(model.parameters())
    nonzero = sum(int(torch.count_nonzero(parameter)) for parameter in parameters)
    return WeightStats(folder.bytes, sum(parameter.numel() for parameter in parameters), nonzero)


def transformers_facts(folder: TransformersFolder, threads: int) -> dict[str, Json]:
    """Versions, the types stored and computed, threads, and the CPU capability that torch uses."""
    return {
        "runtime": "transformers",
        "versions": {name: version(name).partition("+")[0] for name in ("transformers", "torch")},
        "stored": list(folder.stored),
        "computed": "float32",
        "attention": "eager",
        "threads": threads,
        "cpu": torch.backends.cpu.get_cpu_capability(),
    }


def first_line(error: Exception) -> str:
    """The first 200 characters of an error's first line."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


def _config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        config = json.loads(read_file(path, MAX_CONFIG_BYTES))
    except (ValueError, RecursionError) as error:
        raise InputError("SF370", f"cannot be read as JSON ({error})", where=str(path)) from error
    if not isinstance(config, dict):
        raise InputError("SF370", "is not a JSON object", where=str(path))
    if "auto_map" in config:
        raise InputError(
            "SF372",
            "needs code of its own (auto_map), which samefn never runs",
            where=str(path),
            fix="give a model of an architecture that transformers has",
        )
    if (folder / "adapter_config.json").exists():
        raise InputError(
            "SF373",
            "holds an adapter, not a whole model",
            where=str(folder),
            fix="merge it into its base model and save that",
        )
    return config


def _weight_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files that transformers would load: model.safetensors, else those of the index."""
    index = folder / "model.safetensors.index.json"
    names = ["model.safetensors"]
    if not (folder / names[0]).exists() and index.exists():
        try:
            names = sorted({str(name) for name in json.loads(read_file(index, MAX_INDEX_BYTES))["weight_map"].values()})
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
            raise InputError("SF370", f"is not an index of safetensors files ({error})", where=str(index)) from error
    for name in names:
        if Path(name).name != name or not name.endswith(".safetensors"):
            raise InputError(
                "SF371", f"names a file that is not a safetensors file of this folder: {name}", where=str(index)
            )
        if not (folder / name).is_file():
            raise InputError(
                "SF371",
                f"has no {name}",
                where=str(folder),
                fix="save it with save_pretrained, as safetensors; other formats of weights can hold code",
            )
    return tuple(folder / name for name in names)


def _stored_types(paths: tuple[Path, ...]) -> tuple[str, ...]:
    types = set()
    for path in paths:
        try:
            with safe_open(path, framework="np") as file:
                types |= {file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118  (no mapping)
        except (SafetensorError, OSError) as error:
            raise InputError("SF302", f"cannot be read as safetensors ({error})", where=str(path)) from error
    return tuple(sorted(types))
