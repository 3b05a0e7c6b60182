"""Find the line of a TOML file that sets a key."""

import re
from collections.abc import Iterator
from typing import TypeAlias

_TABLE = re.compile(r"^\s*(?P<open>\[\[?)\s*(?P<path>[^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*(?P<path>[A-Za-z0-9_.\"' -]+?)\s*=")

KeyPath: TypeAlias = tuple[str, ...]


def line_of(text: str, path: KeyPath) -> int | None:
    r"""The line, counted from 1, that sets a key or its nearest parent, or else a key in it; None where nothing does.

    >>> line_of("[training]\nepochs = 0\n", ("training", "epochs"))
    2
    >>> line_of("training.batch_size = 0", ("training", "batch_size"))
    1
    >>> line_of("[[pairs]]\n[[pairs]]\nnet = 3\n", ("pairs", "1", "net"))
    3
    """
    best: tuple[int, int] | None = None
    inside: int | None = None
    for number, found in _lines(text):
        shared = len(found) if found == path[: len(found)] else 0
        if shared and (best is None or shared > best[0]):
            best = (shared, number)
        if inside is None and path and found[: len(path)] == path:
            inside = number
    return best[1] if best else inside


def _lines(text: str) -> Iterator[tuple[int, KeyPath]]:
    """The lines that open a table or set a key, each with the full path; an array's tables are numbered from 0."""
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _TABLE.match(line):
            parts = _numbered(_parts(match["path"]), counts)
            if match["open"] == "[[":
                # `parts` ends in the number of the table before; without one this is the first.
                name = parts[:-1] if parts[:-1] in counts and parts[-1].isdigit() else parts
                counts[name] = counts.get(name, -1) + 1
                parts = (*name, str(counts[name]))
            table = parts
            yield number, table
        elif match := _KEY.match(line):
            yield number, table + _parts(match["path"])


def _numbered(path: KeyPath, counts: dict[KeyPath, int]) -> KeyPath:
    """A path with the number of the last table behind every array's name."""
    found: KeyPath = ()
    for part in path:
        found = (*found, part)
        if found in counts:
            found = (*found, str(counts[found]))
    return found


def _parts(path: str) -> KeyPath:
    return tuple(part.strip().strip("\"'") for part in path.split("."))
