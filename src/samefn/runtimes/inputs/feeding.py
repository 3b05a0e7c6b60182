"""How examples become a model's inputs: decided once per model, described in the report, applied to each batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from samefn.config.comparison import Feed
from samefn.core.errors import InputError
from samefn.datasets.example_set import IMAGE
from samefn.runtimes.inputs.layouts import LayoutPlan, channel_axis, plan_image_layout, plan_value_layout, require_shape
from samefn.runtimes.model import Array, TensorSpec


@dataclass(frozen=True, eq=False)
class InputPlan:
    """How one input is made from the examples.

    Attributes:
        spec: the model's input.
        array: which array of the examples goes into it.
        layout: its layout, and how the examples' axes are transposed.
        scale: values are multiplied by it; None for division by 255, which differs in the last bit from
            multiplication by 1/255.
        mean: subtracted after that, shaped for the input's layout.
        std: values are divided by it last; shaped like `mean`.
        dtype: of the input.
        plain: whether values stay as they are, except for their type.
    """

    spec: TensorSpec
    array: str
    layout: LayoutPlan
    scale: np.float32 | None
    mean: Array
    std: Array
    dtype: np.dtype[np.generic]
    plain: bool

    def apply(self, values: Array) -> Array:
        """One batch of the examples' values as the model's input."""
        transposed = values if self.layout.axes is None else values.transpose(self.layout.axes)
        if self.plain:
            return np.ascontiguousarray(transposed, dtype=self.dtype)
        if self.scale is None:
            scaled = np.divide(transposed, np.float32(255), dtype=np.float32)
        else:
            scaled = np.multiply(transposed, self.scale, dtype=np.float32)
        if self.mean.any():
            scaled -= self.mean
        if (self.std != 1).any():
            scaled /= self.std
        return np.ascontiguousarray(scaled, dtype=self.dtype)

    @property
    def by_channel(self) -> bool:
        """Whether each channel has a mean or std of its own."""
        return max(self.mean.size, self.std.size) > 1

    def describe(self) -> str:
        """One sentence for the report."""
        parts = [f"{self.array} into {self.spec.name or 'the input'} as {self.dtype.name}"]
        if self.layout.description or (self.by_channel and self.layout.layout):
            parts.append(self.layout.description or self.layout.layout or "")
        if not self.plain:
            parts.append("divided by 255" if self.scale is None else f"times {self.scale:.6g}")
            if self.mean.any():
                parts.append(f"less mean {_format_values(self.mean)}")
            if (self.std != 1).any():
                parts.append(f"over std {_format_values(self.std)}")
        return ", ".join(parts)


@dataclass(frozen=True, eq=False)
class FeedPlan:
    """How all inputs of one model are made.

    Attributes:
        inputs: one for each input of the model.
        batch: the only batch size the model takes; None where any will do.
    """

    inputs: tuple[InputPlan, ...]
    batch: int | None

    def feeds(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """One batch of the examples' arrays as the model's inputs, by name."""
        return {plan.spec.name: plan.apply(arrays[plan.array]) for plan in self.inputs}

    def describe(self) -> tuple[str, ...]:
        """One sentence per input, and one on the batch size where it is fixed."""
        sentences = [plan.describe() for plan in self.inputs]
        if self.batch is not None:
            sentences.append(f"the model takes batches of {self.batch} only: a shorter last one is filled up and cut")
        return tuple(sentences)


def plan_feed(specs: Sequence[TensorSpec], arrays: Mapping[str, Array], feed: Feed, where: str) -> FeedPlan:
    """Decide how the examples' arrays become a model's inputs.

    Args:
        specs: the model's inputs.
        arrays: the examples' arrays by name, [examples, ...]; `image` is uint8 [examples, channels, height, width].
        feed: the user's settings.
        where: what errors call the model.

    Raises:
        InputError: inputs without an array, shapes that do not fit, or an unknown layout.
    """
    if not specs:
        raise InputError("SF320", "the model takes no input", where=where)
    pairs = _pair_inputs(specs, arrays, where)
    sizes = {spec.batch for spec in specs if spec.batch is not None}
    if len(sizes) > 1:
        raise InputError("SF321", f"its inputs have different fixed batch sizes: {sorted(sizes)}", where=where)
    inputs = tuple(_plan_input(spec, name, arrays[name], feed, where) for spec, name in pairs)
    return FeedPlan(inputs, next(iter(sizes), None))


def _pair_inputs(specs: Sequence[TensorSpec], arrays: Mapping[str, Array], where: str) -> list[tuple[TensorSpec, str]]:
    """Each input with the name of its array; names need not agree where there is one of each."""
    if len(specs) == 1 and len(arrays) == 1:
        return [(specs[0], next(iter(arrays)))]
    missing = [spec.name for spec in specs if spec.name not in arrays]
    if missing:
        raise InputError(
            "SF320",
            f"the data have no array for its input {missing[0]!r}, only {', '.join(sorted(arrays))}",
            where=where,
            fix="name the data's arrays as the model names its inputs",
        )
    return [(spec, spec.name) for spec in specs]


def _plan_input(spec: TensorSpec, name: str, values: Array, feed: Feed, where: str) -> InputPlan:
    image = name == IMAGE and values.ndim == 4 and values.dtype == np.uint8
    layout = (plan_image_layout if image else plan_value_layout)(spec, values.shape[1:], feed.layout, where)
    shape = layout.shape(values.shape[1:])
    require_shape(spec, name, values.shape[1:], layout, where)
    dtype = np.dtype(spec.dtype or (np.float32 if image else values.dtype))
    to_float = np.issubdtype(dtype, np.floating)
    in_bytes = feed.scale is None and image and values.dtype == np.uint8 and to_float
    scale = None if in_bytes else np.float32(1 if feed.scale is None else feed.scale)
    if not to_float and (feed.scale is not None or feed.mean or feed.std):
        raise InputError(
            "SF325",
            f"its input {spec.name!r} holds {dtype.name}, but scale, mean and std need floats",
            where=where,
            fix="leave out feed.scale, feed.mean and feed.std",
        )
    if not to_float and np.issubdtype(values.dtype, np.floating):
        raise InputError(
            "SF325", f"its input {spec.name!r} holds {dtype.name}, the data hold {values.dtype.name}", where=where
        )
    mean, std = (
        _per_channel(setting, default, layout, shape, where) for setting, default in ((feed.mean, 0.0), (feed.std, 1.0))
    )
    plain = scale == 1 and not mean.any() and bool((std == 1).all())
    return InputPlan(spec, name, layout, scale, mean, std, dtype, plain)


def _per_channel(
    setting: tuple[float, ...], default: float, layout: LayoutPlan, shape: tuple[int, ...], where: str
) -> Array:
    """One number or one per channel, shaped so that it broadcasts over a batch."""
    values = np.asarray(setting or (default,), dtype=np.float32)
    if len(values) == 1:
        return values
    axis = channel_axis(layout, shape, where)
    if not shape or shape[axis] != len(values):
        raise InputError(
            "SF326",
            f"has {len(values)} values for {shape[axis] if shape else 1} channels",
            where=f"{where}: feed.mean, feed.std",
            fix="give one number, or one per channel",
        )
    return values.reshape([-1 if dimension == axis else 1 for dimension in range(len(shape))])


def _format_values(values: Array) -> str:
    return ", ".join(f"{value:.4g}" for value in values.reshape(-1))
