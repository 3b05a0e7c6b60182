"""Check that a worker computes the numbers that a task's key stands for."""

import socket
from collections.abc import Mapping

from samefn.core.errors import InputError
from samefn.engine.task import TaskSpec


class PlannedOn(TaskSpec):
    """The environment of the machine that planned a task.

    Attributes:
        planned_on: what of it moves numbers, by name.
    """

    planned_on: Mapping[str, object]


def require_same_environment(planned: Mapping[str, object], here: Mapping[str, object]) -> None:
    """Refuse to work where numbers come out otherwise than where the work was planned, because keys name those.

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
