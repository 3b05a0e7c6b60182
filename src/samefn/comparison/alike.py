"""Whether a worker's machine gives the numbers that a task's key promises."""

import socket
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.runtimes.adapters import Adapter
from samefn.runtimes.cpu import int8_flags


def decisive(adapters: Iterable[Adapter]) -> dict[str, Json]:
    """What of this machine moves the answers of these runtimes."""
    return {**{f"{one.name}: {name}": v for one in adapters for name, v in versions_of(one).items()}, **int8_flags()}


def require_alike(planned: Mapping[str, Any], adapters: Iterable[Adapter]) -> None:
    """Refuse to ask a model where it answers otherwise than where the comparison was planned.

    Raises:
        InputError: other versions, or another kind of processor.
    """
    here = decisive(adapters)
    for name, value in planned.items():
        if here.get(name) != value:
            raise InputError(
                f"this machine has {name} {here.get(name)}, the one that planned the comparison {value}",
                where=socket.gethostname(),
                fix="give all machines the same versions and the same kind of processor",
            )


def versions_of(adapter: Adapter) -> dict[str, Json]:
    """The versions of what runs it; an extra that is missing is said when the model is opened."""
    found: dict[str, Json] = {}
    for name in adapter.distributions:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found
