"""What all models are asked: the data that the spec names, or what the base's saved predictions are about."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from samefn.core.canonical import digest
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.dataset import EXAMPLES, Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.examples import find_examples
from samefn.datasets.files import write_examples
from samefn.predictions.saved import SavedPredictions
from samefn.runtimes.adapters import find_adapter, opener
from samefn.spec.comparison import ComparisonSpec
from samefn.spec.identity import task_key
from samefn.store.store import Store


def comparison_examples(spec: ComparisonSpec, data_dir: Path | None, cache: Path, emit: Emit) -> Dataset:
    """The examples of a comparison.

    Raises:
        InputError: no data for models that must be run, or data that cannot be read.
    """
    if spec.data is not None:
        return find_examples(spec.data, data_dir, cache, emit)
    for source in spec.models:
        if find_adapter(source).kind != "predictions":
            raise InputError("must be run, and on what is not said", where=source.path, fix="name the data with --data")
    base = spec.base
    saved: SavedPredictions = opener(find_adapter(base))(base)  # type: ignore[assignment]
    return saved_examples(saved, Path(base.path).name)


def saved_examples(saved: SavedPredictions, name: str) -> Dataset:
    """The examples that saved predictions are about: ids and labels, no inputs."""
    count = len(saved.values)
    ids = saved.ids if saved.ids is not None else np.array([str(number) for number in range(count)], dtype=np.str_)
    told = {"ids": ids.tolist(), "labels": None if saved.true is None else saved.true.tolist()}
    return Dataset(
        name,
        saved.class_names,
        {EXAMPLES: ExampleSet({}, ids, saved.true, name)},
        f"the {count:,} examples of the base's saved predictions",
        known_fingerprint=digest(told),
    )


def store_examples(data: Dataset, store: Store, emit: Emit) -> str:
    """Put the examples where every worker can map them; their key.

    Raises:
        StorageError: the store cannot be written.
    """
    key = task_key("examples", 1, {"fingerprint": data.fingerprint})
    if not store.whole(key, emit):
        with store.publish(key, "examples", data.name, {"fingerprint": data.fingerprint}) as folder:
            write_examples(data, folder)
    return key


def subset(data: Dataset, rows: slice) -> Dataset:
    """Some consecutive examples as a set of their own, known by the whole's fingerprint and their place in it."""
    if rows == slice(0, len(data.examples)):
        return data
    known = digest([data.fingerprint, rows.start, rows.stop])
    return replace(data, splits={EXAMPLES: data.examples.part(rows)}, known_fingerprint=known)
