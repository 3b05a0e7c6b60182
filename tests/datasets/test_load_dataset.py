import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from samefn.config.study import Data, DatasetName
from samefn.core.errors import InputError
from samefn.core.events import Event, silent
from samefn.core.loading import load
from samefn.datasets.dataset import numbered_images
from samefn.datasets.formats.idx import idx_bytes
from samefn.datasets.load import LOADERS, apply_limits, find_dataset, load_dataset


def test_the_names_a_spec_may_give_are_those_that_load() -> None:
    assert set(LOADERS) == set(get_args(DatasetName))
    assert all(callable(load(name)) for name in LOADERS.values())


def test_limits_are_applied(tmp_path: Path) -> None:
    events: list[Event] = []
    dataset = load_dataset(Data(name="digits", train_limit=100, test_limit=50), None, tmp_path, events.append)
    assert (len(dataset.train), len(dataset.test)) == (100, 50)
    assert re.findall(r"\d+", dataset.source.split("only ")[1]) == ["100", "898", "50", "899"]
    assert not events
    assert not list(tmp_path.iterdir())


def test_a_limit_above_what_there_is_says_how_many_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="SF220") as caught:
        load_dataset(Data(name="digits", train_limit=899), None, tmp_path, silent)
    for part in ("train_limit", "899", "898"):
        assert part in caught.value.what


def test_a_class_without_training_images_is_warned_of(tmp_path: Path) -> None:
    whole = load_dataset(Data(name="digits"), None, tmp_path, silent)
    # The longest beginning that holds at least two classes but not all.
    limit = next(n for n in range(1, 898) if len(set(whole.train.labels[:n].tolist())) == 10) - 1
    last = whole.train.labels[limit]
    events: list[Event] = []
    load_dataset(Data(name="digits", train_limit=limit), None, tmp_path, events.append)
    (event,) = events
    assert (event.kind, event.name) == ("warning", "digits")
    assert f"class {last};" in event.text
    assert f"train_limit is {limit}" in event.text


def own_warnings(folder: Path, train: list[int], test: list[int]) -> list[str]:
    pixels = np.zeros((len(train) + len(test), 3, 4), np.uint8)
    np.savez(folder / "pets.npz", x_train=pixels[: len(train)], y_train=train, x_test=pixels[len(train) :], y_test=test)
    events: list[Event] = []
    load_dataset(Data(name="own"), folder / "pets.npz", folder, events.append)
    assert {event.kind for event in events} <= {"warning"}
    return [event.text for event in events]


def classes(warning: str) -> list[str]:
    """The classes that a warning names, and how many more."""
    match = re.search(r"of class ([\d, ]*\d( and \d+ more)?)", warning)
    assert match
    return re.split(", | and ", match[1])


def test_labels_with_gaps_and_classes_only_tested_are_warned_of_with_what_to_do(tmp_path: Path) -> None:
    assert not own_warnings(tmp_path, [1, 0], [0, 1])
    (gap,) = own_warnings(tmp_path, [5, 0], [0, 5])
    assert classes(gap) == ["1", "2", "3", "4"]
    assert "0 to 1" in gap
    (tested,) = own_warnings(tmp_path, [1, 0, 1], [2, 0])
    assert classes(tested) == ["2"]
    assert "give training images" in tested
    tested, unused = own_warnings(tmp_path, [1, 0], [30])
    assert classes(tested) == ["30"]
    assert classes(unused) == [*map(str, range(2, 12)), "18 more"]
    assert "0 to 2" in unused


def test_a_limit_that_leaves_one_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="SF230"):
        load_dataset(Data(name="digits", train_limit=1), None, tmp_path, silent)


def test_mnist_is_read_from_the_folder(tmp_path: Path) -> None:
    for split in ("train", "t10k"):
        (tmp_path / f"{split}-images-idx3-ubyte").write_bytes(idx_bytes(np.ones((10, 28, 28), np.uint8)))
        labels = np.arange(9, -1, -1, dtype=np.uint8)
        (tmp_path / f"{split}-labels-idx1-ubyte").write_bytes(idx_bytes(labels))
    dataset = load_dataset(Data(name="mnist", test_limit=4), tmp_path, tmp_path / "cache", silent)
    assert (dataset.name, len(dataset.train), len(dataset.test)) == ("mnist", 10, 4)
    assert not (tmp_path / "cache").exists()


def test_an_unknown_name_is_refused_with_those_that_come_near(tmp_path: Path) -> None:
    unknown: dict[str, Any] = {"name": "mnits"}
    with pytest.raises(InputError, match=r"'mnits'.*\bmnist\b"):
        load_dataset(Data.model_construct(**unknown), None, tmp_path, silent)


def test_finding_and_decoding_apart_give_the_same(tmp_path: Path) -> None:
    pixels, labels = np.arange(240, dtype=np.uint8).reshape(20, 3, 4), np.arange(20)[::-1] % 2
    np.savez(tmp_path / "cifar10.npz", x_train=pixels, y_train=labels, x_test=pixels, y_test=labels)
    source = find_dataset("cifar10", tmp_path, tmp_path / "cache", silent)
    assert source.files == (tmp_path / "cifar10.npz",)
    assert source.key() == find_dataset("cifar10", tmp_path, tmp_path / "cache", silent).key()
    with pytest.raises(InputError, match="SF213") as caught:
        source.decode(silent)
    assert "1x3x4" in caught.value.what
    digits, data = find_dataset("digits", None, tmp_path, silent), Data(name="digits", train_limit=50)
    assert digits.key() is None
    ours, theirs = apply_limits(digits.decode(silent), data, silent), load_dataset(data, None, tmp_path, silent)
    assert ours.fingerprint == theirs.fingerprint
    assert ours.source == theirs.source


def test_a_label_column_where_there_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="SF207") as caught:
        find_dataset("digits", None, tmp_path, silent, "kind")
    assert "'kind'" in caught.value.what


def test_images_sorted_by_class_are_warned_of(tmp_path: Path) -> None:
    whole = load_dataset(Data(name="digits"), None, tmp_path, silent)
    order = np.argsort(whole.train.labels, kind="stable")
    train = numbered_images("train", whole.train.pixels[order], whole.train.labels[order])
    events: list[Event] = []
    apply_limits(replace(whole, splits={**whole.splits, "train": train}), Data(name="digits"), events.append)
    (event,) = events
    assert event.kind == "warning"
    assert "sorted by class" in event.text
