"""Check a `.pt2` archive before torch reads it: nothing in it may be evaluated, unpickled or loaded as machine code."""

import dataclasses
import io
import json
import re
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch._export.serde import schema
from torch._export.serde.union import _Union

from samefn.core.errors import InputError
from samefn.core.plain_files import require_file
from samefn.runtimes.torch.safety.archive_reader import TorchArchive
from samefn.runtimes.torch.safety.operators import is_computing
from samefn.runtimes.torch.safety.sizes import is_size

_WEIGHTS, _CONSTANTS = "data/weights/model_weights_config.json", "data/constants/model_constants_config.json"
_PROGRAM, _SAMPLES = "models/model.json", "data/sample_inputs/model.pt"
# Machine code, and records of an older format that torch unpickles.
_NATIVE = "data/aotinductor/"
_OLDER = ("data/weights/model.pt", "data/constants/model.pt")
_TARGET = re.compile(r"torch\.ops\.(\w+)\.(\w+)(\.\w+)?", re.ASCII)
_ARITHMETIC = re.compile(
    r"_operator\.(getitem|add|sub|mul|floordiv|truediv|mod|neg|pos|pow|eq|ne|lt|le|gt|ge|and_|or_|not_)"
    r"|math\.(ceil|floor|trunc|sqrt)|torch\._?sym_(acos|asin|atan|constrain_range|constrain_range_for_size|cos|cosh"
    r"|float|fresh_size|int|ite|log2|max|min|not|sin|sinh|sqrt|sum|tan|tanh)"
)
# Operators on graphs; the graphs are in the program and checked like it.
_ON_GRAPHS = {
    *("cond", "while_loop", "map_impl", "scan", "associative_scan", "wrap_with_set_grad_enabled", "wrap_with_autocast"),
    *("auto_functionalized", "auto_functionalized_v2", "with_effects", "invoke_subgraph", "out_dtype", "strict_mode"),
    *("flex_attention", "tag_activation_checkpoint", "wrap"),
}
# Torch writes names into Python code that it runs.
_NAME = re.compile(r"[\w.@:/+<> -]*")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*|", re.ASCII)
# Torch counts up to the number in such a symbol.
_RANGED = re.compile(r"[A-Za-z_]{1,32}[0-9]{0,5}")
_TREE_TYPES = {None, "builtins.tuple", "builtins.list", "builtins.dict", "collections.OrderedDict"}


def refuse_unsafe_program(path: Path) -> None:
    """Refuse a `.pt2` archive that could run code: pickled objects, machine code, calls that are no operators.

    Raises:
        InputError: it could, or it is not such an archive.
    """
    require_file(path)
    archive = TorchArchive(path, str(path))
    names = set(archive.names)
    for name in sorted(names):
        if name.startswith(_NATIVE):
            raise archive.unsafe("holds machine code", name)
        if name.startswith("models/") and name != _PROGRAM:
            raise archive.unsafe("holds a second program", name)
    for name in _OLDER:
        if name in names:
            raise archive.unsafe("holds pickled weights", name)
    missing = {_PROGRAM, _WEIGHTS, _CONSTANTS, _SAMPLES} - names
    if missing:
        raise InputError(
            "SF380",
            f"is not an archive of torch.export as this torch writes it: {min(missing)} is missing",
            where=str(path),
            fix="save it again with torch.export.save",
        )
    for config, prefix in ((_WEIGHTS, "weight_"), (_CONSTANTS, "tensor_")):
        _refuse_pickled(archive, config, prefix)
    _refuse_unsafe_samples(archive)
    _refuse_unsafe_texts(archive, _PROGRAM, schema.ExportedProgram)


def _refuse_pickled(archive: TorchArchive, config: str, prefix: str) -> None:
    """Refuse weights or constants that are more than raw arrays."""
    entries = archive.json(config).get("config")
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise InputError("SF380", f"its {config} is not a list of arrays", where=archive.where)
    for payload in entries.values():
        if payload.get("use_pickle") is not False or not str(payload.get("path_name")).startswith(prefix):
            raise archive.unsafe("holds a pickled object", str(payload.get("path_name")))
    _refuse_unsafe_texts(archive, config, schema.PayloadConfig)


def _refuse_unsafe_samples(archive: TorchArchive) -> None:
    content = archive.read(_SAMPLES)
    try:
        # It must be a zip archive: torch reads other formats without these restrictions.
        if not content.startswith(b"PK\x03\x04"):
            raise ValueError
        TorchArchive(io.BytesIO(content), archive.where)
        torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # (torch would then unpickle it without restriction)
        raise archive.unsafe("holds pickled code", _SAMPLES) from error


