"""Messages between processes: a line of JSON each, never a pickle, and never longer than a limit."""

import json
import os
from collections.abc import Iterable, Iterator
from typing import Any

# A model's process is not trusted: no longer line is read.
MAX_LINE = 2**26
PART = 2**16


def send(descriptor: int, message: object) -> None:
    """Write a message, all of it."""
    # (A surrogate in a name stays an escape: the line is ASCII.)
    data = memoryview(json.dumps(message).encode() + b"\n")
    while data:
        data = data[os.write(descriptor, data) :]


def messages(parts: Iterable[bytes]) -> Iterator[Any]:
    r"""The messages in what is read from a pipe, each as soon as it is complete; an unfinished last one is left out.

    Args:
        parts: of any length, in order.

    Raises:
        ValueError: a line is too long or no JSON.

    >>> list(messages([b'{"a"', b': 1}\n[2', b']\n3']))
    [{'a': 1}, [2]]
    """
    line = bytearray()
    for part in parts:
        first, *others = part.split(b"\n")
        line += first
        for other in others:
            yield _parsed(line)
            line = bytearray(other)
        if len(line) > MAX_LINE:
            raise ValueError("a message is too long")


def _parsed(line: bytearray) -> Any:
    try:
        return json.loads(line)
    except RecursionError as error:
        raise ValueError("a message is nested too deep") from error


def read_parts(descriptor: int) -> Iterator[bytes]:
    """What is read from a pipe until it is closed."""
    while part := os.read(descriptor, PART):
        yield part
