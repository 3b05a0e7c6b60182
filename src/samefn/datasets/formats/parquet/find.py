"""Find the Parquet files of each split by their names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from samefn.core.errors import InputError
from samefn.datasets.formats.splits import TEST_NAMES, test_split_name

MAGIC = b"PAR1"
SPLIT_FILE = re.compile(rf"(train|{'|'.join(TEST_NAMES)})(?:[-_.].*)?\.parquet")
SHARD_FILE = re.compile(r".*-(\d{5})-of-(\d{5})\.parquet")


@dataclass(frozen=True)
class ParquetFiles:
    """The Parquet files of both splits.

    Attributes:
        train: files of the training split, in order.
        test: files of the test split, in order.
        notes: which files are missing or have another name, for the data set's `source`.
    """

    train: tuple[Path, ...]
    test: tuple[Path, ...]
    notes: tuple[str, ...]


def find_parquet(folder: Path) -> ParquetFiles | None:
    """The Parquet files of a folder by split: `train*.parquet` beside `test*.parquet`, or a folder for each.

    A file's name gives its split and its number, as in `train-00000-of-00002.parquet`.

    Raises:
        InputError: Parquet files, but not of two splits.
    """
    by_split: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.parquet")):
        if match := SPLIT_FILE.fullmatch(path.name):
            by_split.setdefault(match[1], []).append(path)
    if not by_split:
        for name in ("train", *TEST_NAMES):
            if files := sorted((folder / name).glob("*.parquet")):
                by_split[name] = files
    test = test_split_name(list(by_split))
    if not by_split or "train" not in by_split or test is None:
        if by_split or any(folder.glob("*.parquet")):
            raise InputError(
                "SF209",
                "holds Parquet files, but not of both splits",
                where=str(folder),
                fix="name them train*.parquet and test*.parquet",
            )
        return None
    notes = [note for name in ("train", test) if (note := missing_shards(f"{name} files", by_split[name]))]
    if test != "test":
        notes.append(f"its {test} split is the test split here")
    return ParquetFiles(tuple(by_split["train"]), tuple(by_split[test]), tuple(notes))


def missing_shards(files_name: str, files: Sequence[Path]) -> str:
    """How many shards there are of how many; empty when all are there, or they are not numbered."""
    shards = [match for path in files if (match := SHARD_FILE.fullmatch(path.name))]
    numbers, totals = {int(match[1]) for match in shards}, {int(match[2]) for match in shards}
    if len(shards) != len(files) or len(totals) != 1 or numbers == set(range(*totals)):
        return ""
    return f"only {len(numbers)} of the {totals.pop()} {files_name}, by their names"