def _refuse_unsafe_texts(archive: TorchArchive, record: str, kind: type) -> None:
    """Read a record as torch does, by the same schema, and check every text by its class and field."""
    try:
        for owner, field, text in _texts(kind, archive.json(record)):
            is_safe, fault = _RULES.get((owner, field)) or _RULES.get(("", field)) or _DEFAULT
            if not is_safe(text):
                raise archive.unsafe(f"holds {fault}", f"{text!r:.80}")
    except (TypeError, RecursionError) as error:
        what = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise InputError(
            "SF380", f"its {record} is not as torch writes it ({what:.200})", where=archive.where
        ) from error


def _texts(kind: Any, value: Any, owner: str = "", field: str = "") -> Iterator[tuple[str, str, str]]:
    """Every text with its class and field; types are checked here because torch does not check them.

    Raises:
        TypeError: a value that is not of its field's type.
    """
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if value is not None:
            yield from _texts(arguments[0], value, owner, field)
    elif origin is list:
        for item in _require_type(list, value, owner, field):
            yield from _texts(arguments[0], item, owner, field)
    elif origin is dict:
        for name, item in _require_type(dict, value, owner, field).items():
            yield owner, f"{field}[]", name
            yield from _texts(arguments[1], item, owner, field)
    elif dataclasses.is_dataclass(kind) and isinstance(kind, type):
        for name, hint in _fields(kind, _require_type(dict, value, owner, field)):
            yield from _texts(hint, value[name], str(kind.__name__), name)
    elif kind is str:
        yield owner, field, _require_type(str, value, owner, field)
    elif kind is not float:
        _require_type(bool if kind is bool else int, value, owner, field)
    elif value not in ("Infinity", "-Infinity", "NaN") and type(value) not in (int, float):
        raise TypeError(f"{owner}.{field} is no number")


def _fields(kind: Any, parts: dict[str, Any]) -> list[tuple[str, Any]]:
    """The fields of a class of the schema that have a value, with their types; in a union exactly one has."""
    hints = typing.get_type_hints(kind, globalns=vars(schema))
    names = [field.name for field in dataclasses.fields(kind) if field.name in parts]
    if issubclass(kind, _Union) and not len(names) == len(parts) == 1:
        raise TypeError(f"no choice of {kind.__name__}: {list(parts)!r:.80}")
    return [(name, hints[name]) for name in names]


def _require_type(kind: type, value: Any, owner: str, field: str) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{owner}.{field} is no {kind.__name__}")
    return value


def _is_operator(target: str) -> bool:
    """Whether a target names an operator of torch that only computes."""
    parts = _TARGET.fullmatch(target)
    if parts is None:
        return _ARITHMETIC.fullmatch(target) is not None
    space, name, overload = parts.groups()
    if space == "higher_order":
        return overload is None and name in _ON_GRAPHS
    if overload is None or not is_computing(space, name):
        return False
    packet = getattr(getattr(torch.ops, space), name, None)
    return isinstance(getattr(packet, overload[1:], None), torch._ops.OpOverload)


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


def _is_identifier(text: str) -> bool:
    return _IDENTIFIER.fullmatch(text) is not None


def _is_ranged(text: str) -> bool:
    return _RANGED.fullmatch(text) is not None


def _is_free(_: str) -> bool:
    return True


_Rule = tuple[Callable[[str], bool], str]
# By class and field of torch's schema: the check of a text, and its fault where it fails; `[]` for the keys of a field.
_DEFAULT: _Rule = (_is_name, "text that is not a name")
_TREE: _Rule = (_is_tree, "inputs or outputs that are not tuples, lists and dictionaries")
_CALL: _Rule = (_is_operator, "a call of something that is not an operator")
_VARIABLE: _Rule = (_is_identifier, "text that is not a variable's name")
_SIZE = "a size that is not an expression"
# Text that torch only shows or writes in quotes, and guards, which are not run.
_FREE: _Rule = (_is_free, "")
_RULES: dict[tuple[str, str], _Rule] = {
    ("SymExpr", "expr_str"): (is_size, _SIZE),
    ("ExportedProgram", "range_constraints[]"): (_is_ranged, _SIZE),
    ("Node", "target"): _CALL,
    ("Argument", "as_operator"): _CALL,
    ("ModuleCallSignature", "in_spec"): _TREE,
    ("ModuleCallSignature", "out_spec"): _TREE,
    ("ModuleCallSignature", "forward_arg_names"): _VARIABLE,
    ("Node", "name"): _VARIABLE,
    ("", "as_name"): _VARIABLE,
    ("TensorArgument", "name"): _VARIABLE,
    ("GraphArgument", "name"): _VARIABLE,
    ("NamedArgument", "name"): _VARIABLE,
    ("Graph", "tensor_values[]"): _VARIABLE,
    ("Node", "metadata"): _FREE,
    ("Node", "metadata[]"): _FREE,
    ("GraphModule", "metadata"): _FREE,
    ("GraphModule", "metadata[]"): _FREE,
    ("Argument", "as_string"): _FREE,
    ("Argument", "as_strings"): _FREE,
    ("ConstantValue", "as_string"): _FREE,
    ("ExportedProgram", "guards_code"): _FREE,
    ("ExportedProgram", "torch_version"): _FREE,
}
