"""Saved predictions as JSON lines: plain ones of id, label and prediction, or samples of lm-evaluation-harness."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.predictions.about import GROUP_NAMES
from samefn.predictions.saved.lm_eval import saved_lm_eval
from samefn.predictions.saved.names import (
    CLASS_COLUMN,
    KNOWN_IDS,
    KNOWN_LABELS,
    KNOWN_PREDICTED,
    KNOWN_SCORES,
    POSSIBLE_LABELS,
)
from samefn.predictions.saved.tables import read_table
from samefn.predictions.saved.values import SavedPredictions

MAX_LINE = 1 << 26
_KNOWN = {*KNOWN_SCORES, *KNOWN_PREDICTED, *KNOWN_IDS, *KNOWN_LABELS, *POSSIBLE_LABELS, *GROUP_NAMES}


def saved_jsonl(source: ModelSource) -> SavedPredictions:
    """Predictions in JSON lines; the first line decides which kind they are.

    Raises:
        InputError: lines that are not JSON or that differ, or what `read_table` and `saved_lm_eval` refuse.
    """
    lines = _lines(Path(source.path))
    first = next(lines, None)
    if first is None:
        raise InputError("SF420", "holds no predictions", where=source.path)
    all_lines = chain([first], lines)
    if isinstance(first[1], dict) and "doc_id" not in first[1] and _prediction_keys(first[1], source.output):
        saved = read_table(source, "JSON lines", lambda: _table(all_lines, source.output).lazy())
        unread = {name: partial(_values_of, Path(source.path), name) for name in first[1] if name not in saved.others}
        return replace(saved, others={**saved.others, **unread})
    return saved_lm_eval(source, all_lines)


def _prediction_keys(line: dict[str, Any], output: str) -> list[str]:
    """The keys of a line that belong to predictions; none if it holds no prediction."""
    keys = [
        name for name in line if name in _KNOWN or CLASS_COLUMN.fullmatch(name) or (output and name.startswith(output))
    ]
    return keys if any(name not in (*KNOWN_IDS, *KNOWN_LABELS, *POSSIBLE_LABELS, *GROUP_NAMES) for name in keys) else []


def _table(lines: Iterable[tuple[str, Any]], output: str) -> pl.DataFrame:
    """One column for each key of the first line."""
    columns: dict[str, list[Any]] = {}
    for number, (where, line) in enumerate(lines):
        if not isinstance(line, dict):
            raise InputError("SF425", "is not a JSON object", where=where, fix="give one object a line")
        columns = columns or {name: [] for name in _prediction_keys(line, output)}
        for name, values in columns.items():
            if name not in line:
                raise InputError("SF425", f"has no {name!r}, but the first line has", where=where)
            if not values or _kind(line[name]) == _kind(values[number - 1]):
                values.append(_scalars(line[name], name, where))
            else:
                raise InputError("SF425", f"{name!r} has another type than in the line before", where=where)
    return pl.DataFrame({name: pl.Series(name, values, strict=False) for name, values in columns.items()})


def _values_of(path: Path, name: str) -> NDArray[Any]:
    """The values of one key, read again: whole numbers, texts or booleans."""
    values: list[Any] = []
    for where, line in _lines(path):
        value = line.get(name) if isinstance(line, dict) else None
        if not isinstance(value, int | str) or type(value) is not type(values[0] if values else value):
            raise InputError("SF425", f"{name!r} is not one whole number or text in every line", where=where)
        values.append(value)
    return np.array(values)


def _kind(value: Any) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def _scalars(value: Any, name: str, where: str) -> Any:
    """A number, a text, or a list of numbers."""
    parts = value if isinstance(value, list) else [value]
    kinds = {_kind(part) for part in parts}
    if kinds - ({float} if isinstance(value, list) else {float, str}):
        raise InputError("SF425", f"{name!r} is not a number, a text or a list of numbers", where=where)
    if any(isinstance(part, int) and abs(part) >= 1 << 63 for part in parts):
        raise InputError("SF425", f"{name!r} is too large for 64 bits", where=where)
    return [float(part) for part in parts] if isinstance(value, list) else value


def _lines(path: Path) -> Iterator[tuple[str, Any]]:
    """File and number of each line, and its content."""
    number = 0
    try:
        with path.open("rb") as file:
            while line := file.readline(MAX_LINE + 1):
                number += 1
                if len(line) > MAX_LINE:
                    raise InputError("SF424", f"line {number} is longer than {MAX_LINE} bytes", where=str(path))
                if line.strip():
                    yield f"{path}:{number}", json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(
            "SF424", f"line {number} is not JSON ({str(error)[:100]})", where=str(path), fix="give one object a line"
        ) from error
    except OSError as error:
        raise InputError("SF424", f"cannot be read ({error.strerror or error})", where=str(path)) from error
