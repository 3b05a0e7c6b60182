"""The examples of a comparison: every format gives arrays, ids and labels, and refuses data it cannot use."""

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from PIL import Image

from samefn.config.comparison import Examples
from samefn.core.errors import InputError
from samefn.core.events import silent
from samefn.datasets.dataset import Dataset, comparison_dataset
from samefn.datasets.examples.arrays import examples_from_arrays
from samefn.datasets.examples.find import ACCEPTED_FORMATS, find_examples
from samefn.datasets.files import read_examples, write_examples
from samefn.datasets.fingerprints import examples_fingerprint
from samefn.datasets.reference.digits import find_digits

RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.integers(0, 256, (4, 5, 6, 3), dtype=np.uint8)


def find(path: Path | str, **settings: Any) -> Dataset:
    return find_examples(Examples(path=str(path), **settings), None, Path("unused"), silent)


def expect_error(code: str, fact: str, path: Path | str, **settings: Any) -> None:
    """The examples are refused by one line with this code that names the fact."""
    with pytest.raises(InputError, match=code) as caught:
        find(path, **settings)
    assert "\n" not in str(caught.value)
    assert fact in str(caught.value)


def labels(found: Dataset) -> list[int] | None:
    return None if found.examples.labels is None else found.examples.labels.tolist()


def png(pixels: NDArray[np.uint8]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    def save(**arrays: Any) -> Path:
        np.savez(tmp_path / "data.npz", **arrays)
        return tmp_path / "data.npz"

    return save


def test_a_known_data_set_by_its_name() -> None:
    found, whole = find("digits", limit=7), find_digits(None, Path("unused"), silent).decode(silent)
    np.testing.assert_array_equal(found.examples.arrays["image"], whole.test.pixels[:7])
    assert found.examples.ids.tolist() == whole.test.ids[:7].tolist()
    assert labels(found) == whole.test.labels[:7].tolist()
    assert (found.examples.images, found.class_names) == (True, tuple("0123456789"))
    assert found.source.endswith(" 7 of 899")
    np.testing.assert_array_equal(find("digits", split="train").examples.arrays["image"], whole.train.pixels)


def test_several_inputs_by_their_names(saved: Callable[..., Path]) -> None:
    ids, mask = RANDOM.integers(0, 99, (4, 7)), np.ones((4, 7), dtype=np.int64)
    found = find(saved(input_ids=ids, attention_mask=mask, y=np.array(list("baba")), ids=np.array([7, 5, 3, 1])))
    assert list(found.examples.arrays) == ["input_ids", "attention_mask"]
    np.testing.assert_array_equal(found.examples.arrays["input_ids"], ids)
    assert (labels(found), found.class_names) == ([1, 0, 1, 0], ("a", "b"))
    assert found.examples.ids.tolist() == ["7", "5", "3", "1"]
    assert not found.examples.images


def test_arrays_of_floats_of_any_rank(saved: Callable[..., Path]) -> None:
    for shape in [(4,), (4, 2), (4, 1, 5, 5), (4, 2, 2, 2, 2)]:
        values = RANDOM.normal(size=shape)
        found = find(saved(x=values))
        np.testing.assert_array_equal(found.examples.arrays["x"], values)
        assert (labels(found), found.examples.images, found.examples.ids.tolist()) == (
            None,
            False,
            ["0", "1", "2", "3"],
        )


def test_the_split_of_an_npz(saved: Callable[..., Path]) -> None:
    path = saved(x_train=np.zeros((4, 2)), y_train=np.arange(4), x_test=np.ones((3, 2)), y_test=np.arange(3)[:, None])
    assert find(path).examples.arrays["x_test"].shape == (3, 2)
    assert labels(find(path)) == [0, 1, 2]
    assert labels(find(path, split="train")) == [0, 1, 2, 3]
    assert labels(find(path, label="y_test")) == [0, 1, 2]
    expect_error("SF209", "x_test among x_train", saved(x_train=np.zeros((4, 2))))


@pytest.mark.parametrize("axes", [(0, 1, 2, 3), (0, 3, 1, 2)])
def test_bytes_shaped_like_images_are_images(saved: Callable[..., Path], axes: tuple[int, ...]) -> None:
    found = find(saved(photos=PIXELS.transpose(axes)))
    np.testing.assert_array_equal(found.examples.arrays["image"], PIXELS.transpose(0, 3, 1, 2))
    assert found.examples.images
    grey = find(saved(photos=PIXELS[..., 0]))
    np.testing.assert_array_equal(grey.examples.arrays["image"], PIXELS[:, None, :, :, 0])
    assert not find(saved(vectors=PIXELS[:, 0, :, 0])).examples.images


def test_only_images_are_called_so(saved: Callable[..., Path]) -> None:
    found = find(saved(image=RANDOM.normal(size=(4, 3, 5, 6))))
    assert (list(found.examples.arrays), found.examples.images) == (["input"], False)


@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_stays_mapped(tmp_path: Path, order: Any) -> None:
    values = RANDOM.normal(size=(4, 3))
    np.save(tmp_path / "x.npy", np.asarray(values, order=order))
    found = find(tmp_path / "x.npy", limit=3)
    np.testing.assert_array_equal(found.examples.arrays["input"], values[:3])
    base: Any = found.examples.arrays["input"]
    while base is not None and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)
    assert "float64 [3]" in found.source
    assert found.source.endswith(" 3 of 4")
    expect_error("SF207", "'y'", tmp_path / "x.npy", label="y")


