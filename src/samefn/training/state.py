"""The state of a training as bytes: weights and optimiser, bit for bit, nothing pickled."""

from collections.abc import Mapping
from typing import Protocol

import torch
from safetensors.torch import load, save
from torch import Tensor, nn


class Sink(Protocol):
    """Where a training saves the files that it needs to resume after an interruption; the store provides one."""

    def write(self, name: str, data: bytes) -> None:
        """Save a file, completely or not at all."""
        ...

    def read(self, name: str) -> bytes | None:
        """A file written before, or None where there is no complete one."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file; no error where there is none."""
        ...


def weights_bytes(state: Mapping[str, Tensor]) -> bytes:
    """A state dict as safetensors; equal states give equal bytes."""
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in state.items()})


def load_weights(data: bytes) -> dict[str, Tensor]:
    """The state dict in the bytes of `weights_bytes`."""
    return load(data)


def state_bytes(net: nn.Module, optimizer: torch.optim.Optimizer) -> bytes:
    """Weights, buffers and the optimiser's state as one safetensors file."""
    tensors = {f"net.{name}": tensor for name, tensor in net.state_dict().items()}
    for number, values in optimizer.state_dict()["state"].items():
        for field, value in values.items():
            tensors[f"optimizer.{number}.{field}"] = torch.as_tensor(value)
    return weights_bytes(tensors)


def restore_state(net: nn.Module, optimizer: torch.optim.Optimizer, data: bytes) -> None:
    """Restore a net and its optimiser to the state in the bytes of `state_bytes`."""
    tensors = load_weights(data)
    net.load_state_dict({name.removeprefix("net."): value for name, value in tensors.items() if name[:4] == "net."})
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimizer."):
            _, number, field = name.split(".", 2)
            state.setdefault(int(number), {})[field] = _like(parameters[int(number)], value)
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})


def _like(parameter: Tensor, value: Tensor) -> Tensor:
    """The value in the parameter's memory layout, which fused optimisers require."""
    if value.shape != parameter.shape:
        return value
    return torch.empty_like(parameter, dtype=value.dtype).copy_(value)
