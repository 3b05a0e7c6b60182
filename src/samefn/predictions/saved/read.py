"""Saved predictions: arrays or tables in files, as logits, log-probabilities, probabilities or labels."""

from collections.abc import Callable
from pathlib import Path

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.core.plain_files import require_file, unreadable
from samefn.predictions.saved.arrays import saved_npy, saved_npz, saved_safetensors
from samefn.predictions.saved.lines import saved_jsonl
from samefn.predictions.saved.tables import saved_csv, saved_parquet
from samefn.predictions.saved.values import SavedPredictions

__all__ = ["SavedPredictions", "read_saved"]

_MARKS: dict[bytes, Callable[[ModelSource], SavedPredictions]] = {
    b"\x93NUMPY": saved_npy,
    b"PK\x03\x04": saved_npz,
    b"PAR1": saved_parquet,
}
_ENDINGS = {".safetensors": saved_safetensors, ".csv": saved_csv, ".jsonl": saved_jsonl}


def read_saved(source: ModelSource) -> SavedPredictions:
    """The predictions that a file holds: npy, npz, safetensors, Parquet, CSV, or JSON lines.

    `names` lists the known names of arrays and columns. Where several could hold the predictions, the source's
    `output` names one (or the prefix of columns, one for each class).

    Args:
        source: the file. Its `returns` and `resolution` are not used here.

    Raises:
        InputError: no such file, content that cannot be used, or several things that could be the predictions. Nothing
            in a file is unpickled or run.
    """
    path = Path(source.path)
    size = require_file(path)
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise unreadable(error, path) from error
    if not head:
        raise InputError("SF420", "is empty", where=source.path, fix="write the predictions again")
    read = next((reader for mark, reader in _MARKS.items() if head.startswith(mark)), None)
    # A safetensors file begins with the length of its header; text does not.
    safetensors = head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= size
    read = read or (saved_safetensors if safetensors else _ENDINGS.get(path.suffix.lower()))
    if read is None:
        raise InputError(
            "SF421",
            "is not a file of predictions",
            where=source.path,
            fix="give npy, npz, safetensors, Parquet, .csv or .jsonl",
        )
    return read(source)
