"""From what a task is to its key."""

from collections.abc import Mapping

from samefn.core.canonical import Json, digest

# Raise it when the meaning of stored files changes: nothing old is then taken for new.
SCHEMA = 1


def task_key(kind: str, algorithm: int, content: Mapping[str, Json]) -> str:
    """The key of a result: a hash of everything that could change it.

    Args:
        kind: the kind of task.
        algorithm: the version of our code for it, raised by hand when its numbers move.
        content: the fully resolved settings, the data's fingerprint, the keys of what it starts from, and what else
            moves the numbers: device class, thread count, library versions, CPU flags.

    >>> task_key("train", 1, {"seed": 0}) != task_key("train", 2, {"seed": 0})
    True
    """
    return digest({"schema": SCHEMA, "kind": kind, "algorithm": algorithm, "content": dict(content)})
