"""Two torch modules of one architecture: layers are swapped by their tensors."""

import copy
from collections.abc import Collection, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from samefn.core.errors import InputError
from samefn.core.user_code import user_code
from samefn.locate.pair import Group
from samefn.runtimes.inference import infer_batches, pick_output
from samefn.runtimes.model import Array
from samefn.runtimes.torch.model import named_outputs
from samefn.runtimes.torch.settings import evaluating

WORDS = "all tensors of the module: weights, biases, statistics"


class TorchPair:
    """A base and a candidate with the same modules.

    A layer is a module that stores tensors itself; one whose tensors are equal in both is left out.

    Args:
        base: the base; it is not changed.
        candidate: a module with tensors of the same names and shapes. Their types may differ: float16 tensors are
            taken as the values they hold, and both run in the base's type.
        output: which of several outputs, by name or place.

    Raises:
        InputError: modules whose tensors have other names or shapes, as those of torch's own
            quantised modules.
    """

    def __init__(self, base: nn.Module, candidate: nn.Module, output: str = "") -> None:
        self._modules = (copy.deepcopy(base), copy.deepcopy(candidate))
        self._output = output
        # The copies are filled before each run; what they start from must not change with them.
        self._tensors = tuple(
            {name: tensor.detach().clone() for name, tensor in _stored(net).items()} for net in (base, candidate)
        )
        ours, theirs = self._tensors
        other = sorted(ours.keys() ^ theirs.keys())
        if other:
            raise InputError(
                "SF5049",
                f"base and candidate do not store the same tensors: {other[0]!r} is in one of them only",
                where="locate",
                fix="give two modules of one class; export quantised ones to ONNX",
            )
        for name, tensor in _stored(self._modules[1]).items():
            tensor.data = tensor.data.to(ours[name].dtype)
        for name, tensor in ours.items():
            if tensor.shape != theirs[name].shape:
                raise InputError(
                    "SF5050",
                    f"{name!r} has shape {list(tensor.shape)} in the base, {list(theirs[name].shape)} in the candidate",
                    where="locate",
                )
        self._groups: dict[str, list[str]] = {}
        for name in ours:
            self._groups.setdefault(name.rpartition(".")[0] or name, []).append(name)
        for group, names in list(self._groups.items()):
            if all(torch.equal(ours[name].double(), theirs[name].double()) for name in names):
                del self._groups[group]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The modules that differ, in the order of the state dictionary."""
        ours, theirs = self._tensors
        return tuple(
            Group(group, sum(_bytes(ours[name]) - _bytes(theirs[name]) for name in names))
            for group, names in self._groups.items()
        )

    @property
    def swapped(self) -> tuple[str, str]:
        """The same both ways."""
        return (WORDS, WORDS)

    @property
    def kind(self) -> None:
        """Modules have no graph that says it."""

    @property
    def resolution(self) -> None:
        """They round nothing."""

    def forward(self, groups: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        """Scores of the base with these modules of the candidate."""
        return self._run(0, groups, inputs, batch_size)

    def backward(self, groups: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        """Scores of the candidate with these modules of the base."""
        return self._run(1, groups, inputs, batch_size)

    def _run(self, side: int, groups: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        net = self._modules[side]
        taken = {name for group in groups for name in self._groups[group]}
        into = _stored(net)
        with torch.no_grad():
            for name, tensor in into.items():
                tensor.copy_(self._tensors[1 - side if name in taken else side][name])
        with evaluating(net), torch.inference_mode():
            return infer_batches(lambda feeds: self._answer(net, feeds), inputs, batch_size, "locate")

    def _answer(self, net: nn.Module, feeds: Mapping[str, Array]) -> Array:
        given = [torch.from_numpy(np.require(values, requirements=("C", "W"))) for values in feeds.values()]
        with user_code("cannot run", type(net).__name__):
            outputs = named_outputs(net(*given), type(net).__name__)
        return pick_output(outputs, self._output, type(net).__name__)


def _stored(net: nn.Module) -> dict[str, Tensor]:
    """All tensors that a module stores, those that several modules share once."""
    found, seen = {}, set()
    for name, tensor in net.state_dict(keep_vars=True).items():
        if isinstance(tensor, Tensor) and id(tensor) not in seen:
            seen.add(id(tensor))
            found[name] = tensor
    return found


def _bytes(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()
