"""What samefn asks of a causal language model, whatever answers: windows of a text, each scored in its second half."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.runtimes.model import Weights

Tokens = NDArray[np.int64]
TOKENS = "tokens"  # what arrays of windows are called
SHORTEST = 4  # of fewer tokens a window scores at most one
DEFAULT_WINDOW = 512  # that of llama-perplexity


@dataclass(frozen=True, eq=False)
class Scored:
    """What a model says of the scored tokens of one window.

    Attributes:
        log_probs: natural-log probabilities of the next token, float32, [scored, vocabulary]; rows sum to one where
            computed, and nearly so in a file.
        true: that of the token that came, float64, [scored], as the model or file has it.
        cut_off: which of `log_probs` are upper bounds, because a file cuts off smaller probabilities,
            [scored, vocabulary]; None where computed.
        rounding: the most by which a file's rounding moves a log-probability, nats, [scored]; None where computed.
    """

    log_probs: NDArray[np.float32]
    true: NDArray[np.float64]
    cut_off: NDArray[np.bool_] | None = None
    rounding: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Dictionary:
    """What decides how text becomes tokens.

    Attributes:
        size: how many tokens the model knows.
        parts: sha256 of the vocabulary, of the merges and of all the rest, by what errors call them; empty where the
            model is a file of answers that holds tokens and no tokenizer.
    """

    size: int
    parts: Mapping[str, str] = field(default_factory=dict)


class LanguageModel(Protocol):
    """A causal language model, or a file of its answers; what it weighs is read when it is first run."""

    @property
    def dictionary(self) -> Dictionary:
        """What decides how text becomes tokens."""

    @property
    def window(self) -> int | None:
        """The longest window it takes; None where there is no limit it tells of."""

    @property
    def fixed(self) -> bool:
        """Whether it takes windows of that length only."""

    def windows(self, text: str | None, length: int) -> Tokens:
        """The windows, [windows, length]: consecutive, none overlaps, what is left over at the end is not used.

        Raises:
            InputError: no text where one is needed, or too little.
        """

    def scored(self, place: int, window: Tokens) -> Scored:
        """Score the second half of one window.

        Args:
            place: number of the window.
            window: its tokens, [length].

        Raises:
            InputError: it cannot run on it.
        """

    def facts(self) -> Mapping[str, Json]:
        """What can change its numbers, but for the content of its files. No paths."""

    def weights(self) -> Weights | None:
        """What it stores; None of a file of answers."""


def scored_part(length: int) -> slice:
    """Which positions of a window predict a scored token, as in llama-perplexity.

    Position j predicts token j + 1. The first scored position is half the length, so every prediction has at least so
    many tokens before it; the last token is predicted by the last position but one.

    >>> scored_part(8)
    slice(4, 7, None)
    """
    return slice(length // 2, length - 1)


def true_tokens(window: Tokens) -> Tokens:
    """The tokens that the scored positions of a window predict, [scored]."""
    return window[scored_part(len(window)).start + 1 :]


def require_length(length: int, model: LanguageModel, where: str) -> None:
    """Check a length of windows.

    Raises:
        InputError: the model does not take it, or it is too short.
    """
    if length < SHORTEST:
        raise InputError("SF3051", f"windows of {length} tokens", where="n_ctx", fix=f"give {SHORTEST} or more")
    if model.window is not None and (length > model.window or (model.fixed and length != model.window)):
        only = "only" if model.fixed else "at most"
        raise InputError(
            "SF3052",
            f"takes windows of {only} {model.window} tokens, not {length}",
            where=where,
            fix=f"n_ctx = {model.window}",
        )


def cut(ids: Tokens, length: int, where: str) -> Tokens:
    """Tokens as consecutive windows, [windows, length].

    Raises:
        InputError: fewer than two windows.
    """
    count = len(ids) // length
    if count < 2:
        raise InputError(
            "SF3053",
            f"the text has {len(ids)} tokens: less than two windows of {length}",
            where=where,
            fix="give a longer text, or shorter windows with n_ctx",
        )
    return ids[: count * length].reshape(count, length)


def require_same_tokens(base: tuple[LanguageModel, Tokens], other: tuple[LanguageModel, Tokens], where: str) -> None:
    """Check that a model speaks the base's language.

    Args:
        base: the base, and the windows that it makes of the text.
        other: another model, and its windows.
        where: what errors call the other.

    Raises:
        InputError: another vocabulary, other merges or settings of the tokenizer, or other tokens of the text.
    """
    (of_base, windows), (of_other, found) = base, other
    here, there = of_base.dictionary, of_other.dictionary
    if here.size != there.size:
        raise InputError(
            "SF3054", f"knows {there.size:,} tokens, the base {here.size:,}: they cannot be compared", where=where
        )
    if here.parts and there.parts:
        for part, sha256 in here.parts.items():
            if there.parts.get(part) != sha256:
                raise InputError(
                    "SF3055",
                    f"its tokenizer's {part} differ{'s' if part == 'vocabulary' else ''} from the base's",
                    where=where,
                    fix="compare models that share a tokenizer.json",
                )
    if windows.shape != found.shape:
        raise InputError(
            "SF3056",
            f"has {len(found)} windows of {found.shape[1]} tokens, the base {len(windows)} of {windows.shape[1]}",
            where=where,
            fix="give both the same text and the same n_ctx",
        )
    different = np.argwhere(windows != found)
    if len(different):
        window, place = different[0]
        raise InputError(
            "SF3057",
            f"token {place} of window {window} is {found[window, place]}, the base's {windows[window, place]}",
            where=where,
            fix="give both the same text",
        )
