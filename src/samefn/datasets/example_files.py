"""Examples in a folder: each array in an npy file that many processes can map, the rest in JSON."""

from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import ValidationError

from samefn.core.array_files import map_npy
from samefn.core.canonical import canonical_json
from samefn.core.errors import InputError
from samefn.datasets.example_set import ExampleSet
from samefn.spec.base import Spec

CARD, LABELS = "examples.json", "labels.npy"


class Card(Spec):
    """What `examples.json` holds: all of the examples but their arrays.

    Attributes:
        format: of the folder.
        name: what the data is called.
        arrays: their names; the first lies in `array-0.npy`, and so on.
        labelled: whether there is a file of labels.
        ids: one name an example.
        class_names: by class index.
        images: whether there are images.
        source: one sentence, for the report.
        fingerprint: as the examples have it.
    """

    format: Literal["samefn-examples-1"] = "samefn-examples-1"
    name: str
    arrays: tuple[str, ...]
    labelled: bool
    ids: tuple[str, ...]
    class_names: tuple[str, ...]
    images: bool
    source: str
    fingerprint: str


def write_examples(examples: ExampleSet, folder: Path) -> None:
    """Write examples into a folder that exists; arrays that are mapped are copied piece by piece."""
    card = Card(
        name=examples.name,
        arrays=tuple(examples.arrays),
        labelled=examples.labels is not None,
        ids=tuple(examples.ids.tolist()),
        class_names=examples.class_names,
        images=examples.images,
        source=examples.source,
        fingerprint=examples.fingerprint,
    )
    for number, array in enumerate(examples.arrays.values()):
        np.save(folder / _file(number), array, allow_pickle=False)
    if examples.labels is not None:
        np.save(folder / LABELS, examples.labels, allow_pickle=False)
    (folder / CARD).write_bytes(canonical_json(card.model_dump(mode="json")))


def read_examples(folder: Path) -> ExampleSet:
    """Read what `write_examples` wrote; the arrays are mapped, not read, so processes share one copy.

    Raises:
        InputError: the folder does not hold examples.
    """
    try:
        card = Card.model_validate_json((folder / CARD).read_bytes())
    except ValidationError as error:
        raise InputError(f"not a card of examples ({error.errors()[0]['msg']})", where=str(folder / CARD)) from error
    except OSError as error:
        raise InputError(f"holds no examples ({error})", where=str(folder)) from error
    return ExampleSet(
        name=card.name,
        arrays={name: map_npy(folder / _file(number)) for number, name in enumerate(card.arrays)},
        ids=np.array(card.ids, dtype=np.str_),
        labels=map_npy(folder / LABELS) if card.labelled else None,
        class_names=card.class_names,
        images=card.images,
        source=card.source,
        fingerprint=card.fingerprint,
    )


def _file(number: int) -> str:
    return f"array-{number}.npy"
