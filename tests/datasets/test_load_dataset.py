from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from samefn.core.errors import InputError
from samefn.core.events import Event, silent
from samefn.core.loading import load
from samefn.datasets.idx import idx_bytes
from samefn.datasets.load import LOADERS, load_dataset
from samefn.spec.study import Data, DatasetName


def test_the_names_a_spec_may_give_are_those_that_load() -> None:
    assert set(LOADERS) == set(get_args(DatasetName))
    assert all(callable(load(name)) for name in LOADERS.values())


def test_limits_are_applied(tmp_path: Path) -> None:
    events: list[Event] = []
    dataset = load_dataset(Data(name="digits", train_limit=100, test_limit=50), None, tmp_path, events.append)
    assert (len(dataset.train), len(dataset.test)) == (100, 50)
    assert "the first 100 of 898 train images and the first 50 of 899 test images" in dataset.source
    assert not events
    assert not list(tmp_path.iterdir())


def test_a_limit_above_what_there_is_says_how_many_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="train_limit is 899, but there are 898 train images"):
        load_dataset(Data(name="digits", train_limit=899), None, tmp_path, silent)


def test_a_class_without_training_images_is_warned_of(tmp_path: Path) -> None:
    whole = load_dataset(Data(name="digits"), None, tmp_path, silent)
    # The longest beginning that holds at least two classes but not all.
    limit = next(n for n in range(1, 898) if len(set(whole.train.labels[:n].tolist())) == 10) - 1
    last = whole.train.labels[limit]
    events: list[Event] = []
    load_dataset(Data(name="digits", train_limit=limit), None, tmp_path, events.append)
    assert events == [Event("warning", "digits", f"none of the {limit} training images is of class {last}")]


def test_a_limit_that_leaves_one_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="all 1 training images are of class"):
        load_dataset(Data(name="digits", train_limit=1), None, tmp_path, silent)


def test_mnist_is_read_from_the_folder(tmp_path: Path) -> None:
    for split in ("train", "t10k"):
        (tmp_path / f"{split}-images-idx3-ubyte").write_bytes(idx_bytes(np.ones((10, 28, 28), np.uint8)))
        (tmp_path / f"{split}-labels-idx1-ubyte").write_bytes(idx_bytes(np.arange(10, dtype=np.uint8)))
    dataset = load_dataset(Data(name="mnist", test_limit=4), tmp_path, tmp_path / "cache", silent)
    assert (dataset.name, len(dataset.train), len(dataset.test)) == ("mnist", 10, 4)
    assert not (tmp_path / "cache").exists()


def test_an_unknown_name_is_refused_with_those_that_come_near(tmp_path: Path) -> None:
    unknown: dict[str, Any] = {"name": "mnits"}
    with pytest.raises(InputError, match="unknown data set 'mnits'; did you mean mnist"):
        load_dataset(Data.model_construct(**unknown), None, tmp_path, silent)
