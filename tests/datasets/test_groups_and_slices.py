"""Groups and slices of the examples, in files of all formats that have columns."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from PIL import Image

from samefn.config.comparison import Examples
from samefn.core.errors import InputError
from samefn.core.events import silent
from samefn.datasets.examples.find import find_examples
from samefn.predictions.about import about_examples

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(4, 3)).astype(np.float32)


def find(path: Path | str, **settings: Any) -> Any:
    return find_examples(Examples(path=str(path), **settings), None, Path("unused"), silent)


def table(found: Any) -> dict[str, list[Any]] | None:
    return None if found.about is None else found.about.to_dict(as_series=False)


def npz(tmp_path: Path, **arrays: Any) -> Path:
    np.savez(tmp_path / "data.npz", **arrays)
    return tmp_path / "data.npz"


@pytest.mark.parametrize("name", ["group", "groups", "groups_test"])
def test_groups_of_a_usual_name(tmp_path: Path, name: str) -> None:
    found = find(npz(tmp_path, x=X, y=[0, 1, 0, 1], **{name: np.array([9, 4, 9, 4])}))
    assert table(found) == {"id": ["0", "1", "2", "3"], "group": [1, 0, 1, 0], "group name": list("9494")}
    assert list(found.examples.arrays) == ["x"]


def test_named_groups_and_slices(tmp_path: Path) -> None:
    path = npz(
        tmp_path, x=X, ids=np.array(list("dcba")), who=np.array(list("ppqq")), site=[1, 2, 1, 2], dark=[True] * 4
    )
    found = find(path, groups="who", slices=["site", "dark"])
    assert table(found) == {
        "id": ["d", "c", "b", "a"],
        "group": [0, 0, 1, 1],
        "group name": list("ppqq"),
        "site": ["1", "2", "1", "2"],
        "dark": ["True"] * 4,
    }
    assert list(found.examples.arrays) == ["x"]


def test_labels_may_be_a_slice_too(tmp_path: Path) -> None:
    found = find(npz(tmp_path, x=X, y=[0, 1, 0, 1]), slices=["y"])
    assert table(found) == {"id": ["0", "1", "2", "3"], "y": ["0", "1", "0", "1"]}
    assert found.examples.labels.tolist() == [0, 1, 0, 1]


def test_an_input_of_that_name_stays_an_input(tmp_path: Path) -> None:
    found = find(npz(tmp_path, x=X, group=X))
    assert (found.about, list(found.examples.arrays)) == (None, ["x", "group"])


def test_a_limit_cuts_the_table_too(tmp_path: Path) -> None:
    found = find(npz(tmp_path, x=X, group=[1, 2, 3, 4]), limit=2)
    assert table(found) == {"id": ["0", "1"], "group": [0, 1], "group name": ["1", "2"]}


def test_predictions_do_not_depend_on_groups(tmp_path: Path) -> None:
    without = find(npz(tmp_path, x=X)).fingerprint
    assert find(npz(tmp_path, x=X, group=[1, 2, 3, 4])).fingerprint == without


def hub(folder: Path, files: int, **columns: Any) -> Path:
    image = folder / "one.png"
    Image.fromarray(RANDOM.integers(0, 256, (6, 6, 3), dtype=np.uint8)).save(image)
    frame = pl.DataFrame({"image": [{"bytes": image.read_bytes(), "path": ""}] * 4, "label": [0, 1, 0, 1], **columns})
    image.unlink()
    for number in range(files):
        size = 4 // files
        frame[number * size : (number + 1) * size].write_parquet(folder / f"test-{number:05d}-of-{files:05d}.parquet")
    return folder


@pytest.mark.parametrize("files", [1, 2])
def test_columns_of_a_hub_dataset(tmp_path: Path, files: int) -> None:
    folder = hub(tmp_path, files, patient=["p", "q", "q", "p"], site=[3, 3, 4, 4])
    found = find(folder, groups="patient", slices=["site"])
    assert table(found) == {
        "id": ["0", "1", "2", "3"],
        "group": [0, 1, 1, 0],
        "group name": list("pqqp"),
        "site": ["3", "3", "4", "4"],
    }
    assert find(folder).about is None


def test_a_column_of_a_usual_name(tmp_path: Path) -> None:
    folder = hub(tmp_path, 1, group=[5, 5, 6, 6])
    found = table(find(next(folder.glob("*.parquet"))))
    assert found == {"id": ["0", "1", "2", "3"], "group": [0, 0, 1, 1], "group name": list("5566")}


@pytest.mark.parametrize(
    ("arrays", "settings", "code", "fact"),
    [
        ({}, {"groups": "who"}, "SF234", "x, y"),
        ({}, {"slices": ["sites"], "groups": "y"}, "SF234", "sites"),
        ({"who": [1, 2]}, {"groups": "who"}, "SF233", "[2]"),
        ({"who": X}, {"groups": "who"}, "SF233", "float32"),
        ({"who": [1.5, 2, 3, 4]}, {"slices": ["who"]}, "SF233", "float64"),
        ({"group": [7, 7, 7, 7]}, {}, "SF235", "one group"),
        ({"class": [1, 2, 3, 4]}, {"slices": ["class"]}, "SF236", "'class'"),
    ],
)
def test_what_cannot_be_used(
    tmp_path: Path, arrays: dict[str, Any], settings: dict[str, Any], code: str, fact: str
) -> None:
    with pytest.raises(InputError, match=code) as caught:
        find(npz(tmp_path, x=X, y=[0, 1, 0, 1], **arrays), **settings)
    assert fact in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("groups", [{"groups": "who"}, {"slices": ("who",)}])
def test_data_without_columns(tmp_path: Path, groups: dict[str, Any]) -> None:
    np.save(tmp_path / "x.npy", X)
    (tmp_path / "pictures" / "cat").mkdir(parents=True)
    Image.fromarray(np.zeros((6, 6), np.uint8)).save(tmp_path / "pictures" / "cat" / "1.png")
    for path in (tmp_path / "x.npy", tmp_path / "pictures", "digits"):
        with pytest.raises(InputError, match="SF234"):
            find(path, **groups)


def test_a_missing_value_and_a_missing_column(tmp_path: Path) -> None:
    folder = hub(tmp_path, 1, patient=["p", None, "q", "p"])
    with pytest.raises(InputError, match="SF233"):
        find(folder, groups="patient")
    with pytest.raises(InputError, match="SF234") as caught:
        find(folder, groups="patients")
    assert "patient" in str(caught.value)


def test_a_slice_of_too_many_values() -> None:
    ids = np.arange(1001).astype(np.str_)
    with pytest.raises(InputError, match="SF236"):
        about_examples(ids, None, {"name": ids}, "data")
