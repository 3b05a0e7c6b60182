import gzip
import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from samefn.core.errors import InputError
from samefn.core.events import silent
from samefn.datasets.idx import idx_bytes
from samefn.datasets.idx_set import IdxSet, IdxSplit
from samefn.datasets.images import Dataset
from samefn.datasets.mnist import FASHION_MNIST, MNIST, find_fashion_mnist, find_mnist

NAMES = [file.name for file in MNIST.files]


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def contents(seed: int, fours: int) -> dict[str, bytes]:
    """Idx files with five training and two test images of each class, and so many more fours to train."""
    random = np.random.default_rng(seed)
    files = {}
    for images, labels, each, more in ((*NAMES[:2], 5, fours), (*NAMES[2:], 2, 0)):
        values = np.concatenate([np.repeat(np.arange(10), each), np.full(more, 4)]).astype(np.uint8)
        files[images] = idx_bytes(random.integers(0, 256, (len(values), 28, 28), dtype=np.uint8))
        files[labels] = idx_bytes(random.permutation(values))
    return files


DIGITS, CLOTHES = contents(0, fours=1), contents(1, fours=0)


def with_sums(wanted: IdxSet, files: dict[str, bytes], raw: bool) -> IdxSet:
    """The set with the sums of these files as the published ones."""
    train, test = (
        IdxSplit(
            *(
                replace(
                    file,
                    gzip_md5=md5(gzip.compress(files[file.name], mtime=0)),
                    raw_md5=md5(files[file.name]) if raw else None,
                )
                for file in (split.images, split.labels)
            )
        )
        for split in (wanted.train, wanted.test)
    )
    return replace(wanted, train=train, test=test)


def sums(wanted: IdxSet) -> list[str]:
    return [each for file in wanted.files for each in (file.gzip_md5, file.raw_md5) if each]


def sets() -> tuple[IdxSet, IdxSet]:
    """MNIST and Fashion-MNIST in small: of Fashion-MNIST's plain files no sum is published."""
    digits, clothes = with_sums(MNIST, DIGITS, raw=True), with_sums(FASHION_MNIST, CLOTHES, raw=False)
    small = replace(FASHION_MNIST.known, per_class=(5, 2))
    return (
        replace(digits, others=dict.fromkeys(sums(clothes), "Fashion-MNIST"), never_per_class=(5, 2)),
        replace(clothes, known=small, others=dict.fromkeys(sums(digits), "MNIST")),
    )


DIGITS_SET, CLOTHES_SET = sets()


def write(folder: Path, files: dict[str, bytes], packed: bool) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(content, mtime=0) if packed else content)
    return folder


def clothes(folder: Path) -> Dataset:
    return find_fashion_mnist(folder, folder / "unused", silent, wanted=CLOTHES_SET).decode(silent)


def digits(folder: Path) -> Dataset:
    return find_mnist(folder, folder / "unused", silent, wanted=DIGITS_SET).decode(silent)


@pytest.mark.parametrize("subfolder", ["", "fashion-mnist", "FashionMNIST/raw"])
def test_the_published_files_are_official(tmp_path: Path, subfolder: str) -> None:
    write(tmp_path / subfolder, CLOTHES, packed=True)
    dataset = clothes(tmp_path)
    assert dataset.name == "fashion-mnist"
    assert dataset.class_names[:2] == ("T-shirt/top", "Trouser")
    assert dataset.class_names[9] == "Ankle boot"
    assert (dataset.official, dataset.source) == (True, "the official Fashion-MNIST files")
    assert dataset.test.pixels.tobytes() == CLOTHES[NAMES[2]][16:]
    assert dataset.test.labels.tolist() == list(CLOTHES[NAMES[3]][8:])


def test_of_plain_files_only_the_counts_are_known(tmp_path: Path) -> None:
    dataset = clothes(write(tmp_path, CLOTHES, packed=False))
    assert dataset.official
    assert "every class as often as in the official split" in dataset.source
    assert "cannot be checked" in dataset.source


@pytest.mark.parametrize("packed", [True, False])
def test_one_is_never_taken_for_the_other(tmp_path: Path, packed: bool) -> None:
    write(tmp_path / "digits", DIGITS, packed)
    write(tmp_path / "clothes", CLOTHES, packed)
    assert digits(tmp_path / "digits").official
    with pytest.raises(InputError, match="is MNIST's file, not Fashion-MNIST's of the same name; name MNIST as"):
        clothes(tmp_path / "digits")
    message = "is Fashion-MNIST's file, not MNIST's" if packed else "is it Fashion-MNIST or another data set"
    with pytest.raises(InputError, match=message):
        digits(tmp_path / "clothes")


def test_one_file_of_the_other_is_enough_to_refuse(tmp_path: Path) -> None:
    for name in NAMES:
        write(tmp_path / name, CLOTHES | {name: DIGITS[name]}, packed=False)
        with pytest.raises(InputError, match=f"{name}: is MNIST's file"):
            clothes(tmp_path / name)


def test_each_is_found_where_both_lie(tmp_path: Path) -> None:
    write(tmp_path / "MNIST" / "raw", DIGITS, packed=True)
    write(tmp_path / "FashionMNIST" / "raw", CLOTHES, packed=True)
    assert digits(tmp_path).train.pixels.tobytes() == DIGITS[NAMES[0]][16:]
    assert clothes(tmp_path).train.pixels.tobytes() == CLOTHES[NAMES[0]][16:]
    # A folder of that name comes before files that lie about.
    write(tmp_path, DIGITS, packed=True)
    assert clothes(tmp_path).train.pixels.tobytes() == CLOTHES[NAMES[0]][16:]


def test_mnist_is_known_by_its_sums_in_any_form(tmp_path: Path) -> None:
    plain = digits(write(tmp_path / "plain", DIGITS, packed=False))
    known = replace(DIGITS_SET.known, idx_md5=tuple(file.raw_md5 for file in DIGITS_SET.files))  # type: ignore[arg-type]
    path = tmp_path / "mnist.npz"
    for turn, official in ((1, True), (-1, False)):
        np.savez(
            path,
            x_train=plain.train.pixels[::turn, 0],
            y_train=plain.train.labels[::turn],
            x_test=plain.test.pixels[:, 0],
            y_test=plain.test.labels,
        )
        wanted = replace(DIGITS_SET, known=known)
        dataset = find_mnist(tmp_path, tmp_path, silent, wanted=wanted).decode(silent)
        assert dataset.official is official
        assert ("not hold the official images in their order" in dataset.source) is not official


def test_the_sums_are_those_that_everyone_publishes() -> None:
    """Each of the eight official gzip files has its own, and each set knows the other's."""
    published = {file.gzip_md5 for wanted in (MNIST, FASHION_MNIST) for file in wanted.files}
    assert len(published) == 8
    assert set(MNIST.others) == {file.gzip_md5 for file in FASHION_MNIST.files}
    assert set(FASHION_MNIST.others) == {each for file in MNIST.files for each in (file.gzip_md5, file.raw_md5)}
