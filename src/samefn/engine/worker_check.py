"""Whether a worker's machine gives the numbers that a task's key promises."""

import socket
from collections.abc import Mapping

from samefn.core.errors import InputError
from samefn.engine.task import TaskSpec


class PlannedOn(TaskSpec):
    """What a task is told of the machine that planned it.

    Attributes:
        planned_on: what of it moves numbers, by name.
    """

    planned_on: Mapping[str, object]


def require_alike(planned: Mapping[str, object], here: Mapping[str, object]) -> None:
    """Refuse to work where numbers come out otherwise than where the work was planned, because keys name those.

    Args:
        planned: what moves numbers, as it was where the task was planned: versions, options, processor flags.
        here: the same, of this machine.

    Raises:
        InputError: they differ.

    >>> require_alike({"onnxruntime": "1.32.0"}, {"onnxruntime": "1.32.0"})
    """
    for name, value in planned.items():
        if here.get(name) != value:
            raise InputError(
                "SF0042",
                f"this machine has {name} {here.get(name)}, the one that planned the work {value}",
                where=socket.gethostname(),
                fix="give all machines the same versions and the same kind of processor",
            )
