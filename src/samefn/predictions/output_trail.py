"""How a model computes an output, from its end: what its operators and names say the numbers are."""

from dataclasses import dataclass
from typing import Literal

from samefn.schema.methods import OutputKind

Operator = Literal[
    "softmax",
    "log-softmax",
    "shares",
    "classifier",
    "linear",
    "pool",
    "relu",
    "batch norm",
    "sigmoid",
    "tanh",
    "normalise",
    "layer norm",
    "regressor",
]
_KINDS: dict[str, OutputKind] = {"softmax": "probabilities", "log-softmax": "log-probabilities", "linear": "logits"}


@dataclass(frozen=True)
class OutputTrail:
    """The end of a model.

    Attributes:
        name: the output's.
        operators: what computes it, the last first, back to the first product with weights; operators that only move
            numbers (reshape, quantise) are left out. It ends early where an operator is unknown.
        weight: the name of that product's weight; empty where it is not known.
        channels: how many numbers that product gives a place; None where it is not known.
        step: the step to which the output is rounded; None where it is not.
    """

    name: str = ""
    operators: tuple[Operator, ...] = ()
    weight: str = ""
    channels: int | None = None
    step: float | None = None

    @property
    def kind(self) -> OutputKind | None:
        """What the last operator says the output is; None where it says nothing.

        >>> OutputTrail("y", ("softmax", "linear")).kind, OutputTrail("y", ("pool", "linear")).kind
        ('probabilities', 'logits')
        """
        seen = [one for one in self.operators if one not in ("pool", "batch norm")]
        return _KINDS.get(seen[0]) if seen else None
