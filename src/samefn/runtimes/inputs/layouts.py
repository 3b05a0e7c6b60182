"""In which layout images go into a model: the model's own, which its declared shape tells or the user says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal

from samefn.config.comparison import Layout
from samefn.core.errors import InputError
from samefn.datasets.example_set import IMAGE
from samefn.datasets.formats.npz import CHANNELS
from samefn.runtimes.model import Port

Order = Literal["NCHW", "NHWC"]
# How a batch in the other layout is turned.
_TO: Mapping[Order, tuple[int, ...]] = {"NCHW": (0, 3, 1, 2), "NHWC": (0, 2, 3, 1)}


@dataclass(frozen=True)
class Laid:
    """How the axes of one input stand.

    Attributes:
        layout: of what goes into the model; None where it is no images or nothing tells.
        axes: the examples' axes in the order in which they go in, as for `transpose`; None where they stay.
        words: what there is to say of it; empty where nothing was decided.
    """

    layout: Order | None = None
    axes: tuple[int, ...] | None = None
    words: str = ""

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
    return Laid(layout, _TO["NHWC"] if layout == "NHWC" else None, layout)


def laid_values(port: Port, shape: tuple[int, ...], said: Layout | None, where: str) -> Laid:
    """How other values go in, of which nobody knows whether they are images, and in which layout.

    They go in as they are; where a layout is said and only turned to it they fit, or have 1 or 3 channels, turned.

    Args:
        port: the model's input.
        shape: an example's.
        said: what the user says of the model's layout.
        where: what errors call the model.

    Raises:
        InputError: a layout is said of what is no images, or one that the declared shape is not.
    """
    order = None if said == "as-is" else said
    if len(shape) != 3:
        if order is not None:
            raise InputError(
                "SF3024",
                f"layout {order} is asked for, but the data is not images",
                where=where,
                fix="leave out feed.layout",
            )
        return Laid()
    if order is not None:
        return _asked(port, shape, order, where)
    # Whoever makes models that declare nothing, such as torch modules, puts the channels first.
    return Laid(_told(shape) or ("NCHW" if port.shape is None else None))


def _asked(port: Port, shape: tuple[int, ...], order: Order, where: str) -> Laid:
    turned = Laid(order, _TO[order], f"turned to {order}")
    straight = port.shape is None or fits(port.shape[1:], shape)
    fits_turned = port.shape is None or fits(port.shape[1:], turned.shape(shape))
    # Where both fit, the number of channels tells in which layout the data is; what tells nothing stays.
    turn = fits_turned and (not straight or _told(shape) not in (None, order))
    laid = turned if turn else Laid(order, None, f"{order} as they are")
    if port.shape is not None and _told(laid.shape(shape)) not in (None, order):
        raise InputError(
            "SF3025",
            f"layout {order} is said, but its input {port.name!r} has shape {shown(port.shape)}",
            where=where,
            fix="feed.layout is the model's own layout: say the other one, "
            f"--set model.feed.layout={'NHWC' if order == 'NCHW' else 'NCHW'}",
        )
    return laid


def require_shape(port: Port, name: str, shape: tuple[int, ...], laid: Laid, where: str) -> None:
    """Refuse examples that do not fit, with what to do to make them fit.

    Args:
        port: the model's input.
        name: the array's.
        shape: an example's, in the data.
        laid: how it goes in.
        where: what errors call the model.

    Raises:
        InputError: another shape than the model declares.
    """
    if port.shape is None or fits(port.shape[1:], laid.shape(shape)):
        return
    raise InputError(
        "SF3026",
        f"its input {port.name!r} has shape {shown(port.shape)}, an example {list(laid.shape(shape))}",
        where=where,
        fix=_what_to_do(port.shape[1:], name, shape),
    )


def _what_to_do(declared: tuple[int | None, ...], name: str, shape: tuple[int, ...]) -> str:
    if name == IMAGE:
        return "feed.layout is the model's own layout: leave it out, or say the other one"
    for order, axes in _TO.items():
        if len(shape) == 3 and fits(declared, Laid(order, axes).shape(shape)):
            turned = f"say --set model.feed.layout={order}, the model's own, and they are turned"
            return f"{turned}; or save {name}.transpose{axes}"
    known = [length for length in declared if length is not None]
    if len(known) == len(declared) != len(shape) and prod(known) == prod(shape):
        return f"save {name}.reshape({', '.join(map(str, (-1, *known)))})"
    return "give examples of the model's shape"


def channel_axis(laid: Laid, shape: tuple[int, ...], where: str) -> int:
    """Which axis of an example, as it goes in, holds the channels: the last one of what is no images.

    Raises:
        InputError: it may be images, and nothing tells which axis it is.
    """
    if len(shape) == 3 and laid.layout is None:
        raise InputError(
            "SF3027",
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
            "SF3028",
            f"its input {port.name!r} has shape {shown(port.shape)}, images have four dimensions",
            where=where,
            fix="save them as floats of that shape, in the numbers that the model takes",
        )
    channels, height, width = shape
    nchw = fits(port.shape[1:], (channels, height, width))
    nhwc = fits(port.shape[1:], (height, width, channels))
    if nchw and nhwc:
        raise InputError(
            "SF3029",
            f"its input {port.name!r} of shape {shown(port.shape)} takes images {list(shape)} in either layout",
            where=where,
            fix="say --set model.feed.layout=NCHW, or NHWC",
        )
    if not nchw and not nhwc:
        raise InputError(
            "SF3030",
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
