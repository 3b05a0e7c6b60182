"""Saved predictions as arrays: npy, npz and safetensors."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from samefn.config.comparison import ModelSource
from samefn.core.array_files import map_npy, map_npz, map_safetensors
from samefn.core.errors import InputError
from samefn.predictions.saved.names import ANSWERS, IDS, OTHER_TRUE, SCORES, TRUE, said_by
from samefn.predictions.saved.values import SavedPredictions, saved_predictions


def saved_npy(source: ModelSource) -> SavedPredictions:
    """One array, mapped: scores [examples, classes], or answers [examples].

    Raises:
        InputError: the file cannot be used, or an output is named.
    """
    if source.output:
        raise InputError("SF4045", f"output {source.output!r} is named, but npy holds one array", where=source.path)
    return saved_predictions(source.path, map_npy(Path(source.path)), None, None, None)


def saved_npz(source: ModelSource) -> SavedPredictions:
    """Named arrays in an npz file, as `saved_names` lists them.

    Raises:
        InputError: the file cannot be used, or which array holds the predictions is in doubt.
    """
    return _named(map_npz(Path(source.path)), source)


def saved_safetensors(source: ModelSource) -> SavedPredictions:
    """Named arrays in a safetensors file, mapped; true classes and ids are whole numbers there.

    Raises:
        InputError: the file cannot be used, or which array holds the predictions is in doubt.
    """
    return _named(map_safetensors(Path(source.path)), source)


def _named(arrays: Mapping[str, NDArray[Any]], source: ModelSource) -> SavedPredictions:
    chosen = _chosen(arrays, source)
    others = tuple(name for name in OTHER_TRUE if name in arrays and _may_be_true(arrays[name]))
    ids, true = (
        next((arrays[name] for name in names if name in arrays and name != chosen), None)
        for names in (IDS, (*TRUE, *others))
    )
    return saved_predictions(source.path, arrays[chosen], said_by(chosen), ids, true, array=chosen)


def _may_be_true(values: NDArray[Any]) -> bool:
    return values.ndim == 1 and values.dtype.kind in "iuU"


def _chosen(arrays: Mapping[str, NDArray[Any]], source: ModelSource) -> str:
    """Which array holds the predictions: the one that is asked for, the one of a known name, or the only one left."""
    listed = ", ".join(arrays)[:200]
    if source.output:
        if source.output not in arrays:
            raise InputError("SF4046", f"has no array {source.output!r}", where=source.path, fix=f"it has {listed}")
        return source.output
    found = [name for name in arrays if name in SCORES or name in ANSWERS]
    found = found or [name for name in arrays if name not in (*IDS, *TRUE, *OTHER_TRUE)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(
            "SF4047",
            f"has no predictions, only {listed}: labels are the true classes",
            where=source.path,
            fix="call scores logits, log_probs, probabilities or predictions, and a model's answers answers",
        )
    raise InputError(
        "SF4048",
        f"may hold its predictions in {' or '.join(found)[:200]}",
        where=source.path,
        fix="say which with `output`",
    )
