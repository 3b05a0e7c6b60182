"""Causal language models from a local folder of Hugging Face transformers: safetensors, no code of the folder's."""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from scipy.special import log_softmax
from transformers import AutoModelForCausalLM
from transformers.utils import logging

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.runtimes.language import Dictionary, Scored, Tokens, cut, scored_part, true_tokens
from samefn.runtimes.model import Weights
from samefn.runtimes.tokenizer_file import TokenizerFile
from samefn.spec.comparison import ModelSource

CONFIG_LIMIT = 2**20
ROWS = 32  # whose softmax is taken at a time, in float64
# Half of transformers has no types.
_AUTO: Any = AutoModelForCausalLM
_LOGGING: Any = logging


class CausalLm:
    """A causal language model that is loaded: in evaluation mode, computed in float32 whatever its files store.

    Args:
        source: a folder with config.json, safetensors files and tokenizer.json.

    Raises:
        InputError: something is missing, damaged, wants code to be run, or leaves weights without values.
    """

    fixed = False

    def __init__(self, source: ModelSource) -> None:
        self._where = source.path
        folder = Path(source.path)
        config = _config(folder)
        self._files = _weight_files(folder)
        self._stored = _stored_dtypes(self._files)
        self._tokenizer = TokenizerFile(folder / "tokenizer.json")
        torch.set_num_threads(source.threads)
        self._threads = source.threads
        self._model = _loaded(folder)
        size = int(self._model.get_output_embeddings().weight.shape[0])
        if self._tokenizer.size > size:
            raise InputError(
                f"its tokenizer has {self._tokenizer.size:,} tokens, the model {size:,}", where=source.path
            )
        self.dictionary = Dictionary(size, self._tokenizer.parts)
        limits = (config.get(name) for name in ("max_position_embeddings", "n_positions"))
        self.window: int | None = next((limit for limit in limits if isinstance(limit, int)), None)

    def windows(self, text: str | None, length: int) -> Tokens:
        """The text's windows by the folder's own tokenizer."""
        if text is None:
            raise InputError("needs a text to be scored on", where=self._where, fix="give one")
        return cut(self._tokenizer.ids(text), length, self._where)

    def scored(self, place: int, window: Tokens) -> Scored:
        """Score the second half of one window; a beginning-of-text token, where there is one, replaces its first."""
        ids = window.copy()
        if self._tokenizer.first is not None:
            ids[0] = self._tokenizer.first
        part = scored_part(len(window))
        try:
            with torch.inference_mode():
                logits = self._model(torch.from_numpy(ids)[None], use_cache=False).logits[0, part]
        except (RuntimeError, ValueError, IndexError) as error:
            raise InputError(f"fails on window {place} ({error})", where=self._where) from error
        found: NDArray[np.float32] = logits.float().numpy()
        if not np.isfinite(found).all():
            raise InputError(f"gives a NaN or infinite logit in window {place}", where=self._where)
        true, wanted = np.empty(len(found)), true_tokens(window)
        for start in range(0, len(found), ROWS):
            rows = slice(start, start + ROWS)
            exact = log_softmax(found[rows].astype(np.float64), axis=1)
            true[rows] = np.take_along_axis(exact, wanted[rows, None], axis=1)[:, 0]
            found[rows] = exact
        return Scored(found, true)

    def facts(self) -> Mapping[str, Json]:
        """Versions, types, and the content of its files."""
        folder = Path(self._where)
        files = (*self._files, folder / "config.json", folder / "tokenizer.json")
        return {
            "runtime": "transformers",
            "versions": {name: version(name).partition("+")[0] for name in ("transformers", "tokenizers", "torch")},
            "stored": self._stored,
            "computed": "float32",
            "attention": "eager",
            "threads": self._threads,
            "cpu": torch.backends.cpu.get_cpu_capability(),
            "files": {path.name: _sha256(path) for path in files},
        }

    def weights(self) -> Weights:
        """Bytes of the safetensors files; each parameter once, where several layers share it."""
        parameters = list(self._model.parameters())
        return Weights(
            sum(path.stat().st_size for path in self._files),
            sum(prod(one.shape) for one in parameters),
            sum(int(torch.count_nonzero(one)) for one in parameters),
        )


def open_causal_lm(source: ModelSource) -> CausalLm:
    """Load a causal language model from a local folder.

    Raises:
        InputError: as `CausalLm`.
    """
    return CausalLm(source)


def _config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        if path.stat().st_size > CONFIG_LIMIT:
            raise InputError(f"is larger than {CONFIG_LIMIT:,} bytes", where=str(path))
        config = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot be read as JSON ({error})", where=str(path)) from error
    if not isinstance(config, dict):
        raise InputError("is no JSON object", where=str(path))
    if "auto_map" in config:
        raise InputError(
            "wants code of its own to be run (auto_map); that is never done",
            where=str(path),
            fix="give a model of an architecture that transformers has",
        )
    if (folder / "adapter_config.json").exists():
        raise InputError(
            "holds an adapter, not a whole model", where=str(folder), fix="merge it into its base and save that"
        )
    return config


def _weight_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files that transformers would load: those of the index, else model.safetensors."""
    index = folder / "model.safetensors.index.json"
    names = ["model.safetensors"]
    if not (folder / names[0]).exists() and index.exists():
        try:
            names = sorted({str(name) for name in json.loads(index.read_bytes())["weight_map"].values()})
        except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
            raise InputError(f"is no index of safetensors files ({error})", where=str(index)) from error
    paths = tuple(folder / name for name in names)
    for path in paths:
        if path.parent != folder or path.name != Path(path.name).name or path.suffix != ".safetensors":
            raise InputError(f"names a file outside the folder: {path.name}", where=str(index))
        if not path.is_file():
            raise InputError(
                f"has no {path.name}",
                where=str(folder),
                fix="save it with save_pretrained, as safetensors; other forms of weights can hold code",
            )
    return paths


def _stored_dtypes(paths: tuple[Path, ...]) -> list[str]:
    """The types of the stored tensors, by their names in safetensors."""
    found = set()
    for path in paths:
        try:
            with safe_open(path, framework="np") as file:
                found |= {file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118  (no mapping)
        except (SafetensorError, OSError) as error:
            raise InputError(f"cannot be read as safetensors ({error})", where=str(path)) from error
    return sorted(found)


def _loaded(folder: Path) -> Any:
    _LOGGING.set_verbosity_error()
    _LOGGING.disable_progress_bar()
    try:
        model, report = _AUTO.from_pretrained(
            folder,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            attn_implementation="eager",
            output_loading_info=True,
        )
    except Exception as error:  # transformers and its parts raise whatever they like on hostile folders
        raise InputError(f"transformers cannot load it ({_first_line(error)})", where=str(folder)) from error
    lost = [*sorted(report["missing_keys"]), *(str(key[0]) for key in sorted(report["mismatched_keys"]))]
    if lost:
        raise InputError(
            f"its files lack values for {len(lost)} weights, such as {lost[0]}: they would be random",
            where=str(folder),
        )
    return model.eval()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
