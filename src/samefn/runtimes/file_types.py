"""What a file or folder holds, told from its bytes; nothing in it is loaded or run."""

import json
import zipfile
from pathlib import Path
from typing import Literal

from samefn.core.errors import InputError
from samefn.core.plain_files import is_folder, read_file, require_file, unreadable

Content = Literal[
    "onnx",
    "exported",
    "torchscript",
    "factory",
    "tflite",
    "keras",
    "transformers",
    "causal-lm",
    "llama-logits",
    "npy",
    "npz",
    "safetensors",
    "parquet",
    "csv",
    "jsonl",
    "unknown",
]
HEAD = 4096
# Files that have no mark of their own are told by their names.
_ENDINGS: dict[str, Content] = {".onnx": "onnx", ".csv": "csv", ".jsonl": "jsonl"}
# Where in a file a mark stands, and what it marks.
_MARKS: dict[tuple[int, bytes], Content] = {
    (4, b"TFL3"): "tflite",
    (0, b"\x93NUMPY"): "npy",
    (0, b"PAR1"): "parquet",
    (0, b"_logits_"): "llama-logits",
}
_CONFIG_LIMIT = 2**20


def content_of(path: Path) -> Content:
    """What a path holds.

    Raises:
        InputError: there is nothing, or neither a file nor a folder, or it cannot be read.
    """
    if is_folder(path):
        return _of_folder(path)
    require_file(path)
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise unreadable(error, path) from error
    if not head:
        raise InputError("SF3007", "is empty", where=str(path))
    return _of_bytes(path, head)


def _of_bytes(path: Path, head: bytes) -> Content:
    for (start, mark), content in _MARKS.items():
        if head[start:].startswith(mark):
            return content
    if head.startswith(b"PK\x03\x04"):
        return _of_zip(path)
    if len(head) > 8 and head[8:9] == b"{" and 0 < int.from_bytes(head[:8], "little") < 2**27:
        return "safetensors"
    return _ENDINGS.get(path.suffix.lower(), "unknown")


def _of_zip(path: Path) -> Content:
    """The forms that are zip archives, by the names in them."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError("SF3008", f"is a damaged zip archive ({error})", where=str(path)) from error
    inner = {name.partition("/")[2] for name in names}
    if "archive_format" in inner | set(names):
        return "exported"
    if "constants.pkl" in inner:
        return "torchscript"
    if "config.json" in names and "metadata.json" in names:
        return "keras"
    if names and all(name.endswith(".npy") for name in names):
        return "npz"
    return "unknown"


def _of_folder(path: Path) -> Content:
    """A folder of Hugging Face transformers names its architectures."""
    config = path / "config.json"
    if not config.is_file():
        return "unknown"
    try:
        architectures = list(json.loads(read_file(config, _CONFIG_LIMIT)).get("architectures") or [])
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise InputError("SF3009", f"cannot be read as JSON ({error})", where=str(config)) from error
    causal = any(str(name).endswith(("ForCausalLM", "LMHeadModel")) for name in architectures)
    return "causal-lm" if causal else "transformers"
