import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.core.events import Event, silent
from samefn.datasets.dataset import Dataset
from samefn.datasets.formats.idx import idx_bytes
from samefn.datasets.reference.mnist import find_mnist

Arrays = dict[str, NDArray[np.uint8]]
TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


@pytest.fixture
def arrays() -> Arrays:
    random = np.random.default_rng(0)
    return {
        TRAIN_IMAGES: random.integers(0, 256, (30, 28, 28), dtype=np.uint8),
        TRAIN_LABELS: (np.arange(30) % 10).astype(np.uint8),
        TEST_IMAGES: random.integers(0, 256, (20, 28, 28), dtype=np.uint8),
        TEST_LABELS: (np.arange(20) % 10).astype(np.uint8),
    }


def write(folder: Path, arrays: Arrays, form: Callable[[str], str] = str) -> Path:
    """Write the files, with the names that `form` makes of the official ones; `.gz` files are compressed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        path, raw = folder / form(name), idx_bytes(array)
        path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return folder


def read(folder: Path, emit: Callable[[Event], None] = silent) -> Dataset:
    return find_mnist(folder, folder / "unused", emit).decode(emit)


def test_the_images_are_those_in_the_files(tmp_path: Path, arrays: Arrays) -> None:
    dataset = read(write(tmp_path, arrays))
    assert dataset.name == "mnist"
    assert dataset.class_names == ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
    assert dataset.shape == (1, 28, 28)
    for images, pixels, labels in (
        (dataset.train, arrays[TRAIN_IMAGES], arrays[TRAIN_LABELS]),
        (dataset.test, arrays[TEST_IMAGES], arrays[TEST_LABELS]),
    ):
        np.testing.assert_array_equal(images.pixels[:, 0], pixels)
        np.testing.assert_array_equal(images.labels, labels)
    assert dataset.train.ids[[0, 29]].tolist() == ["train-00000", "train-00029"]
    assert dataset.test.ids[[0, 19]].tolist() == ["test-00000", "test-00019"]


FORMS: dict[str, tuple[str, Callable[[str], str]]] = {
    "plain": ("", str),
    "gzip": ("", lambda name: f"{name}.gz"),
    "dotted": ("", lambda name: name.replace("-idx", ".idx")),
    "dotted gzip": ("mnist", lambda name: name.replace("-idx", ".idx") + ".gz"),
    "torchvision": ("MNIST/raw", str),
}


@pytest.mark.parametrize(("subfolder", "form"), FORMS.values(), ids=FORMS.keys())
def test_every_layout_gives_the_same_fingerprint(
    tmp_path: Path, arrays: Arrays, subfolder: str, form: Callable[[str], str]
) -> None:
    plain = read(write(tmp_path / "plain", arrays))
    write(tmp_path / "other" / subfolder, arrays, form)
    assert read(tmp_path / "other").fingerprint == plain.fingerprint


def test_files_that_are_not_the_official_ones_are_said_to_be(tmp_path: Path, arrays: Arrays) -> None:
    events: list[Event] = []
    dataset = read(write(tmp_path, arrays), events.append)
    (event,) = events
    assert event.kind == "warning"
    assert str(tmp_path) in event.text
    for text in (event.text, dataset.source):
        assert all(name in text for name in arrays)
    assert dataset.official is False
    assert str(tmp_path) not in dataset.source  # the report is for others: no path of this machine


def test_a_folder_without_the_files_is_refused_and_nothing_downloaded(tmp_path: Path, arrays: Arrays) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(InputError) as caught:
            read(folder)
        assert str(caught.value).startswith(f"{folder}: ")
        assert all(name in str(caught.value) for name in arrays)


def test_a_missing_file_is_named(tmp_path: Path, arrays: Arrays) -> None:
    del arrays[TEST_LABELS]
    with pytest.raises(InputError, match="SF212") as caught:
        read(write(tmp_path / "mnist", arrays).parent)
    assert TEST_LABELS in caught.value.what
    assert TEST_IMAGES not in caught.value.what


def test_a_half_downloaded_file_is_named(tmp_path: Path, arrays: Arrays) -> None:
    write(tmp_path, arrays, lambda name: f"{name}.gz")
    path = tmp_path / f"{TEST_IMAGES}.gz"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(InputError, match="SF203") as caught:
        read(tmp_path)
    assert caught.value.where == str(path)


# What is changed, the code, where the fault is, and what the message names.
BAD: dict[str, tuple[Callable[[Arrays], Arrays], str, str, tuple[str, ...]]] = {
    "label 10": (
        lambda arrays: arrays | {TRAIN_LABELS: np.where(np.arange(30) == 7, 10, 1).astype(np.uint8)},
        "SF227",
        "",
        ("label 10", "index 7", "0..9"),
    ),
    "another size": (
        lambda arrays: arrays | {TEST_IMAGES: arrays[TEST_IMAGES][:, :, :27]},
        "SF213",
        "",
        ("test", "1x28x27", "1x28x28"),
    ),
    "too few labels": (
        lambda arrays: arrays | {TEST_LABELS: arrays[TEST_LABELS][:-1]},
        "SF223",
        TEST_LABELS,
        ("19", "20", TEST_IMAGES),
    ),
    "labels of the other split": (
        lambda arrays: arrays | {TRAIN_LABELS: arrays[TEST_LABELS]},
        "SF223",
        TRAIN_LABELS,
        ("20", "30", TRAIN_IMAGES),
    ),
    "images and labels exchanged": (
        lambda arrays: arrays | {TRAIN_IMAGES: arrays[TRAIN_LABELS], TRAIN_LABELS: arrays[TRAIN_IMAGES]},
        "SF256",
        TRAIN_IMAGES,
        ("1 dimensions, not 3",),
    ),
    "one class": (
        lambda arrays: arrays | {TRAIN_LABELS: np.full(30, 3, np.uint8)},
        "SF230",
        "mnist",
        ("30", "'3'"),
    ),
}


@pytest.mark.parametrize(("change", "code", "place", "facts"), BAD.values(), ids=BAD.keys())
def test_what_is_not_mnist_is_refused_in_one_line(
    tmp_path: Path,
    arrays: Arrays,
    change: Callable[[Arrays], Arrays],
    code: str,
    place: str,
    facts: tuple[str, ...],
) -> None:
    with pytest.raises(InputError, match=code) as caught:
        read(write(tmp_path, change(arrays)))
    assert str(caught.value.where).endswith(place)
    for fact in facts:
        assert fact in caught.value.what
    assert "\n" not in str(caught.value)
