"""What tasks leave in record.json beside their results, for whoever collects them; written and read by these types.

Fields may be added with a default. A stored record must stay readable: no field may go or change its meaning.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, JsonValue

from samefn.schema.base import Part
from samefn.schema.methods import OutputKind, Pruned, QuantizedFile

RECORD = "record.json"


class Epoch(Part):
    """A training after one epoch.

    Attributes:
        epoch: number of the epoch; 0 is before training.
        loss: of the training; null before it.
        accuracy: on the first evaluation set, 0 to 1; null where it has no labels.
    """

    epoch: int
    loss: float | None = None
    accuracy: float | None = None


class TrainingRecord(Part):
    """Of a training: the losses, epoch by epoch from the first on."""

    losses: tuple[Epoch, ...]


class NotesRecord(Part):
    """Of a checkpoint of the user's, or of an export: what a reader must know of it, a sentence each."""

    notes: tuple[str, ...] = ()


class Rounding(Part):
    """What was not as probabilities should be, counted, so that parts of them add up to what is said of all.

    Attributes:
        rows: how many rows there are.
        off: how many of them did not sum to one, and were renormalised.
        worst: by how much the worst of all missed it.
        zeros: how many probabilities are exactly zero.
    """

    rows: int = 0
    off: int = 0
    worst: float = 0.0
    zeros: int = 0

    def with_other(self, other: "Rounding") -> "Rounding":
        """Of both together.

        >>> some, more = Rounding(rows=2, off=1, worst=0.01), Rounding(rows=3, zeros=4)
        >>> some.with_other(more).notes()[0]
        '1 of 5 rows did not sum to one (worst by 0.01) and were renormalised'
        """
        return Rounding(
            rows=self.rows + other.rows,
            off=self.off + other.off,
            worst=max(self.worst, other.worst),
            zeros=self.zeros + other.zeros,
        )

    def notes(self) -> tuple[str, ...]:
        """A sentence each."""
        found: list[str] = []
        if self.off:
            found.append(
                f"{self.off} of {self.rows} rows did not sum to one (worst by {self.worst:.2g}) and were renormalised"
            )
        if self.zeros:
            found.append(f"{self.zeros} probabilities are exactly zero: Kullback-Leibler divergences may be infinite")
        return tuple(found)


class AnswerRecord(Part):
    """How a model was run, and its facts.

    Attributes:
        fed: how the examples became its inputs, one sentence for each input.
        failed: by the id of each example that it failed on, the reason.
        returns: what its output holds; null where that was not detected.
        facts: settings and versions of its runtime that can change its numbers.
        notes: what a reader must know, one sentence each.
        rounding: how its probabilities were corrected; older records have this among their notes.
        bytes: size of its files; null where there are none.
        parameters: how many weights it stores; null where that cannot be read.
        nonzero: how many of them are not zero; null where that cannot be read.
        batch: examples in one batch; null where that is not known.
        doubt: why its output may not be class scores; it was run because the user said that it is.
        resolution: the step to which its probabilities are rounded; null where they are not, that is not known, or an
            older version ran it.
    """

    fed: tuple[str, ...] = ()
    failed: dict[str, str] = Field(default_factory=dict)
    returns: OutputKind | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
    rounding: Rounding = Rounding()
    bytes: int | None = None
    parameters: int | None = None
    nonzero: int | None = None
    batch: int | None = None
    doubt: str = ""
    resolution: float | None = None

    @property
    def kind(self) -> OutputKind:
        """What its output holds."""
        return self.returns or "logits"

    @property
    def all_notes(self) -> tuple[str, ...]:
        """The notes, those on rounding among them, each once."""
        return tuple(dict.fromkeys((*self.notes, *self.rounding.notes())))


class ScoreRecord(Part):
    """Of two language models that were scored side by side: how each was run.

    Attributes:
        base: the base.
        other: the model that was measured against it.
    """

    base: AnswerRecord
    other: AnswerRecord


# Of the tasks of a study that make a model's file, by the kind of the task.
MADE: Mapping[str, type[TrainingRecord | NotesRecord | QuantizedFile | Pruned]] = {
    "train": TrainingRecord,
    "adopt": NotesRecord,
    "export": NotesRecord,
    "quantize": QuantizedFile,
    "prune": Pruned,
}


def write_record(record: Part, folder: Path) -> None:
    """Write record.json; fields that nobody set are left out, so that a new one changes no record."""
    (folder / RECORD).write_text(json.dumps(record.model_dump(mode="json", exclude_unset=True)))
