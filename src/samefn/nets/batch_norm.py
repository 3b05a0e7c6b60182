"""Keras's batch normalisation."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  (torch's own custom)

# Keras's momentum of 0.99 is the weight of past batches; torch's is the weight of the new batch.
_MOMENTUM = 0.01


class BatchNorm(nn.Module):
    """Batch normalisation over examples, rows and columns, as Keras 3 trains it.

    `torch.nn.BatchNorm2d` is another layer in two ways. It averages the unbiased variances of the batches into
    `running_var`, and Keras the biased ones: at the end of a net, where a batch of 64 images is 64 values a channel,
    they differ by 64/63. And it refuses a single value a channel, which a last batch of one image may have; Keras
    uses a variance of 0.

    Args:
        channels: how many.
        epsilon: added to the variance.

    Source: Ioffe and Szegedy 2015; keras.layers.BatchNormalization. Every channel has four numbers, all of which
    Keras counts:

        >>> [name for name in BatchNorm(8, 1e-3).state_dict()]
        ['weight', 'bias', 'running_mean', 'running_var']
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, channels: int, epsilon: float) -> None:
        super().__init__()
        self.epsilon = epsilon
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, features: Tensor) -> Tensor:
        """Normalised features [examples, channels, height, width], by the batch's statistics while training."""
        if not self.training:
            return self._normalised(features, self.running_var)
        count = features.numel() // features.shape[1]
        if count == 1:
            # The same mean and the same variance of 0, which torch can compute.
            return self.forward(torch.cat((features, features)))[:1]
        # Torch's variance of a batch is count / (count - 1) times Keras's. So the running variance is scaled by that,
        # torch averages, and the average is scaled back. (Not in place: autograd keeps a reference to torch's input.)
        scaled = self.running_var * (count / (count - 1))
        normalised = self._normalised(features, scaled)
        torch.mul(scaled, (count - 1) / count, out=self.running_var)
        return normalised

    def _normalised(self, features: Tensor, running_var: Tensor) -> Tensor:
        """By the running statistics, or by the batch's, which then go into the running ones."""
        return F.batch_norm(
            features,
            self.running_mean,
            running_var,
            self.weight,
            self.bias,
            training=self.training,
            momentum=_MOMENTUM,
            eps=self.epsilon,
        )

    def extra_repr(self) -> str:
        """Channels and epsilon, where a net is printed."""
        return f"{len(self.weight)}, epsilon={self.epsilon}"
