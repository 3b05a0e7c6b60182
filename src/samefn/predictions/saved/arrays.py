"""Saved predictions as arrays: npy, npz and safetensors."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from samefn.config.comparison import ModelSource
from samefn.core.array_files import map_npy, map_npz, map_safetensors
from samefn.core.errors import InputError
from samefn.predictions.about import GROUP_NAMES
from samefn.predictions.saved.names import (
    KNOWN_IDS,
    KNOWN_LABELS,
    KNOWN_PREDICTED,
    KNOWN_SCORES,
    POSSIBLE_LABELS,
    kind_by_name,
)
from samefn.predictions.saved.values import SavedPredictions, check_saved


def saved_npy(source: ModelSource) -> SavedPredictions:
    """One array, mapped: scores [examples, classes], or predicted labels [examples].

    Raises:
        InputError: the file cannot be used, or the source names an output.
    """
    if source.output:
        raise InputError(
            "SF422", f"an npy file has no array {source.output!r}", where=source.path, fix="leave output out"
        )
    return check_saved(source.path, map_npy(Path(source.path)), None, None, None)


def saved_npz(source: ModelSource) -> SavedPredictions:
    """Named arrays in an npz file; `names` lists the names.

    Raises:
        InputError: the file cannot be used, or it is unclear which array holds the predictions.
    """
    return _named(map_npz(Path(source.path)), source)


def saved_safetensors(source: ModelSource) -> SavedPredictions:
    """Named arrays in a safetensors file, mapped; true classes and ids are whole numbers there.

    Raises:
        InputError: the file cannot be used, or it is unclear which array holds the predictions.
    """
    return _named(map_safetensors(Path(source.path)), source)


def _named(arrays: Mapping[str, NDArray[Any]], source: ModelSource) -> SavedPredictions:
    chosen = _chosen(arrays, source)
    others = tuple(name for name in POSSIBLE_LABELS if name in arrays and _may_be_true(arrays[name]))
    ids, true = (
        next((arrays[name] for name in names if name in arrays and name != chosen), None)
        for names in (KNOWN_IDS, (*KNOWN_LABELS, *others))
    )
    saved = check_saved(source.path, arrays[chosen], kind_by_name(chosen), ids, true, array=chosen)
    return replace(saved, others={name: partial(arrays.__getitem__, name) for name in arrays if name != chosen})


def _may_be_true(values: NDArray[Any]) -> bool:
    return values.ndim == 1 and values.dtype.kind in "iuU"


def _chosen(arrays: Mapping[str, NDArray[Any]], source: ModelSource) -> str:
    """Which array holds the predictions: the named output, the one with a known name, or the only one left."""
    names = ", ".join(arrays)[:200]
    if source.output:
        if source.output not in arrays:
            raise InputError(
                "SF422", f"has no array {source.output!r}", where=source.path, fix=f"choose one of {names}"
            )
        return source.output
    candidates = [name for name in arrays if name in KNOWN_SCORES or name in KNOWN_PREDICTED]
    known = {*KNOWN_IDS, *KNOWN_LABELS, *POSSIBLE_LABELS, *GROUP_NAMES}
    candidates = candidates or [name for name in arrays if name not in known]
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise InputError(
            "SF420",
            f"holds no predictions, only {names} (labels are the true classes)",
            where=source.path,
            fix="name scores logits, log_probs, probabilities or predictions, and predicted labels answers",
        )
    raise InputError(
        "SF423",
        f"several arrays may be the predictions: {', '.join(candidates)[:200]}",
        where=source.path,
        fix="set output to one of them",
    )
