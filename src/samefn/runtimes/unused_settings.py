"""Refuse settings that a runtime would not read: nothing is ignored silently."""

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError


def refuse_unused_settings(source: ModelSource, runtime: str) -> None:
    """Refuse `options` and `weights`, for runtimes that have no options and whose files hold their weights.

    Raises:
        InputError: the source has either.
    """
    if source.options:
        raise InputError(
            "SF306",
            f"the runtime {runtime} has no options, so {', '.join(sorted(source.options))} would have no effect",
            where=source.path,
            fix="leave out `options`",
        )
    refuse_unused_weights(source, runtime)


def refuse_unused_weights(source: ModelSource, runtime: str) -> None:
    """Refuse `weights`, for runtimes whose files hold their weights.

    Raises:
        InputError: the source has them.
    """
    if source.weights:
        raise InputError(
            "SF306",
            f"a model of the runtime {runtime} holds its weights, so weights = {source.weights} would have no effect",
            where=source.path,
            fix="leave out `weights`",
        )
