"""The interface that every runtime gives to a model: its inputs and outputs, and how to run it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

from numpy.typing import NDArray

from samefn.core.canonical import Json
from samefn.predictions.output_trail import OutputTrail

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class TensorSpec:
    """One input or output of a model, as the model declares it.

    Attributes:
        name: the model's own name for it; its index as a number, where it has none.
        dtype: NumPy's name of its type (`float32`); empty where the model does not declare one.
        shape: the first axis is the batch; None for an axis of any length; None in all where no shape is declared.
    """

    name: str
    dtype: str = ""
    shape: tuple[int | None, ...] | None = None

    @property
    def batch(self) -> int | None:
        """The only batch size it takes, None where any will do."""
        return self.shape[0] if self.shape else None


@dataclass(frozen=True)
class WeightStats:
    """How large a model is.

    Attributes:
        bytes: size of its files.
        parameters: how many numbers it stores as weights; None where that cannot be read.
        nonzero: how many of them are not zero; None where that cannot be read.
    """

    bytes: int
    parameters: int | None = None
    nonzero: int | None = None


class Model(Protocol):
    """A model that is loaded and can be run.

    A runtime with quantised inputs or outputs quantises and dequantises them itself: `run` takes and returns the real
    numbers.
    """

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """Its inputs, in its own order."""

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """Its outputs, in its own order; empty where they are known only after a first run."""

    @property
    def resolution(self) -> float | None:
        """The quantisation step of its outputs; None where they are floats."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of its numbers should know, one sentence each; empty where there is nothing."""

    def run(self, feeds: Mapping[str, Array]) -> Mapping[str, Array]:
        """Run one batch.

        Args:
            feeds: an array for each input, by its name, [batch, ...].

        Returns:
            An array for each output, by its name, in the order of `outputs`.

        Raises:
            InputError: the model cannot run on this batch.
        """

    def facts(self) -> Mapping[str, Json]:
        """What can change its numbers: runtime, version, options, CPU flags. No paths."""

    def weights(self) -> WeightStats:
        """How large it is."""


@runtime_checkable
class HasTrails(Protocol):
    """A model whose graph shows how its outputs are computed."""

    @property
    def trails(self) -> Mapping[str, OutputTrail]:
        """By the output's name."""


def output_trail(model: Model, output: str) -> OutputTrail:
    """How a model computes an output, as far as its graph shows it.

    Args:
        model: the model.
        output: the output's name or index; empty for the only one.
    """
    names = [spec.name for spec in model.outputs]
    if output.isdigit() and output not in names and int(output) < len(names):
        output = names[int(output)]
    name = output or (names[0] if len(names) == 1 else "")
    trails = model.trails if isinstance(model, HasTrails) else {}
    return trails.get(name, OutputTrail("" if name.isdigit() else name))


def tensor_names(names: Sequence[str]) -> tuple[str, ...]:
    """The model's own names where all are there and differ, else the indices.

    >>> tensor_names(["pixels", "state"])
    ('pixels', 'state')
    >>> tensor_names(["pixels", "state", "state"])
    ('0', '1', '2')
    """
    if all(names) and len(set(names)) == len(names):
        return tuple(names)
    return tuple(map(str, range(len(names))))
