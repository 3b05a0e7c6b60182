"""Two torch modules of one architecture: a layer is swapped by swapping its tensors."""

import copy
from collections.abc import Collection, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from samefn.core.errors import InputError
from samefn.core.user_code import user_code
from samefn.locate.pair import SharedLayer
from samefn.runtimes.inference import infer_batches, pick_output
from samefn.runtimes.model import Array
from samefn.runtimes.torch.model import named_outputs
from samefn.runtimes.torch.settings import evaluating

_ALL_TENSORS = "all tensors of the module: weights, biases, statistics"


class TorchPair:
    """A base and a candidate with the same modules.

    A layer is a module that has tensors of its own; one whose tensors are equal in both models is left out.

    Args:
        base: the base; it is not changed.
        candidate: a module with tensors of the same names and shapes. Their types may differ: both models run in the
            base's type.
        output: name or index of the output; empty for the only one.

    Raises:
        InputError: modules whose tensors have other names or shapes, such as those of torch's own quantised modules.
    """

    def __init__(self, base: nn.Module, candidate: nn.Module, output: str = "") -> None:
        self._modules = (copy.deepcopy(base), copy.deepcopy(candidate))
        self._output = output
        # The copies get other tensors before each run; these clones stay as they are.
        self._tensors = tuple(
            {name: tensor.detach().clone() for name, tensor in _distinct_tensors(net).items()}
            for net in (base, candidate)
        )
        ours, theirs = self._tensors
        different = sorted(ours.keys() ^ theirs.keys())
        if different:
            raise InputError(
                "SF561",
                f"base and candidate do not store the same tensors: only one of them has {different[0]!r}",
                where="locate",
                fix="give two modules of one class; export quantised ones to ONNX",
            )
        for name, tensor in _distinct_tensors(self._modules[1]).items():
            tensor.data = tensor.data.to(ours[name].dtype)
        for name, tensor in ours.items():
            if tensor.shape != theirs[name].shape:
                raise InputError(
                    "SF561",
                    f"{name!r} has shape {list(tensor.shape)} in the base, {list(theirs[name].shape)} in the candidate",
                    where="locate",
                    fix="give two modules of one class",
                )
        self._tensor_names: dict[str, list[str]] = {}
        for name in ours:
            self._tensor_names.setdefault(name.rpartition(".")[0] or name, []).append(name)
        for layer, names in list(self._tensor_names.items()):
            if all(torch.equal(ours[name].double(), theirs[name].double()) for name in names):
                del self._tensor_names[layer]

    @property
    def layers(self) -> tuple[SharedLayer, ...]:
        """The modules that differ, in the order of the state dictionary."""
        ours, theirs = self._tensors
        return tuple(
            SharedLayer(layer, sum(_bytes(ours[name]) - _bytes(theirs[name]) for name in names))
            for layer, names in self._tensor_names.items()
        )

    @property
    def swapped(self) -> tuple[str, str]:
        """The same in both directions."""
        return (_ALL_TENSORS, _ALL_TENSORS)

    @property
    def kind(self) -> None:
        """Unknown: modules have no graph."""

    @property
    def resolution(self) -> None:
        """None: their outputs are floats."""

    def forward(self, layers: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        """Scores of the base with these modules of the candidate."""
        return self._run(0, layers, inputs, batch_size)

    def backward(self, layers: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        """Scores of the candidate with these modules of the base."""
        return self._run(1, layers, inputs, batch_size)

    def _run(self, side: int, layers: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        net = self._modules[side]
        from_other = {name for layer in layers for name in self._tensor_names[layer]}
        with torch.no_grad():
            for name, tensor in _distinct_tensors(net).items():
                tensor.copy_(self._tensors[1 - side if name in from_other else side][name])
        with evaluating(net), torch.inference_mode():
            return infer_batches(lambda feeds: self._run_batch(net, feeds), inputs, batch_size, "locate")

    def _run_batch(self, net: nn.Module, feeds: Mapping[str, Array]) -> Array:
        tensors = [torch.from_numpy(np.require(values, requirements=("C", "W"))) for values in feeds.values()]
        with user_code("cannot run", type(net).__name__):
            outputs = named_outputs(net(*tensors), type(net).__name__)
        return pick_output(outputs, self._output, type(net).__name__)


def _distinct_tensors(net: nn.Module) -> dict[str, Tensor]:
    """All tensors of a module, those that several modules share once."""
    tensors, seen = {}, set()
    for name, tensor in net.state_dict(keep_vars=True).items():
        if isinstance(tensor, Tensor) and id(tensor) not in seen:
            seen.add(id(tensor))
            tensors[name] = tensor
    return tensors


def _bytes(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()
