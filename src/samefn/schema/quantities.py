"""A figure that a requirement is about, with the interval that decides."""

from typing import Literal

from samefn.schema.base import Part
from samefn.schema.notes import Note

# Why there is no figure, or none that can be tested.
MissingReason = Literal[
    "not measured",
    "base not measured",
    "no value",
    "no relative distance",
    "no labels",
    "no verdict",
    "no language model",
    "not a number",
    "no interval",
    "narrow interval",
    "dependent tokens",
]
# Why there is no relative distance, empty where there is one.
Refusal = Literal["", "no independents", "infinite", "one example", "one group", "independents like noise", "uncertain"]


class Quantity(Part):
    """A figure.

    Attributes:
        value: the figure; null where it has none, and for answers in words.
        low: lower end of its interval; the value where the figure is exact (bytes); null where there is none, or none
            that can be tested.
        high: upper end.
        verdict: of a question that is answered in words, the answer; empty for figures.
        missing: why there is no figure, or no interval that can be tested; null where there is.
        refused: of a missing relative distance, why there is none; empty for others.
        worst_part: which class or slice it is about, such as `class 3`; empty for others.
        notes: what the report notes beside the figure.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = ""
    missing: MissingReason | None = None
    refused: Refusal = ""
    worst_part: str = ""
    notes: tuple[Note, ...] = ()
