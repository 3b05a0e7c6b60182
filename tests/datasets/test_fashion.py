import gzip
import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from samefn.core.errors import InputError
from samefn.core.events import silent
from samefn.datasets.dataset import Dataset
from samefn.datasets.formats.idx import idx_bytes
from samefn.datasets.reference.idx_set import IdxSet, IdxSplit, find_idx_set
from samefn.datasets.reference.mnist import FASHION_MNIST, MNIST

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
    small = replace(FASHION_MNIST.reference, class_counts=((5,) * 10, (2,) * 10))
    return (
        replace(digits, others=dict.fromkeys(sums(clothes), "Fashion-MNIST"), never_counts=((5,) * 10, (2,) * 10)),
        replace(clothes, reference=small, others=dict.fromkeys(sums(digits), "MNIST")),
    )


DIGITS_SET, CLOTHES_SET = sets()


def write(folder: Path, files: dict[str, bytes], packed: bool) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(content, mtime=0) if packed else content)
    return folder


def clothes(folder: Path) -> Dataset:
    return find_idx_set(CLOTHES_SET, folder, folder / "unused", silent, None).decode(silent)


def digits(folder: Path) -> Dataset:
    return find_idx_set(DIGITS_SET, folder, folder / "unused", silent, None).decode(silent)


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


def test_whether_plain_files_are_official_is_not_known(tmp_path: Path) -> None:
    """Nothing is published of what they hold; other counts of a class they cannot have."""
    assert clothes(write(tmp_path / "same", CLOTHES, packed=False)).official is None
    assert clothes(write(tmp_path / "more", contents(1, fours=1), packed=False)).official is False


@pytest.mark.parametrize("packed", [True, False])
def test_one_is_never_taken_for_the_other(tmp_path: Path, packed: bool) -> None:
    write(tmp_path / "digits", DIGITS, packed)
    write(tmp_path / "clothes", CLOTHES, packed)
    assert digits(tmp_path / "digits").official
    with pytest.raises(InputError, match="SF213") as caught:
        clothes(tmp_path / "digits")
    assert caught.value.fix
    assert "MNIST" in caught.value.fix
    with pytest.raises(InputError, match="SF213") as caught:
        digits(tmp_path / "clothes")
    assert caught.value.fix
    assert "Fashion-MNIST" in caught.value.fix


def test_one_file_of_the_other_is_enough_to_refuse(tmp_path: Path) -> None:
    for name in NAMES:
        write(tmp_path / name, CLOTHES | {name: DIGITS[name]}, packed=False)
        with pytest.raises(InputError, match="SF213") as caught:
            clothes(tmp_path / name)
        assert caught.value.where == str(tmp_path / name / name)


def test_each_is_found_where_both_lie(tmp_path: Path) -> None:
    write(tmp_path / "MNIST" / "raw", DIGITS, packed=True)
    write(tmp_path / "FashionMNIST" / "raw", CLOTHES, packed=True)
    assert digits(tmp_path).train.pixels.tobytes() == DIGITS[NAMES[0]][16:]
    assert clothes(tmp_path).train.pixels.tobytes() == CLOTHES[NAMES[0]][16:]
    # A folder of that name comes before files that lie about.
    write(tmp_path, DIGITS, packed=True)
    assert clothes(tmp_path).train.pixels.tobytes() == CLOTHES[NAMES[0]][16:]


def test_mnist_is_known_by_its_content_in_any_form(tmp_path: Path) -> None:
    """By its MD5 in its order; in another order nobody can tell whether each image has its own label."""
    plain = digits(write(tmp_path / "plain", DIGITS, packed=False))
    (train, labels), test = (plain.train.pixels[:, 0], plain.train.labels), plain.test.pixels[:, 0]
    known = replace(
        DIGITS_SET.reference,
        class_counts=((5, 5, 5, 5, 6, 5, 5, 5, 5, 5), (2,) * 10),
        pixel_sums=((sum(DIGITS[NAMES[0]][16:]),), (sum(DIGITS[NAMES[2]][16:]),)),
        idx_md5=tuple(md5(DIGITS[name]) for name in NAMES),  # type: ignore[arg-type]
    )
    wanted = replace(DIGITS_SET, reference=known)
    cases = [
        (train, labels, True),
        (train[::-1], labels[::-1], None),
        (255 - train, labels, False),
        (train, np.where(labels == 4, 5, labels), False),
        (train[:-1], labels[:-1], False),
    ]
    for pixels, classes, official in cases:
        np.savez(tmp_path / "mnist.npz", x_train=pixels, y_train=classes, x_test=test, y_test=plain.test.labels)
        dataset = find_idx_set(wanted, tmp_path, tmp_path, silent, None).decode(silent)
        assert dataset.official is official


def test_the_sums_are_those_that_everyone_publishes() -> None:
    """Each of the eight official gzip files has its own, and each set knows the other's."""
    published = {file.gzip_md5 for wanted in (MNIST, FASHION_MNIST) for file in wanted.files}
    assert len(published) == 8
    assert set(MNIST.others) == {file.gzip_md5 for file in FASHION_MNIST.files}
    assert set(FASHION_MNIST.others) == {each for file in MNIST.files for each in (file.gzip_md5, file.raw_md5)}
