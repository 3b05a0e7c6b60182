"""Build a net by its name: a built-in one, or the user's `module:factory`."""

import hashlib
import inspect
from collections.abc import Callable

import torch
from torch import nn

from samefn.core.errors import InputError
from samefn.core.loading import load
from samefn.core.naming import suggest
from samefn.core.user_code import load_factory, user_code

NETS = {
    "lenet": "samefn.nets.lenet:lenet",
    "mobilenet": "samefn.nets.mobilenet:mobilenet",
    "resnet50": "samefn.nets.resnet50:resnet50",
}


def build_net(name: str, shape: tuple[int, int, int], classes: int, seed: int) -> nn.Module:
    """A net with initial weights that depend on the seed alone; torch's global generator is left as it was.

    Args:
        name: a built-in name, or `module:factory`; a factory is called with `shape` and `classes` and returns a
            module that returns logits [examples, classes] for float32 images [examples, *shape] in 0..1.
        shape: channels, height and width.
        classes: how many classes.
        seed: of the initial weights.

    Raises:
        InputError: unknown name, or a net that does not fit the data.
    """
    factory = _factory(name)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        with user_code(f"cannot be built for images of {_size(shape)}", name):
            net = factory(shape, classes)
    if not isinstance(net, nn.Module):
        raise InputError("SF740", f"returns a {type(net).__name__}, not a torch.nn.Module", where=name)
    _require_logits(name, net, shape, classes)
    return net


def net_sha256(name: str) -> str:
    """What tells the user's own net from another of its name: the sha256 of its source file; empty for one of ours.

    Raises:
        InputError: unknown name, or a factory that has no source file.
    """
    if name in NETS:
        return ""
    try:
        source = inspect.getsourcefile(inspect.unwrap(_factory(name)))
    except TypeError:  # built into Python
        source = None
    if source is None:
        raise InputError(
            "SF741",
            "has no source file, so a change of the net could not be detected",
            where=name,
            fix="define the factory in a Python file",
        )
    with open(source, "rb") as file:  # noqa: PTH123  (hashlib wants a binary file)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _factory(name: str) -> Callable[..., object]:
    if ":" not in name:
        if name not in NETS:
            raise InputError(
                "SF742", f"unknown net {name!r}", fix=f"{suggest(name, NETS)} (or module:factory for your own)"
            )
        ours: Callable[..., object] = load(NETS[name])
        return ours
    factory: Callable[..., object] = load_factory(name)
    if not inspect.isfunction(inspect.unwrap(factory)) and not inspect.isclass(factory):
        raise InputError(
            "SF740", f"is a {type(factory).__name__}, not a function or class that returns a net", where=name
        )
    return factory


def _require_logits(name: str, net: nn.Module, shape: tuple[int, int, int], classes: int) -> None:
    net.eval()
    with user_code(f"does not take images of {_size(shape)}", name), torch.inference_mode():
        logits = net(torch.zeros(2, *shape))
    if not isinstance(logits, torch.Tensor) or tuple(logits.shape) != (2, classes):
        got = list(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise InputError("SF743", f"returns {got} for two images, not logits of shape [2, {classes}]", where=name)


def _size(shape: tuple[int, int, int]) -> str:
    channels, height, width = shape
    return f"{height}x{width} with {channels} channel{'s' if channels > 1 else ''}"
