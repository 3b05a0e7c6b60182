"""Data sets in folders: arrays in files that many processes can map, the rest in JSON.

The data of a study and of a comparison have different layouts, which stored results depend on. Both are read into the
same type.
"""

from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from pydantic import ValidationError
from safetensors.numpy import save_file

from samefn.config.base import Spec
from samefn.core.array_files import map_npy, map_safetensors
from samefn.core.canonical import canonical_json
from samefn.core.errors import InputError
from samefn.datasets.dataset import EXAMPLES_SPLIT, Dataset, study_dataset
from samefn.datasets.example_set import IMAGE, ExampleSet

ARRAYS, CARD = "arrays.safetensors", "dataset.json"
LABELS, EXAMPLES_CARD = "labels.npy", "examples.json"

AnyCard = TypeVar("AnyCard", bound=Spec)


class StudyCard(Spec):
    """The content of `dataset.json`: all of a study's data but its arrays."""

    format: Literal["samefn-dataset-1"] = "samefn-dataset-1"
    name: str
    class_names: tuple[str, ...]
    source: str
    official: bool | None = False
    train_ids: tuple[str, ...]
    test_ids: tuple[str, ...]


class ComparisonCard(Spec):
    """The content of `examples.json`: all of a comparison's data but its arrays.

    Attributes:
        format: of the folder.
        name: of the data.
        arrays: their names; the first is in `array-0.npy`, and so on.
        labelled: whether there is a file of labels.
        ids: one name for each example.
        class_names: by class index.
        images: whether there are images.
        source: one sentence, for the report.
        fingerprint: as the data set has it.
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


def write_dataset(dataset: Dataset, folder: Path) -> None:
    """Write a study's data into a folder that exists; equal data sets give equal bytes."""
    arrays = {
        f"{split}.{part}": np.ascontiguousarray(array)
        for split, examples in dataset.splits.items()
        for part, array in (("pixels", examples.pixels), ("labels", examples.true))
    }
    card = StudyCard(
        name=dataset.name,
        class_names=dataset.class_names,
        source=dataset.source,
        official=dataset.official,
        train_ids=tuple(dataset.train.ids.tolist()),
        test_ids=tuple(dataset.test.ids.tolist()),
    )
    save_file(arrays, folder / ARRAYS)
    _write_card(card, folder / CARD)


def read_dataset(folder: Path) -> Dataset:
    """Read the data that `write_dataset` wrote; the arrays are mapped, not read, so processes share one copy.

    Raises:
        InputError: the folder does not hold a study's data.
    """
    card = _read_card(StudyCard, folder / CARD)
    try:
        arrays = map_safetensors(folder / ARRAYS)
        train, test = (
            ExampleSet({IMAGE: arrays[f"{split}.pixels"]}, np.array(ids, dtype=np.str_), arrays[f"{split}.labels"])
            for split, ids in (("train", card.train_ids), ("test", card.test_ids))
        )
    except (InputError, OSError, KeyError, ValueError) as error:
        raise InputError("SF260", f"holds no arrays of a data set ({error})", where=str(folder)) from error
    return study_dataset(card.name, card.class_names, train, test, card.source, card.official)


def write_examples(dataset: Dataset, folder: Path) -> None:
    """Write a comparison's data into a folder that exists; mapped arrays are copied in parts."""
    examples = dataset.examples
    card = ComparisonCard(
        name=dataset.name,
        arrays=tuple(examples.arrays),
        labelled=examples.labels is not None,
        ids=tuple(examples.ids.tolist()),
        class_names=dataset.class_names,
        images=examples.images,
        source=dataset.source,
        fingerprint=dataset.fingerprint,
    )
    for number, array in enumerate(examples.arrays.values()):
        np.save(folder / _array_file(number), array, allow_pickle=False)
    if examples.labels is not None:
        np.save(folder / LABELS, examples.labels, allow_pickle=False)
    _write_card(card, folder / EXAMPLES_CARD)


def read_examples(folder: Path) -> Dataset:
    """Read the data that `write_examples` wrote; the arrays are mapped, not read, so processes share one copy.

    Raises:
        InputError: the folder does not hold a comparison's data.
    """
    card = _read_card(ComparisonCard, folder / EXAMPLES_CARD)
    examples = ExampleSet(
        arrays={name: map_npy(folder / _array_file(number)) for number, name in enumerate(card.arrays)},
        ids=np.array(card.ids, dtype=np.str_),
        labels=map_npy(folder / LABELS) if card.labelled else None,
        where=card.name,
    )
    return Dataset(
        card.name, card.class_names, {EXAMPLES_SPLIT: examples}, card.source, known_fingerprint=card.fingerprint
    )


def _write_card(card: Spec, path: Path) -> None:
    path.write_bytes(canonical_json(card.model_dump(mode="json")))


def _read_card(kind: type[AnyCard], path: Path) -> AnyCard:
    try:
        return kind.model_validate_json(path.read_bytes())
    except ValidationError as error:
        message = error.errors()[0]["msg"]
        raise InputError("SF260", f"does not describe a data set ({message})", where=str(path)) from error
    except OSError as error:
        raise InputError("SF260", f"holds no data set ({error})", where=str(path.parent)) from error


def _array_file(number: int) -> str:
    return f"array-{number}.npy"
