"""Progress of long work. The library emits events and prints nothing; a program shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

EventKind = Literal["planned", "stored", "started", "progress", "finished", "failed", "skipped", "note", "warning"]


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    Args:
        kind: what happened; `stored` means that a result was in the store already.
        name: what it happened to: a task, a model, a file.
        text: a message for people; empty where the kind says enough.
        done: units done so far, with `total`.
        total: units in all; 0 when unknown.
    """

    kind: EventKind
    name: str
    text: str = ""
    done: int = 0
    total: int = 0


Emit: TypeAlias = Callable[[Event], None]


def silent(event: Event) -> None:
    """Show nothing."""
    del event
