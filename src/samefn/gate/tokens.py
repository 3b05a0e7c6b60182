"""The words, numbers and marks of a requirement's text, and where each starts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from samefn.core.errors import InputError

TokenKind = Literal["word", "number", "comparison", "candidate", "mark", "end"]
MAX_LENGTH = 1000
VERDICT_EXAMPLE = "for a verdict write verdict in same"
# What may stand between tokens: no other space of Unicode's.
_SPACES = " \t\n\r\f\v"
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)
      | (?P<word>[A-Za-z_][A-Za-z0-9_.]*|%)
      | (?P<comparison><=|>=|<|>)
      | @\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<candidate>[^\s<>=\[\],"@\\]+))
      | (?P<mark>[\[\],])
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A word, number, comparison, candidate's name, mark, or the end.

    Attributes:
        kind: which of these.
        text: as it was written; of a candidate its name without @ and quotes.
        start: where it starts in the text, from 0.
        end: where it ends.
    """

    kind: TokenKind
    text: str
    start: int
    end: int


def tokens(text: str) -> tuple[Token, ...]:
    """The text's tokens in their order, the last of kind `end`.

    Raises:
        InputError: a character that no token starts with, or a text of more than 1,000 characters.

    >>> [token.text for token in tokens("bytes@small < 4 MB")]
    ['bytes', 'small', '<', '4', 'MB', '']
    """
    if len(text) > MAX_LENGTH:
        raise InputError(
            "SF600", f"{len(text):,} characters, at most {MAX_LENGTH:,} are read", where=f"requirement {text[:40]!r}..."
        )
    return tuple(_tokens(text))


def place_in(text: str, at: int) -> str:
    """A place in the text of a requirement, counted from 0, for people, who count from 1."""
    return f"requirement {text!r}, character {at + 1}"


def quoted(name: str) -> str:
    r"""A candidate's name as it can stand behind @.

    >>> print(quoted('a "b" \\'))
    "a \"b\" \\"
    """
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip(_SPACES))
            fix = f"write <, <=, > or >=; {VERDICT_EXAMPLE}" if text[at] in "=!" else ""
            raise InputError("SF601", f"{text[at]!r} is not allowed here", where=place_in(text, at), fix=fix or None)
        kind = match.lastgroup or "end"
        content = match[kind]
        start, at = match.start(kind), match.end()
        if kind == "quoted":
            kind, content = "candidate", re.sub(r"\\(.)", r"\1", content, flags=re.DOTALL)
        yield Token(kind, content, start, at)  # type: ignore[arg-type]
        if kind == "end":
            return
