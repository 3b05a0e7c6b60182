"""In which layout images go into a model: the model's own, which its declared shape tells or the user says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from samefn.core.errors import InputError
from samefn.datasets.npz import CHANNELS
from samefn.runtimes.model import Port
from samefn.spec.comparison import Layout

Order = Literal["NCHW", "NHWC"]
_TO_NHWC = (0, 2, 3, 1)


@dataclass(frozen=True)
class Laid:
    """How the axes of one input stand.

    Attributes:
        layout: of what goes into the model; None where it is no images or nothing tells.
        axes: the examples' axes in the order in which they go in, as for `transpose`; None where they stay.
    """

    layout: Order | None = None
    axes: tuple[int, ...] | None = None

    def shape(self, shape: Sequence[int]) -> tuple[int, ...]:
        """An example's shape as it goes in."""
        return tuple(shape) if self.axes is None else tuple(shape[axis - 1] for axis in self.axes[1:])


def laid_images(port: Port, shape: tuple[int, ...], said: Layout | None, where: str) -> Laid:
    """How images of bytes go in, which are [channels, height, width] in the data.

    Args:
        port: the model's input.
        shape: an image's.
        said: what the user says of the model's layout.
        where: what errors call the model.

    Raises:
        InputError: a shape that does not fit, or that fits both layouts and none is said.
    """
    layout = _layout(port, shape, said, where)
    return Laid(layout, _TO_NHWC if layout == "NHWC" else None)


def laid_values(port: Port, shape: tuple[int, ...], said: Layout | None, where: str) -> Laid:
    """How other values go in, of which nobody knows whether they are images, and in which layout.

    Args:
        port: the model's input.
        shape: an example's.
        said: what the user says of the model's layout.
        where: what errors call the model.

    Raises:
        InputError: a layout is said of what is no images.
    """
    order = None if said == "as-is" else said
    if len(shape) != 3:
        if order is not None:
            raise InputError(
                f"layout {order} is asked for, but the data is not images", where=where, fix="leave out feed.layout"
            )
        return Laid()
    if order is not None:
        return Laid(order)
    # Whoever makes models that declare nothing, such as torch modules, puts the channels first.
    return Laid(_told(shape) or ("NCHW" if port.shape is None else None))


def channel_axis(laid: Laid, shape: tuple[int, ...], where: str) -> int:
    """Which axis of an example, as it goes in, holds the channels: the last one of what is no images.

    Raises:
        InputError: it may be images, and nothing tells which axis it is.
    """
    if len(shape) == 3 and laid.layout is None:
        raise InputError(
            f"which of {list(shape)} are the channels cannot be told",
            where=f"{where}: feed.mean, feed.std",
            fix="say the model's layout: --set model.feed.layout=NCHW, or NHWC",
        )
    return 0 if laid.layout == "NCHW" else max(0, len(shape) - 1)


def _told(shape: tuple[int, ...]) -> Order | None:
    """The layout in which a shape has 1 or 3 channels; None where that is both or neither."""
    first, last = shape[0] in CHANNELS, shape[-1] in CHANNELS
    return None if first == last else "NCHW" if first else "NHWC"


def _layout(port: Port, shape: tuple[int, ...], said: Layout | None, where: str) -> Order:
    """The layout that the user says or the declared shape leaves without a doubt."""
    if said is not None:
        return "NCHW" if said == "as-is" else said
    if port.shape is None:
        return "NCHW"  # torch modules do not declare a shape; images are [channels, height, width] there
    if len(port.shape) != 4:
        raise InputError(
            f"its input {port.name!r} has shape {shown(port.shape)}, images have four dimensions", where=where
        )
    channels, height, width = shape
    nchw = fits(port.shape[1:], (channels, height, width))
    nhwc = fits(port.shape[1:], (height, width, channels))
    if nchw and nhwc:
        raise InputError(
            f"its input {port.name!r} of shape {shown(port.shape)} takes images {list(shape)} in either layout",
            where=where,
            fix="say feed.layout = NCHW or NHWC",
        )
    if not nchw and not nhwc:
        raise InputError(
            f"its input {port.name!r} has shape {shown(port.shape)}, the images are {channels} x {height} x {width} "
            "(channels, height, width)",
            where=where,
            fix="give images of the model's size",
        )
    return "NCHW" if nchw else "NHWC"


def fits(declared: Sequence[int | None], shape: Sequence[int]) -> bool:
    """Whether an example's shape is what a model declares."""
    return len(declared) == len(shape) and all(a in (None, b) for a, b in zip(declared, shape, strict=True))


def shown(shape: Sequence[int | None]) -> str:
    """A declared shape in words."""
    return "[" + ", ".join("any" if length is None else str(length) for length in shape) + "]"
