from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from samefn.core.errors import InputError
from samefn.datasets.images import Dataset, Images, numbered_ids


def images(labels: list[int], split: str = "train", shape: tuple[int, int, int] = (1, 2, 3)) -> Images:
    count = len(labels)
    pixels = np.arange(count * np.prod(shape)).reshape(count, *shape).astype(np.uint8)
    return Images(pixels, np.array(labels, dtype=np.int64), numbered_ids(split, count))


def dataset() -> Dataset:
    return Dataset("small", ("a", "b", "c"), images([0, 1, 2, 0]), images([1, 2], "test"), "made for a test")


PIXELS = np.zeros((2, 1, 2, 3), np.uint8)
BAD_IMAGES: list[tuple[dict[str, Any], str]] = [
    ({"pixels": PIXELS.astype(np.float32)}, "images have dtype float32"),
    ({"pixels": PIXELS[:, 0]}, r"shape \[2, 2, 3\]"),
    ({"pixels": PIXELS[:0]}, r"shape \[0, 1, 2, 3\]"),
    ({"labels": np.array([0])}, r"labels have dtype int64 and shape \[1\] for 2 images"),
    ({"labels": np.array([0.0, 1.0])}, "labels have dtype float64"),
    ({"labels": np.array([0, -1])}, "image 'train-00001' has label -1, below 0"),
    ({"ids": np.array(["x"])}, r"ids have dtype <U1 and shape \[1\] for 2 images"),
    ({"ids": np.array([1, 2])}, "ids have dtype int64"),
    ({"ids": np.array(["x", "x"])}, "id 'x' occurs 2 times"),
]


@pytest.mark.parametrize(("change", "message"), BAD_IMAGES, ids=[message for _, message in BAD_IMAGES])
def test_images_that_do_not_fit_are_refused(change: dict[str, Any], message: str) -> None:
    fitting: dict[str, Any] = {"pixels": PIXELS, "labels": np.array([0, 1]), "ids": numbered_ids("train", 2)}
    assert len(Images(**fitting)) == 2
    with pytest.raises(InputError, match=message):
        Images(**fitting | change)


BAD_DATASETS: list[tuple[dict[str, Any], str]] = [
    ({"class_names": ("a", "b", "b")}, "class names are not all different"),
    ({"class_names": ("a", "b")}, r"small: image 'train-00002' has label 2, outside 0\.\.1"),
    ({"test": images([0, 3], "test")}, r"small: image 'test-00001' has label 3, outside 0\.\.2"),
    (
        {"test": images([0], "test", (1, 3, 2))},
        r"training images are \[1, 2, 3\], test images \[1, 3, 2\].*; give both splits images of one size",
    ),
    ({"train": images([1, 1])}, "small: all 2 training images are of class 'b'; give images of two classes"),
]


@pytest.mark.parametrize(("change", "message"), BAD_DATASETS, ids=[message for _, message in BAD_DATASETS])
def test_splits_that_do_not_fit_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(dataset(), **change)


def test_size() -> None:
    assert dataset().classes == 3
    assert dataset().shape == (1, 2, 3)


def test_fingerprint_is_of_the_content_not_of_its_storage() -> None:
    whole = dataset()
    train = whole.train
    turned = Images(np.asfortranarray(train.pixels), train.labels.astype(">i8"), train.ids)
    assert turned.pixels.tobytes("A") != train.pixels.tobytes("A")
    assert replace(whole, train=turned, source="elsewhere").fingerprint == whole.fingerprint
    assert len(whole.fingerprint) == 64


def test_fingerprint_changes_with_everything_it_is_of() -> None:
    whole = dataset()
    train, test = whole.train, whole.test
    one_pixel = train.pixels.copy()
    one_pixel[3, 0, 1, 2] ^= 1
    moved = replace(
        whole,
        train=images([0, 1, 2]),
        test=Images(  # the bytes of the last training image, now the first of the test images
            np.concatenate([train.pixels[3:], test.pixels]),
            np.concatenate([train.labels[3:], test.labels]),
            numbered_ids("test", 3),
        ),
    )
    others = [
        replace(whole, class_names=("a", "b", "d")),
        replace(whole, class_names=("a", "c", "b")),
        replace(whole, train=Images(one_pixel, train.labels, train.ids)),
        replace(whole, train=Images(train.pixels, train.labels[::-1].copy(), train.ids)),
        replace(whole, train=images([0, 1, 2, 0], "train", (1, 3, 2)), test=images([1, 2], "test", (1, 3, 2))),
        whole.limited(3, None),
        moved,
    ]
    assert len({whole.fingerprint, *(other.fingerprint for other in others)}) == 1 + len(others)


def test_limits_take_the_first_and_say_so() -> None:
    limited = dataset().limited(3, 1)
    assert limited.train.ids.tolist() == ["train-00000", "train-00001", "train-00002"]
    assert limited.test.labels.tolist() == [1]
    assert limited.source == "made for a test; only the first 3 of 4 train images and the first 1 of 2 test images"
    whole = replace(dataset(), official=True)
    assert whole.limited(None, None) is whole
    assert not whole.limited(3, None).official
    assert whole.limited(4, 2) is whole


def test_limits_that_cannot_be_met_are_refused() -> None:
    with pytest.raises(InputError, match="test_limit is 3, but there are 2 test images; set it from 1 to 2"):
        dataset().limited(None, 3)
    with pytest.raises(InputError, match="train_limit is 0"):
        dataset().limited(0, None)
    with pytest.raises(InputError, match="all 1 training images are of class 'a'"):
        dataset().limited(1, None)
