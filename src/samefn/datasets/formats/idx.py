"""The idx format: MNIST's files, plain or gzip. Read as if hostile."""

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
# Twenty times MNIST. A header or a gzip bomb that promises more is refused before anything is read.
MAX_BYTES = 1 << 30
CHUNK = 1 << 20
AGAIN = "get the file again"


def read_idx(path: Path, rank: int) -> NDArray[np.uint8]:
    """Read an idx file of unsigned bytes; whether it is gzip is seen from its first bytes, not from its name.

    Args:
        path: the file.
        rank: how many dimensions it must have: 3 for images [examples, height, width], 1 for labels.

    Raises:
        InputError: no such file, empty, not idx, another type or rank, no examples, too large, cut
            short, too long.
    """
    if not path.is_file():
        raise InputError("SF2060", "there is no such file", where=str(path))
    try:
        with path.open("rb") as file:
            start = file.read(2)
            file.seek(0)
            if not start:
                raise InputError("SF2061", "the file is empty", where=str(path), fix=AGAIN)
            if start == GZIP_MAGIC:
                with gzip.GzipFile(fileobj=file) as stream:
                    return _decoded(cast("BinaryIO", stream), path, rank)
            return _decoded(file, path, rank)
    except EOFError as error:
        raise InputError(
            "SF2062", "the gzip file is cut short (half downloaded?)", where=str(path), fix=AGAIN
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError("SF2063", f"the gzip file is damaged ({error})", where=str(path), fix=AGAIN) from error
    except OSError as error:
        raise InputError("SF2064", f"cannot be read ({error.strerror or error})", where=str(path)) from error


def idx_bytes(array: NDArray[np.uint8]) -> bytes:
    """The one idx form of an array of unsigned bytes, not compressed: what the published MD5s are of.

    >>> idx_bytes(np.array([7, 8], dtype=np.uint8)).hex(" ")
    '00 00 08 01 00 00 00 02 07 08'
    """
    return struct.pack(f">HBB{array.ndim}I", 0, UNSIGNED_BYTE, array.ndim, *array.shape) + array.tobytes()


def _decoded(stream: BinaryIO, path: Path, rank: int) -> NDArray[np.uint8]:
    magic = _read(stream, 4)
    if len(magic) == 4 and magic[:2] != b"\0\0":
        raise InputError("SF2065", f"not an idx file: it begins with the bytes {magic.hex(' ')}", where=str(path))
    header = _read(stream, 4 * rank)
    if len(magic) < 4 or (magic[3] == rank and len(header) < 4 * rank):
        raise InputError("SF2066", "the file ends within its header (half downloaded?)", where=str(path), fix=AGAIN)
    if magic[2] != UNSIGNED_BYTE:
        raise InputError("SF2067", f"idx type 0x{magic[2]:02x}, not unsigned bytes (0x08)", where=str(path))
    if magic[3] != rank:
        raise InputError(
            "SF2068", f"{magic[3]} dimensions, not {rank}", where=str(path), fix="are images and labels exchanged?"
        )
    shape = struct.unpack(f">{rank}I", header)
    size = math.prod(shape)
    if size == 0 or size > MAX_BYTES:
        raise InputError("SF2069", f"the header promises {list(shape)} values, not 1 to {MAX_BYTES}", where=str(path))
    # One byte more than promised: it shows what is left over, and makes gzip check its own sum at the end.
    data = _read(stream, size + 1)
    if len(data) < size:
        raise InputError(
            "SF2070",
            f"{len(data)} of the {size} bytes its header promises (half downloaded?)",
            where=str(path),
            fix=AGAIN,
        )
    if len(data) > size:
        raise InputError("SF2071", f"more than the {size} bytes its header promises", where=str(path), fix=AGAIN)
    return np.frombuffer(data, dtype=np.uint8).reshape(shape)


def _read(stream: BinaryIO, count: int) -> bytearray:
    # By chunks: memory grows with what is there, not with what a header promises.
    data = bytearray()
    while len(data) < count and (chunk := stream.read(min(CHUNK, count - len(data)))):
        data += chunk
    return data