# The arrays, the code, and what the message names.
BAD_ARRAYS: dict[str, tuple[dict[str, Any], str, str]] = {
    "labels only": ({"y": np.arange(4)}, "SF222", "only y"),
    "labels of another length": ({"x": np.zeros((4, 2)), "y": np.arange(3)}, "SF226", "int64 and shape [3]"),
    "inputs of other lengths": ({"a": np.zeros((4, 2)), "b": np.zeros((3, 2))}, "SF223", "[3, 2] for 4"),
    "ids twice": ({"x": np.zeros((3, 2)), "ids": np.array(list("aba"))}, "SF225", "'a' occurs 2 times"),
    "ids that are floats": ({"x": np.zeros((3, 2)), "ids": np.zeros(3)}, "SF224", "float64"),
    "a label below 0": ({"x": np.zeros((2, 2)), "y": np.array([0, -1])}, "SF227", "'1' has label -1"),
    "labels a row": ({"x": np.zeros((2, 2)), "y": np.eye(2)}, "SF226", "float64 and shape [2, 2]"),
    "no examples": ({"x": np.zeros((0, 2))}, "SF222", "[0, 2]"),
    "one number": ({"x": np.float32(1)}, "SF222", "[]"),
    "text": ({"x": np.array(["a", "b"])}, "SF231", "<U1"),
    "objects": ({"x": np.array([{}], dtype=object)}, "SF0", "Python objects"),
    "channels in doubt": ({"x": np.zeros((2, 3, 5, 1), np.uint8)}, "SF231", "[2, 3, 5, 1]"),
}


@pytest.mark.parametrize(("arrays", "code", "fact"), BAD_ARRAYS.values(), ids=BAD_ARRAYS.keys())
def test_arrays_that_are_refused(tmp_path: Path, arrays: dict[str, Any], code: str, fact: str) -> None:
    np.savez(tmp_path / "x.npz", **arrays, allow_pickle=True)
    expect_error(code, fact, tmp_path / "x.npz")


def test_a_label_array_that_is_not_there(saved: Callable[..., Path]) -> None:
    expect_error("SF208", "'classes'", saved(x=np.zeros((4, 2)), y=np.arange(4)), label="classes")


def test_a_limit_above_what_there_is(saved: Callable[..., Path]) -> None:
    expect_error("SF220", "from 1 to 4", saved(x=np.zeros((4, 2))), limit=5)


PLACES = ["dog/1.png", "dog/2.png", "cat/9.png", "cat/8.png"]


def laid(folder: Path, places: list[str]) -> Path:
    for place, pixels in zip(places, PIXELS, strict=True):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(png(pixels))
    return folder


def packed(path: Path, folder: Path) -> Path:
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file in files:
                archive.write(file, file.relative_to(folder.parent).as_posix())
    else:
        with tarfile.open(path, "w:gz") as tar:
            for file in files:
                tar.add(file, file.relative_to(folder.parent).as_posix())
    return path


