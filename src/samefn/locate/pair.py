"""What locating asks of two models: their layers, and answers with some layers swapped."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from samefn.runtimes.model import Array
from samefn.schema.methods import OutputKind


@dataclass(frozen=True)
class Group:
    """A layer that both models have.

    Attributes:
        name: as the base calls it.
        bytes: how many more bytes it takes as the base stores it than as the candidate does.
    """

    name: str
    bytes: int


class Pair(Protocol):
    """A base and a candidate whose layers can be swapped."""

    @property
    def groups(self) -> tuple[Group, ...]:
        """The layers, in the order in which they are computed or stored."""

    @property
    def swapped(self) -> tuple[str, str]:
        """In words, what changes hands forward and backward."""

    @property
    def kind(self) -> OutputKind | None:
        """What the base's graph says its output is; None where it says nothing."""

    @property
    def resolution(self) -> float | None:
        """The step to which the candidate rounds probabilities; None where it does not."""

    def forward(self, groups: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        """Scores of the base with these layers of the candidate, [examples, classes].

        Raises:
            InputError: the model cannot run on the inputs, or gives no scores.
        """

    def backward(self, groups: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        """Scores of the candidate with these layers of the base; as `forward`."""
