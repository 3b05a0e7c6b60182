"""The paper's ResNet-50."""

from collections import OrderedDict
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from samefn.nets.batch_norm import BatchNorm
from samefn.nets.head import Head
from samefn.nets.keras_init import keras_init

_EPSILON = 1.001e-5
# Filters, blocks, and the stride of the first block.
_STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))
_EXPANSION = 4


class ResNet50(nn.Module):
    """ResNet-50 (v1) of Keras's applications without top, then global average pooling, dense 512, dense classes.

    Unlike torchvision's, its convolutions have biases, and the first 1x1 convolution of a stage has the stride, not
    the 3x3 one. Keras refuses images below 32x32; this net accepts any size.

    Args:
        shape: channels, height and width of an image.
        classes: how many classes.

    Source: He et al. 2016; keras.applications.ResNet50. Without top it has 23,587,712 numbers, the running statistics
    of its batch normalisations included:

        >>> sum(values.numel() for values in ResNet50((3, 32, 32), 10).features.state_dict().values())
        23587712
    """

    def __init__(self, shape: tuple[int, int, int], classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(OrderedDict(_layers(shape[0])))
        self.head = Head(_STAGES[-1][0] * _EXPANSION, classes)
        keras_init(self)

    def forward(self, pixels: Tensor) -> Tensor:
        """Logits [examples, classes] of images [examples, channels, height, width] in 0..1."""
        logits: Tensor = self.head(self.features(pixels))
        return logits


class Bottleneck(nn.Module):
    """A residual block: 1x1, 3x3 and 1x1 convolutions beside a shortcut.

    Args:
        channels: of the input.
        filters: of the first two convolutions; the block gives four times as many channels.
        stride: of the first convolution.
        projected: whether the shortcut is a convolution, or else the input itself.
    """

    def __init__(self, channels: int, filters: int, stride: int, projected: bool) -> None:
        super().__init__()
        wide = _EXPANSION * filters
        self.shortcut = nn.Sequential()
        if projected:
            self.shortcut.add_module("conv", nn.Conv2d(channels, wide, 1, stride))
            self.shortcut.add_module("bn", BatchNorm(wide, _EPSILON))
        self.residual = nn.Sequential(
            OrderedDict(
                conv1=nn.Conv2d(channels, filters, 1, stride),
                bn1=BatchNorm(filters, _EPSILON),
                relu1=nn.ReLU(inplace=True),
                conv2=nn.Conv2d(filters, filters, 3, padding=1),
                bn2=BatchNorm(filters, _EPSILON),
                relu2=nn.ReLU(inplace=True),
                conv3=nn.Conv2d(filters, wide, 1),
                bn3=BatchNorm(wide, _EPSILON),
            )
        )

    def forward(self, features: Tensor) -> Tensor:
        """Features [examples, 4 * filters, height / stride, width / stride], rounded up."""
        return torch.relu(self.shortcut(features) + self.residual(features))


def resnet50(shape: tuple[int, int, int], classes: int) -> nn.Module:
    """A ResNet-50 with fresh weights from torch's global generator."""
    return ResNet50(shape, classes)


def _layers(channels: int) -> Iterator[tuple[str, nn.Module]]:
    """The layers without top, under Keras's names."""
    yield "conv1_conv", nn.Conv2d(channels, 64, 7, stride=2, padding=3)
    yield "conv1_bn", BatchNorm(64, _EPSILON)
    yield "conv1_relu", nn.ReLU(inplace=True)
    # Keras pads with zeros and torch with minus infinity, which gives the same after a ReLU.
    yield "pool1_pool", nn.MaxPool2d(3, stride=2, padding=1)
    width = 64
    for stage, (filters, blocks, stride) in enumerate(_STAGES, start=2):
        for block in range(1, blocks + 1):
            first = block == 1
            yield f"conv{stage}_block{block}", Bottleneck(width, filters, stride if first else 1, projected=first)
            width = _EXPANSION * filters
