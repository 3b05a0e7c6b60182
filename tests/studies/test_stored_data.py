"""Data in a store: their description may change, their key does not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from samefn.core.events import silent
from samefn.datasets import source as module
from samefn.datasets.dataset import Dataset, numbered_images, study_dataset
from samefn.datasets.source import Source
from samefn.store.store import Store
from samefn.studies.data import decoded_dataset


@pytest.fixture
def dataset() -> Dataset:
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 1, 3, 4)
    train, test = (numbered_images(split, pixels, np.array([0, 1, 1, 0])) for split in ("train", "test"))
    return study_dataset("pets", ("cat", "dog"), train, test, "by its counts", official=True)


@pytest.mark.parametrize("official", [None, False])
def test_a_better_description_reaches_data_that_are_stored(
    tmp_path: Path, dataset: Dataset, official: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that an earlier version has decoded are judged again; the images, and so every training, keep their key."""
    (tmp_path / "file").write_bytes(b"images")
    store = Store(tmp_path / "store")
    decodings = iter([dataset, replace(dataset, source="by its content", official=official)])
    source = Source("pets", (tmp_path / "file",), lambda emit: next(decodings))

    def stored() -> Iterator[str]:
        return (key for key in store.keys() if store.manifest(key)["kind"] == "data")  # noqa: SIM118  (a store is no dict)

    with monkeypatch.context() as patch:
        patch.setattr(module, "DECODER", module.DECODER - 1)
        assert decoded_dataset(source, store, silent).official is True
    images = list(stored())
    for _ in range(2):  # decoded, then from the store
        found = decoded_dataset(source, store, silent)
        assert (found.source, found.official) == ("by its content", official)
    assert list(stored()) == images
    assert len(images) == 1
