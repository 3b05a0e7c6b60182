import io
import re
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from samefn.core.errors import InputError
from samefn.core.events import silent
from samefn.datasets.dataset import Dataset
from samefn.datasets.formats.detect import LAYOUTS
from samefn.datasets.own import find_own

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 5, 4, 3), dtype=np.uint8)
LABELS = [0, 1, 0, 1, 0, 1]
PLACES = ("train/0/a", "train/1/a", "train/0/b", "train/1/b", "test/0/a", "test/1/a")


def encoded(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def save_parquet(folder: Path, label: str = "label") -> Path:
    folder.mkdir(parents=True)
    for split, rows in (("train", slice(4)), ("test", slice(4, 6))):
        images = [{"bytes": encoded(pixels), "path": ""} for pixels in PIXELS[rows]]
        pl.DataFrame({"image": images, label: LABELS[rows]}).write_parquet(folder / f"{split}.parquet")
    return folder


def save_npz(path: Path) -> Path:
    np.savez(path, x_train=PIXELS[:4], y_train=LABELS[:4], x_test=PIXELS[4:], y_test=LABELS[4:])
    return path


def save_folder(folder: Path) -> Path:
    for place, pixels in zip(PLACES, PIXELS, strict=True):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(pixels))
    return folder


def save_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for place, pixels in zip(PLACES, PIXELS, strict=True):
            archive.writestr(place, encoded(pixels))
    return path


def read(path: Path, label: str | None = None) -> Dataset:
    return find_own(path, path / "unused", silent, label).decode(silent)


def test_every_form_gives_the_same_data(tmp_path: Path) -> None:
    """The content says which form it is: the npz file and the archive are called alike."""
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    paths = {
        "an npz file": save_npz(tmp_path / "pets.npz").rename(tmp_path / "one" / "pets"),
        "an archive of images": save_zip(tmp_path / "other" / "pets"),
        "Parquet files": save_parquet(tmp_path / "parquet" / "data").parent,
        "an image folder": save_folder(tmp_path / "folder"),
    }
    fingerprints = set()
    for form, path in paths.items():
        dataset = read(path)
        assert form in dataset.source
        assert re.findall(r"\d+", dataset.source) == ["4", "2"]
        assert dataset.class_names == ("0", "1")
        assert dataset.shape == (3, 5, 4)
        assert dataset.test.ids.tolist() == ["test-00000", "test-00001"]
        assert not dataset.official
        np.testing.assert_array_equal(dataset.train.pixels, PIXELS[:4].transpose(0, 3, 1, 2))
        fingerprints.add(dataset.fingerprint)
    assert len(fingerprints) == 1


def test_a_folder_may_hold_the_one_file(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("about the data")
    save_zip(tmp_path / "pets.zip")
    assert len(read(tmp_path).train) == 4
    save_npz(tmp_path / "cars.npz")
    with pytest.raises(InputError, match="SF206") as caught:
        read(tmp_path)
    assert "cars.npz, pets.zip" in caught.value.what
    assert read(tmp_path / "cars.npz").name == "cars"


def test_the_name_is_that_of_the_path_without_what_could_disturb_a_page(tmp_path: Path) -> None:
    assert read(save_npz(tmp_path / "<b>my pets\x1b[31m.npz")).name == "b-my-pets-31m"


def test_a_label_column_is_for_parquet(tmp_path: Path) -> None:
    folder = save_parquet(tmp_path / "parquet", "kind")
    assert read(folder, "kind").train.labels.tolist() == LABELS[:4]
    with pytest.raises(InputError, match="SF208") as caught:
        read(folder)
    assert "label or fine_label" in caught.value.what
    assert "kind" in str(caught.value.fix)
    with pytest.raises(InputError, match="SF207") as caught:
        read(save_npz(tmp_path / "pets.npz"), "kind")
    assert "'kind'" in caught.value.what
    assert "npz" in caught.value.what


def test_what_is_no_data_is_refused_with_what_it_should_be(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("text")
    save_parquet(tmp_path / "parquet")
    (tmp_path / "half" / "train" / "cat").mkdir(parents=True)
    for path, code, layouts in (
        (tmp_path / "missing", "SF200", True),
        (tmp_path / "text", "SF204", True),
        (tmp_path, "SF204", True),
        (tmp_path / "half", "SF209", False),
        (tmp_path / "parquet" / "train.parquet", "SF209", False),
    ):
        with pytest.raises(InputError, match=code) as caught:
            read(path)
        assert caught.value.where == str(path)
        assert caught.value.fix
        assert (LAYOUTS in caught.value.fix) is layouts
    with pytest.raises(InputError, match="SF210") as caught:
        find_own(None, tmp_path, silent)
    assert "--data-dir" in str(caught.value.fix)