@pytest.mark.parametrize("form", ["folder", ".zip", ".tgz"])
def test_images_in_folders_of_classes(tmp_path: Path, form: str) -> None:
    path = laid(tmp_path / "photos", PLACES)
    found = find(path if form == "folder" else packed(tmp_path / f"photos{form}", path))
    # The first of every class, then the second.
    assert found.examples.ids.tolist() == ["cat/8.png", "dog/1.png", "cat/9.png", "dog/2.png"]
    assert (labels(found), found.class_names) == ([0, 1, 0, 1], ("cat", "dog"))
    np.testing.assert_array_equal(found.examples.arrays["image"], PIXELS[[3, 0, 2, 1]].transpose(0, 3, 1, 2))
    assert found.name == "photos"


@pytest.mark.parametrize("form", ["folder", ".zip"])
def test_images_without_classes_have_no_labels(tmp_path: Path, form: str) -> None:
    path = laid(tmp_path / "photos", ["d.png", "b.png", "c.png", "a.png"])
    (path / ".hidden").write_text("")
    found = find(path if form == "folder" else packed(tmp_path / "photos.zip", path))
    assert (found.examples.ids.tolist(), labels(found), found.class_names) == (
        ["a.png", "b.png", "c.png", "d.png"],
        None,
        (),
    )
    assert "without labels" in found.source


def test_the_split_of_an_image_folder(tmp_path: Path) -> None:
    path = laid(tmp_path / "photos", ["train/dog/1.png", "train/eel/1.png", "val/dog/1.png", "val/cat/1.png"])
    found = find(path)
    # Classes are numbered over both splits, as where a model is trained.
    assert (found.examples.ids.tolist(), labels(found)) == (["val/cat/1.png", "val/dog/1.png"], [0, 1])
    assert found.class_names == ("cat", "dog", "eel")
    assert labels(find(path, split="train")) == [1, 2]
    one = laid(tmp_path / "one", [f"test/{place}" for place in PLACES])
    expect_error("SF209", "split = test", one, split="train")


@pytest.mark.parametrize("stray", ["stray.png", "cat/deep/1.png"])
def test_images_that_lie_elsewhere(tmp_path: Path, stray: str) -> None:
    path = laid(tmp_path / "photos", ["dog/1.png", "dog/2.png", "cat/1.png", stray])
    expect_error("SF252", repr(stray), path)
    expect_error("SF207", "'y'", path, label="y")


def test_a_file_that_is_no_image(tmp_path: Path) -> None:
    path = laid(tmp_path / "photos", PLACES)
    (path / "cat" / "1.txt").write_text("no image")
    expect_error("SF240", "cat/1.txt", path)


def table(**columns: Any) -> pl.DataFrame:
    return pl.DataFrame({"image": [png(pixels) for pixels in PIXELS], **columns})


def test_parquet_with_and_without_labels(tmp_path: Path) -> None:
    table(label=["b", "a", "b", "c"], other=[3, 1, 2, 0]).write_parquet(tmp_path / "x.parquet")
    found = find(tmp_path / "x.parquet")
    assert (labels(found), found.class_names) == ([1, 0, 1, 2], ("a", "b", "c"))
    np.testing.assert_array_equal(found.examples.arrays["image"], PIXELS.transpose(0, 3, 1, 2))
    assert labels(find(tmp_path / "x.parquet", label="other")) == [3, 1, 2, 0]
    expect_error("SF208", "did you mean other?", tmp_path / "x.parquet", label="others")
    table().write_parquet(tmp_path / "y.parquet")
    assert labels(find(tmp_path / "y.parquet")) is None
    pl.DataFrame({"image": [1, 2]}).write_parquet(tmp_path / "z.parquet")
    expect_error("SF254", "among image", tmp_path / "z.parquet")


def test_shards_of_one_split(tmp_path: Path) -> None:
    frame = table(label=[0, 1, 2, 3])
    for place in ("train-00000-of-00001", "test-00000-of-00002", "test-00001-of-00002"):
        rows = {"train": slice(0, 1), "test": slice(0, 2) if "-00000-" in place else slice(2, 4)}[place.split("-")[0]]
        frame[rows].write_parquet(tmp_path / f"{place}.parquet")
    assert labels(find(tmp_path)) == [0, 1, 2, 3]
    assert labels(find(tmp_path, split="train")) == [0]
    (tmp_path / "test-00000-of-00002.parquet").unlink()
    assert "only 1 of" in find(tmp_path).source


