"""What all models are asked: the data that the spec names, or what the base's saved predictions are about."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.comparison.plan import readable
from samefn.config import keys
from samefn.config.comparison import ComparisonSpec
from samefn.core.canonical import digest
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.core.plain_files import read_file
from samefn.datasets.dataset import EXAMPLES_SPLIT, Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.examples.find import find_examples
from samefn.datasets.files import write_examples
from samefn.predictions.saved.read import SavedPredictions
from samefn.predictions.saved.values import class_indices
from samefn.runtimes.adapters import find_adapter, import_loader
from samefn.store.store import Store

NAMES_LIMIT = 1 << 26


def comparison_examples(spec: ComparisonSpec, data_dir: Path | None, cache: Path, emit: Emit) -> Dataset:
    """The examples of a comparison.

    Raises:
        InputError: no data for models that must be run, or data that cannot be read.
    """
    names = () if spec.class_names is None else read_class_names(Path(spec.class_names))
    if spec.data is not None:
        found = find_examples(spec.data, data_dir, cache, emit)
        return with_class_names(found, names) if names else found
    for source, adapter in readable(spec):
        if adapter.kind != "predictions":
            raise InputError(
                "SF5010", "must be run, and on what is not said", where=source.path, fix="name the data with --data"
            )
    base = spec.base
    saved: SavedPredictions = import_loader(find_adapter(base))(base)  # type: ignore[assignment]
    return saved_examples(saved, Path(base.path).name, names)


def read_class_names(path: Path) -> tuple[str, ...]:
    """The names of the classes in a file: a JSON list of texts, or one a line.

    Raises:
        InputError: the file cannot be read, names nothing, or one class twice.
    """
    try:
        text = read_file(path, NAMES_LIMIT).decode("utf-8-sig").strip()
        names = json.loads(text) if text.startswith("[") else [line.strip() for line in text.splitlines()]
    except (ValueError, RecursionError) as error:
        raise InputError("SF5011", f"is neither text nor a JSON list ({str(error)[:100]})", where=str(path)) from error
    if not names or not all(isinstance(name, str) and name for name in names):
        raise InputError(
            "SF5012",
            "holds a class without a name",
            where=str(path),
            fix="give one name a line, or a JSON list of texts",
        )
    if twice := next((name for name, count in Counter(names).items() if count > 1), None):
        raise InputError(
            "SF5013", f"names {twice!r:.80} twice", where=str(path), fix="give every class a name of its own"
        )
    return tuple(names)


def with_class_names(data: Dataset, names: tuple[str, ...]) -> Dataset:
    """The data with these names of the classes.

    Raises:
        InputError: a label has no name.
    """
    # The fingerprint stays: what models answer does not depend on names.
    return replace(data, class_names=names, known_fingerprint=data.fingerprint)


def require_names(spec: ComparisonSpec, classes: int) -> None:
    """Refuse a file of names that is not about so many classes.

    Raises:
        InputError: it is not.
    """
    if spec.class_names is None:
        return
    count = len(read_class_names(Path(spec.class_names)))
    if count != classes:
        raise InputError("SF5014", f"names {count} classes, the base gives {classes}", where=spec.class_names)


def saved_examples(saved: SavedPredictions, name: str, class_names: Sequence[str] = ()) -> Dataset:
    """The examples that saved predictions are about: ids and labels, no inputs.

    Args:
        saved: the predictions.
        name: what they are called.
        class_names: by class index, where somebody said them; none for those of the file.

    Raises:
        InputError: labels that are names and no classes.
    """
    count = len(saved.values)
    names, true = tuple(class_names) or saved.class_names, saved.true
    labels = None if true is None else _labels(saved, true, names, name)
    ids = saved.ids if saved.ids is not None else np.array([str(number) for number in range(count)], dtype=np.str_)
    told = {"ids": ids.tolist(), "labels": None if labels is None else labels.tolist()}
    return Dataset(
        name,
        names,
        {EXAMPLES_SPLIT: ExampleSet({}, ids, labels, name)},
        f"the {count:,} examples of the base's saved predictions",
        known_fingerprint=digest(told),
    )


def _labels(saved: SavedPredictions, true: NDArray[Any], names: tuple[str, ...], where: str) -> NDArray[np.int64]:
    """The true classes by the numbers of these names; of answers by name the file's own numbers mean nothing."""
    if true.dtype.kind == "U":
        return class_indices(where, true, names)
    if saved.values.ndim == 1 and saved.class_names and names != saved.class_names:
        return class_indices(where, np.array(saved.class_names)[true], names)
    return true


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
    """Some consecutive examples as a set of their own, known by the whole's fingerprint and their place in it."""
    if rows == slice(0, len(data.examples)):
        return data
    known = digest([data.fingerprint, rows.start, rows.stop])
    return replace(data, splits={EXAMPLES_SPLIT: data.examples.part(rows)}, known_fingerprint=known)
