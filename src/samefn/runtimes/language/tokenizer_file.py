"""A tokenizer.json: read without code of its own, and told from another by content."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from samefn.core.canonical import digest
from samefn.core.errors import InputError
from samefn.core.plain_files import read_file
from samefn.core.user_code import user_code
from samefn.runtimes.language.model import Tokens

LIMIT = 2**28  # bytes: ten times the largest vocabularies


class TokenizerFile:
    """A tokenizer of the library `tokenizers`.

    Args:
        path: tokenizer.json.

    Attributes:
        parts: sha256 of the vocabulary, the merges and all other settings.
        size: how many tokens it knows.
        first: the token that the tokenizer puts before a text; None where it puts none.

    Raises:
        InputError: it is not there, too large, or no tokenizer.
    """

    def __init__(self, path: Path) -> None:
        self._where = str(path)
        content = _read(path)
        with user_code("is no tokenizer", self._where):  # the library raises what it likes
            self._tokenizer = Tokenizer.from_str(content)
            told = json.loads(content)
            self.parts = _parts(told)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.size = int(self._tokenizer.get_vocab_size())
        added = self._tokenizer.encode("").ids
        if len(added) > 1:
            raise InputError(
                "SF3058",
                f"puts {len(added)} tokens around a text; llama-perplexity knows one before it",
                where=self._where,
                fix="remove the end-of-text token from its post_processor",
            )
        self.first: int | None = added[0] if added else None

    def ids(self, text: str) -> Tokens:
        """The tokens of a text, [tokens], with the one before it where there is one.

        Raises:
            InputError: the tokenizer fails on it.
        """
        with user_code("fails on the text", self._where):  # as above
            return np.asarray(self._tokenizer.encode(text).ids, dtype=np.int64)


def _read(path: Path) -> str:
    if not path.exists():
        raise InputError(
            "SF3059",
            "cannot be read (there is no such file)",
            where=str(path),
            fix="save a fast tokenizer beside the model: AutoTokenizer.from_pretrained(...).save_pretrained(folder)",
        )
    try:
        return read_file(path, LIMIT).decode()
    except UnicodeDecodeError as error:
        raise InputError("SF3060", f"cannot be read as UTF-8 text ({error})", where=str(path)) from error


def _parts(told: Mapping[str, Any]) -> dict[str, str]:
    model = dict(told["model"])
    merges = [pair.split(" ") if isinstance(pair, str) else pair for pair in model.pop("merges", None) or []]
    vocabulary = model.pop("vocab", None)
    rest = {name: told.get(name) for name in ("normalizer", "pre_tokenizer", "post_processor", "added_tokens")}
    return {"vocabulary": digest(vocabulary), "merges": digest(merges), "settings": digest([model, rest])}
