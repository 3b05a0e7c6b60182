"""Check the pickles of a TorchScript archive: they may hold values, and tensors that lie inside their records."""

import pickletools
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from samefn.core.errors import InputError
from samefn.runtimes.torch.safety.archive_reader import TorchArchive

Enums = Mapping[str, Collection[Any]]
# Torch's own classes in C++; those that are allowed hold packed weights or a mark of the profiler.
CUSTOM = "__torch__.torch.classes."
CUSTOM_CLASSES = {
    f"{CUSTOM}{name}"
    for name in (
        *("quantized.Conv2dPackedParamsBase", "quantized.Conv3dPackedParamsBase", "quantized.LinearPackedParamsBase"),
        *("quantized.EmbeddingPackedParamsBase", "rnn.CellParamsBase", "profiler._RecordFunction"),
    )
}
# Bytes of an element, by torch's name of its type.
_ITEM_BYTES = {
    **dict.fromkeys(("Byte", "Char", "Bool", "QInt8", "QUInt8", "Float8_e5m2", "Float8_e4m3fn"), 1),
    **dict.fromkeys(("Float8_e5m2fnuz", "Float8_e4m3fnuz", "Float8_e8m0fnu"), 1),
    **dict.fromkeys(("Short", "UInt16", "Half", "BFloat16"), 2),
    **dict.fromkeys(("Int", "UInt32", "Float", "ComplexHalf", "QInt32"), 4),
    **dict.fromkeys(("Long", "UInt64", "Double", "ComplexFloat"), 8),
    "ComplexDouble": 16,
}
_TENSOR_MAKERS = ("torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_qtensor")
_STORAGE = re.compile(r"torch\.(\w+)Storage", re.ASCII)
# No sparse tensors: torch does not check the indices in them.
_GLOBAL = re.compile(
    r"torch\._utils\._rebuild_(tensor_v2|qtensor)|torch\.jit\._pickle\.(build_\w+|restore_type_tag)"
    r"|collections\.OrderedDict|builtins\.complex|torch\.(device|per_\w+)|__torch__\.[\w.]+",
    re.ASCII,
)


@dataclass(frozen=True)
class _Global:
    name: str


@dataclass(frozen=True)
class _Storage:
    elements: int


class _BeyondRecordError(Exception):
    """A tensor that reaches beyond its record."""


# Any value that tensors are not made of.
_OTHER = object()
# Opcodes whose argument is a value, and opcodes that push an empty or constant value.
_PLAIN = {"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINSTRING", "BINSTRING"}
_EMPTY = {"EMPTY_TUPLE", "EMPTY_LIST", "EMPTY_DICT", "NONE", "NEWTRUE", "NEWFALSE"}


def refuse_unsafe_pickle(archive: TorchArchive, record: str, enums: Enums) -> None:
    """Refuse a pickle that holds more than values, objects of the archive's own classes and tensors in their records.

    Torch's reader takes the length of a tensor from the pickle, however long its record is, and would read beyond it
    in this process's memory.

    Args:
        archive: the archive.
        record: the pickle's name.
        enums: the values of the archive's own enumerations, by their full names.

    Raises:
        InputError: it does, or it is damaged.
    """
    content = archive.read(record)
    reader = _Reader(archive, record.removesuffix(".pkl"), enums)
    try:
        for opcode, argument, _ in pickletools.genops(content):
            # (torch allocates a table of that length)
            if opcode.name == "LONG_BINPUT" and int(argument or 0) >= len(content):
                raise ValueError(f"{opcode.name} {argument}")
            reader.take(opcode.name, argument)
    except _BeyondRecordError as error:
        raise InputError(
            "SF383",
            f"holds a tensor that reaches beyond its record ({record}: {error})",
            where=archive.where,
            fix="save it again with torch.jit.save, from the CPU",
        ) from error
    except Exception as error:  # (a hostile file may fail in any way)
        raise archive.unsafe(f"holds pickled code: {str(error) or type(error).__name__:.80}", record) from error


