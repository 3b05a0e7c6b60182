"""The layers that the paper puts on top of a Keras application."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  (torch's own custom)


class Head(nn.Module):
    """Global average pooling, dense 512 with ReLU, dense classes.

    Args:
        channels: of the features.
        classes: how many classes.
    """

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dense1 = nn.Linear(channels, 512)
        self.dense2 = nn.Linear(512, classes)

    def forward(self, features: Tensor) -> Tensor:
        """Logits [examples, classes] of features [examples, channels, height, width]."""
        pooled = torch.flatten(self.pool(features), 1)
        logits: Tensor = self.dense2(F.relu(self.dense1(pooled)))
        return logits
