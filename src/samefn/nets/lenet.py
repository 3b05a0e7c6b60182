"""The paper's LeNet."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  (torch's own custom)

from samefn.nets.keras_init import keras_init


class LeNet(nn.Module):
    """Convolution 32 3x3, max-pool, convolution 64 3x3, max-pool, dense 128, dense classes; valid padding.

    ReLU comes after each max-pool, not before it: the values and gradients are exactly the same in both orders, and
    the ReLU then runs on a quarter of the numbers.

    Args:
        shape: channels, height and width of an image.
        classes: how many classes.

    On MNIST it has 225,034 parameters:

        >>> sum(p.numel() for p in LeNet((1, 28, 28), 10).parameters())
        225034
    """

    def __init__(self, shape: tuple[int, int, int], classes: int) -> None:
        super().__init__()
        channels, height, width = shape
        rows, columns = ((side - 2) // 2 - 2 for side in (height, width))
        self.conv1 = nn.Conv2d(channels, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.dense1 = nn.Linear(64 * (rows // 2) * (columns // 2), 128)
        self.dense2 = nn.Linear(128, classes)
        keras_init(self)

    def forward(self, pixels: Tensor) -> Tensor:
        """Logits [examples, classes] of images [examples, channels, height, width] in 0..1."""
        features = F.relu(F.max_pool2d(self.conv1(pixels), 2))
        features = F.relu(F.max_pool2d(self.conv2(features), 2))
        return self._dense(torch.flatten(features, 1))

    def _dense(self, features: Tensor) -> Tensor:
        logits: Tensor = self.dense2(F.relu(self.dense1(features)))
        return logits


def lenet(shape: tuple[int, int, int], classes: int) -> nn.Module:
    """A LeNet with fresh weights from torch's global generator."""
    return LeNet(shape, classes)
