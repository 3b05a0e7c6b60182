"""Read npy, npz and safetensors files. A file may be hostile: headers are checked first, nothing is unpickled."""

import json
import math
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from samefn.core.errors import InputError, one_line
from samefn.core.plain_files import unreadable
from samefn.core.temp_array import MEMORY_LIMIT, TempArray

# The most bytes of arrays that must be decompressed; mapped arrays may be of any size.
_MAX_DECODED = 1 << 33
_CHUNK = 1 << 20
_DTYPE_KINDS = "biufU"  # numbers and text
_SAFETENSORS_DTYPES = {
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
_GET_AGAIN = "download or export the file again"


def map_npy(path: Path) -> NDArray[Any]:
    """The array of an npy file, mapped: only the parts in use are read.

    Raises:
        InputError: it is not an npy file, holds Python objects, or has another size than its header says.
    """
    with _one_error(path, "npy"), path.open("rb") as file:
        shape, fortran, dtype = _header(file, "the array", path)
        start, size = file.tell(), math.prod(shape) * dtype.itemsize
        if path.stat().st_size - start != size:
            content = path.stat().st_size - start
            raise InputError(
                "SF010", f"has {content} bytes of data; its header says {size}", where=str(path), fix=_GET_AGAIN
            )
        if not size:
            return np.empty(shape, dtype)
        return _mapped(file, dtype, start, shape, "F" if fortran else "C")


def map_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    """Every array of a safetensors file by name, mapped; the NumPy reader of safetensors would copy.

    Raises:
        InputError: it is not a safetensors file, is damaged, or holds a type that NumPy does not have.
    """
    try:
        with safe_open(path, framework="numpy"):
            pass  # checks the header against the file; the code below relies on that
    except (SafetensorError, OSError) as error:
        raise InputError(
            "SF010", f"is damaged, or not safetensors ({one_line(error)})", where=str(path), fix=_GET_AGAIN
        ) from error
    with _one_error(path, "safetensors"), path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        arrays = {}
        for name, entry in header.items():
            if entry["dtype"] not in _SAFETENSORS_DTYPES:
                raise InputError(
                    "SF011",
                    f"{name} has type {entry['dtype']}, which NumPy does not have",
                    where=str(path),
                    fix="store it as float32",
                )
            dtype, shape = np.dtype(_SAFETENSORS_DTYPES[entry["dtype"]]), tuple(entry["shape"])
            start = 8 + length + entry["data_offsets"][0]
            arrays[name] = _mapped(file, dtype, start, shape) if math.prod(shape) else np.empty(shape, dtype)
        return arrays


def _mapped(
    file: BinaryIO, dtype: np.dtype[Any], start: int, shape: tuple[int, ...], order: Literal["C", "F"] = "C"
) -> NDArray[Any]:
    # Mode "c", copy on write: torch warns about read-only arrays.
    return np.asarray(np.memmap(file, dtype, mode="c", offset=start, shape=shape, order=order))


def map_npz(path: Path, only: Sequence[str] = ()) -> dict[str, NDArray[Any]]:
    """The arrays of an npz file by name, in their order; large ones are mapped from the archive or a temporary file.

    Args:
        path: of the file.
        only: names of the arrays that must be there, and that alone are read; where empty, all are.

    Raises:
        InputError: it is not an npz file, is damaged or encrypted, has a name twice, no arrays or not those of `only`,
            holds Python objects, or has more than 8 GiB of compressed arrays.
    """
    arrays: dict[str, NDArray[Any]] = {}
    with _one_error(path, "npz"), zipfile.ZipFile(path) as archive:
        left = _MAX_DECODED
        members = [info.filename.removesuffix(".npy") for info in archive.infolist()]
        if missing := [name for name in only if name not in members]:
            raise InputError(
                "SF212",
                f"lacks {', '.join(missing)} among {', '.join(members)}"[:300],
                where=str(path),
                fix=f"give {', '.join(only)}",
            )
        for name, info in zip(members, archive.infolist(), strict=True):
            if only and name not in only:
                continue
            if name in arrays:
                raise InputError("SF013", f"holds {name!r} twice", where=str(path), fix="write the archive again")
            if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or info.flag_bits & 1:
                raise InputError(
                    "SF013",
                    f"{name} is encrypted, or compressed in a way that NumPy does not use",
                    where=str(path),
                    fix="write it with numpy.savez or numpy.savez_compressed",
                )
            with archive.open(info) as stream:
                if info.compress_type == zipfile.ZIP_STORED and info.file_size > MEMORY_LIMIT:
                    arrays[name] = _stored(stream, info, name, path)
                    continue
                arrays[name] = _read_npy(stream, name, path, left)
            left -= arrays[name].nbytes
    if not arrays:
        raise InputError("SF013", "holds no arrays", where=str(path), fix="write it with numpy.savez")
    return arrays


def _read_npy(stream: IO[bytes], name: str, path: Path, limit: int) -> NDArray[Any]:
    """One npy file from a stream.

    Args:
        stream: at the beginning of the npy file.
        name: the array's name, for errors.
        path: the file that it is in, for errors.
        limit: the most bytes the array may have.

    Raises:
        InputError: it has another format, holds Python objects, is too large or cut short.
    """
    shape, fortran, dtype = _header(stream, name, path)
    size = math.prod(shape) * dtype.itemsize
    if size > limit:
        raise InputError(
            "SF004",
            f"{name} has shape {list(shape)}, {size} bytes; compressed arrays may have {limit} bytes here",
            where=str(path),
            fix="write it uncompressed, with numpy.savez or numpy.save",
        )
    with TempArray() as data:
        # In chunks, so that a false header takes no memory. One byte more is asked for, so that zip checks its sum.
        while data.size <= size and (chunk := stream.read(min(_CHUNK, size + 1 - data.size))):
            data.write(chunk)
        if data.size != size:
            raise _size_error(name, size, path)
        return data.array(dtype, shape, "F" if fortran else "C")


def _stored(stream: IO[bytes], info: zipfile.ZipInfo, name: str, path: Path) -> NDArray[Any]:
    """An npy file that lies uncompressed in an archive, mapped."""
    shape, fortran, dtype = _header(stream, name, path)
    start, size = stream.tell(), math.prod(shape) * dtype.itemsize
    if info.file_size - start != size:
        raise _size_error(name, size, path)
    while stream.read(_CHUNK):
        pass  # zip checks its checksum
    with path.open("rb") as file:
        file.seek(info.header_offset)
        # A header of 30 bytes; the last four are the lengths of the name and of the extra field behind it.
        lengths = struct.unpack("<HH", file.read(30)[26:])
        return _mapped(file, dtype, info.header_offset + 30 + sum(lengths) + start, shape, "F" if fortran else "C")


def _size_error(name: str, size: int, path: Path) -> InputError:
    return InputError(
        "SF010", f"{name} does not have the {size} bytes its header says", where=str(path), fix=_GET_AGAIN
    )


def _header(stream: IO[bytes], name: str, path: Path) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(stream)
    if version not in {(1, 0), (2, 0)}:
        raise InputError(
            "SF011", f"{name} has npy version {version}", where=str(path), fix="write it again with numpy.save"
        )
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    try:
        shape, fortran, dtype = read(stream)
    except Exception as error:  # NumPy parses a header as Python; a hostile one makes it fail in any way
        msg = f"the header of {name} cannot be read: {one_line(error, 100)}"
        raise ValueError(msg) from error
    if dtype.hasobject:
        raise InputError(
            "SF012",
            f"{name} holds Python objects; reading them could run code",
            where=str(path),
            fix="save it as numbers or text, with .astype('float32'), .astype('int64') or .astype(str)",
        )
    if dtype.kind not in _DTYPE_KINDS:
        raise InputError(
            "SF011", f"{name} has type {dtype}", where=str(path), fix="store numbers or text, such as float32 or int64"
        )
    if any(type(side) is not int or not 0 <= side < 2**63 for side in shape):
        raise InputError(
            "SF010", f"{name} has the impossible shape {str(list(shape))[:100]}", where=str(path), fix=_GET_AGAIN
        )
    return shape, fortran, dtype


@contextmanager
def _one_error(path: Path, form: str) -> Iterator[None]:
    """Errors of NumPy and zipfile as one line."""
    try:
        yield
    except (zipfile.BadZipFile, EOFError, zlib.error, ValueError, NotImplementedError, OverflowError) as error:
        raise InputError(
            "SF010", f"is damaged, or not {form} ({one_line(error)})", where=str(path), fix=_GET_AGAIN
        ) from error
    except OSError as error:
        raise unreadable(error, path) from error
