"""The last operators and names of a model: what they say its output is."""

from dataclasses import dataclass
from typing import Literal

from samefn.schema.methods import OutputKind

TrailOperator = Literal[
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
    """The last steps of a model.

    Attributes:
        name: the output's.
        operators: what computes it, last first, back to the first product with weights. Operators that only move
            numbers (reshape, quantise) are left out. The list ends early at an unknown operator.
        weight: the name of that product's weight; empty if unknown.
        channels: how many numbers that product gives for each position; None if unknown.
        step: the step to which the output is rounded; None if it is not rounded.
    """

    name: str = ""
    operators: tuple[TrailOperator, ...] = ()
    weight: str = ""
    channels: int | None = None
    step: float | None = None

    @property
    def kind(self) -> OutputKind | None:
        """What the last operator says the output is; None if it does not say.

        >>> OutputTrail("y", ("softmax", "linear")).kind, OutputTrail("y", ("pool", "linear")).kind
        ('probabilities', 'logits')
        """
        deciding = [name for name in self.operators if name not in ("pool", "batch norm")]
        return _KINDS.get(deciding[0]) if deciding else None
