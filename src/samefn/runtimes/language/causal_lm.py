"""Causal language models from a local folder of Hugging Face transformers: safetensors, no code of the folder's."""

from collections.abc import Mapping
from functools import cached_property
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax

from samefn.config.comparison import ModelSource
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.runtimes.language.model import TOKENS, Dictionary, Scored, Tokens, cut, scored_part, true_tokens
from samefn.runtimes.language.tokenizer_file import TokenizerFile
from samefn.runtimes.model import Array, Port, Weights
from samefn.runtimes.transformers.folder import load_folder, read_folder, transformers_facts

ROWS = 32  # whose softmax is taken at a time, in float64


class CausalLm:
    """A causal language model: in evaluation mode, computed in float32 whatever its files store.

    Its weights are loaded when it is first run: its tokenizer alone costs little.

    Args:
        source: a folder with config.json, safetensors files and tokenizer.json.

    Raises:
        InputError: something is missing, damaged, or wants code to be run.
    """

    fixed = False
    resolution = None
    notes: tuple[str, ...] = ()
    outputs: tuple[Port, ...] = ()

    def __init__(self, source: ModelSource) -> None:
        self._where = source.path
        self._folder = read_folder(Path(source.path))
        self._tokenizer = TokenizerFile(self._folder.path / "tokenizer.json")
        self._threads = source.threads
        said = self._folder.config.get("vocab_size")
        size = said if isinstance(said, int) else self._width(self._model)
        if self._tokenizer.size > size:
            raise InputError(
                "SF3037", f"its tokenizer has {self._tokenizer.size:,} tokens, the model {size:,}", where=source.path
            )
        self.dictionary = Dictionary(size, self._tokenizer.parts)
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
        said = self._folder.config.get("vocab_size")
        if isinstance(said, int) and self._width(model) != said:
            raise InputError(
                "SF3038",
                f"config.json says {said:,} tokens, its weights have {self._width(model):,}",
                where=self._where,
            )
        return model

    @staticmethod
    def _width(model: Any) -> int:
        return int(model.get_output_embeddings().weight.shape[0])

    @property
    def inputs(self) -> tuple[Port, ...]:
        """One window at a time: what latency and memory are measured of.

        To ask for them loads the model, so that no run that is timed does.
        """
        _ = self._model
        return (Port(TOKENS, "int64", (1, None)),)

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
            raise InputError("SF3039", "needs a text to be scored on", where=self._where, fix="give one")
        return cut(self._tokenizer.ids(text), length, self._where)

    def scored(self, place: int, window: Tokens) -> Scored:
        """Score the second half of one window; a beginning-of-text token, where there is one, replaces its first."""
        ids = window.copy()
        if self._tokenizer.first is not None:
            ids[0] = self._tokenizer.first
        part, model = scored_part(len(window)), self._model
        try:
            with torch.inference_mode():
                logits = model(torch.from_numpy(ids)[None], use_cache=False).logits[0, part]
        except (RuntimeError, ValueError, IndexError) as error:
            raise InputError("SF3040", f"fails on window {place} ({error})", where=self._where) from error
        found: NDArray[np.float32] = logits.float().numpy()
        if not np.isfinite(found).all():
            raise InputError("SF3041", f"gives a NaN or infinite logit in window {place}", where=self._where)
        true, wanted = np.empty(len(found)), true_tokens(window)
        for start in range(0, len(found), ROWS):
            rows = slice(start, start + ROWS)
            exact = log_softmax(found[rows].astype(np.float64), axis=1)
            true[rows] = np.take_along_axis(exact, wanted[rows, None], axis=1)[:, 0]
            found[rows] = exact
        return Scored(found, true)

    def facts(self) -> Mapping[str, Json]:
        """Versions and types."""
        return {**transformers_facts(self._folder, self._threads), "tokenizers": version("tokenizers")}

    def weights(self) -> Weights:
        """Bytes of the safetensors files; each parameter once, where several layers share it."""
        parameters = list(self._model.parameters())
        return Weights(
            self._folder.bytes,
            sum(prod(one.shape) for one in parameters),
            sum(int(torch.count_nonzero(one)) for one in parameters),
        )


def open_causal_lm(source: ModelSource) -> CausalLm:
    """A causal language model from a local folder.

    Raises:
        InputError: as `CausalLm`.
    """
    return CausalLm(source)
