"""Files of made-up predictions, written chunk by chunk, and what a plain count over the chunks says of them."""

import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.lib import format as npy
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

Floats = NDArray[np.float32]
Chunks = Callable[[], Iterator[tuple[NDArray[np.int64], Floats]]]

CHUNK = 2**22  # so many logits are made at a time
RANK = 8
# Whole multiples of this, so that the classes that tie are the same in the file and after the softmax.
GRID = 2.0**-10
STEP = 0.25  # what the candidate is rounded to
HOLES = 100  # one row in so many is NaN


def logits(examples: int, classes: int, model: str, dtype: str, case: str = "plain") -> Chunks:
    """Chunks of a model's logits, each with the numbers of its examples.

    Args:
        examples: how many.
        classes: how many.
        model: `base`, `candidate` (the base, rounded and a little moved) or `independent`.
        dtype: `float32` or `float16`.
        case: `plain`, `reversed` (the last example first) or `nan` (one row in a hundred is NaN).
    """
    step = max(1, CHUNK // classes)
    starts = list(range(0, examples, step))

    def chunks() -> Iterator[tuple[NDArray[np.int64], Floats]]:
        for start in reversed(starts) if case == "reversed" else starts:
            numbers = np.arange(start, min(start + step, examples))
            values = _made(start, len(numbers), classes, model).astype(dtype)
            if case == "reversed":
                numbers, values = numbers[::-1], values[::-1]
            if case == "nan":
                values[holes(numbers)] = np.nan
            yield numbers, values

    return chunks


def holes(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which examples the case `nan` has no answers to."""
    return np.asarray(numbers % HOLES == HOLES // 2)


def labels(examples: int, classes: int) -> NDArray[np.int64]:
    """The true classes: what the signal without noise says."""
    step = max(1, CHUNK // classes)
    found = [_signal(start, min(step, examples - start), classes).argmax(axis=1) for start in range(0, examples, step)]
    return np.concatenate(found)


def count(examples: int, classes: int, dtype: str) -> int:
    """How many examples base and candidate answer otherwise."""
    pairs = zip(*(logits(examples, classes, model, dtype)() for model in ("base", "candidate")), strict=True)
    return sum(
        int(np.count_nonzero(base.argmax(axis=1) != candidate.argmax(axis=1))) for (_, base), (_, candidate) in pairs
    )


def _draws(start: int, model: str) -> np.random.Generator:
    return np.random.default_rng([start, ["signal", "base", "candidate", "independent"].index(model)])


def _signal(start: int, count: int, classes: int) -> Floats:
    of_classes = np.random.default_rng(0).standard_normal((RANK, classes), dtype=np.float32)
    of_examples = _draws(start, "signal").standard_normal((count, RANK), dtype=np.float32)
    return np.asarray(of_examples @ of_classes)


def _made(start: int, count: int, classes: int, model: str) -> Floats:
    noise = _draws(start, "base" if model == "candidate" else model).standard_normal((count, classes), np.float32)
    found = np.round((_signal(start, count, classes) + noise) / GRID) * np.float32(GRID)
    if model == "candidate":
        found = np.round(found / STEP) * np.float32(STEP)
    return np.asarray(found, dtype=np.float32)


def write(path: Path, chunks: Chunks, shape: tuple[int, int], dtype: str, true: NDArray[np.int64]) -> None:
    """Write one file, of the form that its ending says; npy holds neither ids nor labels."""
    _WRITERS[path.suffix.removeprefix(".")](path, chunks, shape, np.dtype(dtype), true)


def _npy(path: Path, chunks: Chunks, shape: tuple[int, int], dtype: np.dtype[Any], _: NDArray[np.int64]) -> None:
    with path.open("wb") as file:
        _npy_header(file, shape, dtype)
        for _, values in chunks():
            file.write(values.tobytes())


def _npz(path: Path, chunks: Chunks, shape: tuple[int, int], dtype: np.dtype[Any], true: NDArray[np.int64]) -> None:
    numbers = np.concatenate([some for some, _ in chunks()])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, array in (("ids", _names(numbers)), ("labels", true[numbers])):
            with archive.open(f"{name}.npy", "w") as file:
                npy.write_array(file, array, allow_pickle=False)
        with archive.open("logits.npy", "w", force_zip64=True) as file:
            _npy_header(file, shape, dtype)
            for _, values in chunks():
                file.write(values.tobytes())


def _safetensors(
    path: Path, chunks: Chunks, shape: tuple[int, int], dtype: np.dtype[Any], true: NDArray[np.int64]
) -> None:
    numbers = np.concatenate([some for some, _ in chunks()])
    size, small = shape[0] * shape[1] * dtype.itemsize, 8 * shape[0]
    told = {"F4": "F32", "F2": "F16"}[dtype.str[1:].upper()]
    header: dict[str, dict[str, Any]] = {
        "ids": {"dtype": "I64", "shape": [shape[0]], "data_offsets": [0, small]},
        "labels": {"dtype": "I64", "shape": [shape[0]], "data_offsets": [small, 2 * small]},
        "logits": {"dtype": told, "shape": list(shape), "data_offsets": [2 * small, 2 * small + size]},
    }
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + numbers.tobytes() + true[numbers].tobytes())
        for _, values in chunks():
            file.write(values.tobytes())


def _parquet(path: Path, chunks: Chunks, shape: tuple[int, int], dtype: np.dtype[Any], true: NDArray[np.int64]) -> None:
    inner = pl.Series([], dtype=pl.Float32) if dtype == np.float32 else pl.Series([], dtype=pl.Float16)
    columns: dict[str, pl.DataType] = {"ids": pl.String(), "labels": pl.Int64(), "logits": pl.List(inner.dtype)}
    schema = pl.Schema(columns)

    def frames(*_: Any) -> Iterator[pl.DataFrame]:
        for numbers, values in chunks():
            lists = pl.Series(values.reshape(-1)).reshape((len(numbers), shape[1])).cast(schema["logits"])
            yield pl.DataFrame({"ids": _names(numbers).tolist(), "labels": true[numbers], "logits": lists}, schema)

    register_io_source(frames, schema=schema).sink_parquet(path, row_group_size=max(1, CHUNK // shape[1]))


def _npy_header(file: Any, shape: tuple[int, int], dtype: np.dtype[Any]) -> None:
    npy.write_array_header_1_0(file, {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape})


def _names(numbers: NDArray[np.int64]) -> NDArray[np.str_]:
    return numbers.astype(np.str_)


_WRITERS: dict[str, Callable[..., None]] = {
    "npy": _npy,
    "npz": _npz,
    "safetensors": _safetensors,
    "parquet": _parquet,
}
