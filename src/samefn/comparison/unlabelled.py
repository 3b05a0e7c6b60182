"""Further inputs without labels: read, and held against the data."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from samefn.analysis.rows import UNLABELLED
from samefn.comparison.measured import MeasuredModels
from samefn.core.errors import InputError
from samefn.datasets.dataset import EXAMPLES_SPLIT, Dataset
from samefn.datasets.example_set import ExampleSet


@dataclass(frozen=True, eq=False)
class UnlabelledRuns:
    """Further inputs without labels, and the models that ran on them.

    Attributes:
        data: the inputs.
        models: the models, the base first, without a replicate.
        warnings: of the report.
    """

    data: Dataset
    models: MeasuredModels
    warnings: tuple[str, ...] = ()


def require_models(saved: Sequence[str]) -> None:
    """Refuse further inputs beside saved predictions, which are about the data alone.

    Args:
        saved: names of the models of which only predictions are known.

    Raises:
        InputError: there are any.
    """
    if saved:
        what = "holds predictions, so it cannot be run on unlabelled inputs"
        raise InputError("SF534", what, where=saved[0], fix=f"give a model, or leave {UNLABELLED} out")


def without_labels(further: Dataset, data: Dataset) -> tuple[Dataset, tuple[str, ...]]:
    """The inputs without their labels, and warnings: that labels are not read, and that inputs count twice.

    Raises:
        InputError: all inputs are those of the data.
    """
    inputs = further.examples
    twice = _repeated(inputs, data.examples)
    if twice == len(inputs):
        what = "its inputs are in the data already, so they say nothing more"
        raise InputError("SF535", what, where=further.name, fix="give other inputs")
    warnings = []
    if inputs.labels is not None:
        warnings.append(f"The labels of the unlabelled inputs ({further.name}) are not read.")
    if twice:
        warnings.append(
            f"{twice:,} of the {len(inputs):,} unlabelled inputs are in the data too. They count twice: intervals are "
            "too narrow. Leave them out."
        )
    bare = {EXAMPLES_SPLIT: ExampleSet(inputs.arrays, inputs.ids, None, inputs.where)}
    return replace(further, class_names=(), splits=bare, known_fingerprint=""), tuple(warnings)


@contextmanager
def about_unlabelled(further: Dataset) -> Iterator[None]:
    """Errors in the block say that they are about the unlabelled inputs.

    Raises:
        InputError: the block's own.
    """
    try:
        yield
    except InputError as error:
        where = further.examples.where or further.name
        raise InputError("SF537", f"on the unlabelled inputs: {error}", where=where) from error


def _repeated(inputs: ExampleSet, data: ExampleSet) -> int:
    known = set(_hashes(data))
    return sum(one in known for one in _hashes(inputs))


def _hashes(examples: ExampleSet) -> Iterator[bytes]:
    """A hash of every input, whatever its arrays are called."""
    arrays = [array for _, array in sorted(examples.arrays.items())]
    for number in range(len(examples) if arrays else 0):
        hashed = hashlib.blake2b(digest_size=16)
        for array in arrays:
            hashed.update(f"{array.dtype.str} {array.shape[1:]}".encode())
            hashed.update(array[number].tobytes())
        yield hashed.digest()
