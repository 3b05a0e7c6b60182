import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from samefn.core.errors import InputError
from samefn.datasets.dataset import Dataset, numbered_images, study_dataset
from samefn.datasets.files import ARRAYS, CARD, read_dataset, write_dataset


@pytest.fixture
def dataset() -> Dataset:
    random = np.random.default_rng(0)
    train, test = (
        numbered_images(
            split, random.integers(0, 256, (count, 3, 5, 7), dtype=np.uint8), np.arange(count, dtype=np.int64) % 3
        )
        for split, count in (("train", 9), ("test", 4))
    )
    return study_dataset("small", ("un", "déux", "trois"), train, test, "made for a test", official=True)


@pytest.fixture
def folder(tmp_path: Path, dataset: Dataset) -> Path:
    write_dataset(dataset, tmp_path)
    return tmp_path


def test_reads_what_was_written(folder: Path, dataset: Dataset) -> None:
    read = read_dataset(folder)
    assert (read.name, read.class_names, read.source) == (dataset.name, dataset.class_names, dataset.source)
    assert read.official
    for ours, theirs in ((read.train, dataset.train), (read.test, dataset.test)):
        np.testing.assert_array_equal(ours.pixels, theirs.pixels)
        np.testing.assert_array_equal(ours.labels, theirs.labels)
        np.testing.assert_array_equal(ours.ids, theirs.ids)
        assert ours.ids.dtype == theirs.ids.dtype
    assert read.fingerprint == dataset.fingerprint


def test_the_arrays_are_a_safetensors_file(folder: Path, dataset: Dataset) -> None:
    arrays = load_file(folder / ARRAYS)
    assert set(arrays) == {"train.pixels", "train.labels", "test.pixels", "test.labels"}
    np.testing.assert_array_equal(arrays["test.pixels"], dataset.test.pixels)


def test_equal_data_sets_have_equal_bytes(folder: Path) -> None:
    again = folder / "again"
    again.mkdir()
    write_dataset(read_dataset(folder), again)
    for name in (ARRAYS, CARD):
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_a_view_is_written_as_what_it_shows(folder: Path, dataset: Dataset) -> None:
    limited = dataset.limited(5, 2)
    write_dataset(limited, folder)
    assert read_dataset(folder).fingerprint == limited.fingerprint


def test_arrays_are_mapped_and_the_file_is_safe_from_them(folder: Path) -> None:
    before = (folder / ARRAYS).read_bytes()
    pixels = read_dataset(folder).train.pixels
    assert isinstance(pixels.base, np.memmap)
    pixels[0] = 0  # writable, for torch's sake, but in this process only
    assert (folder / ARRAYS).read_bytes() == before


@pytest.mark.parametrize(
    "header",
    [
        {"train.pixels": {"dtype": "U8", "shape": [9, 3, 5, 7], "data_offsets": [0, 945]}},
        {"train.pixels": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}},
        {"train.pixels": {"dtype": "U8", "shape": [1, 1, 1, 2**40], "data_offsets": [0, 2**40]}},
        {"train.pixels": {"dtype": "U8", "shape": [0, 1, 1, 1], "data_offsets": [0, 0]}},
    ],
    ids=["arrays missing", "another dtype", "beyond the file", "empty"],
)
def test_other_arrays_are_refused(folder: Path, header: dict[str, dict[str, object]]) -> None:
    text = json.dumps(header).encode()
    size = min(max(entry["data_offsets"][1] for entry in header.values()), 1000)  # type: ignore[index]
    (folder / ARRAYS).write_bytes(len(text).to_bytes(8, "little") + text + bytes(size))
    with pytest.raises(InputError, match="SF260"):
        read_dataset(folder)


def test_ids_and_arrays_of_different_length_are_refused(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps(card | {"test_ids": card["test_ids"][:-1]}))
    with pytest.raises(InputError, match="SF260") as caught:
        read_dataset(folder)
    assert str([4, 3, 5, 7]) in caught.value.what


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": "samefn-dataset-2"}'])
def test_another_card_is_refused(folder: Path, text: str) -> None:
    (folder / CARD).write_text(text)
    with pytest.raises(InputError, match="SF260") as caught:
        read_dataset(folder)
    assert caught.value.where == str(folder / CARD)


def test_half_a_file_and_no_file_are_refused(folder: Path) -> None:
    path = folder / ARRAYS
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError, match="SF260"):
        read_dataset(folder)
    path.unlink()
    with pytest.raises(InputError, match="SF260"):
        read_dataset(folder)