class _Reader:
    """Follows the opcodes on a stack as torch's reader does, for tensors; every other value is `_OTHER`.

    Whatever the two could read differently is refused: torch's reader takes numbers as functions, and looks below
    marks.
    """

    def __init__(self, archive: TorchArchive, folder: str, enums: Enums) -> None:
        self._archive, self._folder, self._enums = archive, folder, enums
        self._stack: list[Any] = []
        self._outer: list[list[Any]] = []
        self._memo: dict[int, Any] = {}

    def take(self, opcode: str, argument: Any) -> None:
        """Follow one opcode.

        Raises:
            ValueError: torch does not write such an opcode, or not like that.
            IndexError, KeyError: the stack or memo lacks a value.
        """
        stack = self._stack
        match opcode:
            case "PROTO" | "STOP":
                pass
            case "MARK":
                self._outer.append(stack)
                self._stack = []
            case "BINPUT" | "LONG_BINPUT":
                self._memo[argument] = stack[-1]
            case "BINGET" | "LONG_BINGET":
                stack.append(self._memo[argument])
            case "TUPLE" | "LIST" | "DICT" | "APPENDS" | "SETITEMS":
                self._close(opcode)
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                items = [stack.pop() for _ in range(int(opcode[-1]))]
                stack.append(tuple(reversed(items)))
            case "SETITEM" | "APPEND":
                del stack[-2 if opcode == "SETITEM" else -1 :]
                _require(stack[-1] is _OTHER, opcode)
            case "GLOBAL":
                stack.append(self._global(str(argument).replace(" ", ".")))
            case "NEWOBJ":
                _require(stack.pop() == () and isinstance(stack[-1], _Global), opcode)
            case "BUILD" | "REDUCE":
                value, function = stack.pop(), stack.pop()
                _require(isinstance(function, _Global), opcode)
                self._require_safe(function.name, value)
                stack.append(_OTHER)
            case "BINPERSID":
                stack.append(self._storage(stack.pop()))
            case _:
                _require(opcode in _PLAIN or opcode in _EMPTY, opcode)
                stack.append(argument if opcode in _PLAIN else () if opcode == "EMPTY_TUPLE" else _OTHER)

    def _close(self, opcode: str) -> None:
        items, self._stack = self._stack, self._outer.pop()
        if opcode in ("APPENDS", "SETITEMS"):
            _require(self._stack[-1] is _OTHER, opcode)
        else:
            self._stack.append(tuple(items) if opcode == "TUPLE" else _OTHER)
        _require(opcode not in ("DICT", "SETITEMS") or len(items) % 2 == 0, opcode)

    def _global(self, name: str) -> _Global:
        storage = _STORAGE.fullmatch(name)
        known = _GLOBAL.fullmatch(name) is not None if storage is None else storage[1] in _ITEM_BYTES
        _require(known and (name in CUSTOM_CLASSES or not name.startswith(CUSTOM)), name)
        return _Global(name)

    def _require_safe(self, function: str, value: Any) -> None:
        """Require that a call makes one value, and a tensor inside its record."""
        if function in self._enums:
            # Torch's reader skips a member that does not exist, and would read the rest differently.
            members = self._enums[function]
            _require(any(type(member) is type(value) and member == value for member in members), function)
        if function not in _TENSOR_MAKERS:
            return
        match value:
            case (_Storage() as storage, int() as offset, tuple() as size, tuple() as stride, *_):
                numbers = (offset, *size, *stride)
                _require(len(size) == len(stride) and all(type(number) is int for number in numbers), function)
                inside = min(numbers) >= 0 and _end(offset, size, stride) <= storage.elements
                if not inside:
                    raise _BeyondRecordError(f"{size} by {stride} from {offset} of {storage.elements}"[:200])
            case _:
                raise ValueError(function)

    def _storage(self, key: Any) -> _Storage:
        match key:
            case ("storage", _Global(kind), str(name), str(), int(elements)) if type(elements) is int:
                record = f"{self._folder}/{name}"
                _require(_STORAGE.fullmatch(kind) is not None, kind)
                size = self._archive.size(record) if record in self._archive.names else 0
                if not 0 <= elements * _ITEM_BYTES[kind.removeprefix("torch.").removesuffix("Storage")] <= size:
                    raise _BeyondRecordError(f"{elements} of {kind} in the {size} bytes of {record}"[:200])
                return _Storage(elements)
        raise ValueError("a persistent id that is not a tensor's storage")


def _end(offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> int:
    """The index after the last element of its storage that a tensor uses."""
    return 0 if 0 in size else offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) + 1


def _require(is_so: bool, what: str) -> None:
    if not is_so:
        raise ValueError(what)
