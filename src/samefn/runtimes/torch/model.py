"""A torch module or a function as a model: arrays in, arrays by name out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.user_code import user_code
from samefn.predictions.output_trail import OutputTrail
from samefn.runtimes.cpu import int8_flags
from samefn.runtimes.model import Array, Port, Weights
from samefn.runtimes.torch.settings import evaluating

# Floats that NumPy does not know go out as float32, which holds all their values.
AS_FLOAT32 = (torch.bfloat16,)


@dataclass(frozen=True, eq=False)
class TorchModel:
    """Something that torch can call.

    Attributes:
        call: the module or function; it gets the inputs in the order of `inputs`, those named in `keywords` by name.
        where: what errors call it.
        runtime: what `facts` call what runs it.
        size: what it stores.
        inputs: what it takes.
        outputs: what it gives; empty where that is known only after a run.
        keywords: names of inputs that are given by name.
        threads: within one operator; None for as many as torch uses already.
        arrays: whether it takes NumPy's arrays instead of tensors.
        more: further facts.
        notes: what a reader of its numbers should know.
        trails: how it computes its outputs, by name, where that is known.
    """

    call: Callable[..., Any]
    where: str
    runtime: str
    size: Weights
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...] = ()
    keywords: frozenset[str] = frozenset()
    threads: int | None = None
    arrays: bool = False
    more: Mapping[str, Json] | None = None
    notes: tuple[str, ...] = ()
    trails: Mapping[str, OutputTrail] = field(default_factory=dict)

    @property
    def resolution(self) -> float | None:
        """None: torch's outputs are floats."""
        return None

    def run(self, feeds: Mapping[str, Array]) -> Mapping[str, Array]:
        """Answer one batch, in evaluation mode and without gradients.

        Raises:
            InputError: it cannot run on it, or gives neither arrays nor tensors.
        """
        with ExitStack() as stack:
            stack.enter_context(torch.inference_mode())
            if self.threads is not None:
                stack.enter_context(threads_set(self.threads))
            if isinstance(self.call, nn.Module) and self.runtime == "torch":  # (archives keep the mode they have)
                stack.enter_context(evaluating(self.call))
            shapes = ", ".join(f"{array.dtype} {list(array.shape)}" for array in feeds.values())
            with user_code(f"cannot run on {shapes}", self.where):
                given = {port.name: self._given(feeds[port.name]) for port in self.inputs}
                named = {name: given.pop(name) for name in self.keywords}
                return named_outputs(self.call(*given.values(), **named), self.where)

    def _given(self, values: Array) -> Any:
        if self.arrays:
            return values
        # A tensor shares memory with its array, and torch warns where that is read-only.
        owned = np.require(values, requirements=("C", "W"))
        return torch.from_numpy(owned.astype(owned.dtype.newbyteorder("="), copy=False))

    def facts(self) -> Mapping[str, Json]:
        """What can change its numbers: torch's version, device, threads, CPU flags."""
        return {
            "runtime": self.runtime,
            "version": torch.__version__,
            "device": "cpu",
            "threads": self.threads or torch.get_num_threads(),
            "cpu": int8_flags(),
            **(self.more or {}),
        }

    def weights(self) -> Weights:
        """What it stores."""
        return self.size


@contextmanager
def threads_set(count: int) -> Iterator[None]:
    """So many threads within one operator; as many as before when it ends."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def named_outputs(answer: Any, where: str) -> dict[str, Array]:
    """What a model returned, by name: of a tuple the places are the names, of a dictionary its keys.

    What is neither array nor tensor, such as a cache of a language model, is left out.

    Raises:
        InputError: nothing is left.

    >>> named_outputs((torch.ones(2), None, np.zeros(1)), "net")
    {'0': array([1., 1.], dtype=float32), '2': array([0.])}
    """
    if isinstance(answer, Mapping):
        pairs = [(str(name), value) for name, value in answer.items()]
    elif isinstance(answer, Tensor | np.ndarray):
        pairs = [("0", answer)]
    elif isinstance(answer, tuple | list):
        names = getattr(answer, "_fields", None) or range(len(answer))
        pairs = [(str(name), value) for name, value in zip(names, answer, strict=True)]
    else:
        pairs = [("logits", getattr(answer, "logits", None))]
    found = {name: _array(value) for name, value in pairs if isinstance(value, Tensor | np.ndarray)}
    if not found:
        raise InputError("SF3089", f"gives a {type(answer).__name__} without any array or tensor", where=where)
    return found


def _array(value: Tensor | Array) -> Array:
    if isinstance(value, np.ndarray):
        return value
    return np.asarray((value.float() if value.dtype in AS_FLOAT32 else value).detach().cpu().numpy())


def stored(tensors: Mapping[str, Tensor], parameters: Mapping[str, Tensor], size: int | None = None) -> Weights:
    """What tensors store.

    Args:
        tensors: all that a model stores, by name.
        parameters: those of them that are its parameters. They count, and so do 8-bit buffers: quantised weights.
        size: bytes of its file; None for what the tensors take.
    """
    counted = [
        tensor
        for name, tensor in tensors.items()
        if name in parameters or (tensor.element_size() == 1 and tensor.dtype != torch.bool)
    ]
    return Weights(
        sum(tensor.numel() * tensor.element_size() for tensor in tensors.values()) if size is None else size,
        sum(tensor.numel() for tensor in counted) if counted else None,
        sum(int(torch.count_nonzero(tensor)) for tensor in counted) if counted else None,
    )


def dtype_name(dtype: torch.dtype) -> str:
    """NumPy's name of a type.

    >>> dtype_name(torch.float16)
    'float16'
    """
    return str(dtype).removeprefix("torch.")
