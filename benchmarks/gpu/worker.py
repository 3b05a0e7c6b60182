"""One process: it trains by samefn's own loop, unchanged, an epoch a line of input, and answers with its times."""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from gpu.options import Options, read_options
from samefn.core.events import Event, silent
from samefn.nets.build import build_net
from samefn.runtimes.torch.logits import torch_logits
from samefn.runtimes.torch.settings import make_deterministic
from samefn.schema.training import Training
from samefn.store.files import FolderFiles
from samefn.store.workspace import Workspace
from samefn.studies.plan.task_list import PREDICTION_BATCH
from samefn.training.loop import ResidentData, train_net
from samefn.training.objectives import cross_entropy


class Worker:
    """A training that stops after every epoch and waits to be asked for the next.

    The loop calls `evaluate` when an epoch's steps are done, and `emit` when its checkpoint is on the disk: both are
    its own seams. Before either, it has read a number back from the device, so the clock sees work that is done.
    """

    def __init__(self, options: Options) -> None:
        self._answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        make_deterministic()
        self.options = options
        pixels, labels = _images(options)
        cut = options.steps * options.batch_size
        self.data = ResidentData(pixels[:cut], labels[:cut], options.device)
        self.pixels = pixels[cut:]
        self.net = build_net(options.net, options.sizes, options.classes, seed=0)
        self._start = self._trained = self._evaluated = 0.0

    def run(self) -> None:
        """Train until the input ends."""
        settings = Training(epochs=100_000, batch_size=self.options.batch_size)
        with tempfile.TemporaryDirectory() as folder:
            workspace = Workspace(FolderFiles(Path(folder)), silent)
            train_net("worker", self.net, self.data, cross_entropy, settings, 1, self._evaluate, workspace, self._emit)

    def _evaluate(self, net: nn.Module) -> Mapping[str, NDArray[np.float32]]:
        self._trained = time.perf_counter()
        logits = torch_logits(net, self.pixels, PREDICTION_BATCH, self.options.device)
        self._evaluated = time.perf_counter()
        return {"test": logits}

    def _emit(self, event: Event) -> None:
        now = time.perf_counter()
        if event.done:
            times = {
                "steps": self._trained - self._start,
                "evaluation": self._evaluated - self._trained,
                "checkpoint": now - self._evaluated,
            }
            self._answer({**times, "memory": self._memory()})
        else:
            self._answer({"parameters": sum(values.numel() for values in self.net.parameters())})
        if not sys.stdin.readline():
            raise SystemExit
        self._start = time.perf_counter()

    def _memory(self) -> dict[str, int]:
        """Bytes: the peak of this process, and on CUDA what all processes together hold of the device now."""
        if self.options.device != "cuda":
            return {"process": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
        free, whole = torch.cuda.mem_get_info()
        return {"process": torch.cuda.max_memory_reserved(), "device": whole - free}

    def _answer(self, content: Mapping[str, object]) -> None:
        self._answers.write(json.dumps(content) + "\n")
        self._answers.flush()


def _images(options: Options) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Noise, and labels at random: what a step costs does not depend on what it sees."""
    count, random = options.steps * options.batch_size + options.evaluation, np.random.default_rng(0)
    pixels = random.integers(0, 256, (count, *options.sizes), dtype=np.uint8)
    return pixels, random.integers(0, options.classes, count)


if __name__ == "__main__":
    Worker(read_options()).run()
