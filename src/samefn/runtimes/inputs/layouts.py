"""The layout in which images go into a model: the model's own, by its declared shape or the user's setting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal

from samefn.config.comparison import Layout
from samefn.core.errors import InputError
from samefn.datasets.example_set import IMAGE
from samefn.datasets.formats.npz import CHANNELS
from samefn.runtimes.model import TensorSpec

Order = Literal["NCHW", "NHWC"]
# How a batch of the other layout is transposed.
_TRANSPOSE_TO: Mapping[Order, tuple[int, ...]] = {"NCHW": (0, 3, 1, 2), "NHWC": (0, 2, 3, 1)}


@dataclass(frozen=True)
class LayoutPlan:
    """The layout of one input, and how the examples get it.

    Attributes:
        layout: of the model's input; None where it is no image, or unknown.
        axes: the order of the examples' axes in the input, as for `transpose`; None where they stay.
        description: for the report; empty where nothing was decided.
    """

    layout: Order | None = None
    axes: tuple[int, ...] | None = None
    description: str = ""

    def shape(self, shape: Sequence[int]) -> tuple[int, ...]:
        """The shape of an example after the transposition."""
        return tuple(shape) if self.axes is None else tuple(shape[axis - 1] for axis in self.axes[1:])


def plan_image_layout(spec: TensorSpec, shape: tuple[int, ...], setting: Layout | None, where: str) -> LayoutPlan:
    """The layout of images of bytes, which are [channels, height, width] in the data.

    Args:
        spec: the model's input.
        shape: of an image.
        setting: the model's layout, where the user gives it.
        where: what errors call the model.

    Raises:
        InputError: a shape that does not fit, or that fits both layouts where the user gives none.
    """
    layout = _image_order(spec, shape, setting, where)
    return LayoutPlan(layout, _TRANSPOSE_TO["NHWC"] if layout == "NHWC" else None, layout)


def plan_value_layout(spec: TensorSpec, shape: tuple[int, ...], setting: Layout | None, where: str) -> LayoutPlan:
    """The layout of other values, which may be images in either layout.

    Without a setting they stay as they are. With one they are transposed where they fit the model only then, or where
    they have 1 or 3 channels only in the other layout.

    Args:
        spec: the model's input.
        shape: of an example.
        setting: the model's layout, where the user gives it.
        where: what errors call the model.

    Raises:
        InputError: a layout is given for values that are no images, or one that the declared shape is not.
    """
    order = None if setting == "as-is" else setting
    if len(shape) != 3:
        if order is not None:
            raise InputError(
                "SF324",
                f"feed.layout is {order}, but the data are not images: an example has shape {list(shape)}",
                where=where,
                fix="leave out feed.layout",
            )
        return LayoutPlan()
    if order is not None:
        return _layout_as_set(spec, shape, order, where)
    # Models that declare no shape, such as torch modules, usually put the channels first.
    return LayoutPlan(_order_by_channels(shape) or ("NCHW" if spec.shape is None else None))


def _layout_as_set(spec: TensorSpec, shape: tuple[int, ...], order: Order, where: str) -> LayoutPlan:
    transposed = LayoutPlan(order, _TRANSPOSE_TO[order], f"turned to {order}")
    fits_as_is = spec.shape is None or fits(spec.shape[1:], shape)
    fits_transposed = spec.shape is None or fits(spec.shape[1:], transposed.shape(shape))
    # Where both fit, the number of channels shows the layout of the data; where it does not, the data stay.
    transpose = fits_transposed and (not fits_as_is or _order_by_channels(shape) not in (None, order))
    layout = transposed if transpose else LayoutPlan(order, None, f"{order} as they are")
    if spec.shape is not None and _order_by_channels(layout.shape(shape)) not in (None, order):
        raise InputError(
            "SF324",
            f"feed.layout is {order}, but its input {spec.name!r} has shape {format_shape(spec.shape)}",
            where=where,
            fix="feed.layout is the model's own layout: set the other one, "
            f"--set model.feed.layout={'NHWC' if order == 'NCHW' else 'NCHW'}",
        )
    return layout


def require_shape(spec: TensorSpec, name: str, shape: tuple[int, ...], layout: LayoutPlan, where: str) -> None:
    """Refuse examples of a shape that the model does not take.

    Args:
        spec: the model's input.
        name: of the array.
        shape: of an example, in the data.
        layout: how it goes in.
        where: what errors call the model.

    Raises:
        InputError: another shape than the model declares, with what would make it fit.
    """
    if spec.shape is None or fits(spec.shape[1:], layout.shape(shape)):
        return
    raise InputError(
        "SF322",
        f"its input {spec.name!r} has shape {format_shape(spec.shape)}, an example {list(layout.shape(shape))}",
        where=where,
        fix=_how_to_fit(spec.shape[1:], name, shape),
    )


def _how_to_fit(declared: tuple[int | None, ...], name: str, shape: tuple[int, ...]) -> str:
    if name == IMAGE:
        return "feed.layout is the model's own layout: leave it out, or set the other one"
    for order, axes in _TRANSPOSE_TO.items():
        if len(shape) == 3 and fits(declared, LayoutPlan(order, axes).shape(shape)):
            setting = f"--set model.feed.layout={order}, the model's own layout, transposes them"
            return f"{setting}; or save {name}.transpose{axes}"
    known = [length for length in declared if length is not None]
    if len(known) == len(declared) != len(shape) and prod(known) == prod(shape):
        return f"save {name}.reshape({', '.join(map(str, (-1, *known)))})"
    return "give examples of the model's shape"


def channel_axis(layout: LayoutPlan, shape: tuple[int, ...], where: str) -> int:
    """Which axis of an example, as it goes in, holds the channels: the last one where it is no image.

    Raises:
        InputError: it may be an image, and its layout is unknown.
    """
    if len(shape) == 3 and layout.layout is None:
        raise InputError(
            "SF323",
            f"the layout is unknown: nothing shows which axis of {list(shape)} holds the channels",
            where=f"{where}: feed.mean, feed.std",
            fix="set the model's layout: --set model.feed.layout=NCHW, or NHWC",
        )
    return 0 if layout.layout == "NCHW" else max(0, len(shape) - 1)


def _order_by_channels(shape: tuple[int, ...]) -> Order | None:
    """The layout in which a shape has 1 or 3 channels; None where that is both or neither."""
    first, last = shape[0] in CHANNELS, shape[-1] in CHANNELS
    return None if first == last else "NCHW" if first else "NHWC"


def _image_order(spec: TensorSpec, shape: tuple[int, ...], setting: Layout | None, where: str) -> Order:
    """The user's setting, else the only layout that fits the declared shape."""
    if setting is not None:
        return "NCHW" if setting == "as-is" else setting
    if spec.shape is None:
        return "NCHW"  # torch modules do not declare a shape; images are [channels, height, width] there
    if len(spec.shape) != 4:
        raise InputError(
            "SF322",
            f"its input {spec.name!r} has shape {format_shape(spec.shape)}, but a batch of images has four dimensions",
            where=where,
            fix="save the examples as floats of that shape, scaled as the model takes them",
        )
    channels, height, width = shape
    nchw = fits(spec.shape[1:], (channels, height, width))
    nhwc = fits(spec.shape[1:], (height, width, channels))
    if nchw and nhwc:
        raise InputError(
            "SF323",
            f"the layout is unknown: images {list(shape)} fit its input {spec.name!r} of shape "
            f"{format_shape(spec.shape)} in both layouts",
            where=where,
            fix="set the model's layout: --set model.feed.layout=NCHW, or NHWC",
        )
    if not nchw and not nhwc:
        raise InputError(
            "SF322",
            f"its input {spec.name!r} has shape {format_shape(spec.shape)}, the images are "
            f"{channels} x {height} x {width} (channels, height, width)",
            where=where,
            fix="give images of the model's size",
        )
    return "NCHW" if nchw else "NHWC"


def fits(declared: Sequence[int | None], shape: Sequence[int]) -> bool:
    """Whether an example's shape is what a model declares."""
    return len(declared) == len(shape) and all(a in (None, b) for a, b in zip(declared, shape, strict=True))


def format_shape(shape: Sequence[int | None]) -> str:
    """A declared shape; `any` for an axis of any length."""
    return "[" + ", ".join("any" if length is None else str(length) for length in shape) + "]"
