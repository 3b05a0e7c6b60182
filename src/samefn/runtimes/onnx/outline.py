"""An ONNX file's message without the numbers of its large arrays, which are nearly all of its bytes.

Parsing a whole file of 100 MB takes a third of a second, and a comparison looks at the graph several times.
"""

import mmap
from pathlib import Path

import onnx
from google.protobuf.descriptor import Descriptor  # type: ignore[import-untyped]

# Shorter fields are copied unread.
SHORT_FIELD_BYTES = 1024
MAX_DEPTH = 100  # of messages inside messages; protobuf's own limit
# Wire types of protobuf: a varint; bytes after their length; types of fixed length, with their lengths.
_VARINT, _BYTES = 0, 2
_FIXED_LENGTHS = {1: 8, 5: 4}


def read_outline(path: Path) -> bytes:
    """The file's message, but arrays of more than `SHORT_FIELD_BYTES` bytes have no `raw_data`.

    Args:
        path: a plain file.

    Raises:
        ValueError: the bytes are no message of protobuf. Parse the whole file for a better error.
        OSError: it cannot be read.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        return bytes(_without_arrays(mapped, 0, len(mapped), onnx.ModelProto.DESCRIPTOR, MAX_DEPTH))


def _without_arrays(content: mmap.mmap, at: int, end: int, kind: Descriptor, depth: int) -> bytearray:
    """The message between two positions, without its arrays."""
    if not depth:
        raise ValueError("messages are nested too deep")
    out = bytearray()
    while at < end:
        start = at
        tag, at = _read_varint(content, at)
        if tag & 7 == _BYTES:
            after_tag = at
            length, at = _read_varint(content, at)
            inside, at = at, at + length
            field = kind.fields_by_number.get(tag >> 3) if SHORT_FIELD_BYTES < length <= end - inside else None
            if field is not None and field.message_type is not None:
                inner = _without_arrays(content, inside, at, field.message_type, depth - 1)
                out += content[start:after_tag] + _encode_varint(len(inner)) + inner
                continue
            if field is not None and field.full_name == "onnx.TensorProto.raw_data":
                continue
        elif tag & 7 == _VARINT:
            _, at = _read_varint(content, at)
        elif tag & 7 in _FIXED_LENGTHS:
            at += _FIXED_LENGTHS[tag & 7]
        else:
            raise ValueError(f"a field has wire type {tag & 7}")
        if at > end:
            raise ValueError("a field ends after its message")
        out += content[start:at]
    return out


def _read_varint(content: mmap.mmap, at: int) -> tuple[int, int]:
    """A number, seven bits per byte and the lowest first, and the position after it."""
    value = 0
    for offset in range(10):
        if at + offset >= len(content):
            raise ValueError("the file ends within a number")
        byte = content[at + offset]
        value |= (byte & 0x7F) << (7 * offset)
        if byte < 0x80:
            return value, at + offset + 1
    raise ValueError("a number has more than ten bytes")


def _encode_varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
