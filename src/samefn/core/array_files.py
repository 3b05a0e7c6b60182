"""Arrays in npy, npz and safetensors files, read as if hostile: headers are checked first, nothing is unpickled."""

import json
import math
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from samefn.core.errors import InputError
from samefn.core.temp_array import IN_MEMORY, Spool

# Arrays that are decoded, because their archive is compressed; what is mapped may be of any size.
MAX_BYTES = 1 << 33
CHUNK = 1 << 20
KINDS = "biufU"  # numbers and text
SAFETENSORS = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
}
AGAIN = "get the file again"


def map_npy(path: Path) -> NDArray[Any]:
    """The array of an npy file, mapped: only what is used of it is read.

    Raises:
        InputError: not an npy file, one of Python objects, or one whose header promises another size than it has.
    """
    with _said(path, "npy"), path.open("rb") as file:
        shape, fortran, dtype = _header(file, "the array", path)
        start, size = file.tell(), math.prod(shape) * dtype.itemsize
        if path.stat().st_size - start != size:
            there = path.stat().st_size - start
            raise InputError(
                "SF0002", f"has {there} bytes where its header promises {size}", where=str(path), fix=AGAIN
            )
        if not size:
            return np.empty(shape, dtype)
        return _mapped(file, dtype, start, shape, "F" if fortran else "C")


def map_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    """Every array of a safetensors file, mapped: safetensors' own NumPy reader copies.

    Raises:
        InputError: not a safetensors file, damaged, or numbers of a type that NumPy has not.
    """
    try:
        with safe_open(path, framework="numpy"):
            pass  # refuses a header that does not fit the file, so that what follows may trust it
    except (SafetensorError, OSError) as error:
        raise InputError("SF0003", f"cannot be read as safetensors ({error})", where=str(path), fix=AGAIN) from error
    with _said(path, "safetensors"), path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        found = {}
        for name, entry in header.items():
            if entry["dtype"] not in SAFETENSORS:
                raise InputError(
                    "SF0004",
                    f"{name} holds {entry['dtype']}, which NumPy has not",
                    where=str(path),
                    fix="store it as float32",
                )
            dtype, shape = np.dtype(SAFETENSORS[entry["dtype"]]), tuple(entry["shape"])
            start = 8 + length + entry["data_offsets"][0]
            found[name] = _mapped(file, dtype, start, shape) if math.prod(shape) else np.empty(shape, dtype)
        return found


def _mapped(
    file: BinaryIO, dtype: np.dtype[Any], start: int, shape: tuple[int, ...], order: Literal["C", "F"] = "C"
) -> NDArray[Any]:
    # Mode "c", copy on write: torch warns of arrays that cannot be written.
    return np.asarray(np.memmap(file, dtype, mode="c", offset=start, shape=shape, order=order))


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """All arrays of an npz file, in their order; large ones are mapped, from the archive or where they were decoded.

    Raises:
        InputError: not an npz file, damaged, encrypted, a name twice, Python objects, or more than `MAX_BYTES`.
    """
    found: dict[str, NDArray[Any]] = {}
    with _said(path, "npz"), zipfile.ZipFile(path) as archive:
        left = MAX_BYTES
        for info in archive.infolist():
            name = info.filename.removesuffix(".npy")
            if name in found:
                raise InputError("SF0005", f"holds {name!r} twice", where=str(path))
            if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or info.flag_bits & 1:
                raise InputError("SF0006", f"{name} is encrypted or compressed in an unusual way", where=str(path))
            with archive.open(info) as stream:
                if info.compress_type == zipfile.ZIP_STORED and info.file_size > IN_MEMORY:
                    found[name] = _stored(stream, info, name, path)
                    continue
                found[name] = read_npy(stream, name, path, left)
            left -= found[name].nbytes
    if not found:
        raise InputError("SF0007", "holds no arrays", where=str(path))
    return found


def read_npy(stream: IO[bytes], name: str, path: Path, limit: int = MAX_BYTES) -> NDArray[Any]:
    """One npy file from a stream.

    Args:
        stream: at its beginning.
        name: of the array, for errors.
        path: of the file that it is in, for errors.
        limit: how many bytes it may have.

    Raises:
        InputError: another format, Python objects, too large, or cut short.
    """
    shape, fortran, dtype = _header(stream, name, path)
    size = math.prod(shape) * dtype.itemsize
    if size > limit:
        raise InputError(
            "SF0008", f"{name} promises shape {list(shape)}, {size} bytes: more than is read here", where=str(path)
        )
    with Spool() as data:
        # By chunks: no more is held than there is, whatever a header promises. One byte more: zip checks its sum.
        while data.size <= size and (chunk := stream.read(min(CHUNK, size + 1 - data.size))):
            data.write(chunk)
        if data.size != size:
            raise InputError("SF0009", f"{name} has not the {size} bytes that its header promises", where=str(path))
        return data.array(dtype, shape, "F" if fortran else "C")


def _stored(stream: IO[bytes], info: zipfile.ZipInfo, name: str, path: Path) -> NDArray[Any]:
    """An npy file that lies in an archive as it is, mapped."""
    shape, fortran, dtype = _header(stream, name, path)
    start, size = stream.tell(), math.prod(shape) * dtype.itemsize
    if info.file_size - start != size:
        raise InputError("SF0010", f"{name} has not the {size} bytes that its header promises", where=str(path))
    while stream.read(CHUNK):
        pass  # zip checks its sum
    with path.open("rb") as file:
        file.seek(info.header_offset)
        # What stands before the content: 30 bytes, the last of them the lengths of the name and of more.
        lengths = struct.unpack("<HH", file.read(30)[26:])
        return _mapped(file, dtype, info.header_offset + 30 + sum(lengths) + start, shape, "F" if fortran else "C")


def _header(stream: IO[bytes], name: str, path: Path) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(stream)
    if version not in {(1, 0), (2, 0)}:
        raise InputError("SF0011", f"{name} is of npy version {version}", where=str(path))
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    try:
        shape, fortran, dtype = read(stream)
    except Exception as error:  # NumPy parses a header as Python; a hostile one makes it fail in any way
        said = " ".join(str(error).split())[:100] or type(error).__name__
        msg = f"{name} has a header that cannot be read: {said}"
        raise ValueError(msg) from error
    if dtype.hasobject:
        raise InputError(
            "SF0012",
            f"{name} holds Python objects, which are not unpickled",
            where=str(path),
            fix="save it as numbers or text, with .astype('float32'), .astype('int64') or .astype(str)",
        )
    if dtype.kind not in KINDS:
        raise InputError("SF0013", f"{name} holds {dtype}, neither numbers nor text", where=str(path))
    if any(type(side) is not int or not 0 <= side < 2**63 for side in shape):
        raise InputError("SF0014", f"{name} promises shape {str(list(shape))[:100]}", where=str(path))
    return shape, fortran, dtype


@contextmanager
def _said(path: Path, form: str) -> Iterator[None]:
    """What NumPy and zipfile say of broken files, as one line."""
    try:
        yield
    except (zipfile.BadZipFile, EOFError, zlib.error, ValueError, NotImplementedError, OverflowError) as error:
        said = " ".join(str(error).split())[:200]
        raise InputError("SF0015", f"damaged, or not {form} ({said})", where=str(path), fix=AGAIN) from error
    except OSError as error:
        raise InputError("SF0016", f"cannot be read ({error.strerror or error})", where=str(path)) from error
