"""Where our step's time goes: one epoch under torch's profiler, and the operations each part of it needs."""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from samefn.core.events import Event, silent
from samefn.nets.build import build_net
from samefn.runtimes.torch.logits import torch_logits
from samefn.store.files import FolderFiles
from samefn.store.workspace import Workspace
from samefn.studies.plan.task_list import PREDICTION_BATCH
from samefn.training.loop import ResidentData, train_net
from samefn.training.objectives import cross_entropy
from speed.made_up import BATCH_SIZE, CLASSES, images
from speed.options import Options, read_options
from speed.ours import SETTINGS, SHAPE

CONVOLUTIONS = ("first convolution", "second convolution")
BETWEEN = "Python, between the operations"
OTHER = "other operations"
# By the name of an outermost operation; autograd's names hold the forward operation's.
PARTS = {
    "max_pool2d": "max-pooling",
    "MaxPool2D": "max-pooling",
    "relu": "ReLU",
    "Relu": "ReLU",
    "linear": "dense layers",
    "Addmm": "dense layers",
    "aten::t": "dense layers",
    "TBackward": "dense layers",
    "cross_entropy": "loss",
    "LogSoftmax": "loss",
    "NllLoss": "loss",
    "Optimizer.": "optimiser",
    "aten::index": "batch assembly",
    "aten::permute": "batch assembly",
    "aten::to": "batch assembly",
    "aten::div_": "batch assembly",
    "aten::split": "batch assembly",
}


def profiled_epoch(options: Options) -> tuple[dict[str, float], float]:
    """Seconds of each part in the second epoch's steps, and of those steps in all."""
    pixels, labels = images(options.train, options.evaluation)
    pixels = pixels[:, None]
    data = ResidentData(pixels[: options.train], labels[: options.train], "cpu")
    profiler = profile(activities=[ProfilerActivity.CPU])
    start, seconds = 0.0, 0.0

    def emit(event: Event) -> None:
        nonlocal start
        if event.done == 1:
            profiler.start()
            start = time.perf_counter()

    def evaluate(net: nn.Module) -> Mapping[str, NDArray[np.float32]]:
        nonlocal start, seconds
        if start:
            seconds, start = time.perf_counter() - start, 0.0
            profiler.stop()
        return {"test": torch_logits(net, pixels[options.train :], PREDICTION_BATCH)}

    with tempfile.TemporaryDirectory() as folder:
        net, settings = build_net("lenet", SHAPE, CLASSES, seed=0), SETTINGS.model_copy(update={"epochs": 2})
        train_net(
            "ours", net, data, cross_entropy, settings, 1, evaluate, Workspace(FolderFiles(Path(folder)), silent), emit
        )
    parts: Counter[str] = Counter()
    seen: Counter[bool] = Counter()
    # Autograd runs on this thread, so the outermost events follow one another and cover everything but Python.
    events: list[Any] = list(profiler.events())  # type: ignore[no-untyped-call]
    for event in sorted(events, key=lambda event: event.time_range.start):
        if event.cpu_parent is None:
            parts[_part(event.name, seen)] += event.cpu_time_total / 1e6
    return {**parts, BETWEEN: seconds - sum(parts.values())}, seconds


def operations() -> dict[str, int]:
    """Floating-point operations of one step by part; a multiplication and an addition are two."""
    net = build_net("lenet", SHAPE, CLASSES, seed=0)
    with FlopCounterMode(display=False) as counter:
        pixels, labels = torch.zeros(BATCH_SIZE, *SHAPE), torch.zeros(BATCH_SIZE, dtype=torch.int64)
        cross_entropy(net(pixels), labels, labels).backward()  # type: ignore[no-untyped-call]
    parts: Counter[str] = Counter()
    for module, counts in counter.get_flop_counts().items():
        layer = net.get_submodule(module.rpartition(".")[2]) if "." in module else None
        for operation, count in counts.items():
            if isinstance(layer, nn.Conv2d):
                parts[_direction(CONVOLUTIONS[layer.in_channels > 1], "backward" in str(operation))] += count
            elif isinstance(layer, nn.Linear):
                parts["dense layers"] += count
    if sum(parts.values()) != counter.get_total_flops():
        raise SystemExit("the parts' operations do not add up to the step's")
    return dict(parts)


def _part(name: str, seen: Counter[bool]) -> str:
    """The part an outermost event belongs to.

    Args:
        name: the event's.
        seen: convolutions seen so far, forward (False) and backward (True): a step visits them in the net's order
            and then the other way round. (Torch could record shapes instead; that fragments the memory and slows
            the step down by a third.)
    """
    backward = "ConvolutionBackward" in name
    if not backward and "conv2d" not in name:
        return next((part for key, part in PARTS.items() if key in name), OTHER)
    place = seen[backward] % len(CONVOLUTIONS)
    seen[backward] += 1
    return _direction(CONVOLUTIONS[-1 - place if backward else place], backward)


def _direction(layer: str, backward: bool) -> str:
    return f"{layer}, {'backward' if backward else 'forward'}"


if __name__ == "__main__":
    given = read_options()
    torch.set_num_threads(given.threads)
    needed = operations()
    spent, whole = profiled_epoch(given)
    shares = {part: spent_on / whole for part, spent_on in sorted(spent.items(), key=lambda item: -item[1])}
    print(json.dumps({"shares": shares, "operations": needed}))
