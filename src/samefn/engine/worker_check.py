"""Check that a worker computes the numbers that a task's key stands for."""

import socket
from collections.abc import Mapping
from typing import Any

from samefn.core.errors import InputError


def require_same_environment(planned: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    """Refuse a task on a machine where it would give other numbers: the task's key holds the environment.

    Args:
        planned: versions, options and processor flags of the machine that planned the task.
        here: the same of this machine.

    Raises:
        InputError: they differ.

    >>> require_same_environment({"onnxruntime": "1.32.0"}, {"onnxruntime": "1.32.0"})
    """
    for name, value in planned.items():
        if here.get(name) != value:
            raise InputError(
                "SF045",
                f"this machine has {name} {here.get(name)}; the one that planned the task has {value}",
                where=socket.gethostname(),
                fix="give all machines the same versions and the same kind of processor",
            )
