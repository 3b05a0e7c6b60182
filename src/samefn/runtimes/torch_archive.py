"""Refuse torch's archives that would run more than a network while they are loaded or asked."""

import ast
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import torch

from samefn.core.errors import InputError
from samefn.core.plain_files import require_file
from samefn.core.user_code import failure

# Archives are stored as they are; what is compressed, such as TorchScript's code, may unpack to so much.
_UNPACKED = 2**26
_WEIGHTS, _CONSTANTS = "data/weights/model_weights_config.json", "data/constants/model_constants_config.json"
_PROGRAM, _SAMPLES = "models/model.json", "data/sample_inputs/model.pt"
# Machine code, and records of an older form that are unpickled.
_NATIVE = "data/aotinductor/"
_OLDER = ("data/weights/model.pt", "data/constants/model.pt")
_OPERATORS = {"aten", "prims", "quantized", "quantized_decomposed", "torchao", "higher_order"}
_TARGET = re.compile(r"torch\.ops\.(\w+)\.(\w+)(\.\w+)?")
_ARITHMETIC = re.compile(
    r"_operator\.(getitem|add|sub|mul|floordiv|truediv|mod|neg|pos|pow|eq|ne|lt|le|gt|ge|and_|or_|not_)"
    r"|math\.(ceil|floor|trunc|sqrt)|torch\._?sym_\w+"
)
# Of all operators, these read or write files.
_FILES = {"from_file", "save", "load"}
_SCRIPT_FILES = re.compile(r"\b(from_file|save)\b")
# Names go into generated Python, so they hold nothing that could be a call.
_NAME = re.compile(r"[\w.@:/+<> -]*")
_SYMBOL = re.compile(r"[A-Z]\w*|[a-z]+\d+|u\d+|oo|int_oo|zoo|nan|floor|ceiling")
_EXPRESSION = (
    *(ast.Expression, ast.Call, ast.Name, ast.Load, ast.Constant, ast.keyword, ast.UnaryOp, ast.BinOp, ast.Compare),
    *(ast.BoolOp, ast.operator, ast.unaryop, ast.cmpop, ast.boolop),
)
# Text that torch only shows, quotes in what it generates, or, the guards, is told not to run.
_FREE = {"metadata", "as_string", "as_strings", "guards_code", "torch_version"}
_TREE_TYPES = {None, "builtins.tuple", "builtins.list", "builtins.dict", "collections.OrderedDict"}


def refuse_unsafe_program(path: Path) -> None:
    """Refuse a `.pt2` archive that could run code: pickled objects, machine code, calls that are no operators.

    Raises:
        InputError: it could, or it is not such an archive.
    """
    records = _records(path)
    names = set(records)
    for name in sorted(names):
        if name.startswith(_NATIVE):
            raise _unsafe("holds machine code", name, path)
    for name in _OLDER:
        if name in names:
            raise _unsafe("holds pickled weights", name, path)
    missing = {_PROGRAM, _WEIGHTS, _CONSTANTS, _SAMPLES} - names
    if missing:
        raise InputError(
            f"is no archive of torch.export that this torch writes: it lacks {min(missing)}",
            where=str(path),
            fix="save it again with torch.export.save",
        )
    for name in sorted(names):
        if name.startswith("models/") and name != _PROGRAM:
            raise _unsafe("holds a second program", name, path)
    for config, prefix in ((_WEIGHTS, "weight_"), (_CONSTANTS, "tensor_")):
        for payload in _payloads(records, config, path):
            if payload.get("use_pickle") or not str(payload.get("path_name")).startswith(prefix):
                raise _unsafe("holds a pickled object", str(payload.get("path_name")), path)
    try:
        torch.load(io.BytesIO(records[_SAMPLES]()), map_location="cpu", weights_only=True)
    except Exception as error:  # (torch would then unpickle it without restriction)
        raise _unsafe("holds pickled code", _SAMPLES, path) from error
    for what, text in _unsafe_texts(_json(records, _PROGRAM, path)):
        raise _unsafe(f"holds {what}", f"{text!r:.80}", path)


def refuse_script_that_writes(path: Path) -> None:
    """Refuse a TorchScript archive whose code reads or writes files; it can do nothing else outside of its tensors.

    Raises:
        InputError: it does, or it is not such an archive.
    """
    records = _records(path)
    for name, read in records.items():
        if name.startswith("code/") and (found := _SCRIPT_FILES.search(read().decode("utf-8", "replace"))):
            raise _unsafe(f"holds code with `{found[0]}`, which reads or writes files", name, path)


