import io
import os
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
from samefn.datasets.archives import Limits
from samefn.datasets.image_folder import image_files, is_image_folder, read_image_archive, read_image_folder
from samefn.datasets.splits import Splits

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


def read(folder: Path, limits: Limits | None = None) -> Splits:
    return read_image_folder(folder, image_files(folder), "test", silent, limits or Limits())


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
    assert splits.notes == ("its val split is the test split here",)


@pytest.mark.parametrize("target", ["train/cat/a.png", "train/cat"])
def test_links_are_not_followed(folder: Path, target: str) -> None:
    (folder / "train" / "dog" / "link").symlink_to(folder / target)
    with pytest.raises(InputError, match=r"dog/link: is a link; links are not followed"):
        read(folder)


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "train" / "dog" / "pipe.png")
    with pytest.raises(InputError, match=r"pipe.png: is not a plain file"):
        read(folder)


BAD: dict[str, tuple[str, bytes, str]] = {
    "text": ("train/dog/notes.txt", b"a good dog", "train/dog/notes.txt: cannot be decoded"),
    "outside of a class": ("train/x.png", png(1), "'train/x.png' does not lie at SPLIT/CLASS/IMAGE"),
    "too deep": ("train/dog/more/x.png", png(1), "'train/dog/more/x.png' does not lie at SPLIT/CLASS/IMAGE"),
    "too large": ("test/dog/x.png", bytes(10_001), "x.png: more than 10000 bytes"),
}


@pytest.mark.parametrize(("place", "content", "message"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_used_is_refused(folder: Path, place: str, content: bytes, message: str) -> None:
    path = folder / place
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read(folder, Limits(member=10_000))
    assert message in str(caught.value)
    assert str(folder) in str(caught.value)


def test_an_archive_without_the_two_splits_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"
    zipped(path, {"train/cat/1.png": png(1), "other/cat/1.png": png(1)})
    with pytest.raises(InputError, match="holds no images at train/CLASS/IMAGE and test/CLASS/IMAGE"):
        read_image_archive(path, "test", silent)
