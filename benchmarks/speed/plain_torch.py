"""What a PyTorch script usually does: a Dataset, a DataLoader, Adam as it comes, the loss read at every step."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  (torch's own custom)
from torch.utils.data import DataLoader, Dataset

from speed.made_up import BATCH_SIZE, CLASSES, EPSILON, LEARNING_RATE, images
from speed.options import Options, read_options
from speed.stopwatch import Stopwatch


class ImageSet(Dataset[tuple[Tensor, int]]):
    """One image at a time, scaled to 0..1, as torchvision's ToTensor does (less its detour over a PIL image)."""

    def __init__(self, pixels: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
        self.pixels, self.labels = pixels, labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return torch.from_numpy(self.pixels[index])[None].float().div(255), int(self.labels[index])


class LeNet(nn.Module):
    """The same net, written the usual way round."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.dense1 = nn.Linear(1600, 128)
        self.dense2 = nn.Linear(128, CLASSES)

    def forward(self, pixels: Tensor) -> Tensor:
        """Logits."""
        features = F.max_pool2d(F.relu(self.conv1(pixels)), 2)
        features = F.max_pool2d(F.relu(self.conv2(features)), 2)
        logits: Tensor = self.dense2(F.relu(self.dense1(torch.flatten(features, 1))))
        return logits


def run(options: Options) -> None:
    """Train until the input ends."""
    torch.manual_seed(0)
    pixels, labels = images(options.train, options.evaluation)
    cut = options.train
    shared: dict[str, Any] = {"batch_size": BATCH_SIZE, "num_workers": options.workers}
    train_loader = DataLoader(ImageSet(pixels[:cut], labels[:cut]), shuffle=True, **shared)
    test_loader = DataLoader(ImageSet(pixels[cut:], labels[cut:]), **shared)
    net = LeNet()
    optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE, eps=EPSILON)
    stopwatch = Stopwatch(sum(values.numel() for values in net.parameters()), {"torch": torch.__version__})
    while True:
        stopwatch.wait()
        _train_epoch(net, train_loader, optimizer)
        stopwatch.trained()
        loss = _evaluate(net, test_loader)
        stopwatch.evaluated()
        stopwatch.answer(loss)


def _train_epoch(net: nn.Module, loader: "DataLoader[tuple[Tensor, int]]", optimizer: torch.optim.Optimizer) -> float:
    net.train()
    total = 0.0
    for pixels, labels in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(net(pixels), labels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total += loss.item() * len(labels)
    return total


def _evaluate(net: nn.Module, loader: "DataLoader[tuple[Tensor, int]]") -> float:
    """The mean loss; the accuracy is counted as well, as scripts do."""
    net.eval()
    total, right, examples = 0.0, 0, 0
    with torch.no_grad():
        for pixels, labels in loader:
            logits = net(pixels)
            total += F.cross_entropy(logits, labels, reduction="sum").item()
            right += int((logits.argmax(1) == labels).sum())
            examples += len(labels)
    return total / examples


if __name__ == "__main__":
    given = read_options()
    if given.threads:
        torch.set_num_threads(given.threads)
    run(given)
