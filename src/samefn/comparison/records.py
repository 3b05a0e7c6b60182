"""What the task that runs a model leaves beside its predictions."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import reduce
from pathlib import Path
from typing import Any, Literal

from samefn.core.canonical import Json
from samefn.predictions.rounding import Rounding
from samefn.runtimes.model import Weights
from samefn.spec.comparison import OutputKind

FILE = "record.json"


@dataclass(frozen=True)
class AnswerRecord:
    """How a model was run, and what it is.

    Attributes:
        fed: how the examples became its inputs, a sentence each.
        returns: what its output holds; empty where that is not known.
        facts: what can change its numbers, as the runtime says.
        failed: why it failed, by example id.
        notes: what a reader should know, one sentence each.
        rounding: what was not as probabilities should be; what older records say of it is among their notes.
        batch: examples a batch; None where nothing was run.
        bytes: size of its files.
        parameters: how many numbers it stores as weights.
        nonzero: how many of them are not zero.
        doubt: why its output may be no class scores; it was run because somebody insisted.
    """

    fed: Sequence[str] = ()
    returns: OutputKind | Literal[""] = ""
    facts: Mapping[str, Json] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    rounding: Rounding = field(default_factory=Rounding)
    batch: int | None = None
    bytes: int | None = None
    parameters: int | None = None
    nonzero: int | None = None
    doubt: str = ""

    def storing(self, size: Weights) -> "AnswerRecord":
        """The same with what the model stores."""
        return replace(self, **asdict(size))

    @property
    def kind(self) -> OutputKind:
        """What its output holds."""
        return self.returns or "logits"

    @property
    def all_notes(self) -> tuple[str, ...]:
        """The notes, those on rounding among them, each once."""
        return tuple(dict.fromkeys((*self.notes, *self.rounding.notes())))

    def write(self, folder: Path) -> None:
        """Write it into a task's folder."""
        (folder / FILE).write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> "AnswerRecord":
        """Read it back, also as earlier versions left it."""
        found: dict[str, Any] = json.loads(path.read_text())
        known = {one.name: found[one.name] for one in fields(cls) if one.name in found}
        return cls(**{**known, "rounding": Rounding(**found.get("rounding", {}))})


def merged_records(records: Iterable[AnswerRecord]) -> AnswerRecord:
    """One record of a model that was run piece by piece: the first one's, with the failures and notes of all."""
    found = tuple(records)
    return replace(
        found[0],
        failed={name: why for one in found for name, why in one.failed.items()},
        notes=tuple(dict.fromkeys(note for one in found for note in one.notes)),
        rounding=reduce(Rounding.with_other, (one.rounding for one in found)),
    )


def differing_facts(records: Sequence[AnswerRecord]) -> list[str]:
    """The facts that are not the same in all records: workers may differ."""
    names = dict.fromkeys(name for one in records for name in one.facts)
    return [name for name in names if any(one.facts.get(name) != records[0].facts.get(name) for one in records)]
