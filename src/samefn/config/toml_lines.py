"""Find the line of a TOML file that sets a key."""

import re
import tomllib
from collections import deque
from collections.abc import Iterator
from typing import TypeAlias

# Comments and blanks are skipped; no token holds them.
_TOKEN = re.compile(
    r"""
    \#[^\n]*
    | (?P<token>
        \"{3} (?: [^\\] | \\. )*? \"{3,5}  # text of several lines, that may end in two quotes
        | '{3} .*? '{3,5}
        | \" (?: [^"\\\n] | \\. )* \"
        | '[^'\n]*'
        | [\[\]{},=.\n]
        | [^\s\[\]{},=.\#"']+
      )
    """,
    re.VERBOSE | re.DOTALL,
)

KeyPath: TypeAlias = tuple[str, ...]


def line_of(text: str, path: KeyPath) -> int | None:
    r"""The line that sets a key; else that of the first key in it; else that of its nearest parent; else None.

    Args:
        text: valid TOML.
        path: the key's parts; an entry of an array is a number, from 0.

    Returns:
        The line, from 1.

    >>> line_of("[training]\nepochs = 0\n", ("training", "epochs"))
    2
    >>> line_of("training.batch_size = 0", ("training", "batch_size"))
    1
    >>> line_of("[[pairs]]\n[[pairs]]\nnet = 3\n", ("pairs", "1", "net"))
    3
    """
    lines = _Scanner(text).scan()
    for length in range(len(path), 0, -1):
        inside = [(key, line) for key, line in lines if key[:length] == path[:length]]
        if inside:
            return min(inside, key=lambda entry: len(entry[0]) > length)[1]
    return None


class _Scanner:
    """Reads TOML once and records the line of every table, key and entry of an array."""

    def __init__(self, text: str) -> None:
        self._tokens = deque(_tokens(text))
        self._lines: list[tuple[KeyPath, int]] = []
        self._last: dict[KeyPath, int] = {}  # the number of the last table of every array of tables

    def scan(self) -> list[tuple[KeyPath, int]]:
        table: KeyPath = ()
        while self._tokens:
            if self._next == "\n":
                self._take()
            elif self._next == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    @property
    def _next(self) -> str:
        return self._tokens[0][1] if self._tokens else ""

    def _take(self) -> tuple[int, str]:
        return self._tokens.popleft()

    def _header(self) -> KeyPath:
        line, _ = self._take()
        if self._next == "[":
            self._take()
            *parents, name = self._key()
            array = (*self._numbered(parents), name)
            self._last[array] = self._last.get(array, -1) + 1
            self._take()
            table: KeyPath = (*array, str(self._last[array]))
        else:
            table = self._numbered(self._key())
        self._take()
        self._lines.append((table, line))
        return table

    def _numbered(self, key: list[str]) -> KeyPath:
        """The key with the number of the last table after the name of every array of tables."""
        path: KeyPath = ()
        for part in key:
            path = (*path, part)
            if path in self._last:
                path = (*path, str(self._last[path]))
        return path

    def _key(self) -> list[str]:
        """The parts of a key, up to `=` or `]`."""
        parts = []
        while self._next not in {"=", "]"}:
            _, part = self._take()
            if part != ".":
                parts.append(tomllib.loads(f"key = {part}")["key"] if part[0] in "\"'" else part)
        return parts

    def _pair(self, table: KeyPath) -> None:
        line = self._tokens[0][0]
        path = (*table, *self._key())
        self._take()
        self._lines.append((path, line))
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        _, start = self._take()
        if start == "[":
            entries = 0
            while self._next != "]":
                if self._next in {",", "\n"}:
                    self._take()
                else:
                    entry = (*path, str(entries))
                    self._lines.append((entry, self._tokens[0][0]))
                    self._value(entry)
                    entries += 1
            self._take()
        elif start == "{":
            while self._next != "}":
                if self._next in {",", "\n"}:
                    self._take()
                else:
                    self._pair(path)
            self._take()
        else:
            while self._next not in {",", "]", "}", "\n", ""}:  # a date may hold a blank, a number a point
                self._take()


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    """Each token with the line on which it begins."""
    line = 1
    for match in _TOKEN.finditer(text):
        if token := match["token"]:
            yield line, token
            line += token.count("\n")
