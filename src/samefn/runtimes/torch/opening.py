"""Torch's models: exported programs, TorchScript, modules that a function builds, and any callable."""

import inspect
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from samefn.config.comparison import ModelSource
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.naming import near
from samefn.core.plain_files import require_file
from samefn.core.user_code import load_factory, user_code
from samefn.nets.checkpoint import fitting_state
from samefn.runtimes.model import Port, Weights
from samefn.runtimes.torch.archive import UNJUDGED
from samefn.runtimes.torch.exported import exported_model
from samefn.runtimes.torch.model import TorchModel, stored
from samefn.runtimes.torch.script import refuse_unsafe_script
from samefn.runtimes.torch.trails import script_trail
from samefn.runtimes.unused_settings import refuse_unused

# A factory without a checkpoint gives the weights that this seed makes.
SEED = 0


def open_exported(source: ModelSource) -> TorchModel:
    """A program that `torch.export.save` wrote.

    Raises:
        InputError: not such a program, one that could run code while it is read and is not trusted, or settings that
            it has not.
    """
    refuse_unused(source, "exported")
    return exported_model(source)


def open_torchscript(source: ModelSource) -> TorchModel:
    """A TorchScript archive, read by `torch.jit.load`, on the CPU.

    Raises:
        InputError: not such an archive, one whose code does more than compute and is not trusted, or settings that it
            has not.
    """
    refuse_unused(source, "torchscript")
    path = Path(source.path)
    if not source.trust:
        refuse_unsafe_script(path)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit", DeprecationWarning)
        with user_code("torch cannot load it as TorchScript", source.path):
            module = torch.jit.load(source.path, map_location="cpu")  # type: ignore[no-untyped-call]
            for part in module.modules():
                if hasattr(part, "training"):  # (frozen modules have no mode any more)
                    part.training = False
    arguments = [one for one in module.forward.schema.arguments[1:] if not one.has_default_value()]
    return TorchModel(
        module,
        source.path,
        "torchscript",
        stored(*_tensors(module), size=path.stat().st_size),
        tuple(Port(one.name) for one in arguments) or (Port("0"),),
        keywords=frozenset(one.name for one in arguments if one.kwarg_only),
        threads=source.threads,
        notes=(UNJUDGED,) if source.trust else (),
        trails={"": script_trail(module)},
    )


def open_factory(source: ModelSource) -> TorchModel:
    """A module that a function of the user's builds.

    Args:
        source: `path` is `module:function`; `options` are given to it by name, as text. `weights` is a checkpoint that
            must fit the module: safetensors, or torch's format, of which only tensors are read.

    Raises:
        InputError: no such function, one that fails or gives no module, or a checkpoint that does not fit.
    """
    module = _built(source)
    path = Path(source.weights)
    notes: list[str] = []
    size = None
    if source.weights:
        require_file(path)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError("SF3090", f"cannot be read ({error.strerror or error})", where=source.weights) from error
        state, notes = fitting_state(data, path, module)
        module.load_state_dict(state)
        size = len(data)
    inputs, keywords = _inputs(module.forward)
    return TorchModel(
        module,
        source.path,
        "torch",
        stored(*_tensors(module), size=size),
        inputs,
        keywords=keywords,
        threads=source.threads,
        more={"options": dict[str, Json](source.options)} if source.options else None,
        notes=tuple(notes),
    )


def open_callable(name: str, function: Callable[..., object]) -> TorchModel:
    """A module, which gets tensors, or any other callable, which gets arrays: [batch, ...] each.

    Args:
        name: what errors call it.
        function: gives one array or tensor, several in a tuple or dictionary, or an object with `logits`.
    """
    module = function if isinstance(function, nn.Module) else None
    inputs, keywords = _inputs(module.forward if module is not None else function)
    return TorchModel(
        function,
        name,
        "torch" if module is not None else "python",
        stored(*_tensors(module)) if module is not None else Weights(0),
        inputs,
        keywords=keywords,
        arrays=module is None,
    )


def _built(source: ModelSource) -> nn.Module:
    factory = load_factory(source.path)
    _refuse_unknown(source, factory)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        with user_code("cannot build its module", source.path):
            module = factory(**source.options)
    if not isinstance(module, nn.Module):
        raise InputError("SF3091", f"gives a {type(module).__name__}, not a torch.nn.Module", where=source.path)
    return module


def _refuse_unknown(source: ModelSource, factory: Any) -> None:
    """Refuse options that the function does not take."""
    if not callable(factory):
        raise InputError(
            "SF3092", f"is a {type(factory).__name__}, not a function that builds a module", where=source.path
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
                "SF3093",
                f"takes no {option!r}",
                where=source.path,
                fix=near(option, parameters) if parameters else "it takes nothing",
            )


def _inputs(function: Callable[..., Any]) -> tuple[tuple[Port, ...], frozenset[str]]:
    """What a function must be given, or where nothing must be, what it may be given first; and what only by name."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # of functions that are not Python's nothing is known
        return (Port("0"),), frozenset()
    named = [one for one in parameters if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
    wanted = [one for one in named if one.default is one.empty] or named[:1]
    return (
        tuple(Port(one.name) for one in wanted) or (Port("0"),),
        frozenset(one.name for one in wanted if one.kind is one.KEYWORD_ONLY),
    )


def _tensors(module: nn.Module) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    parameters = dict(module.named_parameters())
    return {**dict(module.named_buffers()), **parameters}, dict(parameters)
