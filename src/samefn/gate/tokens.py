"""The words, numbers and marks of a requirement's text, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from samefn.core.errors import InputError

Kind = Literal["word", "number", "comparison", "candidate", "mark", "end"]
LONGEST = 1000
A_VERDICT = "for a verdict write verdict in same"
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
    """A word, a number, a comparison, a candidate's name, a mark, or the end.

    Attributes:
        kind: which of these.
        text: what it says; of a candidate its name without @ and quotes.
        start: where it starts in the text, from 0.
        end: where it ends.
    """

    kind: Kind
    text: str
    start: int
    end: int


def tokens(text: str) -> tuple[Token, ...]:
    """The text's tokens in their order, the last of kind `end`.

    Raises:
        InputError: a character that stands for nothing here, or a text of more than 1,000 characters.

    >>> [token.text for token in tokens("bytes@small < 4 MB")]
    ['bytes', 'small', '<', '4', 'MB', '']
    """
    if len(text) > LONGEST:
        raise InputError(
            "SF6003", f"has {len(text):,} characters, more than {LONGEST:,}", where=f"requirement {text[:40]!r}..."
        )
    return tuple(_tokens(text))


def refusal(text: str, at: int, what: str, fix: str = "") -> InputError:
    """An error that says at which character of the text something is wrong."""
    return InputError("SF6004", f"{what} at character {at + 1}", where=f"requirement {text!r}", fix=fix or None)


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
            fix = f"write <, <=, > or >=; {A_VERDICT}" if text[at] in "=!" else ""
            raise refusal(text, at, f"{text[at]!r} means nothing", fix)
        kind = match.lastgroup or "end"
        said = match[kind]
        start, at = match.start(kind), match.end()
        if kind == "quoted":
            kind, said = "candidate", re.sub(r"\\(.)", r"\1", said, flags=re.DOTALL)
        yield Token(kind, said, start, at)  # type: ignore[arg-type]
        if kind == "end":
            return
