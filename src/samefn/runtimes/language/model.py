"""The interface of causal language models: windows of a text, each scored in its second half."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.runtimes.model import WeightStats

Tokens = NDArray[np.int64]
TOKENS = "tokens"  # name of the array of windows
MIN_WINDOW = 4  # in a shorter window at most one token is scored
DEFAULT_WINDOW = 512  # as in llama-perplexity


@dataclass(frozen=True, eq=False)
class ScoredWindow:
    """A model's log-probabilities for the scored tokens of one window.

    Attributes:
        log_probs: natural-log probabilities of the next token, float32, [scored, vocabulary]; the probabilities of a
            row sum to one where they are computed, and nearly to one in a file.
        true: the log-probability of the token that follows in the text, float64, [scored].
        cut_off: which of `log_probs` are upper bounds, because a file cuts off smaller probabilities,
            [scored, vocabulary]; None where they are computed.
        rounding: the largest rounding error of a log-probability in a file, nats, [scored]; None where computed.
    """

    log_probs: NDArray[np.float32]
    true: NDArray[np.float64]
    cut_off: NDArray[np.bool_] | None = None
    rounding: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The tokens of a model, and the tokenizer that makes them from text.

    Attributes:
        size: how many tokens the model knows.
        parts: sha256 of the tokenizer's vocabulary, merges and settings, by these names; empty for a file of logits,
            which holds tokens and no tokenizer.
    """

    size: int
    parts: Mapping[str, str] = field(default_factory=dict)


class LanguageModel(Protocol):
    """A causal language model, or a file of its log-probabilities; its weights are loaded when it is first run."""

    @property
    def vocabulary(self) -> Vocabulary:
        """Its tokens and tokenizer."""

    @property
    def window(self) -> int | None:
        """The longest window it takes, in tokens; None where no limit is known."""

    @property
    def fixed(self) -> bool:
        """Whether it takes windows of that length only."""

    def windows(self, text: str | None, length: int) -> Tokens:
        """Consecutive windows without overlap, [windows, length]; the rest at the end is not used.

        Raises:
            InputError: no text where one is needed, or a text that is too short.
        """

    def token_numbers(self, text: str, characters: Sequence[int]) -> Tokens:
        """The numbers of the tokens of a text that hold some of its characters, or come next after them.

        Args:
            text: as `windows` takes it.
            characters: their places in the text, ascending.

        Raises:
            InputError: it has no tokenizer.
        """

    def scored(self, number: int, window: Tokens) -> ScoredWindow:
        """Score the second half of one window.

        Args:
            number: of the window, from 0.
            window: its tokens, [length].

        Raises:
            InputError: it cannot run on it.
        """

    def facts(self) -> Mapping[str, Json]:
        """What can change its numbers, but for the content of its files. No paths."""

    def weights(self) -> WeightStats | None:
        """How large it is; None for a file of logits."""


def scored_part(length: int) -> slice:
    """Which positions of a window predict a scored token, as in llama-perplexity.

    Position j predicts token j + 1. The first scored position is at half the length, so every prediction has at least
    that many tokens before it. The last position but one predicts the last token.

    >>> scored_part(8)
    slice(4, 7, None)
    """
    return slice(length // 2, length - 1)


def true_tokens(window: Tokens) -> Tokens:
    """The tokens that the scored positions of a window predict, [scored]."""
    return window[scored_part(len(window)).start + 1 :]


def require_window_length(length: int, model: LanguageModel, where: str) -> None:
    """Check a length of windows.

    Raises:
        InputError: it is too short, or the model does not take it.
    """
    if length < MIN_WINDOW:
        raise InputError(
            "SF341", f"windows of {length} tokens are too short", where="n_ctx", fix=f"give {MIN_WINDOW} or more"
        )
    if model.window is not None and (length > model.window or (model.fixed and length != model.window)):
        only = "only" if model.fixed else "at most"
        raise InputError(
            "SF341",
            f"takes windows of {only} {model.window} tokens, not {length}",
            where=where,
            fix=f"set n_ctx = {model.window}",
        )


def cut_windows(ids: Tokens, length: int, where: str) -> Tokens:
    """Tokens as consecutive windows, [windows, length].

    Raises:
        InputError: fewer than two windows.
    """
    count = len(ids) // length
    if count < 2:
        raise InputError(
            "SF340",
            f"the text has {len(ids)} tokens, less than two windows of {length}",
            where=where,
            fix="give a longer text, or shorter windows with n_ctx",
        )
    return ids[: count * length].reshape(count, length)


def require_same_tokens(base: tuple[LanguageModel, Tokens], other: tuple[LanguageModel, Tokens], where: str) -> None:
    """Check that a model has the tokens of the base.

    Args:
        base: the base, and its windows of the text.
        other: another model, and its windows.
        where: what errors call the other model.

    Raises:
        InputError: another vocabulary, other merges or settings of the tokenizer, or other tokens for the text.
    """
    (base_model, base_windows), (other_model, other_windows) = base, other
    expected, actual = base_model.vocabulary, other_model.vocabulary
    if expected.size != actual.size:
        raise InputError(
            "SF342", f"knows {actual.size:,} tokens, the base {expected.size:,}: they cannot be compared", where=where
        )
    if expected.parts and actual.parts:
        for part, sha256 in expected.parts.items():
            if actual.parts.get(part) != sha256:
                raise InputError(
                    "SF342",
                    f"its tokenizer's {part} differ{'s' if part == 'vocabulary' else ''} from the base's",
                    where=where,
                    fix="compare models that share a tokenizer.json",
                )
    if base_windows.shape != other_windows.shape:
        (count, length), (base_count, base_length) = other_windows.shape, base_windows.shape
        raise InputError(
            "SF343",
            f"has {count} windows of {length} tokens, the base {base_count} of {base_length}",
            where=where,
            fix="give both the same text and the same n_ctx",
        )
    different = np.argwhere(base_windows != other_windows)
    if len(different):
        window, token = different[0]
        raise InputError(
            "SF343",
            f"token {token} of window {window} is {other_windows[window, token]}, the base's is "
            f"{base_windows[window, token]}",
            where=where,
            fix="give both the same text",
        )
