"""Two models whose layers can be swapped: the interface of ONNX files and torch modules."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from samefn.runtimes.model import Array
from samefn.schema.methods import OutputKind


@dataclass(frozen=True)
class SharedLayer:
    """A layer that both models have.

    Attributes:
        name: its name in the base.
        bytes: how many more bytes it takes in the base than in the candidate.
    """

    name: str
    bytes: int


class ModelPair(Protocol):
    """A base and a candidate whose layers can be swapped."""

    @property
    def layers(self) -> tuple[SharedLayer, ...]:
        """The layers that both have, in the order in which they are computed or stored."""

    @property
    def swapped(self) -> tuple[str, str]:
        """What is swapped, forward and backward, in words."""

    @property
    def kind(self) -> OutputKind | None:
        """What the output holds by the base's graph; None where the graph does not show it."""

    @property
    def resolution(self) -> float | None:
        """The quantisation step of the candidate's probabilities; None where they are floats."""

    def forward(self, layers: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        """Scores of the base with these layers of the candidate, [examples, classes].

        Raises:
            InputError: the model cannot run on the inputs, or returns no scores.
        """

    def backward(self, layers: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        """Scores of the candidate with these layers of the base; as `forward`."""
