"""Causal language models from a local folder of Hugging Face transformers; no code of the folder is run."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax

from samefn.config.comparison import ModelSource
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.runtimes.language.model import (
    TOKENS,
    ScoredWindow,
    Tokens,
    Vocabulary,
    cut_windows,
    scored_part,
    true_tokens,
)
from samefn.runtimes.language.tokenizer_file import TokenizerFile
from samefn.runtimes.model import Array, TensorSpec, WeightStats
from samefn.runtimes.transformers.folder import (
    load_folder,
    parameter_stats,
    read_folder,
    transformers_facts,
)

ROWS_PER_SOFTMAX = 32  # in float64


class CausalLm:
    """A causal language model, in evaluation mode, computed in float32 whatever type its files store.

    Its tokenizer is loaded at once, its weights when it is first run.

    Args:
        source: a folder with config.json, safetensors files and tokenizer.json.

    Raises:
        InputError: something is missing or damaged, or needs code of the folder.
    """

    fixed = False
    resolution = None
    notes: tuple[str, ...] = ()
    outputs: tuple[TensorSpec, ...] = ()

    def __init__(self, source: ModelSource) -> None:
        self._where = source.path
        self._folder = read_folder(Path(source.path))
        self._tokenizer = TokenizerFile(self._folder.path / "tokenizer.json")
        self._threads = source.threads
        declared = self._folder.config.get("vocab_size")
        size = declared if isinstance(declared, int) else self._width(self._model)
        if self._tokenizer.size > size:
            raise InputError(
                "SF345", f"its tokenizer has {self._tokenizer.size:,} tokens, the model {size:,}", where=source.path
            )
        self.vocabulary = Vocabulary(size, self._tokenizer.parts)
        limits = (self._folder.config.get(name) for name in ("max_position_embeddings", "n_positions"))
        self.window: int | None = next((limit for limit in limits if isinstance(limit, int)), None)

    @cached_property
    def _model(self) -> Any:
        """The model, loaded.

        Raises:
            InputError: transformers cannot load it, or some of its weights would be random.
        """
        torch.set_num_threads(self._threads)
        model = load_folder(self._folder, "AutoModelForCausalLM")
        declared = self._folder.config.get("vocab_size")
        if isinstance(declared, int) and self._width(model) != declared:
            raise InputError(
                "SF345",
                f"config.json declares {declared:,} tokens, its weights have {self._width(model):,}",
                where=self._where,
            )
        return model

    @staticmethod
    def _width(model: Any) -> int:
        return int(model.get_output_embeddings().weight.shape[0])

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """One window at a time, for latency and memory.

        Reading this loads the model, so that loading is not part of a timed run.
        """
        _ = self._model
        return (TensorSpec(TOKENS, "int64", (1, None)),)

    def run(self, feeds: Mapping[str, Array]) -> Mapping[str, Array]:
        """Score one window.

        Args:
            feeds: its tokens, [1, length].

        Raises:
            InputError: it cannot run on it.
        """
        return {"log_probs": self.scored(0, feeds[TOKENS][0]).log_probs[None]}

    def windows(self, text: str | None, length: int) -> Tokens:
        """The text's windows by the folder's own tokenizer."""
        if text is None:
            raise InputError("SF340", "needs a text", where=self._where, fix="give a text file with --data")
        return cut_windows(self._tokenizer.ids(text), length, self._where)

    def token_numbers(self, text: str, characters: Sequence[int]) -> Tokens:
        """By the folder's own tokenizer."""
        return self._tokenizer.numbers(text, characters)

    def scored(self, number: int, window: Tokens) -> ScoredWindow:
        """Score the second half of one window; the beginning-of-text token, if any, replaces its first token."""
        ids = window.copy()
        if self._tokenizer.first is not None:
            ids[0] = self._tokenizer.first
        part, model = scored_part(len(window)), self._model
        try:
            with torch.inference_mode():
                logits = model(torch.from_numpy(ids)[None], use_cache=False).logits[0, part]
        except (RuntimeError, ValueError, IndexError) as error:
            raise InputError("SF315", f"fails on window {number} ({error})", where=self._where) from error
        log_probs: NDArray[np.float32] = logits.float().numpy()
        if not np.isfinite(log_probs).all():
            raise InputError("SF316", f"returns NaN or infinity in window {number}", where=self._where)
        true, targets = np.empty(len(log_probs)), true_tokens(window)
        for start in range(0, len(log_probs), ROWS_PER_SOFTMAX):
            rows = slice(start, start + ROWS_PER_SOFTMAX)
            exact = log_softmax(log_probs[rows].astype(np.float64), axis=1)
            true[rows] = np.take_along_axis(exact, targets[rows, None], axis=1)[:, 0]
            log_probs[rows] = exact
        return ScoredWindow(log_probs, true)

    def facts(self) -> Mapping[str, Json]:
        """Versions and types."""
        return {**transformers_facts(self._folder, self._threads), "tokenizers": version("tokenizers")}

    def weights(self) -> WeightStats:
        """Size of the safetensors files, and the parameters; one that several layers share counts once."""
        return parameter_stats(self._folder, self._model)


def open_causal_lm(source: ModelSource) -> CausalLm:
    """A causal language model from a local folder.

    Raises:
        InputError: as `CausalLm`.
    """
    return CausalLm(source)
