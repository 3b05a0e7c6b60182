"""The structure of a file that `torch.save` wrote, without the numbers."""

import io
from typing import Any

import torch
from torch._weights_only_unpickler import Unpickler

ZIP = b"PK\x03\x04"


def outline_checkpoint(data: bytes) -> Any:
    """What `torch.load(weights_only=True)` returns, but with tensors that hold the file's arrays on the device `meta`.

    A tensor that is not on `meta` does not come from the file: a pickle can also create tensors from uninitialised
    memory. Torch checks the lengths of arrays in a zip archive. In its older format arrays may be missing, which is
    checked here.

    Raises:
        ValueError: an array that is named, but not in the file.
        Exception: any other; the file may be hostile.
    """
    named: dict[Any, Any] = {}
    if data.startswith(ZIP):
        reader = torch._C.PyTorchFileReader(io.BytesIO(data))
        return _read(io.BytesIO(bytes(reader.get_record("data.pkl"))), named)
    stream = io.BytesIO(data)
    for _ in ("magic number", "version", "machine"):
        _read(stream, {})
    content = _read(stream, named)
    if not named.keys() <= set(_read(stream, {})):
        raise ValueError("an array is named, but not in the file")
    return content


def _read(stream: io.BytesIO, named: dict[Any, Any]) -> Any:
    """One pickle, by the same restricted reader as `torch.load`."""

    def array(name: Any) -> Any:
        _, kind, key, _, length, *view = name
        if any(part is not None for part in view):  # (a part of another array; not written for years)
            raise ValueError("a view of an array")
        dtype = torch.uint8 if kind is torch.UntypedStorage else kind.dtype
        if key not in named:
            storage = torch.UntypedStorage(length * dtype.itemsize, device="meta")  # type: ignore[no-untyped-call]
            named[key] = torch.storage.TypedStorage(  # type: ignore[no-untyped-call]
                wrap_storage=storage, dtype=dtype, _internal=True
            )
        return named[key]

    unpickler: Any = Unpickler(stream, encoding="utf-8")
    unpickler.persistent_load = array
    return unpickler.load()
