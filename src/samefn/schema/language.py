"""The part of report.json about language models: the figures of llama-perplexity, with intervals over blocks."""

from typing import Literal

from samefn.schema.base import Part
from samefn.schema.notes import Note

Block = Literal["window", "document"]


class LanguageEntry(Part):
    """One figure of one language model against the base, over the scored tokens of a text.

    The unit of intervals is a block, the scored tokens of one window or document: tokens of one text depend on one
    another.

    Attributes:
        base: id of the base.
        candidate: id of the model compared.
        figure: its name.
        title: for people.
        unit: what it is counted in; empty for plain numbers.
        value: the figure; null where it is not defined (then `notes` say why).
        low: lower end of its interval; null where there is none.
        high: upper end of its interval.
        error: standard error with the block as the unit; null where there is none.
        naive_error: standard error as if tokens were independent, as llama-perplexity prints it; null where there is
            none.
        tokens: how many scored tokens.
        blocks: how many blocks they come in.
        block: what a block is: a `window` of the text, or a `document`, where documents are declared.
        interval: how the interval was made.
        notes: why there is no value, or what limits the figure or its interval.
    """

    base: str
    candidate: str
    figure: str
    title: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    error: float | None
    naive_error: float | None
    tokens: int
    blocks: int
    block: Block = "window"
    interval: str
    notes: tuple[Note, ...] = ()
