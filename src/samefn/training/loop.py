"""The one training loop."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load, save
from torch import Tensor, nn

from samefn.core.errors import DivergedError
from samefn.core.events import Emit, Event
from samefn.schema.training import Optimizer, Training
from samefn.training.memory import keep_freed_memory
from samefn.training.objectives import Objective
from samefn.training.seeds import epoch_order
from samefn.training.state import Sink, restore_state, state_bytes

# A change here that changes numbers needs a new version of `TRAIN` in config/keys.py, for the nets and devices that
# it affects.

Evaluate = Callable[[nn.Module], Mapping[str, NDArray[np.float32]]]
EpochRecord: TypeAlias = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class TrainingResult:
    """The result of a training.

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
        # Channels last in memory: a batch picked by index then has the layout of the fast convolutions.
        last = np.ascontiguousarray(pixels.transpose(0, 2, 3, 1))
        self.pixels = torch.from_numpy(last).to(device)
        self.labels = torch.from_numpy(np.ascontiguousarray(labels)).to(device)

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """Images float32 in 0..1 [batch, channels, height, width] and labels [batch]."""
        return self.pixels[index].permute(0, 3, 1, 2).float().div_(255), self.labels[index]


def train_net(
    name: str,
    net: nn.Module,
    data: ResidentData,
    objective: Objective,
    settings: Training,
    order_seed: int,
    evaluate: Evaluate,
    sink: Sink,
    emit: Emit,
) -> TrainingResult:
    """Train a net from the weights it has, evaluating before the first step and after every epoch.

    The same net, data, settings and seed give the same bits on one kind of machine, whether or not the training was
    interrupted: the order of the examples depends on seed and epoch alone, and a checkpoint holds every bit of state.

    Raises:
        DivergedError: the loss of an epoch is NaN or infinite; earlier epochs stay in the sink.
    """
    keep_freed_memory()
    device = str(data.pixels.device)
    net = net.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub lacks it
    initial = {key: value.detach().clone() for key, value in net.state_dict().items()}
    optimizer = _optimizer(settings.optimizer, net.parameters())
    records = _resume(net, optimizer, settings.epochs, sink)
    if not records:
        records = [_save(0, _epoch_record(evaluate(net), loss=np.nan), net, optimizer, sink)]
    start = len(records) - 1
    emit(Event("progress", name, done=start, total=settings.epochs))
    for epoch in range(start + 1, settings.epochs + 1):
        loss = _run_epoch(net, data, objective, optimizer, epoch_order(order_seed, epoch, len(data)), settings)
        if not np.isfinite(loss):
            raise DivergedError("SF756", f"the training loss is {loss} in epoch {epoch}", where=name)
        records.append(_save(epoch, _epoch_record(evaluate(net), loss), net, optimizer, sink))
        emit(Event("progress", name, f"loss {loss:.4f}", done=epoch, total=settings.epochs))
    return _result(initial, net, records)


def _optimizer(settings: Optimizer, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """The optimiser that a spec names; Adam and SGD in torch's fused version, which is faster.

    Torch adds epsilon behind the bias correction and Keras before it, which differs by a factor of at most 32 on
    an epsilon of 1e-7 in the first steps and fades: far below the noise of a seed.
    """
    if settings.name == "adam":
        return torch.optim.Adam(parameters, lr=settings.learning_rate, eps=settings.epsilon, fused=True)
    if settings.name == "adamax":
        return torch.optim.Adamax(parameters, lr=settings.learning_rate, eps=settings.epsilon)
    return torch.optim.SGD(parameters, lr=settings.learning_rate, momentum=settings.momentum, fused=True)


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


def _epoch_record(logits: Mapping[str, NDArray[np.float32]], loss: float) -> EpochRecord:
    """The logits on every evaluation set after an epoch, and its loss."""
    tensors: EpochRecord = {f"logits.{name}": values for name, values in logits.items()}
    return {**tensors, "loss": np.asarray(loss, dtype=np.float64)}


def _save(epoch: int, record: EpochRecord, net: nn.Module, optimizer: torch.optim.Optimizer, sink: Sink) -> EpochRecord:
    """Write the files to resume from this epoch into the sink; returns the record."""
    sink.write(f"evaluation-{epoch}", save(record))
    sink.write(f"state-{epoch}", state_bytes(net, optimizer))
    sink.remove(f"state-{epoch - 2}")
    return record


def _resume(net: nn.Module, optimizer: torch.optim.Optimizer, epochs: int, sink: Sink) -> list[EpochRecord]:
    """Restore net and optimiser after the last complete epoch; the records up to it, empty where there is none."""
    records: list[EpochRecord] = []
    while len(records) <= epochs and (data := sink.read(f"evaluation-{len(records)}")) is not None:
        records.append(load(data))
    for epoch in range(len(records) - 1, -1, -1):
        state = sink.read(f"state-{epoch}")
        if state is not None:
            restore_state(net, optimizer, state)
            return records[: epoch + 1]
    return []


def _result(initial: Mapping[str, Tensor], net: nn.Module, records: list[EpochRecord]) -> TrainingResult:
    names = [key.removeprefix("logits.") for key in records[0] if key.startswith("logits.")]
    return TrainingResult(
        initial=initial,
        final={key: value.detach().cpu().clone() for key, value in net.state_dict().items()},
        logits={name: np.stack([record[f"logits.{name}"] for record in records]) for name in names},
        losses=tuple(float(record["loss"]) for record in records[1:]),
    )
