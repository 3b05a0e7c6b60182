import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from samefn.core.errors import InputError
from samefn.core.events import silent
from samefn.datasets.dataset import EXAMPLES_SPLIT, Dataset, numbered_images, require_study, study_dataset
from samefn.datasets.example_set import IMAGE, ExampleSet
from samefn.datasets.examples.arrays import examples_from_arrays
from samefn.datasets.fingerprints import examples_fingerprint
from samefn.datasets.reference.digits import find_digits


def images(labels: list[int], split: str = "train", shape: tuple[int, int, int] = (1, 2, 3)) -> ExampleSet:
    count = len(labels)
    pixels = np.arange(count * np.prod(shape)).reshape(count, *shape).astype(np.uint8)
    return numbered_images(split, pixels, np.array(labels, dtype=np.int64))


def dataset() -> Dataset:
    return study_dataset("small", ("a", "b", "c"), images([0, 1, 2, 0]), images([1, 2], "test"), "made for a test")


def split(whole: Dataset, **splits: ExampleSet) -> Dataset:
    """The data set with these splits in place of its own."""
    return replace(whole, splits={**whole.splits, **splits})


PIXELS = np.zeros((2, 1, 2, 3), np.uint8)
# What is changed, the code, and what the message names.
BAD_EXAMPLES: list[tuple[dict[str, Any], str, str]] = [
    ({"arrays": {IMAGE: PIXELS[:1]}}, "SF223", "[1, 1, 2, 3] for 2 examples"),
    ({"labels": np.array([0])}, "SF226", "int64 and shape [1] for 2 examples"),
    ({"labels": np.array([0.0, 1.0])}, "SF226", "float64"),
    ({"labels": np.array([0, -1])}, "SF227", "'y' has label -1"),
    ({"ids": np.array([1, 2])}, "SF224", "int64"),
    ({"ids": np.array(["x", "x"])}, "SF225", "'x' occurs 2 times"),
    ({"ids": np.array([], np.str_)}, "SF222", ""),
]


@pytest.mark.parametrize(("change", "code", "fact"), BAD_EXAMPLES)
def test_examples_that_do_not_fit_are_refused(change: dict[str, Any], code: str, fact: str) -> None:
    fitting: dict[str, Any] = {"arrays": {IMAGE: PIXELS}, "labels": np.array([0, 1]), "ids": np.array(["x", "y"])}
    assert len(ExampleSet(**fitting)) == 2
    with pytest.raises(InputError, match=code) as caught:
        ExampleSet(**fitting | change)
    assert fact in caught.value.what


def unfit(**arrays: np.ndarray) -> ExampleSet:
    return ExampleSet(arrays, np.array(["x", "y"]), np.array([0, 1]))


# What is changed, the code, and what the message names.
BAD_STUDIES: list[tuple[dict[str, Any], str, str]] = [
    ({"train": unfit(image=PIXELS.astype(np.float32))}, "SF231", "float32"),
    ({"train": unfit(image=PIXELS[:, 0])}, "SF231", "[2, 2, 3]"),
    ({"train": unfit(image=PIXELS[:, :0])}, "SF231", "[2, 0, 2, 3]"),
    ({"train": unfit(x=PIXELS)}, "SF231", "no images"),
    ({"train": ExampleSet({IMAGE: PIXELS}, np.array(["x", "y"]))}, "SF228", ""),
    ({"class_names": ("a", "b", "b")}, "SF229", "['a', 'b', 'b']"),
    ({"class_names": ()}, "SF229", "[]"),
    ({"class_names": ("a", "b")}, "SF227", "'train-00002' has label 2, outside 0..1"),
    ({"test": images([0, 3], "test")}, "SF227", "'test-00001' has label 3, outside 0..2"),
    ({"test": images([0], "test", (1, 3, 2))}, "SF232", "[1, 2, 3], test images [1, 3, 2]"),
    ({"train": images([1, 1])}, "SF230", "'b'"),
]


@pytest.mark.parametrize(("change", "code", "fact"), BAD_STUDIES)
def test_what_no_study_can_be_made_of_is_refused(change: dict[str, Any], code: str, fact: str) -> None:
    whole = dataset()
    parts = {"class_names": whole.class_names, "train": whole.train, "test": whole.test, **change}
    with pytest.raises(InputError, match=code) as caught:
        study_dataset("small", source="", **parts)
    assert caught.value.where == "small"
    assert fact in caught.value.what


