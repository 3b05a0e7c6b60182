import hashlib
import io
import re
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from PIL import Image

from samefn.core.errors import InputError
from samefn.core.events import Event, silent
from samefn.datasets.dataset import Dataset, numbered_images
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.reference.cifar import CIFAR10, CIFAR10_FILES, CIFAR100, CIFAR100_FILES, find_cifar
from samefn.datasets.reference.cifar_binary import BinaryFiles
from samefn.datasets.reference.reference_data import ReferenceData
from samefn.datasets.source import Source


def records(classes: int, seed: int) -> NDArray[np.uint8]:
    """As the authors describe them: label (for CIFAR-100: coarse, fine), then 1024 bytes each of red, green, blue."""
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(2 * classes) % classes).astype(np.uint8)
    coarse = [] if classes == 10 else [labels // 5]
    pixels = random.integers(0, 256, (2 * classes, 3072), dtype=np.uint8)
    return np.column_stack([*coarse, labels, pixels])


def layout(classes: int) -> BinaryFiles:
    return CIFAR10_FILES if classes == 10 else CIFAR100_FILES


def sums(classes: int, names: Iterable[str]) -> tuple[int, ...]:
    """What the red, the green and the blue bytes of all records in these files add up to."""
    before, every = (1 if classes == 10 else 2), contents(classes)
    rows = [np.frombuffer(every[name], np.uint8).reshape(-1, before + 3072) for name in names]
    starts = (before, before + 1024, before + 2048)
    return tuple(sum(int(each[:, start : start + 1024].astype(int).sum()) for each in rows) for start in starts)


def known(classes: int) -> ReferenceData:
    """The data set with what `contents` holds as the published: two images of each class in each file."""
    files = layout(classes)
    return replace(
        CIFAR10 if classes == 10 else CIFAR100,
        class_counts=((2 * len(files.train),) * classes, (2,) * classes),
        pixel_sums=(sums(classes, files.train), sums(classes, files.test)),
    )


def contents(classes: int) -> dict[str, bytes]:
    """The binary files by name, and the list of classes with the blank line that the official one ends with."""
    names = (CIFAR10 if classes == 10 else CIFAR100).class_names
    files = {name: records(classes, seed).tobytes() for seed, name in enumerate(layout(classes).files)}
    return files | {layout(classes).names: "\n".join((*names, "", "")).encode()}


@pytest.fixture(params=[10, 100])
def classes(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def find(folder: Path, classes: int, files: BinaryFiles | None = None, label: str | None = None) -> Source:
    return find_cifar(
        folder,
        folder / "unused",
        silent,
        label,
        reference=known(classes),
        layout=files or layout(classes),
        subfolders=(f"cifar{classes}", ""),
    )


def read(folder: Path, classes: int, files: BinaryFiles | None = None, label: str | None = None) -> Dataset:
    return find(folder, classes, files, label).decode(silent)


def unpack(folder: Path, classes: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents(classes).items():
        (folder / name).write_bytes(content)
    return folder


def pack(folder: Path, classes: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / layout(classes).archive.name
    with tarfile.open(path, "w:gz") as archive:
        for name, content in contents(classes).items():
            info = tarfile.TarInfo(f"{layout(classes).folder}/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def parquet(folder: Path, dataset: Dataset, label: str) -> None:
    folder.mkdir(parents=True)
    for split, images in (("train", dataset.train), ("test", dataset.test)):
        encoded = []
        for pixels in images.pixels:
            buffer = io.BytesIO()
            Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0))).save(buffer, "PNG")
            encoded.append({"bytes": buffer.getvalue(), "path": None})
        pl.DataFrame({"img": encoded, label: images.labels}).write_parquet(folder / f"{split}-00000-of-00001.parquet")


def test_every_byte_of_a_record_is_where_the_authors_say(tmp_path: Path, classes: int) -> None:
    """A pixel's value is at label bytes + 1024 * channel + 32 * row + column; the fine label is what counts."""
    dataset = read(unpack(tmp_path, classes), classes)
    before = 1 if classes == 10 else 2
    assert dataset.shape == (3, 32, 32)
    assert dataset.classes == classes
    raw = contents(classes)[next(iter(layout(classes).train))]
    random = np.random.default_rng(0)
    for _ in range(200):
        image, channel, row, column = (int(random.integers(0, n)) for n in (2 * classes, 3, 32, 32))
        start = image * (before + 3072)
        assert dataset.train.labels[image] == raw[start + before - 1]
        assert (
            dataset.train.pixels[image, channel, row, column]
            == raw[start + before + 1024 * channel + 32 * row + column]
        )
    assert len(dataset.train) == 2 * classes * len(layout(classes).train)
    last = records(classes, len(layout(classes).train) - 1)
    np.testing.assert_array_equal(dataset.train.pixels[-1].ravel(), last[-1, before:])
    np.testing.assert_array_equal(
        dataset.test.pixels.reshape(len(dataset.test), -1), records(classes, len(layout(classes).train))[:, before:]
    )
    assert dataset.train.ids[0] == "train-00000"


def test_every_form_gives_the_same_fingerprint(tmp_path: Path, classes: int) -> None:
    plain = read(unpack(tmp_path / "plain", classes), classes)
    unpack(tmp_path / "named" / layout(classes).folder, classes)
    pack(tmp_path / "packed" / f"cifar{classes}", classes)
    parquet(tmp_path / "parquet" / f"cifar{classes}", plain, "label" if classes == 10 else "fine_label")
    np.savez(
        tmp_path / "data.npz",
        x_train=plain.train.pixels,
        y_train=plain.train.labels,
        x_test=plain.test.pixels.transpose(0, 2, 3, 1),
        y_test=plain.test.labels,
    )
    for place in ("named", "packed", "parquet", "data.npz"):
        assert read(tmp_path / place, classes).fingerprint == plain.fingerprint, place


def test_classes_are_named_as_the_authors_name_them() -> None:
    assert CIFAR10.class_names[3] == "cat"
    assert (len(CIFAR100.class_names), CIFAR100.class_names[0], CIFAR100.class_names[-1]) == (100, "apple", "worm")
    assert list(CIFAR100.class_names) == sorted(set(CIFAR100.class_names))


@pytest.mark.parametrize(("data", "means"), [(CIFAR10, (0.4914, 0.4822, 0.4465)), (CIFAR100, (0.5071, 0.4865, 0.4409))])
def test_the_sums_are_the_published_means(data: ReferenceData, means: tuple[float, ...]) -> None:
    """A mean is the sum over 50,000 images of 1,024 pixels, each 0 to 255."""
    assert data.class_counts is not None
    assert data.pixel_sums is not None
    assert [sum(counts) for counts in data.class_counts] == [50_000, 10_000]
    assert [round(each / (50_000 * 1024 * 255), 4) for each in data.pixel_sums[0]] == list(means)


def in_other_order(images: ExampleSet) -> ExampleSet:
    return numbered_images("train", images.pixels[::-1], images.true[::-1])


def test_the_official_images_are_official_in_any_form_and_order(tmp_path: Path, classes: int) -> None:
    whole = read(unpack(tmp_path / "plain", classes), classes)
    parquet(tmp_path / "other", replace(whole, splits={**whole.splits, "train": in_other_order(whole.train)}), "label")
    for dataset in (whole, read(tmp_path / "other", classes)):
        assert dataset.official is True


def test_a_split_of_ones_own_with_the_official_counts_is_not_official(tmp_path: Path, classes: int) -> None:
    """One image goes from training to test, one of its class comes back."""
    whole = read(unpack(tmp_path / "whole", classes), classes)
    train, test = whole.train.pixels.copy(), whole.test.pixels.copy()
    other = np.flatnonzero(whole.test.labels == whole.train.labels[0])[0]
    train[0], test[other] = whole.test.pixels[other], whole.train.pixels[0]
    own = replace(
        whole,
        splits={
            "train": numbered_images("train", train, whole.train.true),
            "test": numbered_images("test", test, whole.test.true),
        },
    )
    parquet(tmp_path / "own", own, "label")
    assert read(tmp_path / "own", classes).official is False


def test_one_other_pixel_is_enough(tmp_path: Path, classes: int) -> None:
    whole = read(unpack(tmp_path / "whole", classes), classes)
    pixels = whole.test.pixels.copy()
    pixels[3, 1, 20, 7] ^= 1
    parquet(
        tmp_path / "lossy",
        replace(whole, splits={**whole.splits, "test": numbered_images("test", pixels, whole.test.true)}),
        "label",
    )
    events: list[Event] = []
    dataset = find(tmp_path / "lossy", classes).decode(events.append)
    assert dataset.official is False
    assert [event.kind for event in events] == ["warning"]


@pytest.mark.parametrize("where", ["archive", "files"])
def test_published_sums_make_it_official(tmp_path: Path, classes: int, where: str) -> None:
    path, files = pack(tmp_path, classes), layout(classes)

    def md5(content: bytes) -> str:
        return hashlib.md5(content, usedforsecurity=False).hexdigest()

    if where == "archive":
        files = replace(files, archive=replace(files.archive, md5=md5(path.read_bytes())))
    else:
        sums = {name: md5(content) for name, content in contents(classes).items()}
        files = replace(
            files, train={name: sums[name] for name in files.train}, test={name: sums[name] for name in files.test}
        )
    dataset = read(tmp_path, classes, files)
    assert dataset.official
    assert dataset.source == f"the official CIFAR-{classes} files"


def test_another_split_is_said_to_be_one(tmp_path: Path) -> None:
    whole = read(unpack(tmp_path / "whole", 100), 100)
    part = replace(whole, splits={**whole.splits, "test": whole.test.first(150)})
    parquet(tmp_path / "part", part, "fine_label")
    events: list[Event] = []
    dataset = find(tmp_path / "part", 100).decode(events.append)
    assert dataset.official is False
    assert re.findall(r"\d+", dataset.source) == ["100", "200", "150", "200", "200"]
    (event,) = events
    assert event.kind == "warning"
    assert str(tmp_path / "part") in event.text
    assert str(tmp_path) not in dataset.source


def test_other_numbers_of_each_class_are_another_split(tmp_path: Path) -> None:
    whole = read(unpack(tmp_path / "whole", 10), 10)
    labels = whole.train.labels.copy()
    labels[np.flatnonzero(labels == 3)[0]] = 4
    parquet(
        tmp_path / "part",
        replace(whole, splits={**whole.splits, "train": numbered_images("train", whole.train.pixels, labels)}),
        "label",
    )
    dataset = read(tmp_path / "part", 10)
    assert dataset.official is False
    assert re.findall(r"\d+", dataset.source) == ["10", "100", "20"]


def test_labels_follow_the_names_that_the_files_give(tmp_path: Path) -> None:
    """A list of classes in another order means other numbers, not other classes."""
    folder = unpack(tmp_path, 10)
    (folder / "batches.meta.txt").write_text("\n".join(CIFAR10.class_names[::-1]))
    raw = np.concatenate([records(10, seed)[:, 0] for seed in range(5)])
    assert read(folder, 10).train.labels.tolist() == [9 - label for label in raw.tolist()]


def flipped(folder: Path) -> None:
    (folder / "batches.meta.txt").write_text("\n".join(CIFAR10.class_names[:9]) + "\nzebra")


def cut(folder: Path) -> None:
    path = folder / "data_batch_3.bin"
    path.write_bytes(path.read_bytes()[:-1])


def unknown_label(folder: Path) -> None:
    raw = records(10, 0)
    raw[7, 0] = 10
    (folder / "data_batch_1.bin").write_bytes(raw.tobytes())


def unnamed(folder: Path) -> None:
    (folder / "batches.meta.txt").unlink()
    unknown_label(folder)


def missing(folder: Path) -> None:
    (folder / "data_batch_4.bin").unlink()


# How the folder is damaged, the code, and what the line names.
BAD: dict[str, tuple[Callable[[Path], None], str, tuple[str, ...]]] = {
    "another class": (flipped, "SF213", ("'zebra'", "CIFAR-10")),
    "half a file": (cut, "SF203", ("data_batch_3.bin", "61459", "3073")),
    "a label without a name": (unknown_label, "SF227", ("train label 10",)),
    "a label beyond all": (unnamed, "SF227", ("train label 10", "index 7", "0..9")),
    "a file missing": (missing, "SF212", ("data_batch_4.bin",)),
    "an empty file": (lambda folder: (folder / "test_batch.bin").write_bytes(b"") and None, "SF203", ("0 bytes",)),
    "no text": (lambda folder: (folder / "batches.meta.txt").write_bytes(b"\xff") and None, "SF257", ("meta.txt",)),
}


@pytest.mark.parametrize(("harm", "code", "facts"), BAD.values(), ids=BAD.keys())
def test_what_is_not_cifar_is_refused_in_one_line(
    tmp_path: Path, harm: Callable[[Path], None], code: str, facts: tuple[str, ...]
) -> None:
    harm(unpack(tmp_path, 10))
    with pytest.raises(InputError, match=code) as caught:
        read(tmp_path, 10)
    for fact in facts:
        assert fact in str(caught.value)
    assert "\n" not in str(caught.value)


def test_images_of_another_size_are_refused(tmp_path: Path) -> None:
    pixels, labels = np.zeros((10, 28, 28), np.uint8), np.arange(10)
    np.savez(tmp_path / "cifar10.npz", x_train=pixels, y_train=labels, x_test=pixels, y_test=labels)
    with pytest.raises(InputError, match=r"1x28x28.*3x32x32.*SF213"):
        find_cifar(tmp_path, tmp_path, silent, reference=CIFAR10, layout=CIFAR10_FILES, subfolders=("",)).decode(silent)


def test_an_archive_that_lacks_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cifar-10-binary.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("cifar-10-batches-bin/data_batch_1.bin"), io.BytesIO())
    with pytest.raises(InputError, match=r"data_batch_2\.bin.*SF212") as caught:
        read(tmp_path, 10)
    assert "data_batch_1.bin" not in caught.value.what


def test_a_folder_without_it_says_what_it_should_hold(tmp_path: Path) -> None:
    for folder, code in ((tmp_path, "SF211"), (tmp_path / "missing", "SF200")):
        with pytest.raises(InputError, match=rf"cifar-10-binary\.tar\.gz.*{code}") as caught:
            find(folder, 10)
        assert caught.value.where == str(folder)


def test_the_coarse_labels_are_no_fine_ones(tmp_path: Path) -> None:
    """As named: coarse labels are numbers of classes too, so only the counts give them away."""
    whole = read(unpack(tmp_path / "whole", 100), 100)
    parquet(tmp_path / "coarse", whole, "coarse_label")
    with pytest.raises(InputError, match=r"label or fine_label.*SF208"):
        read(tmp_path / "coarse", 100)
    assert read(tmp_path / "coarse", 100, label="coarse_label").fingerprint == whole.fingerprint
