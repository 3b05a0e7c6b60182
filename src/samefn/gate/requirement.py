"""A requirement: a quantity, of which candidate, and what it must be."""

from dataclasses import dataclass, field
from typing import Literal

from samefn.gate.tokens import quoted

Operator = Literal["<", "<=", ">", ">="]


@dataclass(frozen=True)
class NumericTest:
    """The quantity must be below or above a number.

    Attributes:
        comparison: of the quantity to the number.
        number: its unit applied.
        unit: as it was written; empty without.
    """

    comparison: Operator
    number: float
    unit: str = field(default="", compare=False)

    def met(self, value: float) -> bool:
        """Whether a value meets it.

        >>> NumericTest("<=", 0.5).met(0.5), NumericTest("<", 0.5).met(0.5)
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
class WordTest:
    """The answer must be one of these."""

    answers: tuple[str, ...]

    def __str__(self) -> str:
        return f"in {', '.join(self.answers)}"


@dataclass(frozen=True)
class Requirement:
    """One requirement; `str` gives a text that `parse` reads back.

    Attributes:
        quantity: its name in `QUANTITIES`, or in `ANSWERS`.
        argument: what stands in its brackets; empty without.
        candidate: name or id of the only candidate it is about; empty for all.
        test: what it must be.
        text: as it was written.
    """

    quantity: str
    argument: str
    candidate: str
    test: NumericTest | WordTest
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        argument = f"[{self.argument}]" if self.argument else ""
        candidate = f"@{quoted(self.candidate)}" if self.candidate else ""
        return f"{self.quantity}{argument}{candidate} {self.test}"
