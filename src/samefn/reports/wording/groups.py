"""Models that are shown together: on one card of the page, or as the seeds of one method."""

from dataclasses import dataclass
from typing import Literal

from samefn.schema.report import ModelEntry

Tone = Literal["unchanged", "alike", "farther"]
"""The colour of a card, from good to bad; its title says the same in words."""


@dataclass(frozen=True)
class CardItem:
    """A model with its name for people and its share of changed predictions as text."""

    model: ModelEntry
    name: str
    text: str


@dataclass(frozen=True)
class SummaryCard:
    """Models of one outcome, as the page shows them side by side."""

    tone: Tone
    title: str
    members: tuple[CardItem, ...]


def seed_group(model: ModelEntry) -> tuple[str, ...]:
    """A key that is equal for models that differ in their seed alone."""
    if model.role == "independent":
        return ("independent",)
    return (model.role, model.family) if model.family else (model.id,)
