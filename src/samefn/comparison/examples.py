"""The examples of a comparison: the data that the spec names, or those of the base's saved predictions."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from samefn.comparison.models import readable_sources
from samefn.comparison.saved_predictions import open_saved, saved_examples
from samefn.config import keys
from samefn.config.comparison import ComparisonSpec
from samefn.core.arrays import as_array
from samefn.core.canonical import digest
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.core.plain_files import read_file
from samefn.datasets.dataset import EXAMPLES_SPLIT, Dataset
from samefn.datasets.examples.find import find_examples
from samefn.datasets.files import write_examples
from samefn.predictions.about import about_examples
from samefn.runtimes.adapters import find_adapter
from samefn.store.store import Store

# Bytes of a file of class names.
MAX_NAMES_BYTES = 1 << 26


def comparison_examples(spec: ComparisonSpec, data_dir: Path | None, cache: Path, emit: Emit) -> Dataset:
    """The examples of a comparison.

    Raises:
        InputError: no data for a model that must be run, or data that cannot be read.
    """
    names = () if spec.class_names is None else read_class_names(Path(spec.class_names))
    if spec.data is not None and spec.data.path:
        data = find_examples(spec.data, data_dir, cache, emit)
        return with_class_names(data, names) if names else data
    for source, adapter in readable_sources(spec):
        if adapter.kind != "predictions":
            raise InputError("SF502", "is a model and needs inputs", where=source.path, fix="name the data with --data")
    base = spec.base
    return saved_examples(open_saved(base, find_adapter(base)), Path(base.path).name, names, spec.data)


def read_class_names(path: Path) -> tuple[str, ...]:
    """The names of the classes in a file: a JSON list of strings, or one a line.

    Raises:
        InputError: the file cannot be read, a class has no name, or two have the same.
    """
    try:
        text = read_file(path, MAX_NAMES_BYTES).decode("utf-8-sig").strip()
        names = json.loads(text) if text.startswith("[") else [line.strip() for line in text.splitlines()]
    except (ValueError, RecursionError) as error:
        raise InputError("SF530", f"is neither text nor a JSON list ({str(error)[:100]})", where=str(path)) from error
    return checked_class_names(names, str(path))


def checked_class_names(names: Sequence[Any], where: str) -> tuple[str, ...]:
    """Names of classes, of which each has one of its own.

    Raises:
        InputError: a class has no name, or two have the same.
    """
    if not names or not all(isinstance(name, str) and name for name in names):
        raise InputError(
            "SF531",
            "has a class without a name",
            where=where,
            fix="give one name a line, or a JSON list of strings",
        )
    if duplicate := next((name for name, count in Counter(names).items() if count > 1), None):
        raise InputError("SF531", f"names {duplicate!r:.80} twice", where=where, fix="give each class its own name")
    return tuple(names)


def with_class_names(data: Dataset, names: tuple[str, ...]) -> Dataset:
    """The data with these names of the classes.

    Raises:
        InputError: a label has no name.
    """
    # The fingerprint stays: predictions do not depend on names.
    return replace(data, class_names=names, known_fingerprint=data.fingerprint)


def with_groups_and_slices(data: Dataset, groups: ArrayLike | None, slices: object) -> Dataset:
    """The data with groups, and slices by name, that are given beside it, in the order of its examples.

    Raises:
        InputError: it has its own, or values that cannot be used.
    """
    if data.about is not None:
        raise InputError("SF503", "the data has groups or slices of its own", where="compare", fix="leave one out")
    if not isinstance(slices, Mapping):
        fix = "give a mapping from names: {'site': values}"
        raise InputError("SF233", f"slices are of type {type(slices).__name__}", where="slices", fix=fix)
    of_groups = None if groups is None else as_array(groups, "groups")
    by_slice = {name: as_array(values, f"slices: {name}") for name, values in slices.items()}
    return replace(data, about=about_examples(data.examples.ids, of_groups, by_slice, "compare"))


def require_names(names: Sequence[str], classes: int, where: str) -> None:
    """Refuse names of another number of classes.

    Args:
        names: of the classes; empty where none are given.
        classes: of the base.
        where: the file or argument, for errors.

    Raises:
        InputError: there are more or fewer.
    """
    if names and len(names) != classes:
        raise InputError(
            "SF532",
            f"names {len(names)} classes, but the base has {classes}",
            where=where,
            fix="give one name for each class of the base",
        )


def store_examples(data: Dataset, store: Store, emit: Emit) -> str:
    """Put the examples where every worker can map them; their key.

    Raises:
        StorageError: the store cannot be written.
    """
    key = keys.EXAMPLES.key(fingerprint=data.fingerprint)
    if not store.verified(key, emit):
        with store.publish(key, keys.EXAMPLES.name, data.name, {"fingerprint": data.fingerprint}) as folder:
            write_examples(data, folder)
    return key


def subset(data: Dataset, rows: slice) -> Dataset:
    """Some consecutive examples as a data set. Its fingerprint is made from that of all and the two ends."""
    if rows == slice(0, len(data.examples)):
        return data
    fingerprint = digest([data.fingerprint, rows.start, rows.stop])
    return replace(data, splits={EXAMPLES_SPLIT: data.examples.part(rows)}, known_fingerprint=fingerprint)
