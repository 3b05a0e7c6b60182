"""How examples become a model's inputs: decided once a model, said in words, applied batch by batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from samefn.config.comparison import Feed
from samefn.core.errors import InputError
from samefn.datasets.example_set import IMAGE
from samefn.runtimes.inputs.layouts import Laid, channel_axis, laid_images, laid_values, require_shape
from samefn.runtimes.model import Array, Port


@dataclass(frozen=True, eq=False)
class Fed:
    """How one input is fed.

    Attributes:
        port: the model's input.
        array: which array of the examples goes into it.
        laid: in which layout, and how the examples' axes are turned.
        scale: multiplied; None for division by 255, which multiplication by 1/255 does not equal to the bit.
        mean: subtracted after that, shaped for the input's layout.
        std: divided by last, shaped likewise.
        dtype: of what goes in.
        plain: whether values go in as they are, but for their type.
    """

    port: Port
    array: str
    laid: Laid
    scale: np.float32 | None
    mean: Array
    std: Array
    dtype: np.dtype[np.generic]
    plain: bool

    def apply(self, values: Array) -> Array:
        """One batch of the examples' values as the model's input."""
        turned = values if self.laid.axes is None else values.transpose(self.laid.axes)
        if self.plain:
            return np.ascontiguousarray(turned, dtype=self.dtype)
        if self.scale is None:
            fed = np.divide(turned, np.float32(255), dtype=np.float32)
        else:
            fed = np.multiply(turned, self.scale, dtype=np.float32)
        if self.mean.any():
            fed -= self.mean
        if (self.std != 1).any():
            fed /= self.std
        return np.ascontiguousarray(fed, dtype=self.dtype)

    @property
    def by_channel(self) -> bool:
        """Whether each channel has a mean or std of its own."""
        return max(self.mean.size, self.std.size) > 1

    def said(self) -> str:
        """In words, for the report."""
        words = [f"{self.array} into {self.port.name or 'the input'} as {self.dtype.name}"]
        if self.laid.words or (self.by_channel and self.laid.layout):
            words.append(self.laid.words or self.laid.layout or "")
        if not self.plain:
            words.append("divided by 255" if self.scale is None else f"times {self.scale:.6g}")
            if self.mean.any():
                words.append(f"less mean {_listed(self.mean)}")
            if (self.std != 1).any():
                words.append(f"over std {_listed(self.std)}")
        return ", ".join(words)


@dataclass(frozen=True, eq=False)
class FeedPlan:
    """How all inputs of one model are fed.

    Attributes:
        inputs: one an input of the model.
        batch: the only batch size the model takes; None where any will do.
    """

    inputs: tuple[Fed, ...]
    batch: int | None

    def feeds(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """One batch of the examples' arrays as the model's inputs, by name."""
        return {fed.port.name: fed.apply(arrays[fed.array]) for fed in self.inputs}

    def said(self) -> tuple[str, ...]:
        """In words, one sentence an input, and the batch size where it is fixed."""
        words = [fed.said() for fed in self.inputs]
        if self.batch is not None:
            words.append(f"the model takes batches of {self.batch} only: a shorter last one is filled up and cut")
        return tuple(words)


def plan_feed(ports: Sequence[Port], arrays: Mapping[str, Array], feed: Feed, where: str) -> FeedPlan:
    """Decide how the examples' arrays become a model's inputs.

    Args:
        ports: the model's inputs.
        arrays: the examples' arrays by name, [examples, ...]; `image` is uint8 [examples, channels, height, width].
        feed: what the user says.
        where: what errors call the model.

    Raises:
        InputError: inputs without an array, shapes that do not fit, or a layout that the shapes leave in doubt.
    """
    if not ports:
        raise InputError("SF3018", "the model takes no input", where=where)
    pairs = _paired(ports, arrays, where)
    sizes = {port.batch for port in ports if port.batch is not None}
    if len(sizes) > 1:
        raise InputError("SF3019", f"its inputs have different fixed batch sizes {sorted(sizes)}", where=where)
    fed = tuple(_fed(port, name, arrays[name], feed, where) for port, name in pairs)
    return FeedPlan(fed, next(iter(sizes), None))


def _paired(ports: Sequence[Port], arrays: Mapping[str, Array], where: str) -> list[tuple[Port, str]]:
    if len(ports) == 1 and len(arrays) == 1:
        return [(ports[0], next(iter(arrays)))]
    missing = [port.name for port in ports if port.name not in arrays]
    if missing:
        raise InputError(
            "SF3020",
            f"its input {missing[0]!r} has no array of that name; the data has {', '.join(sorted(arrays))}",
            where=where,
            fix="name the data's arrays as the model names its inputs",
        )
    return [(port, port.name) for port in ports]


def _fed(port: Port, name: str, values: Array, feed: Feed, where: str) -> Fed:
    image = name == IMAGE and values.ndim == 4 and values.dtype == np.uint8
    laid = (laid_images if image else laid_values)(port, values.shape[1:], feed.layout, where)
    shape = laid.shape(values.shape[1:])
    require_shape(port, name, values.shape[1:], laid, where)
    dtype = np.dtype(port.dtype or (np.float32 if image else values.dtype))
    to_float = np.issubdtype(dtype, np.floating)
    in_bytes = feed.scale is None and image and values.dtype == np.uint8 and to_float
    scale = None if in_bytes else np.float32(1 if feed.scale is None else feed.scale)
    if not to_float and (feed.scale is not None or feed.mean or feed.std):
        raise InputError(
            "SF3021",
            f"its input {port.name!r} holds {dtype.name}: scale, mean and std need floats",
            where=where,
            fix="leave out feed.scale, feed.mean and feed.std",
        )
    if not to_float and np.issubdtype(values.dtype, np.floating):
        raise InputError(
            "SF3022", f"its input {port.name!r} holds {dtype.name}, the data {values.dtype.name}", where=where
        )
    mean, std = (
        _per_channel(given, default, laid, shape, where) for given, default in ((feed.mean, 0.0), (feed.std, 1.0))
    )
    plain = scale == 1 and not mean.any() and bool((std == 1).all())
    return Fed(port, name, laid, scale, mean, std, dtype, plain)


def _per_channel(given: tuple[float, ...], default: float, laid: Laid, shape: tuple[int, ...], where: str) -> Array:
    """One number or one a channel, shaped so that it broadcasts over a batch."""
    values = np.asarray(given or (default,), dtype=np.float32)
    if len(values) == 1:
        return values
    axis = channel_axis(laid, shape, where)
    if not shape or shape[axis] != len(values):
        raise InputError(
            "SF3023",
            f"{len(values)} values for {shape[axis] if shape else 1} channels",
            where=f"{where}: feed.mean, feed.std",
            fix="give one number, or one a channel",
        )
    return values.reshape([-1 if place == axis else 1 for place in range(len(shape))])


def _listed(values: Array) -> str:
    return ", ".join(f"{value:.4g}" for value in values.reshape(-1))
