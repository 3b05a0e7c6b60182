import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.datasets.formats.idx import MAX_IDX_BYTES, idx_bytes, read_idx

# By hand: two images of 1x3 pixels, 1 2 3 and 253 254 255.
SMALL = bytes.fromhex("00000803 00000002 00000001 00000003 010203 fdfeff")
PIXELS = [[[1, 2, 3]], [[253, 254, 255]]]


@pytest.mark.parametrize("content", [SMALL, gzip.compress(SMALL)], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", ["images", "images.gz"])
def test_reads_both_forms_whatever_the_name(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    values = read_idx(path, rank=3)
    assert values.dtype == np.uint8
    assert values.tolist() == PIXELS


@settings(deadline=None)
@given(st_numpy.arrays(np.uint8, st_numpy.array_shapes(min_dims=1, max_dims=4)))
def test_bytes_read_back(tmp_path_factory: pytest.TempPathFactory, array: NDArray[np.uint8]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.idx"
    path.write_bytes(idx_bytes(array))
    np.testing.assert_array_equal(read_idx(path, array.ndim), array)


# The content, the code, and what the message names.
BAD = {
    "empty": (b"", "SF202", ""),
    "web page": (b"<!DOCTYPE html>", "SF204", "3c 21 44 4f"),
    "floats": (SMALL[:2] + b"\x0d" + SMALL[3:], "SF204", "0x0d"),
    "rank": (bytes.fromhex("00000801 00000002 0102"), "SF256", "1 dimensions, not 3"),
    "no examples": (bytes.fromhex("00000803 00000000 00000001 00000003"), "SF251", "[0, 1, 3]"),
    "half a magic number": (SMALL[:3], "SF203", "header"),
    "half a header": (SMALL[:9], "SF203", "header"),
    "half a body": (SMALL[:-1], "SF203", "5 of the 6 bytes"),
    "trailing": (SMALL + b"\0", "SF203", "the 6 bytes"),
    "huge": (struct.pack(">4B3I", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1), "SF251", f"{MAX_IDX_BYTES}"),
    "promises a gigabyte": (struct.pack(">4B3I", 0, 0, 8, 3, 1024, 1024, 1024), "SF203", f"0 of the {2**30} bytes"),
}


@pytest.mark.parametrize(("content", "code", "fact"), BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gzip"])
def test_refuses_in_one_line(tmp_path: Path, content: bytes, code: str, fact: str, compressed: bool) -> None:
    path = tmp_path / "images"
    path.write_bytes(gzip.compress(content) if compressed else content)
    if compressed and not content:
        code = "SF203"  # a gzip file of nothing is no empty file
    with pytest.raises(InputError, match=code) as caught:
        read_idx(path, rank=3)
    assert caught.value.where == str(path)
    assert fact in caught.value.what
    assert "\n" not in str(caught.value)


def test_refuses_every_half_downloaded_gzip_file(tmp_path: Path) -> None:
    whole, path = gzip.compress(SMALL), tmp_path / "images.gz"
    for length in range(3, len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match="SF203"):
            read_idx(path, rank=3)


def test_refuses_a_gzip_file_with_a_flipped_bit(tmp_path: Path) -> None:
    path = tmp_path / "images.gz"
    content = bytearray(gzip.compress(SMALL))
    content[-8] ^= 1  # the first byte of the checksum
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"CRC.*SF203"):
        read_idx(path, rank=3)


def test_a_gzip_bomb_is_read_no_further_than_its_header(tmp_path: Path) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(SMALL + bytes(1 << 24)))
    with pytest.raises(InputError, match=r"6 bytes.*SF203"):
        read_idx(path, rank=3)


def test_refuses_what_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(InputError, match="SF200"):
            read_idx(path, rank=3)
