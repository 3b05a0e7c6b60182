import io
import os
import re
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from samefn.core.errors import InputError
from samefn.core.events import silent
from samefn.datasets.formats.archives import DEFAULT_LIMITS
from samefn.datasets.formats.image_folder import (
    EXPECTED_LAYOUT,
    image_files,
    is_image_folder,
    read_image_archive,
    read_image_folder,
    refuse_incomplete,
)
from samefn.datasets.formats.splits import Splits

# Three cats and one dog to train, one of each to test; the pixels tell which is which.
PLACES = (
    "train/cat/b.png",
    "train/cat/a.png",
    "train/cat/c.png",
    "train/dog/z.png",
    "test/dog/1.png",
    "test/cat/2.png",
)
VALUES = dict(zip(PLACES, (20, 10, 30, 40, 50, 60), strict=True))


def picture(value: int) -> NDArray[np.uint8]:
    return np.full((3, 2), value, np.uint8)


def png(value: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture(value)).save(buffer, "PNG")
    return buffer.getvalue()


def contents() -> dict[str, bytes]:
    return {place: png(value) for place, value in VALUES.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place, content in contents().items():
        path = tmp_path / "pets" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "pets"


def read(folder: Path) -> Splits:
    return read_image_folder(folder, image_files(folder), "test", silent)


def values(splits: Splits) -> tuple[list[int], list[int]]:
    """The one value that all pixels of each image have."""
    for split in (splits.train, splits.test):
        assert split.pixels.shape[1:] == (1, 3, 2)
        assert (split.pixels == split.pixels[:, :, :1, :1]).all()
    return splits.train.pixels[:, 0, 0, 0].tolist(), splits.test.pixels[:, 0, 0, 0].tolist()


def expect(splits: Splits) -> None:
    """The first of each class in the order of their names, then the second of each, then the third."""
    assert splits.class_names == ("cat", "dog")
    assert values(splits) == ([10, 40, 20, 30], [60, 50])
    assert splits.train.labels.tolist() == [0, 1, 0, 0]
    assert splits.test.labels.tolist() == [0, 1]


def test_classes_take_turns_in_the_order_of_names(folder: Path) -> None:
    assert is_image_folder(folder)
    assert not is_image_folder(folder / "train")
    splits = read(folder)
    expect(splits)
    assert splits.notes == ()


def zipped(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def tarred(path: Path, files: dict[str, bytes], mode: str = "w") -> None:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


@pytest.mark.parametrize(
    "pack", [zipped, tarred, lambda path, files: tarred(path, files, "w:gz")], ids=["zip", "tar", "tar.gz"]
)
@pytest.mark.parametrize("around", ["", "pets/", "./"])
@pytest.mark.parametrize("turn", [1, -1])
def test_an_archive_gives_the_same_whatever_its_order(
    tmp_path: Path, pack: Callable[[Path, dict[str, bytes]], None], around: str, turn: int
) -> None:
    files = {f"{around}{place}": content for place, content in list(contents().items())[::turn]}
    files[f"{around}README.txt"] = b"about pets"
    if not around:
        files["__MACOSX/train/cat/a.png"] = b"litter"
        del files["README.txt"]
    path = tmp_path / "archive"
    pack(path, files)
    expect(read_image_archive(path, "test", silent))


def test_hidden_files_and_litter_are_no_images(folder: Path) -> None:
    for name in (".DS_Store", "train/.hidden", "train/cat/Thumbs.db", "test/dog/._1.png"):
        (folder / name).write_bytes(b"litter")
    expect(read(folder))


def test_a_class_may_be_in_one_split_only(folder: Path) -> None:
    (folder / "test" / "ant").mkdir()
    (folder / "test" / "ant" / "1.png").write_bytes(png(70))
    splits = read(folder)
    assert splits.class_names == ("ant", "cat", "dog")
    assert splits.test.labels.tolist() == [0, 1, 2]
    assert splits.train.labels.tolist() == [1, 2, 1, 1]


def test_a_validation_folder_serves_where_there_is_no_other(folder: Path) -> None:
    (folder / "test").rename(folder / "val")
    splits = read(folder)
    expect(splits)
    (note,) = splits.notes
    assert "val split" in note


@pytest.mark.parametrize("target", ["train/cat/a.png", "train/cat"])
def test_links_are_not_followed(folder: Path, target: str) -> None:
    (folder / "train" / "dog" / "link").symlink_to(folder / target)
    with pytest.raises(InputError, match="SF250") as caught:
        read(folder)
    assert caught.value.where == str(folder / "train" / "dog" / "link")


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "train" / "dog" / "pipe.png")
    with pytest.raises(InputError, match="SF0") as caught:
        read(folder)
    assert str(caught.value.where).endswith("pipe.png")


BAD: dict[str, tuple[str, bytes, str]] = {
    "text": ("train/dog/notes.txt", b"a good dog", "SF240"),
    "outside of a class": ("train/x.png", png(1), "SF252"),
    "too deep": ("train/dog/more/x.png", png(1), "SF252"),
}


@pytest.mark.parametrize(("place", "content", "code"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_used_is_refused(folder: Path, place: str, content: bytes, code: str) -> None:
    path = folder / place
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    with pytest.raises(InputError, match=code) as caught:
        read(folder)
    assert place in str(caught.value)
    assert str(folder) in str(caught.value.where)


def test_a_file_that_is_too_large_is_not_read(folder: Path) -> None:
    path = folder / "test" / "dog" / "x.png"
    path.touch()
    os.truncate(path, DEFAULT_LIMITS.member + 1)
    with pytest.raises(InputError, match=f"{DEFAULT_LIMITS.member:,}") as caught:
        read(folder)
    assert caught.value.where == str(path)


def colour() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (2, 3)).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_damaged_image_and_one_of_another_kind_are_named_by_their_member(tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"
    for content, code, fact in (
        (png(1)[:40], "SF240", ""),
        (colour(), "SF232", f"{path}: train/cat/a.png"),
    ):
        zipped(path, contents() | {"train/dog/z.png": content})
        with pytest.raises(InputError, match=code) as caught:
            read_image_archive(path, "test", silent)
        assert caught.value.where == f"{path}: train/dog/z.png"
        assert fact in caught.value.what


def missing(error: InputError, where: Path) -> list[str]:
    """The folders that the first part of the line names, before the layout in brackets."""
    assert (error.code, error.where) == ("SF209", str(where))
    assert EXPECTED_LAYOUT in error.what
    return re.findall(r"(train|test)/", error.what.partition("(")[0])


@pytest.mark.parametrize(
    ("splits", "absent"), [(["train"], ["test"]), (["test"], ["train"]), (["a", "b"], ["train", "test"])]
)
def test_an_archive_without_the_two_splits_is_refused(tmp_path: Path, splits: list[str], absent: list[str]) -> None:
    path = tmp_path / "archive.zip"
    zipped(path, {f"{split}/cat/1.png": png(1) for split in splits})
    with pytest.raises(InputError) as caught:
        read_image_archive(path, "test", silent)
    assert missing(caught.value, path) == absent


def test_a_folder_that_is_half_there_says_what_is_missing(folder: Path) -> None:
    (folder / "test").rename(folder / "probe")
    with pytest.raises(InputError) as caught:
        refuse_incomplete(folder)
    assert missing(caught.value, folder) == ["test"]
    (folder / "test" / "cat").mkdir(parents=True)
    with pytest.raises(InputError, match="no images") as caught:
        read(folder)
    assert missing(caught.value, folder) == ["test"]
    (folder / "train").rename(folder / "more")
    with pytest.raises(InputError) as caught:
        refuse_incomplete(folder)
    assert missing(caught.value, folder) == ["train"]
    (folder / "train").mkdir()
    with pytest.raises(InputError, match="no folders") as caught:
        refuse_incomplete(folder)
    assert missing(caught.value, folder) == ["train"]
    refuse_incomplete(folder / "more")