def _records(path: Path) -> dict[str, Callable[[], bytes]]:
    """The archive's records by name, read by torch's own reader, so that what is checked is what is loaded."""
    require_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
        reader = torch._C.PyTorchFileReader(str(path))
        names = [str(name) for name in reader.get_all_records()]
    except Exception as error:  # (a hostile file may fail in any way)
        raise InputError(f"is not an archive of torch ({failure(error)})", where=str(path)) from error
    for entry in entries:
        inner = PurePosixPath(entry.filename)
        if inner.is_absolute() or ".." in inner.parts:
            raise InputError(f"names a file outside itself: {entry.filename!r:.80}", where=str(path))
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise InputError("holds two records of one name", where=str(path))
    if sum(entry.file_size for entry in entries if entry.compress_type != zipfile.ZIP_STORED) > _UNPACKED:
        raise InputError(f"would unpack to more than {_UNPACKED:,} bytes", where=str(path))

    def reading(name: str) -> Callable[[], bytes]:
        return lambda: bytes(reader.get_record(name))

    return {name: reading(name) for name in names}


def _json(records: dict[str, Callable[[], bytes]], name: str, path: Path) -> dict[str, Any]:
    try:
        content = json.loads(records[name]())
    except (ValueError, RecursionError, RuntimeError) as error:
        raise InputError(f"its {name} cannot be read ({failure(error)})", where=str(path)) from error
    if not isinstance(content, dict):
        raise InputError(f"its {name} is no JSON object", where=str(path))
    return content


def _payloads(records: dict[str, Callable[[], bytes]], name: str, path: Path) -> list[dict[str, Any]]:
    """What a list of stored arrays says of each."""
    entries = _json(records, name, path).get("config")
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise InputError(f"its {name} is no list of arrays", where=str(path))
    return list(entries.values())


def _unsafe_texts(content: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """What of a program's texts could run as code: what is wrong, and the text."""
    if key in _FREE:
        return
    if isinstance(content, dict):
        yield from ((_OTHER[1], name) for name in content if not _OTHER[0](name))
        for name, value in content.items():
            yield from _unsafe_texts(value, name)
    elif isinstance(content, list):
        for value in content:
            yield from _unsafe_texts(value, key)
    elif isinstance(content, str):
        is_safe, otherwise = _RULES.get(key, _OTHER)
        if not is_safe(content):
            yield otherwise, content


def _is_operator(target: str) -> bool:
    """Whether a target names an operator of torch that stays within tensors."""
    found = _TARGET.fullmatch(target)
    if found is None:
        return _ARITHMETIC.fullmatch(target) is not None
    space, name, overload = found.groups()
    if space not in _OPERATORS or name in _FILES:
        return False
    packet = getattr(getattr(torch.ops, space), name, None)
    if overload is None:
        return isinstance(packet, torch._ops.HigherOrderOperator)
    return isinstance(getattr(packet, overload[1:], None), torch._ops.OpOverload)


def _is_expression(text: str) -> bool:
    """Whether an expression holds numbers, symbols and calls by plain names only."""
    try:
        nodes = list(ast.walk(ast.parse(text.strip(), mode="eval")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    for node in nodes:
        if not isinstance(node, _EXPRESSION):
            return False
        if isinstance(node, ast.Name) and not _SYMBOL.fullmatch(node.id):
            return False
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not re.fullmatch(r"\w+", node.value):
            return False
        if isinstance(node, ast.Call) and not isinstance(node.func, ast.Name):
            return False
    return True


def _is_tree(text: str) -> bool:
    """Whether it is torch's text for tuples, lists and dictionaries with plain keys."""
    try:
        _, spec = json.loads(text)
        return _is_branch(spec)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


def _is_branch(spec: dict[str, Any]) -> bool:
    keys = json.loads(spec["context"]) if spec["context"] is not None else None
    plain = keys is None or (isinstance(keys, list) and all(isinstance(key, str) and _is_name(key) for key in keys))
    return spec["type"] in _TREE_TYPES and plain and all(map(_is_branch, spec["children_spec"]))


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


# By key, what makes a text safe, and what it is otherwise.
_OTHER = (_is_name, "a name that is none")
_TREE = (_is_tree, "inputs or outputs that are no tuples, lists and dictionaries")
_RULES: dict[str, tuple[Callable[[str], bool], str]] = {
    "target": (_is_operator, "a call of what is no operator"),
    "expr_str": (_is_expression, "a size that is no expression"),
    "in_spec": _TREE,
    "out_spec": _TREE,
}


def _unsafe(what: str, record: str, path: Path) -> InputError:
    return InputError(f"{what} ({record}), which could run code on this machine", where=str(path))
