"""Versions and CPU flags that can change predictions: part of every key, and the same on every worker."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from samefn.core.canonical import Json
from samefn.runtimes.adapters import Adapter
from samefn.runtimes.host import int8_flags


def numeric_environment(adapters: Iterable[Adapter]) -> dict[str, Json]:
    """What of this machine can change the numbers of these runtimes."""
    of_adapters = {
        f"{one.name}: {name}": found for one in adapters for name, found in packages(one.distributions).items()
    }
    return {**of_adapters, **int8_flags()}


def packages(names: Iterable[str]) -> dict[str, Json]:
    """The versions of packages; one that is missing is said when what needs it is opened."""
    found: dict[str, Json] = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found
