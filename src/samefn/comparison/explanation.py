"""What is said of a model before anything long is run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """One model, explained.

    Attributes:
        model: its path.
        lines: what it is run by, fed and returns, a sentence each.
        error: why it cannot be used; empty where it can.
    """

    model: str
    lines: tuple[str, ...]
    error: str = ""
