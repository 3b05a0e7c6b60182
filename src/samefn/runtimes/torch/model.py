"""A torch module, or any function, as a model: arrays in, arrays by name out."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.user_code import user_code
from samefn.predictions.output_trail import OutputTrail
from samefn.runtimes.host import int8_flags
from samefn.runtimes.model import Array, TensorSpec, WeightStats
from samefn.runtimes.torch.settings import evaluating, torch_threads

# Floats that NumPy does not have are returned as float32, which holds all their values.
AS_FLOAT32 = (torch.bfloat16,)


@dataclass(frozen=True, eq=False)
class TorchModel:
    """A module or function that is called with tensors or arrays.

    Attributes:
        call: the module or function; it gets the inputs in the order of `inputs`, those in `keywords` by name.
        where: what errors call it.
        runtime: its name in `facts`.
        size: how large it is.
        inputs: its inputs.
        outputs: its outputs; empty where they are known only after a run.
        keywords: names of inputs that are passed by name.
        threads: within one operator; None for as many as torch uses already.
        arrays: whether it takes NumPy's arrays instead of tensors.
        extra_facts: further entries of `facts`.
        notes: what a reader of its numbers should know.
        trails: how it computes its outputs, by name, where that is known.
    """

    call: Callable[..., Any]
    where: str
    runtime: str
    size: WeightStats
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...] = ()
    keywords: frozenset[str] = frozenset()
    threads: int | None = None
    arrays: bool = False
    extra_facts: Mapping[str, Json] | None = None
    notes: tuple[str, ...] = ()
    trails: Mapping[str, OutputTrail] = field(default_factory=dict)

    @property
    def resolution(self) -> float | None:
        """None: torch's outputs are floats."""
        return None

    def run(self, feeds: Mapping[str, Array]) -> Mapping[str, Array]:
        """Run one batch, in evaluation mode and without gradients.

        Raises:
            InputError: it cannot run on it, or returns neither arrays nor tensors.
        """
        with ExitStack() as stack:
            stack.enter_context(torch.inference_mode())
            if self.threads is not None:
                stack.enter_context(torch_threads(self.threads))
            if isinstance(self.call, nn.Module) and self.runtime == "torch":  # (archives keep the mode they have)
                stack.enter_context(evaluating(self.call))
            shapes = ", ".join(f"{array.dtype} {list(array.shape)}" for array in feeds.values())
            with user_code(f"cannot run on {shapes}", self.where):
                positional = {spec.name: self._argument(feeds[spec.name]) for spec in self.inputs}
                by_name = {name: positional.pop(name) for name in self.keywords}
                return named_outputs(self.call(*positional.values(), **by_name), self.where)

    def _argument(self, values: Array) -> Any:
        if self.arrays:
            return values
        # A tensor shares memory with its array, and torch warns where that is read-only.
        writable = np.require(values, requirements=("C", "W"))
        return torch.from_numpy(writable.astype(writable.dtype.newbyteorder("="), copy=False))

    def facts(self) -> Mapping[str, Json]:
        """What can change its numbers: torch's version, device, threads, CPU flags."""
        return {
            "runtime": self.runtime,
            "version": torch.__version__,
            "device": "cpu",
            "threads": self.threads or torch.get_num_threads(),
            "cpu": int8_flags(),
            **(self.extra_facts or {}),
        }

    def weights(self) -> WeightStats:
        """How large it is."""
        return self.size


def named_outputs(returned: Any, where: str) -> dict[str, Array]:
    """What a model returned, by name: the indices of a tuple, the keys of a dictionary.

    Values that are neither arrays nor tensors, such as the cache of a language model, are left out.

    Raises:
        InputError: there is no array and no tensor.

    >>> named_outputs((torch.ones(2), None, np.zeros(1)), "net")
    {'0': array([1., 1.], dtype=float32), '2': array([0.])}
    """
    if isinstance(returned, Mapping):
        pairs = [(str(name), value) for name, value in returned.items()]
    elif isinstance(returned, Tensor | np.ndarray):
        pairs = [("0", returned)]
    elif isinstance(returned, tuple | list):
        names = getattr(returned, "_fields", None) or range(len(returned))
        pairs = [(str(name), value) for name, value in zip(names, returned, strict=True)]
    else:
        pairs = [("logits", getattr(returned, "logits", None))]
    arrays = {name: _array(value) for name, value in pairs if isinstance(value, Tensor | np.ndarray)}
    if not arrays:
        raise InputError("SF318", f"returns a {type(returned).__name__} without any array or tensor", where=where)
    return arrays


def _array(value: Tensor | Array) -> Array:
    if isinstance(value, np.ndarray):
        return value
    return np.asarray((value.float() if value.dtype in AS_FLOAT32 else value).detach().cpu().numpy())


def weight_stats(module: nn.Module | torch.export.ExportedProgram, size: int | None = None) -> WeightStats:
    """How large a module or an exported program is.

    Its parameters are counted, and its 8-bit buffers, which are quantised weights.

    Args:
        module: its parameters and buffers are looked at.
        size: bytes of its file; None for those of its tensors.
    """
    parameters: dict[str, Tensor] = dict(module.named_parameters())
    tensors = {**dict(module.named_buffers()), **parameters}
    weights = [
        tensor
        for name, tensor in tensors.items()
        if name in parameters or (tensor.element_size() == 1 and tensor.dtype != torch.bool)
    ]
    return WeightStats(
        sum(tensor.numel() * tensor.element_size() for tensor in tensors.values()) if size is None else size,
        sum(tensor.numel() for tensor in weights) if weights else None,
        sum(int(torch.count_nonzero(tensor)) for tensor in weights) if weights else None,
    )


def numpy_dtype(dtype: torch.dtype) -> str:
    """NumPy's name of a type.

    >>> numpy_dtype(torch.float16)
    'float16'
    """
    return str(dtype).removeprefix("torch.")
