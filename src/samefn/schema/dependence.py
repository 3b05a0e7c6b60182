"""The part of report.json about inputs that seem to depend on each other although no groups are declared."""

from typing import Literal

from samefn.schema.base import Count, Part

DependenceCode = Literal[
    "repeated inputs", "repeated predictions", "changes in a row", "distances in a row", "windows in a row"
]


class DependenceEntry(Part):
    """One sign that inputs depend on each other.

    Attributes:
        code: `repeated inputs`, some are nearly copies of others; `repeated predictions`, both models predict the same
            for some of them; `changes in a row`, inputs that follow each other change together; `distances in a row`,
            they are about as far from the base; `windows in a row`, windows of a text that follow each other are.
        candidate: id of the model whose predictions show it; empty where the inputs do.
        examples: how many inputs have a near copy; null for others.
        factor: by how much the effective number of inputs is smaller; for copies, if they change together.
    """

    code: DependenceCode
    candidate: str = ""
    examples: Count | None = None
    factor: float
