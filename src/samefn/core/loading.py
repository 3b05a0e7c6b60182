"""Import an object by its "module:attribute" name: the package's only lazy import."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from samefn.core.errors import InputError


def load(name: str) -> Any:
    """Import what "module:attribute" names.

    Raises:
        InputError: the name is not of that form, or the module or the attribute does not exist.

    >>> load("math:tau") > 6
    True
    """
    module_name, _, attribute = name.partition(":")
    if not module_name or not attribute:
        raise InputError(
            "SF020", f"{name!r} is not of the form module:attribute", fix="write it like mypackage.nets:small"
        )
    try:
        with _garbage_collection_off():
            module = import_module(module_name)
    except ModuleNotFoundError as error:
        # A missing import inside the named module is an error of that module, and is raised as it is.
        if error.name is None or not (module_name == error.name or module_name.startswith(error.name + ".")):
            raise
        raise InputError(
            "SF021", f"module {module_name!r} cannot be found", where=name, fix="add its folder to PYTHONPATH"
        ) from error
    try:
        return getattr(module, attribute)
    except AttributeError as error:
        raise InputError("SF021", f"module {module_name!r} has no {attribute!r}", where=name) from error


@contextmanager
def _garbage_collection_off() -> Iterator[None]:
    """What an import creates stays in use; the search for garbage would take a fifth of the import's time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
