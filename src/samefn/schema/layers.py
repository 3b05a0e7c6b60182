"""The part of report.json that says what is lost where: layers swapped between base and candidate, one at a time."""

from typing import Literal

from samefn.schema.base import Part

SwapDirection = Literal["forward", "backward"]


class LocatedEntry(Part):
    """One layer swapped, and how far the model with it is from the base.

    Attributes:
        candidate: id of the candidate; empty where it has none.
        group: name of the layer.
        direction: `forward`, the base with this layer of the candidate; `backward`, the candidate with this layer of
            the base.
        swapped: what of the layer changes hands, in words.
        disagreement: share of inputs whose prediction differs from the base's, 0 to 1.
        disagreement_low: lower end of its interval over examples.
        disagreement_high: upper end.
        total_variation: mean total variation to the base, 0 to 1.
        total_variation_low: lower end of its interval over examples.
        total_variation_high: upper end.
        share: of the candidate's own mean total variation to the base: forward, how much of it this layer makes
            alone (mean here / candidate's); backward, how much of it goes away (1 - mean here / candidate's). Shares
            of several layers need not sum to 1. Null where the candidate is no way from the base.
        bytes: how many more bytes the layer takes as the base stores it than as the candidate does.
        examples: how many examples.
    """

    candidate: str = ""
    group: str
    direction: SwapDirection
    swapped: str
    disagreement: float
    disagreement_low: float
    disagreement_high: float
    total_variation: float
    total_variation_low: float
    total_variation_high: float
    share: float | None
    bytes: int
    examples: int