def test_files_without_a_split_in_their_names_are_all_taken(tmp_path: Path) -> None:
    frame = table(label=[0, 1, 2, 3])
    frame[:3].write_parquet(tmp_path / "a.parquet")
    frame[3:].write_parquet(tmp_path / "b.parquet")
    assert labels(find(tmp_path)) == [0, 1, 2, 3]


def test_a_folder_with_one_packed_data_set(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x=np.zeros((4, 2)))
    assert find(tmp_path).examples.arrays["x"].shape == (4, 2)
    np.savez(tmp_path / "y.npz", x=np.zeros((4, 2)))
    expect_error("SF206", "x.npz, y.npz", tmp_path)


def test_what_is_nothing(tmp_path: Path) -> None:
    expect_error("SF200", "digits, mnist", tmp_path / "none")
    (tmp_path / "empty").write_bytes(b"")
    expect_error("SF202", "empty", tmp_path / "empty")
    (tmp_path / "text.txt").write_text("some text")
    expect_error("SF204", ACCEPTED_FORMATS, tmp_path / "text.txt")
    (tmp_path / "weights.pt").write_bytes(b"\x80\x02.")
    expect_error("SF205", "np.savez", tmp_path / "weights.pt")
    (tmp_path / "folder").mkdir()
    expect_error("SF222", "CLASS/IMAGE", tmp_path / "folder")


@pytest.mark.parametrize("with_labels", [True, False])
def test_written_examples_are_read_mapped(tmp_path: Path, with_labels: bool) -> None:
    arrays = {"a/../b": RANDOM.normal(size=(4, 3)), "text": RANDOM.integers(0, 9, (4, 2))}
    examples = examples_from_arrays(arrays, [3, 1, 2, 0] if with_labels else None, list("wxyz"))
    write_examples(examples, tmp_path)
    found = read_examples(tmp_path)
    for name, array in arrays.items():
        np.testing.assert_array_equal(found.examples.arrays[name], array)
        assert isinstance(found.examples.arrays[name].base, np.memmap)
    assert (labels(found), found.examples.ids.tolist()) == ([3, 1, 2, 0] if with_labels else None, list("wxyz"))
    assert (found.name, found.source, found.fingerprint) == ("examples", examples.source, examples.fingerprint)
    assert sorted(path.name for path in tmp_path.iterdir())[:2] == ["array-0.npy", "array-1.npy"]


def test_read_examples_refuses_what_was_not_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="SF260"):
        read_examples(tmp_path)
    write_examples(examples_from_arrays(np.zeros((2, 2))), tmp_path)
    (tmp_path / "array-0.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(InputError, match=r"array-0\.npy"):
        read_examples(tmp_path)
    (tmp_path / "examples.json").write_text("{}")
    with pytest.raises(InputError, match="SF260"):
        read_examples(tmp_path)


def test_the_fingerprint_is_of_everything_that_moves_answers() -> None:
    arrays, ids, true = {"x": np.arange(6.0).reshape(3, 2)}, np.array(list("abc")), np.array([0, 1, 2])
    seen = {
        examples_fingerprint(arrays, ids, true, ("k", "l", "m")),
        examples_fingerprint(arrays, ids, None, ("k", "l", "m")),
        examples_fingerprint(arrays, ids, true, ()),
        examples_fingerprint(arrays, ids[::-1], true, ("k", "l", "m")),
        examples_fingerprint(arrays, ids, true[::-1], ("k", "l", "m")),
        examples_fingerprint({"y": arrays["x"]}, ids, true, ("k", "l", "m")),
        examples_fingerprint({"x": arrays["x"].astype(np.float32)}, ids, true, ("k", "l", "m")),
        examples_fingerprint({"x": arrays["x"].reshape(3, 2, 1)}, ids, true, ("k", "l", "m")),
        examples_fingerprint({"x": arrays["x"][:, ::-1]}, ids, true, ("k", "l", "m")),
    }
    assert len(seen) == 9
    assert examples_fingerprint({"x": np.asfortranarray(arrays["x"])}, ids, true, ("k", "l", "m")) in seen


def test_the_parts_of_examples_must_fit() -> None:
    with pytest.raises(InputError, match=r"'b' .* 5.*SF227"):
        comparison_dataset("x", {"x": np.zeros((2, 1))}, np.array(["a", "b"]), np.array([0, 5]), ("p", "q"), "")
    with pytest.raises(InputError, match="SF222"):
        comparison_dataset("x", {}, np.array([], dtype=np.str_), None, (), "")
