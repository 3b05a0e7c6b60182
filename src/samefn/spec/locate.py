"""Find the line of a TOML file that sets a key."""

import re

_TABLE = re.compile(r"^\s*\[\[?\s*(?P<path>[^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*(?P<path>[A-Za-z0-9_.\"' -]+?)\s*=")


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    r"""The line, counted from 1, that sets a key or its nearest parent; None where nothing does.

    >>> line_of("[training]\nepochs = 0\n", ("training", "epochs"))
    2
    >>> line_of("training.batch_size = 0", ("training", "batch_size"))
    1
    """
    best: tuple[int, int] | None = None
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _TABLE.match(line):
            table = found = _parts(match["path"])
        elif match := _KEY.match(line):
            found = table + _parts(match["path"])
        else:
            continue
        shared = len(found) if found == path[: len(found)] else 0
        if shared and (best is None or shared > best[0]):
            best = (shared, number)
    return best[1] if best else None


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in path.split("."))
