from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits as bundled_digits

from samefn.core.events import Event, silent
from samefn.datasets.dataset import Dataset
from samefn.datasets.reference.digits import find_digits


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return find_digits(None, Path("unused"), silent).decode(silent)


def bilinear(image: np.ndarray, side: int) -> np.ndarray:
    """Each new pixel's centre between the centres of the four old ones around it; the edge goes on beyond."""
    old, new = len(image), np.empty((side, side))
    for row in range(side):
        for column in range(side):
            y, x = ((place + 0.5) * old / side - 0.5 for place in (row, column))
            top, left = int(np.floor(y)), int(np.floor(x))
            value = 0.0
            for v, weight_v in ((top, top + 1 - y), (top + 1, y - top)):
                for u, weight_u in ((left, left + 1 - x), (left + 1, x - left)):
                    value += weight_v * weight_u * image[min(max(v, 0), old - 1), min(max(u, 0), old - 1)]
            new[row, column] = value
    return new


def test_every_digit_is_there_once_enlarged(digits: Dataset) -> None:
    """A plain-loop enlargement of each of the first 40 digits is found among ours, within rounding."""
    pixels = np.concatenate([digits.train.pixels, digits.test.pixels])[:, 0].astype(float)
    labels = np.concatenate([digits.train.labels, digits.test.labels])
    bundle = bundled_digits()
    assert len(pixels) == len(bundle.images) == 1797
    assert len(np.unique(pixels, axis=0)) == len(np.unique(bundle.images, axis=0))
    for image, label in zip(bundle.images[:40], bundle.target[:40], strict=True):
        off = np.abs(pixels - bilinear(image * 255 / 16, 28)).max(axis=(1, 2))
        # Rounded three times, by half a level at most: to bytes, along the rows, along the columns.
        assert off.min() < 1.51
        assert np.sort(off)[1] > 10
        assert labels[off.argmin()] == label


def test_pixels_use_the_whole_range(digits: Dataset) -> None:
    assert digits.shape == (1, 28, 28)
    for images in (digits.train, digits.test):
        assert (images.pixels.min(), images.pixels.max()) == (0, 255)


def test_the_split_is_stratified_halves(digits: Dataset) -> None:
    assert (len(digits.train), len(digits.test)) == (898, 899)
    assert digits.class_names == tuple("0123456789")
    train, test = Counter(digits.train.labels.tolist()), Counter(digits.test.labels.tolist())
    assert all(abs(train[label] - test[label]) <= 1 for label in range(10))
    assert train + test == Counter(bundled_digits().target.tolist())


def test_the_split_is_fixed_and_described(digits: Dataset) -> None:
    assert find_digits(None, Path("unused"), silent).decode(silent).fingerprint == digits.fingerprint
    for fact in ("scikit-learn", "28x28", "898 to train", "899 to test", "stratified", "seed 0"):
        assert fact in digits.source


def test_a_folder_of_data_is_not_ignored_in_silence(tmp_path: Path) -> None:
    events: list[Event] = []
    find_digits(tmp_path / "nonexistent", tmp_path, events.append).decode(silent)
    assert [(event.kind, event.name, "--data-dir" in event.text) for event in events] == [("warning", "digits", True)]
