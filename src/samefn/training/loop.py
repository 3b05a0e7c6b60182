"""The one training loop."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load, save
from torch import Tensor, nn

from samefn.core.errors import DivergedError
from samefn.core.events import Emit, Event
from samefn.schema.training import Training
from samefn.training.checkpoints import Sink, restore_state, state_bytes
from samefn.training.memory import keep_freed_memory
from samefn.training.objectives import Objective
from samefn.training.optimizers import build_optimizer
from samefn.training.seeds import epoch_order

# A change here that moves numbers needs another version of `TRAIN` in config/keys.py, for the nets and devices that
# it moves.

Evaluate = Callable[[nn.Module], Mapping[str, NDArray[np.float32]]]
Moment: TypeAlias = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Trained:
    """What a training leaves.

    Attributes:
        initial: the state dict before the first step.
        final: the state dict after the last epoch.
        logits: by evaluation set, the logits before training and after every epoch, [epochs + 1, examples, classes].
        losses: the mean training loss of every epoch.
    """

    initial: Mapping[str, Tensor]
    final: Mapping[str, Tensor]
    logits: Mapping[str, NDArray[np.float32]]
    losses: tuple[float, ...]


class ResidentData:
    """A training set as two tensors on the training device: no loader, no workers, batches by index.

    Args:
        pixels: uint8, [examples, channels, height, width].
        labels: int64, [examples].
        device: where the training runs.
    """

    def __init__(self, pixels: NDArray[np.uint8], labels: NDArray[np.int64], device: str) -> None:
        # Channels last in memory: a batch picked by index is then what the fast convolutions want.
        last = np.ascontiguousarray(pixels.transpose(0, 2, 3, 1))
        self.pixels = torch.from_numpy(last).to(device)
        self.labels = torch.from_numpy(np.ascontiguousarray(labels)).to(device)

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """Images float32 in 0..1 [batch, channels, height, width] and labels [batch]."""
        return self.pixels[index].permute(0, 3, 1, 2).float().div_(255), self.labels[index]


def train(
    name: str,
    net: nn.Module,
    data: ResidentData,
    objective: Objective,
    settings: Training,
    order_seed: int,
    evaluate: Evaluate,
    sink: Sink,
    emit: Emit,
) -> Trained:
    """Train a net from the weights it has, evaluating before the first step and after every epoch.

    The same net, data, settings and seed give the same bits on one kind of machine, whether or not the training was
    interrupted: the order of the examples depends on seed and epoch alone, and a checkpoint holds every bit of state.

    Raises:
        DivergedError: the loss of an epoch is NaN or infinite; epochs before it stay in the sink.
    """
    keep_freed_memory()
    device = str(data.pixels.device)
    net = net.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub lacks it
    initial = {key: value.detach().clone() for key, value in net.state_dict().items()}
    optimizer = build_optimizer(settings.optimizer, net.parameters())
    moments = _resume(net, optimizer, settings.epochs, sink)
    if not moments:
        moments = [_keep(0, _moment(evaluate(net), loss=np.nan), net, optimizer, sink)]
    start = len(moments) - 1
    emit(Event("progress", name, done=start, total=settings.epochs))
    for epoch in range(start + 1, settings.epochs + 1):
        loss = _run_epoch(net, data, objective, optimizer, epoch_order(order_seed, epoch, len(data)), settings)
        if not np.isfinite(loss):
            raise DivergedError("SF7046", f"the training loss is {loss} in epoch {epoch}", where=name)
        moments.append(_keep(epoch, _moment(evaluate(net), loss), net, optimizer, sink))
        emit(Event("progress", name, f"loss {loss:.4f}", done=epoch, total=settings.epochs))
    return _trained(initial, net, moments)


def _run_epoch(
    net: nn.Module,
    data: ResidentData,
    objective: Objective,
    optimizer: torch.optim.Optimizer,
    order: Tensor,
    settings: Training,
) -> float:
    """One pass over the data; the mean loss over its examples."""
    net.train()
    device = data.pixels.device
    order = order.to(device)
    total = torch.zeros((), dtype=torch.float64, device=device)
    for index in torch.split(order, settings.batch_size):
        images, labels = data.batch(index)
        loss = objective(net(images), labels, index)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total += loss.detach() * len(index)
    return float(total) / len(order)


def _moment(logits: Mapping[str, NDArray[np.float32]], loss: float) -> Moment:
    """What is kept of one moment: the logits on every evaluation set, and the loss of the epoch behind it."""
    tensors: Moment = {f"logits.{name}": values for name, values in logits.items()}
    return {**tensors, "loss": np.asarray(loss, dtype=np.float64)}


def _keep(epoch: int, moment: Moment, net: nn.Module, optimizer: torch.optim.Optimizer, sink: Sink) -> Moment:
    """Leave in the sink what is needed to go on from this epoch; the moment itself."""
    sink.write(f"evaluation-{epoch}", save(moment))
    sink.write(f"state-{epoch}", state_bytes(net, optimizer))
    sink.remove(f"state-{epoch - 2}")
    return moment


def _resume(net: nn.Module, optimizer: torch.optim.Optimizer, epochs: int, sink: Sink) -> list[Moment]:
    """Put net and optimiser back to the last whole epoch; the moments up to it, none where nothing can be used."""
    moments: list[Moment] = []
    while len(moments) <= epochs and (data := sink.read(f"evaluation-{len(moments)}")) is not None:
        moments.append(load(data))
    for epoch in range(len(moments) - 1, -1, -1):
        state = sink.read(f"state-{epoch}")
        if state is not None:
            restore_state(net, optimizer, state)
            return moments[: epoch + 1]
    return []


def _trained(initial: Mapping[str, Tensor], net: nn.Module, moments: list[Moment]) -> Trained:
    names = [key.removeprefix("logits.") for key in moments[0] if key.startswith("logits.")]
    return Trained(
        initial=initial,
        final={key: value.detach().cpu().clone() for key, value in net.state_dict().items()},
        logits={name: np.stack([moment[f"logits.{name}"] for moment in moments]) for name in names},
        losses=tuple(float(moment["loss"]) for moment in moments[1:]),
    )
