"""The paper's MobileNet."""

from collections import OrderedDict
from collections.abc import Iterator

from torch import Tensor, nn

from samefn.core.errors import InputError
from samefn.nets.batch_norm import BatchNorm
from samefn.nets.head import Head
from samefn.nets.keras_init import keras_init

_EPSILON = 1e-3
_STEM = 32
# Filters of the 1x1 convolution and stride of the depthwise one, block by block.
_BLOCKS = (
    *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
    *((512, 1),) * 5,
    *((1024, 2), (1024, 1)),
)
# Each stride of 2 drops a row where the number is odd, so 30 rows become 15, 7, 3, 1 and then none.
_SMALLEST = 31


class MobileNet(nn.Module):
    """MobileNet (v1) of Keras's applications without top, then global average pooling, dense 512, dense classes.

    As the paper has it, at full width (Keras's alpha is 1).

    Args:
        shape: channels, height and width of an image.
        classes: how many classes.

    Raises:
        InputError: height or width below 31, which the strides reduce to nothing. Keras refuses below 32.

    Source: Howard et al. 2017; keras.applications.MobileNet. Without top it has 3,228,864 numbers, the running
    statistics of its batch normalisations included:

        >>> sum(values.numel() for values in MobileNet((3, 32, 32), 10).features.state_dict().values())
        3228864
    """

    def __init__(self, shape: tuple[int, int, int], classes: int) -> None:
        super().__init__()
        channels, height, width = shape
        if min(height, width) < _SMALLEST:
            raise InputError(
                "SF744",
                f"images must be at least {_SMALLEST}x{_SMALLEST}, not {height}x{width}",
                where="mobilenet",
                fix="use another net, such as resnet50",
            )
        self.features = nn.Sequential(OrderedDict(_layers(channels, height, width)))
        self.head = Head(_BLOCKS[-1][0], classes)
        keras_init(self)

    def forward(self, pixels: Tensor) -> Tensor:
        """Logits [examples, classes] of images [examples, channels, height, width] in 0..1."""
        logits: Tensor = self.head(self.features(pixels))
        return logits


def mobilenet(shape: tuple[int, int, int], classes: int) -> nn.Module:
    """A MobileNet with fresh weights from torch's global generator."""
    return MobileNet(shape, classes)


def _layers(channels: int, height: int, width: int) -> Iterator[tuple[str, nn.Module]]:
    """The layers without top, under Keras's names."""
    # Padding "same" with a stride of 2: one zero after an even number of rows, one on both sides of an odd number.
    yield "conv1_pad", nn.ZeroPad2d((width % 2, 1, height % 2, 1))
    yield "conv1", nn.Conv2d(channels, _STEM, 3, stride=2, bias=False)
    yield from _normalised("conv1", _STEM)
    inputs = _STEM
    for block, (filters, stride) in enumerate(_BLOCKS, start=1):
        if stride == 2:
            yield f"conv_pad_{block}", nn.ZeroPad2d((0, 1, 0, 1))
        padding = 0 if stride == 2 else 1
        depthwise = nn.Conv2d(inputs, inputs, 3, stride, padding, groups=inputs, bias=False)
        yield f"conv_dw_{block}", depthwise
        yield from _normalised(f"conv_dw_{block}", inputs)
        yield f"conv_pw_{block}", nn.Conv2d(inputs, filters, 1, bias=False)
        yield from _normalised(f"conv_pw_{block}", filters)
        inputs = filters


def _normalised(name: str, channels: int) -> Iterator[tuple[str, nn.Module]]:
    yield f"{name}_bn", BatchNorm(channels, _EPSILON)
    yield f"{name}_relu", nn.ReLU6(inplace=True)
