"""A tokenizer.json: read without running code of its folder, and compared with others by its content."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from samefn.core.canonical import digest
from samefn.core.errors import InputError
from samefn.core.plain_files import read_file
from samefn.core.user_code import user_code
from samefn.runtimes.language.model import Tokens

MAX_TOKENIZER_BYTES = 2**28  # ten times the largest vocabularies


class TokenizerFile:
    """A tokenizer of the library `tokenizers`.

    Args:
        path: tokenizer.json.

    Attributes:
        parts: sha256 of the vocabulary, the merges and all other settings.
        size: how many tokens it knows.
        first: the token that the tokenizer puts before a text; None where there is none.

    Raises:
        InputError: the file is missing, too large, or no tokenizer.
    """

    def __init__(self, path: Path) -> None:
        self._where = str(path)
        content = _read(path)
        with user_code("is no tokenizer", self._where):  # the library raises what it likes
            self._tokenizer = Tokenizer.from_str(content)
            self.parts = _parts(json.loads(content))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.size = int(self._tokenizer.get_vocab_size())
        added = self._tokenizer.encode("").ids
        if len(added) > 1:
            raise InputError(
                "SF344",
                f"adds {len(added)} tokens to a text, but llama-perplexity allows only one, before the text",
                where=self._where,
                fix="remove the end-of-text token from its post_processor",
            )
        self.first: int | None = added[0] if added else None

    def ids(self, text: str) -> Tokens:
        """The tokens of a text, [tokens], after the token that the tokenizer puts before a text.

        Raises:
            InputError: the tokenizer fails on it.
        """
        with user_code("fails on the text", self._where):  # as above
            return np.asarray(self._tokenizer.encode(text).ids, dtype=np.int64)

    def numbers(self, text: str, characters: Sequence[int]) -> Tokens:
        """The numbers of the tokens that hold some characters of a text; for one in no token, that of the next token.

        Args:
            text: which.
            characters: their places in it, ascending.

        Raises:
            InputError: the tokenizer fails on it.
        """
        with user_code("fails on the text", self._where):  # as above
            offsets = self._tokenizer.encode(text).offsets
        ends = np.maximum.accumulate([end for _, end in offsets])
        return np.searchsorted(ends, np.asarray(characters), side="right").astype(np.int64)


def read_decoder(path: Path) -> Callable[[Sequence[int]], str]:
    """A function from tokens to their text, without special tokens such as `[CLS]`.

    Args:
        path: tokenizer.json.

    Raises:
        InputError: the file is missing, too large, or no tokenizer.
    """
    content = _read(path)
    with user_code("is no tokenizer", str(path)):  # as above
        tokenizer = Tokenizer.from_str(content)
        size = tokenizer.get_vocab_size()

    def decode(ids: Sequence[int]) -> str:
        with user_code("fails on tokens", str(path)):  # as above
            return str(tokenizer.decode([one for one in ids if 0 <= one < size], skip_special_tokens=True))

    return decode


def _read(path: Path) -> str:
    if not path.exists():
        raise InputError(
            "SF344",
            "there is no such file",
            where=str(path),
            fix="save a fast tokenizer beside the model: AutoTokenizer.from_pretrained(...).save_pretrained(folder)",
        )
    try:
        return read_file(path, MAX_TOKENIZER_BYTES).decode()
    except UnicodeDecodeError as error:
        raise InputError("SF344", f"cannot be read as UTF-8 text ({error})", where=str(path)) from error


def _parts(settings: Mapping[str, Any]) -> dict[str, str]:
    model = dict(settings["model"])
    merges = [pair.split(" ") if isinstance(pair, str) else pair for pair in model.pop("merges", None) or []]
    vocabulary = model.pop("vocab", None)
    rest = {name: settings.get(name) for name in ("normalizer", "pre_tokenizer", "post_processor", "added_tokens")}
    return {"vocabulary": digest(vocabulary), "merges": digest(merges), "settings": digest([model, rest])}
