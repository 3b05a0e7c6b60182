from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from samefn.core.errors import InputError
from samefn.datasets.dataset import Dataset, numbered_images, study_dataset
from samefn.datasets.files import read_dataset, write_dataset
from samefn.datasets.origin import FILE, read_origin, write_origin


@pytest.fixture
def dataset() -> Dataset:
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 1, 3, 4)
    train, test = (numbered_images(split, pixels, np.array([0, 1, 1, 0])) for split in ("train", "test"))
    return study_dataset("pets", ("cat", "dog"), train, test, "from here", official=True)


def test_stored_images_are_what_was_said_of_them_at_this_place(tmp_path: Path, dataset: Dataset) -> None:
    """The images were stored from elsewhere first."""
    write_dataset(replace(dataset, name="other", source="from there", official=False), tmp_path)
    write_origin(dataset, tmp_path)
    found = read_origin(tmp_path).apply_to(read_dataset(tmp_path))
    assert (found.name, found.source, found.official) == ("pets", "from here", True)
    assert found.fingerprint == dataset.fingerprint


def test_other_images_are_refused(tmp_path: Path, dataset: Dataset) -> None:
    write_origin(dataset, tmp_path)
    with pytest.raises(InputError, match="SF260") as caught:
        read_origin(tmp_path).apply_to(replace(dataset, class_names=("cat", "cow")))
    assert dataset.fingerprint in caught.value.what


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]"])
def test_what_is_no_origin_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="SF260"):
        read_origin(tmp_path)
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(InputError, match="SF260"):
        read_origin(tmp_path)
