"""A figure that a requirement is about, with the interval that decides."""

from typing import Literal

from samefn.schema.base import Part

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


class Quantity(Part):
    """A figure.

    Attributes:
        value: the figure; null where it has none, and for answers in words.
        low: lower end of its interval; the value where the figure is exact (bytes); null where there is none, or none
            that can be tested.
        high: upper end.
        verdict: of a question that is answered in words, the answer; empty for figures.
        missing: why there is no figure, or no interval that can be tested; null where there is.
        note: what the report notes beside the figure; empty where nothing.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = ""
    missing: MissingReason | None = None
    note: str = ""
