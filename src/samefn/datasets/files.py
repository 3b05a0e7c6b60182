"""A data set in a folder: arrays in a safetensors file that many processes can map, the rest in JSON."""

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from samefn.core.canonical import canonical_json
from samefn.core.errors import InputError
from samefn.datasets.images import Dataset, Images
from samefn.spec.base import Spec

ARRAYS, CARD = "arrays.safetensors", "dataset.json"
PARTS = ("pixels", "labels")
DTYPES: dict[str, type[np.generic]] = {"U8": np.uint8, "I64": np.int64}


class Card(Spec):
    """What `dataset.json` holds: all of a data set but its arrays."""

    format: Literal["samefn-dataset-1"] = "samefn-dataset-1"
    name: str
    class_names: tuple[str, ...]
    source: str
    official: bool = False
    train_ids: tuple[str, ...]
    test_ids: tuple[str, ...]


def write_dataset(dataset: Dataset, folder: Path) -> None:
    """Write a data set into a folder that exists; equal data sets give equal bytes."""
    splits = {"train": dataset.train, "test": dataset.test}
    arrays = {
        f"{split}.{part}": np.ascontiguousarray(getattr(images, part))
        for split, images in splits.items()
        for part in PARTS
    }
    card = Card(
        name=dataset.name,
        class_names=dataset.class_names,
        source=dataset.source,
        official=dataset.official,
        train_ids=tuple(dataset.train.ids.tolist()),
        test_ids=tuple(dataset.test.ids.tolist()),
    )
    save_file(arrays, folder / ARRAYS)
    (folder / CARD).write_bytes(canonical_json(card.model_dump(mode="json")))


def read_dataset(folder: Path) -> Dataset:
    """Read what `write_dataset` wrote; the arrays are mapped, not read, so processes share one copy.

    Raises:
        InputError: the folder does not hold a data set.
    """
    path = folder / ARRAYS
    try:
        card = Card.model_validate_json((folder / CARD).read_bytes())
        arrays = _mapped(path)
        train, test = (
            Images(arrays[f"{split}.pixels"], arrays[f"{split}.labels"], np.array(ids, dtype=np.str_))
            for split, ids in (("train", card.train_ids), ("test", card.test_ids))
        )
    except ValidationError as error:
        raise InputError(f"not a data set's card ({error.errors()[0]['msg']})", where=str(folder / CARD)) from error
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise InputError(f"not a data set's arrays ({error})", where=str(folder)) from error
    return Dataset(card.name, card.class_names, train, test, card.source, card.official)


def _mapped(path: Path) -> dict[str, NDArray[Any]]:
    """Every array of a safetensors file, mapped: safetensors' own NumPy reader copies."""
    with safe_open(path, framework="numpy"):
        pass  # refuses a header that does not fit the file, so that what follows may trust it
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    # Mode "c", copy on write: torch warns of arrays that cannot be written.
    return {
        key: np.asarray(
            np.memmap(
                path,
                DTYPES[entry["dtype"]],
                mode="c",
                offset=8 + length + entry["data_offsets"][0],
                shape=tuple(entry["shape"]),
            )
        )
        for key, entry in header.items()
        if key != "__metadata__"
    }
