"""The idx format of MNIST's files, plain or gzip. Files are not trusted."""

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError

GZIP_MAGIC = b"\x1f\x8b"
UNSIGNED_BYTE = 0x08
# Twenty times MNIST. A header that gives more, such as a gzip bomb's, is refused before anything is read.
MAX_IDX_BYTES = 1 << 30
IDX_CHUNK = 1 << 20
REPLACE_FILE = "get the file again"


def read_idx(path: Path, rank: int) -> NDArray[np.uint8]:
    """Read an idx file of unsigned bytes; whether it is gzip is read from its first bytes, not from its name.

    Args:
        path: the file.
        rank: how many dimensions it must have: 3 for images [examples, height, width], 1 for labels.

    Raises:
        InputError: no such file, empty, not idx, another type or rank, no examples, too large, cut
            short, too long.
    """
    if not path.is_file():
        raise InputError("SF200", "there is no such file", where=str(path))
    try:
        with path.open("rb") as file:
            start = file.read(2)
            file.seek(0)
            if not start:
                raise InputError("SF202", "the file is empty", where=str(path), fix=REPLACE_FILE)
            if start == GZIP_MAGIC:
                with gzip.GzipFile(fileobj=file) as stream:
                    return _decoded(cast("BinaryIO", stream), path, rank)
            return _decoded(file, path, rank)
    except EOFError as error:
        raise InputError("SF203", "the gzip file is cut short", where=str(path), fix=REPLACE_FILE) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError("SF203", f"the gzip file is damaged ({error})", where=str(path), fix=REPLACE_FILE) from error
    except OSError as error:
        raise InputError("SF201", f"cannot be read ({error.strerror or error})", where=str(path)) from error


def idx_bytes(array: NDArray[np.uint8]) -> bytes:
    """An array of unsigned bytes as an uncompressed idx file. The published MD5s are of these bytes.

    >>> idx_bytes(np.array([7, 8], dtype=np.uint8)).hex(" ")
    '00 00 08 01 00 00 00 02 07 08'
    """
    return struct.pack(f">HBB{array.ndim}I", 0, UNSIGNED_BYTE, array.ndim, *array.shape) + array.tobytes()


def _decoded(stream: BinaryIO, path: Path, rank: int) -> NDArray[np.uint8]:
    magic = _read(stream, 4)
    if len(magic) == 4 and magic[:2] != b"\0\0":
        raise InputError("SF204", f"not an idx file: it begins with the bytes {magic.hex(' ')}", where=str(path))
    header = _read(stream, 4 * rank)
    if len(magic) < 4 or (magic[3] == rank and len(header) < 4 * rank):
        raise InputError("SF203", "the file ends within its header", where=str(path), fix=REPLACE_FILE)
    if magic[2] != UNSIGNED_BYTE:
        raise InputError("SF204", f"idx type 0x{magic[2]:02x}, not unsigned bytes (0x08)", where=str(path))
    if magic[3] != rank:
        raise InputError(
            "SF256",
            f"{magic[3]} dimensions, not {rank}",
            where=str(path),
            fix="check that the files of images and labels have the right names",
        )
    shape = struct.unpack(f">{rank}I", header)
    size = math.prod(shape)
    if size == 0 or size > MAX_IDX_BYTES:
        raise InputError("SF251", f"the header gives {list(shape)} values, not 1 to {MAX_IDX_BYTES}", where=str(path))
    # One byte more than the header gives: it shows that the file is longer, and makes gzip check its sum at the end.
    data = _read(stream, size + 1)
    if len(data) < size:
        raise InputError(
            "SF203",
            f"has {len(data)} of the {size} bytes that its header gives",
            where=str(path),
            fix=REPLACE_FILE,
        )
    if len(data) > size:
        raise InputError(
            "SF203", f"has more than the {size} bytes that its header gives", where=str(path), fix=REPLACE_FILE
        )
    return np.frombuffer(data, dtype=np.uint8).reshape(shape)


def _read(stream: BinaryIO, count: int) -> bytearray:
    # In chunks, so that memory grows with the bytes that are there, not with those that a header gives.
    data = bytearray()
    while len(data) < count and (chunk := stream.read(min(IDX_CHUNK, count - len(data)))):
        data += chunk
    return data
