"""Modules that a user's function builds, and modules and functions of a Python program."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from samefn.config.comparison import ModelSource
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.core.plain_files import require_file, unreadable
from samefn.core.user_code import load_factory, user_code
from samefn.nets.checkpoint.weights import read_state_dict
from samefn.runtimes.model import TensorSpec, WeightStats
from samefn.runtimes.torch.model import TorchModel, weight_stats

# A factory without a checkpoint returns the weights that this seed makes.
SEED = 0


def open_factory(source: ModelSource) -> TorchModel:
    """A module that a function of the user's builds.

    Args:
        source: `path` is `module:function`; `options` are passed to it by name, as text. `weights` is a checkpoint that
            must fit the module: safetensors, or torch's format, of which only tensors are read.

    Raises:
        InputError: no such function, one that fails or returns no module, or a checkpoint that does not fit.
    """
    module = _build(source)
    path = Path(source.weights)
    notes: list[str] = []
    size = None
    if source.weights:
        require_file(path)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise unreadable(error, path) from error
        state, notes = read_state_dict(data, path, module)
        module.load_state_dict(state)
        size = len(data)
    inputs, keywords = _inputs(module.forward)
    return TorchModel(
        module,
        source.path,
        "torch",
        weight_stats(module, size),
        inputs,
        keywords=keywords,
        threads=source.threads,
        extra_facts={"options": dict[str, Json](source.options)} if source.options else None,
        notes=tuple(notes),
    )


def open_callable(name: str, function: Callable[..., object]) -> TorchModel:
    """A module, which gets tensors, or any other callable, which gets arrays: [batch, ...] each.

    Args:
        name: what errors call it.
        function: returns one array or tensor, several in a tuple or dictionary, or an object with `logits`.
    """
    module = function if isinstance(function, nn.Module) else None
    inputs, keywords = _inputs(module.forward if module is not None else function)
    return TorchModel(
        function,
        name,
        "torch" if module is not None else "python",
        weight_stats(module) if module is not None else WeightStats(0),
        inputs,
        keywords=keywords,
        arrays=module is None,
    )


def _build(source: ModelSource) -> nn.Module:
    factory = load_factory(source.path)
    _refuse_unknown_options(source, factory)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        with user_code("cannot build its module", source.path):
            module = factory(**source.options)
    if not isinstance(module, nn.Module):
        raise InputError("SF319", f"returns a {type(module).__name__}, not a torch.nn.Module", where=source.path)
    return module


def _refuse_unknown_options(source: ModelSource, factory: Any) -> None:
    if not callable(factory):
        raise InputError(
            "SF319", f"is a {type(factory).__name__}, not a function that builds a module", where=source.path
        )
    try:
        parameters = inspect.signature(factory).parameters
    except (TypeError, ValueError):
        return
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return
    for option in source.options:
        if option not in parameters:
            raise InputError(
                "SF307",
                f"has no parameter {option!r}",
                where=source.path,
                fix=suggest(option, parameters) if parameters else "it takes no options",
            )


def _inputs(function: Callable[..., Any]) -> tuple[tuple[TensorSpec, ...], frozenset[str]]:
    """A function's required parameters, or its first where none is required; and which are passed by name only."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # functions that are not written in Python
        return (TensorSpec("0"),), frozenset()
    named = [
        parameter for parameter in parameters if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    required = [parameter for parameter in named if parameter.default is parameter.empty] or named[:1]
    return (
        tuple(TensorSpec(parameter.name) for parameter in required) or (TensorSpec("0"),),
        frozenset(parameter.name for parameter in required if parameter.kind is parameter.KEYWORD_ONLY),
    )
