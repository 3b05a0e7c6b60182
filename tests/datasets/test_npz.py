import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.datasets.formats.npz import is_npz, read_npz_splits

Arrays = dict[str, NDArray[Any]]


@pytest.fixture
def arrays() -> Arrays:
    random = np.random.default_rng(0)
    return {
        "x_train": random.integers(0, 256, (6, 5, 4), dtype=np.uint8),
        "y_train": np.array([0, 1, 2, 0, 1, 2]),
        "x_test": random.integers(0, 256, (3, 5, 4), dtype=np.uint8),
        "y_test": np.array([2, 1, 0]),
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data.npz"


def test_grey_images(path: Path, arrays: Arrays) -> None:
    np.savez(path, **arrays)
    assert is_npz(path)
    splits = read_npz_splits(path)
    np.testing.assert_array_equal(splits.train.pixels, arrays["x_train"][:, None])
    np.testing.assert_array_equal(splits.test.pixels, arrays["x_test"][:, None])
    assert splits.train.labels.tolist() == [0, 1, 2, 0, 1, 2]
    assert splits.test.labels.tolist() == [2, 1, 0]
    assert splits.class_names is None


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_channels_first_or_last(
    path: Path, arrays: Arrays, channels: int, last: bool, order: Any, save: Callable[..., None]
) -> None:
    wanted = {}
    for split, count in (("train", 6), ("test", 3)):
        nchw = np.random.default_rng(count).integers(0, 256, (count, channels, 5, 4), dtype=np.uint8)
        wanted[split] = nchw
        arrays[f"x_{split}"] = np.array(nchw.transpose(0, 2, 3, 1) if last else nchw, order=order)
    save(path, **arrays)
    splits = read_npz_splits(path)
    np.testing.assert_array_equal(splits.train.pixels, wanted["train"])
    np.testing.assert_array_equal(splits.test.pixels, wanted["test"])


def test_a_column_of_labels_as_keras_has_it(path: Path, arrays: Arrays) -> None:
    np.savez(path, **arrays | {"y_train": arrays["y_train"][:, None].astype(np.uint8)})
    assert read_npz_splits(path).train.labels.tolist() == [0, 1, 2, 0, 1, 2]


class Harm:
    """What a pickle would make of this is a file."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('unpickled')",)


# What is changed, the code, and what the message names.
BAD: dict[str, tuple[Arrays, str, str]] = {
    "objects": ({"y_train": np.array([Harm()] * 6, dtype=object)}, "SF0", "Python objects"),
    "floats": ({"x_train": np.ones((6, 5, 4))}, "SF231", "float64"),
    "wide pixels": ({"x_train": np.ones((6, 5, 4), np.int16)}, "SF231", "int16"),
    "float labels": ({"y_test": np.zeros(3)}, "SF231", "float64"),
    "flat pixels": ({"x_train": np.ones((6, 20), np.uint8)}, "SF231", "[6, 20]"),
    "two channels": ({"x_train": np.ones((6, 2, 5, 4), np.uint8)}, "SF231", "[6, 2, 5, 4]"),
    "channels on both sides": ({"x_train": np.ones((6, 3, 5, 3), np.uint8)}, "SF231", "[6, 3, 5, 3]"),
    "one-hot labels": ({"y_train": np.eye(6, dtype=np.uint8)}, "SF226", "[6, 6]"),
    "too few labels": ({"y_train": np.arange(5)}, "SF223", "5 labels for 6 images"),
    "a negative label": ({"y_train": np.array([0, 1, -1, 0, 1, 2])}, "SF227", "-1 at index 2"),
    "a label beyond all": ({"y_test": np.array([0, 2**40, 1])}, "SF227", f"{2**40} at index 1"),
    "an unsigned label beyond all": ({"y_test": np.array([0, 2**63, 1], np.uint64)}, "SF227", f"{2**63}"),
    "no images": ({"x_test": np.empty((0, 5, 4), np.uint8)}, "SF222", "x_test"),
    "no training images": ({"x_train": np.empty((0, 5, 4), np.uint8)}, "SF222", "x_train"),
    "no labels": ({"y_train": np.empty(0, np.int64)}, "SF222", "y_train"),
    "no height": ({"x_train": np.empty((6, 0, 4), np.uint8)}, "SF231", "[6, 0, 4]"),
}


@pytest.mark.parametrize(("change", "code", "fact"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_used_is_refused_in_one_line(
    path: Path, arrays: Arrays, change: Arrays, code: str, fact: str
) -> None:
    np.savez(path, **arrays | change)
    with pytest.raises(InputError, match=code) as caught:
        read_npz_splits(path)
    assert fact in caught.value.what
    (name,) = change
    assert name in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_floats_from_0_to_1_get_the_factor(path: Path, arrays: Arrays) -> None:
    np.savez(path, **arrays | {"x_train": np.ones((6, 5, 4))})
    with pytest.raises(InputError, match="multiply by 255"):
        read_npz_splits(path)


def test_missing_arrays_are_named(path: Path, arrays: Arrays) -> None:
    np.savez(path, x_train=arrays["x_train"], y_train=arrays["y_train"])
    with pytest.raises(InputError, match="SF212") as caught:
        read_npz_splits(path)
    assert "x_test, y_test" in caught.value.what
    assert "among x_train, y_train" in caught.value.what


def header(shape: str) -> bytes:
    text = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}}}".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    ("content", "code", "fact"),
    [
        (header("(1000000, 1000, 1000)"), "SF0", "x_train"),
        (header("(6, 5, 4)") + bytes(119), "SF0", "120 bytes"),
        (header("(6, 5, 4)") + bytes(121), "SF0", "120 bytes"),
        (header("(-6, 5, -4)") + bytes(120), "SF0", "[-6, 5, -4]"),
        (header("__import__('os')"), "SF010", ""),
        (b"\x93NUMPY\x09\x00" + bytes(100), "SF0", "x_train"),
        (b"not npy", "SF010", ""),
        (b"", "SF010", ""),
    ],
)
def test_a_header_is_not_believed(path: Path, arrays: Arrays, content: bytes, code: str, fact: str) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, **{name: array for name, array in arrays.items() if name != "x_train"})
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("x_train.npy", content)
    path.write_bytes(buffer.getvalue())
    with pytest.raises(InputError, match=code) as caught:
        read_npz_splits(path)
    assert fact in caught.value.what


def test_a_damaged_file_is_refused(path: Path, arrays: Arrays) -> None:
    np.savez(path, **arrays)
    whole = path.read_bytes()
    place = whole.index(arrays["x_train"].tobytes())
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    with pytest.raises(InputError, match=r"CRC.*SF010"):
        read_npz_splits(path)
    path.write_bytes(whole[:-30])
    assert not is_npz(path)
