"""Refuse what a user says of a model that its runtime would not read: nothing is ignored in silence."""

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError


def refuse_unused(source: ModelSource, runtime: str) -> None:
    """For runtimes that have no options and whose models come whole.

    Raises:
        InputError: the source has options of the runtime, or a checkpoint apart.
    """
    if source.options:
        raise InputError(
            "SF3115",
            f"the runtime {runtime} has no options, so {', '.join(sorted(source.options))} would change nothing",
            where=source.path,
            fix="leave out `options`",
        )
    if source.weights:
        raise InputError(
            "SF3116",
            f"the runtime {runtime} reads models whole: weights = {source.weights} would change nothing",
            where=source.path,
            fix="leave out `weights`",
        )
