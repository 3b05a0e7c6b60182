"""A local folder of Hugging Face transformers, read as hostile: safetensors, no code of the folder's, no network."""

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

# The Hub's client reads it when it is imported: whatever a folder says, nothing is fetched.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

try:
    import transformers
    from transformers.utils import logging
except RuntimeError as error:  # what a torchvision that does not fit this torch raises
    raise InputError(
        "SF3100",
        f"transformers cannot be imported ({str(error).strip().splitlines()[-1][:200]})",
        where="transformers",
        fix="a torchvision that does not fit torch is the usual cause: pip uninstall torchvision",
    ) from error

CONFIG_LIMIT, INDEX_LIMIT = 2**20, 2**26


@dataclass(frozen=True)
class Folder:
    """A folder that was looked at, before any of it is loaded.

    Attributes:
        path: the folder.
        config: what config.json says.
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


def read_folder(path: Path) -> Folder:
    """Look at a folder; nothing in it is run.

    Raises:
        InputError: config.json or the weights are missing or damaged, it wants code to be run, or is an adapter only.
    """
    if not path.is_dir():
        raise InputError(
            "SF3101",
            "is no folder",
            where=str(path),
            fix="give the folder that save_pretrained wrote; nothing is downloaded",
        )
    config = _config(path)
    files = _weight_files(path)
    return Folder(path, config, files, _stored_types(files))


def load_folder(folder: Folder, auto_class: str) -> Any:
    """The model, in evaluation mode and float32.

    Args:
        folder: as `read_folder` gives it.
        auto_class: transformers' loader for the task, by name, such as `AutoModelForImageClassification`.

    Raises:
        InputError: transformers cannot load it, or some of its weights would be random.
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
            "SF3102", f"transformers cannot load it ({first_line(error)})", where=str(folder.path)
        ) from error
    lost = [*sorted(report["missing_keys"]), *sorted(str(key[0]) for key in report["mismatched_keys"])]
    if lost:
        raise InputError(
            "SF3103",
            f"its files lack values for {len(lost)} weights, such as {lost[0]}: they would be random",
            where=str(folder.path),
        )
    return model.eval()


def transformers_facts(folder: Folder, threads: int) -> dict[str, Json]:
    """Versions, the types stored and computed, threads, and what torch makes of the processor."""
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
    """An error's first line, cut."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


def _config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        config = json.loads(read_file(path, CONFIG_LIMIT))
    except (ValueError, RecursionError) as error:
        raise InputError("SF3104", f"cannot be read as JSON ({error})", where=str(path)) from error
    if not isinstance(config, dict):
        raise InputError("SF3105", "is no JSON object", where=str(path))
    if "auto_map" in config:
        raise InputError(
            "SF3106",
            "wants code of its own to be run (auto_map); that is never done",
            where=str(path),
            fix="give a model of an architecture that transformers has",
        )
    if (folder / "adapter_config.json").exists():
        raise InputError(
            "SF3107",
            "holds an adapter, not a whole model",
            where=str(folder),
            fix="merge it into its base and save that",
        )
    return config


def _weight_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files that transformers would load: model.safetensors, else those of the index."""
    index = folder / "model.safetensors.index.json"
    names = ["model.safetensors"]
    if not (folder / names[0]).exists() and index.exists():
        try:
            names = sorted({str(name) for name in json.loads(read_file(index, INDEX_LIMIT))["weight_map"].values()})
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
            raise InputError("SF3108", f"is no index of safetensors files ({error})", where=str(index)) from error
    for name in names:
        if Path(name).name != name or not name.endswith(".safetensors"):
            raise InputError(
                "SF3109", f"names a file that is no safetensors file of the folder: {name}", where=str(index)
            )
        if not (folder / name).is_file():
            raise InputError(
                "SF3110",
                f"has no {name}",
                where=str(folder),
                fix="save it with save_pretrained, as safetensors; other forms of weights can hold code",
            )
    return tuple(folder / name for name in names)


def _stored_types(paths: tuple[Path, ...]) -> tuple[str, ...]:
    found = set()
    for path in paths:
        try:
            with safe_open(path, framework="np") as file:
                found |= {file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118  (no mapping)
        except (SafetensorError, OSError) as error:
            raise InputError("SF3111", f"cannot be read as safetensors ({error})", where=str(path)) from error
    return tuple(sorted(found))
