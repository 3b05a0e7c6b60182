"""samefn's own training, unchanged: the loop that a study runs, with its evaluation and its checkpoint on disk."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812  (torch's own custom)

from samefn.core.events import Event, silent
from samefn.nets.build import build_net
from samefn.runtimes.torch.logits import torch_logits
from samefn.schema.training import Optimizer, Training
from samefn.store.files import FolderFiles
from samefn.store.workspace import Workspace
from samefn.studies.plan.task_list import PREDICTION_BATCH
from samefn.training.loop import ResidentData, train_net
from samefn.training.objectives import cross_entropy
from speed.made_up import BATCH_SIZE, CLASSES, EPSILON, LEARNING_RATE, SIDE, images
from speed.options import Options, read_options
from speed.stopwatch import Stopwatch

SHAPE = (1, SIDE, SIDE)
SETTINGS = Training(
    epochs=100_000,
    batch_size=BATCH_SIZE,
    optimizer=Optimizer(name="adam", learning_rate=LEARNING_RATE, epsilon=EPSILON),
)


class Ours:
    """A training that stops after every epoch and waits to be asked for the next.

    The loop calls `evaluate` when an epoch's steps are done, and `emit` when the epoch is: both are its own seams.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        pixels, labels = images(options.train, options.evaluation)
        pixels = pixels[:, None]
        self.data = ResidentData(pixels[: options.train], labels[: options.train], "cpu")
        self.pixels, self.labels = pixels[options.train :], torch.from_numpy(labels[options.train :])
        self.net = build_net("lenet", SHAPE, CLASSES, seed=0)
        self.logits = np.zeros((0, CLASSES), np.float32)
        parameters = sum(values.numel() for values in self.net.parameters())
        self.stopwatch = Stopwatch(parameters, {"torch": torch.__version__})

    def run(self) -> None:
        """Train until the input ends."""
        with tempfile.TemporaryDirectory() as folder:
            workspace = Workspace(FolderFiles(Path(folder)), silent)
            train_net("ours", self.net, self.data, cross_entropy, SETTINGS, 1, self._evaluate, workspace, self._emit)

    def _evaluate(self, net: nn.Module) -> Mapping[str, NDArray[np.float32]]:
        self.stopwatch.trained()
        self.logits = torch_logits(net, self.pixels, PREDICTION_BATCH)
        return {"test": self.logits}

    def _emit(self, event: Event) -> None:
        self.stopwatch.evaluated()
        if event.done:
            self.stopwatch.answer(float(F.cross_entropy(torch.from_numpy(self.logits), self.labels)))
        self.stopwatch.wait()


if __name__ == "__main__":
    given = read_options()
    if given.threads:
        torch.set_num_threads(given.threads)
    Ours(given).run()
