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


class AnswersRecord(Part):
    """Of a model that was run: how, and what it is.

    Attributes:
        fed: how the data became its inputs, a sentence an input.
        failed: why, by the id of each example that it failed on.
        returns: what its output was taken for; null where nobody looked.
        facts: what of its runtime can change its numbers.
        notes: what a reader must know, a sentence each.
        bytes: size of its files; null where there are none.
        parameters: how many numbers it stores as weights; null where that cannot be read.
        nonzero: how many of them are not zero; likewise.
        batch: examples at once; null where that is not known.
    """

    fed: tuple[str, ...] = ()
    failed: dict[str, str] = Field(default_factory=dict)
    returns: OutputKind | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
    bytes: int | None = None
    parameters: int | None = None
    nonzero: int | None = None
    batch: int | None = None


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
