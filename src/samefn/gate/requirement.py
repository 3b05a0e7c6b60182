"""A requirement: a figure, whose, and what it must be."""

from dataclasses import dataclass, field
from typing import Literal

from samefn.gate.tokens import quoted
from samefn.schema.verdicts import Outcome

Comparison = Literal["<", "<=", ">", ">="]


@dataclass(frozen=True)
class Limit:
    """The figure must be below or above a number.

    Attributes:
        comparison: of the figure to the number.
        number: its unit applied.
        unit: as it was written; empty without.
    """

    comparison: Comparison
    number: float
    unit: str = field(default="", compare=False)

    def met(self, value: float) -> bool:
        """Whether a value meets it.

        >>> Limit("<=", 0.5).met(0.5), Limit("<", 0.5).met(0.5)
        (True, False)
        """
        return {
            "<": value < self.number,
            "<=": value <= self.number,
            ">": value > self.number,
            ">=": value >= self.number,
        }[self.comparison]

    def __str__(self) -> str:
        return f"{self.comparison} {self.number!r}"


@dataclass(frozen=True)
class OneOf:
    """The verdict must be one of these."""

    outcomes: tuple[Outcome, ...]

    def __str__(self) -> str:
        return f"in {', '.join(self.outcomes)}"


@dataclass(frozen=True)
class Requirement:
    """One requirement; as text it is what `parse` reads.

    Attributes:
        figure: the figure's name.
        argument: what stands in its brackets; empty without.
        candidate: name or id of the only candidate it is about; empty for all.
        test: what the figure must be.
        text: as it was written.
    """

    figure: str
    argument: str
    candidate: str
    test: Limit | OneOf
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        argument = f"[{self.argument}]" if self.argument else ""
        candidate = f"@{quoted(self.candidate)}" if self.candidate else ""
        return f"{self.figure}{argument}{candidate} {self.test}"
