"""Versions and CPU flags that can change predictions. Part of every key, and the same on every worker."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from samefn.core.canonical import Json
from samefn.runtimes.adapters import Adapter
from samefn.runtimes.host import int8_flags


def numeric_environment(adapters: Iterable[Adapter]) -> dict[str, Json]:
    """What on this machine can change the predictions of these runtimes, by name."""
    of_adapters = {
        f"{adapter.name}: {name}": installed
        for adapter in adapters
        for name, installed in _installed(adapter.distributions).items()
    }
    return {**of_adapters, **int8_flags()}


def key_versions(packages: Iterable[str]) -> dict[str, Json]:
    """The versions that enter a key: of these packages, and the flags of the CPU."""
    return {"packages": _installed(packages), "cpu": dict(int8_flags())}


def _installed(packages: Iterable[str]) -> dict[str, Json]:
    """The versions of packages. A missing one is no error here: opening the model says it."""
    versions: dict[str, Json] = {}
    for name in packages:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "missing"
    return versions
