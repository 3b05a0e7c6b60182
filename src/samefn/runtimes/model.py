"""What samefn asks of a model that somebody else made, whatever runs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

from numpy.typing import NDArray

from samefn.core.canonical import Json
from samefn.predictions.output_trail import OutputTrail

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Port:
    """One input or output of a model, as the model declares it.

    Attributes:
        name: the model's own name for it; its place, as a number, where it has none.
        dtype: of the arrays that go in or come out, as NumPy calls it (`float32`); empty where the model does not say.
        shape: the first axis is the batch; None for a length that is free; None in all where nothing is said.
    """

    name: str
    dtype: str = ""
    shape: tuple[int | None, ...] | None = None

    @property
    def batch(self) -> int | None:
        """The only batch size it takes, None where any will do."""
        return self.shape[0] if self.shape else None


@dataclass(frozen=True)
class Weights:
    """What a model stores.

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

    An adapter that must quantise its inputs or dequantise its outputs does so itself: what goes in and comes out are
    the numbers that the model means.
    """

    @property
    def inputs(self) -> tuple[Port, ...]:
        """What it takes, in its own order."""

    @property
    def outputs(self) -> tuple[Port, ...]:
        """What it gives, in its own order; empty where that is known only after a first run."""

    @property
    def resolution(self) -> float | None:
        """The step in which its outputs are stored, where they are quantised; else None."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of its numbers should know, one sentence each; empty where there is nothing."""

    def run(self, feeds: Mapping[str, Array]) -> Mapping[str, Array]:
        """Answer one batch.

        Args:
            feeds: an array for each input, by its name, [batch, ...].

        Returns:
            An array for each output, by its name, in the order of `outputs`.

        Raises:
            InputError: the model cannot run on it.
        """

    def facts(self) -> Mapping[str, Json]:
        """What can change its numbers: runtime, version, options, the processor's flags. No paths."""

    def weights(self) -> Weights:
        """What it stores."""


@runtime_checkable
class HasTrails(Protocol):
    """A model of which it is known how it computes its outputs."""

    @property
    def trails(self) -> Mapping[str, OutputTrail]:
        """By the output's name."""


def output_trail(model: Model, wanted: str) -> OutputTrail:
    """How a model computes an output, as far as that is known.

    Args:
        model: the model.
        wanted: the output's name or place; empty for the only one.
    """
    names = [port.name for port in model.outputs]
    if wanted.isdigit() and wanted not in names and int(wanted) < len(names):
        wanted = names[int(wanted)]
    name = wanted or (names[0] if len(names) == 1 else "")
    trails = model.trails if isinstance(model, HasTrails) else {}
    return trails.get(name, OutputTrail("" if name.isdigit() else name))