def test_the_data_of_a_comparison_is_no_study_and_the_other_way_round() -> None:
    with pytest.raises(InputError, match=r"\bexamples\b.*SF221"):
        require_study(examples_from_arrays(PIXELS[:, 0], [0, 1]))
    with pytest.raises(InputError, match=r"train, test.*SF221"):
        _ = dataset().examples


def test_size() -> None:
    assert dataset().classes == 3
    assert dataset().shape == (1, 2, 3)


def test_fingerprints_stay_because_stored_results_hang_on_them() -> None:
    """As the code gave them that made the first stores; they may never be renewed."""
    assert dataset().fingerprint == "61640a8ecbfe19991daf12e2360f62958609976e5482f7aec86ef95b2dbea8e9"
    digits = find_digits(None, Path("unused"), silent).decode(silent)
    assert digits.fingerprint == "798bef2be426822a02d49a4a6dd351d3b77bc67f5a1ecd5368b72ace95508fc6"
    given = examples_from_arrays(np.arange(8.0, dtype=np.float32).reshape(4, 2), [0, 1, 1, 0])
    assert given.fingerprint == "a95d39038f6db96259ade068d8cdcf4aed77f2c13264d3923c6828853575178a"
    arrays = {"x": np.arange(6.0).reshape(3, 2), "image": np.arange(12, dtype=np.uint8).reshape(3, 1, 2, 2)}
    named = examples_fingerprint(arrays, np.array(list("abc")), np.array([0, 1, 2]), ("k", "l", "m"))
    assert named == "693581773bf94eee557a892206964ddff4c478fa9f968e327113defb97e47a99"
    assert replace(given, known_fingerprint="known").fingerprint == "known"
    assert list(given.splits) == [EXAMPLES_SPLIT]


def test_fingerprint_is_of_the_content_not_of_its_storage() -> None:
    whole = dataset()
    train = whole.train
    turned = ExampleSet({IMAGE: np.asfortranarray(train.pixels)}, train.ids, train.true.astype(">i8"))
    assert turned.pixels.tobytes("A") != train.pixels.tobytes("A")
    assert replace(split(whole, train=turned), source="elsewhere").fingerprint == whole.fingerprint
    assert len(whole.fingerprint) == 64


def test_fingerprint_changes_with_everything_it_is_of() -> None:
    whole = dataset()
    train, test = whole.train, whole.test
    one_pixel = train.pixels.copy()
    one_pixel[3, 0, 1, 2] ^= 1
    # The bytes of the last training image are the first of the test images.
    moved = split(
        whole,
        train=images([0, 1, 2]),
        test=numbered_images(
            "test", np.concatenate([train.pixels[3:], test.pixels]), np.concatenate([train.true[3:], test.true])
        ),
    )
    others = [
        replace(whole, class_names=("a", "b", "d")),
        replace(whole, class_names=("a", "c", "b")),
        split(whole, train=numbered_images("train", one_pixel, train.true)),
        split(whole, train=numbered_images("train", train.pixels, train.true[::-1].copy())),
        split(whole, train=images([0, 1, 2, 0], "train", (1, 3, 2)), test=images([1, 2], "test", (1, 3, 2))),
        whole.limited(3, None),
        moved,
    ]
    assert len({whole.fingerprint, *(other.fingerprint for other in others)}) == 1 + len(others)


def test_limits_take_the_first_and_say_so() -> None:
    limited = dataset().limited(3, 1)
    assert limited.train.ids.tolist() == ["train-00000", "train-00001", "train-00002"]
    assert limited.test.labels.tolist() == [1]
    assert limited.source.startswith("made for a test")
    assert re.findall(r"\d", limited.source) == ["3", "4", "1", "2"]
    whole = replace(dataset(), official=True)
    assert whole.limited(None, None) is whole
    assert not whole.limited(3, None).official
    assert whole.limited(4, 2) is whole


def test_limits_that_cannot_be_met_are_refused() -> None:
    with pytest.raises(InputError, match="SF220") as caught:
        dataset().limited(None, 3)
    assert re.findall(r"\d", f"{caught.value.what} {caught.value.fix}") == ["3", "2", "1", "2"]
    with pytest.raises(InputError, match=r"train_limit is 0.*SF220"):
        dataset().limited(0, None)
    with pytest.raises(InputError, match=r"'a'.*SF230"):
        dataset().limited(1, None)
