"""A data set in a folder: arrays in a safetensors file that many processes can map, the rest in JSON."""

from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import ValidationError
from safetensors.numpy import save_file

from samefn.core.array_files import map_safetensors
from samefn.core.canonical import canonical_json
from samefn.core.errors import InputError
from samefn.datasets.images import Dataset, Images
from samefn.spec.base import Spec

ARRAYS, CARD = "arrays.safetensors", "dataset.json"
PARTS = ("pixels", "labels")


class Card(Spec):
    """What `dataset.json` holds: all of a data set but its arrays."""

    format: Literal["samefn-dataset-1"] = "samefn-dataset-1"
    name: str
    class_names: tuple[str, ...]
    source: str
    official: bool | None = False
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
    try:
        card = Card.model_validate_json((folder / CARD).read_bytes())
        arrays = map_safetensors(folder / ARRAYS)
        train, test = (
            Images(arrays[f"{split}.pixels"], arrays[f"{split}.labels"], np.array(ids, dtype=np.str_))
            for split, ids in (("train", card.train_ids), ("test", card.test_ids))
        )
    except ValidationError as error:
        raise InputError(f"not a data set's card ({error.errors()[0]['msg']})", where=str(folder / CARD)) from error
    except InputError as error:
        raise InputError(f"not a data set's arrays ({error})", where=str(folder)) from error
    except (OSError, KeyError, ValueError) as error:
        raise InputError(f"not a data set's arrays ({error})", where=str(folder)) from error
    return Dataset(card.name, card.class_names, train, test, card.source, card.official)
