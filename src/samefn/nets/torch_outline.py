"""What a file of `torch.save` holds, without its numbers."""

import io
from typing import Any

import torch
from torch._weights_only_unpickler import Unpickler

ZIP = b"PK\x03\x04"


def outline(data: bytes) -> Any:
    """What `torch.load` gives for a file of which only tensors are read; those made of the file's arrays are on `meta`.

    Torch checks that the arrays of a zip archive are as long as they are said to be. In its older form they may be
    missing, and in both a call of a tensor's class makes one of memory as it lies there; such are not on `meta`.

    Raises:
        ValueError: an array that is named, and not there.
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
        raise ValueError("an array that is named, and not there")
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
