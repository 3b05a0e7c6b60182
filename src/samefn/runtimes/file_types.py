"""What a file or folder holds, found from its bytes; nothing in it is loaded or run."""

import json
import zipfile
from pathlib import Path
from typing import Literal

from samefn.core.errors import InputError
from samefn.core.plain_files import is_folder, read_file, require_file, unreadable

FileType = Literal[
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
_HEAD_BYTES = 4096
# Files without a signature are recognised by their names.
_SUFFIXES: dict[str, FileType] = {".onnx": "onnx", ".csv": "csv", ".jsonl": "jsonl"}
# Signatures: where in a file they start, and of which type.
_SIGNATURES: dict[tuple[int, bytes], FileType] = {
    (4, b"TFL3"): "tflite",
    (0, b"\x93NUMPY"): "npy",
    (0, b"PAR1"): "parquet",
    (0, b"_logits_"): "llama-logits",
}
_MAX_CONFIG_BYTES = 2**20


def file_type(path: Path) -> FileType:
    """What a path holds.

    Raises:
        InputError: nothing is there, it is neither a file nor a folder, or it cannot be read.
    """
    if is_folder(path):
        return _folder_type(path)
    require_file(path)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise unreadable(error, path) from error
    if not head:
        raise InputError("SF302", "the file is empty", where=str(path))
    return _type_of_bytes(path, head)


def _type_of_bytes(path: Path, head: bytes) -> FileType:
    for (start, signature), kind in _SIGNATURES.items():
        if head[start:].startswith(signature):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(path)
    if len(head) > 8 and head[8:9] == b"{" and 0 < int.from_bytes(head[:8], "little") < 2**27:
        return "safetensors"
    return _SUFFIXES.get(path.suffix.lower(), "unknown")


def _zip_type(path: Path) -> FileType:
    """Which type of zip archive it is, by the names in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError("SF302", f"the zip archive is damaged ({error})", where=str(path)) from error
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


def _folder_type(path: Path) -> FileType:
    """A folder of Hugging Face transformers names its architectures in config.json."""
    config = path / "config.json"
    if not config.is_file():
        return "unknown"
    try:
        architectures = list(json.loads(read_file(config, _MAX_CONFIG_BYTES)).get("architectures") or [])
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise InputError("SF370", f"cannot be read as JSON ({error})", where=str(config)) from error
    causal = any(str(name).endswith(("ForCausalLM", "LMHeadModel")) for name in architectures)
    return "causal-lm" if causal else "transformers"
