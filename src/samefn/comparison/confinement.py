"""What the confined process of a model may read, and what it shares with the processes of other models."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.engine.task import Confined
from samefn.runtimes.adapters import ADAPTERS, Adapter
from samefn.runtimes.model_files import model_files
from samefn.sandbox.call import Call, call_confined
from samefn.sandbox.failures import UnexpectedError
from samefn.sandbox.limits import Limits

# Of the text of one confined process.
_MOST_LINES, _MOST_CHARACTERS = 200, 10_000
# Imported once for all models. None of them starts a thread: a forked process would not have it.
_SHARED = ("samefn.engine.confined", "samefn.comparison.model_task", "samefn.comparison.models")


def confined_models(models: Sequence[tuple[ModelSource, Adapter]], *preload: str) -> Confined:
    """What a confined process needs to open models.

    Args:
        models: with their runtimes; the first is named in errors.
        preload: further modules that several processes share.
    """
    loaders = [adapter.loader.partition(":")[0] for _, adapter in models if adapter.name in ADAPTERS]
    readable = [path for source, adapter in models for path in model_files(source, adapter)]
    return Confined(models[0][0].path, tuple(dict.fromkeys(readable)), (*_SHARED, *dict.fromkeys(loaders), *preload))


def call_with_models(
    models: Sequence[tuple[ModelSource, Adapter]],
    function: str,
    arguments: Any,
    folder: Path,
    limits: Limits,
    said: Callable[[Any], None],
) -> Any:
    """Call a function that opens models in a confined process; what it returns is not trusted.

    Args:
        models: with their runtimes; the first is named in errors.
        function: `module:function`.
        arguments: JSON.
        folder: that it may read.
        limits: on memory and time.
        said: receives what the function says.

    Raises:
        InputError: a model cannot be used, crashed, or broke a limit; or any other error of the function.
    """
    confined = confined_models(models)
    readable = (*confined.readable, str(folder))
    call = Call(confined.where, function, arguments, limits, readable, preload=confined.preload)
    try:
        return call_confined(call, said)[0]
    except UnexpectedError as error:
        raise InputError("SF049", f"unexpected {error.line}", where=confined.where) from error


class Lines:
    """Receives lines of text of a confined process, and passes them on.

    Args:
        say: receives a line.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say, self._left = say, _MOST_LINES

    def __call__(self, said: Any) -> None:
        """Pass a line on.

        Raises:
            ValueError: it is no text, or there are too many.
        """
        self._left -= 1
        if not isinstance(said, str) or self._left < 0:
            raise ValueError("no line of an explanation")
        self._say(said[:_MOST_CHARACTERS])
