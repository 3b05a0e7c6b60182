"""What of a machine moves the answers of models: part of every key, and the same on every worker."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from samefn.core.canonical import Json
from samefn.runtimes.adapters import Adapter
from samefn.runtimes.cpu import int8_flags


def decisive(adapters: Iterable[Adapter]) -> dict[str, Json]:
    """What of this machine moves the answers of these runtimes."""
    return {**{f"{one.name}: {name}": v for one in adapters for name, v in versions_of(one).items()}, **int8_flags()}


def versions_of(adapter: Adapter) -> dict[str, Json]:
    """The versions of what runs it; an extra that is missing is said when the model is opened."""
    found: dict[str, Json] = {}
    for name in adapter.distributions:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found
