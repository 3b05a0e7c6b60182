"""Models that share an answer, as the page shows them side by side."""

from dataclasses import dataclass
from typing import Literal

from samefn.schema.report import ModelEntry

Tone = Literal["unchanged", "nearer", "alike", "farther", "unjudged"]
"""How good an answer is, for the eye; words say it too."""


@dataclass(frozen=True)
class Member:
    """A model with its name for people and its share of changed answers as text."""

    model: ModelEntry
    name: str
    text: str


@dataclass(frozen=True)
class Group:
    """Models with one answer."""

    tone: Tone
    title: str
    members: tuple[Member, ...]
