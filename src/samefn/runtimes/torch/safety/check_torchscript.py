"""Check the code of a TorchScript archive before torch reads it: it may only compute on tensors."""

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from samefn.core.errors import InputError
from samefn.core.plain_files import require_file
from samefn.runtimes.torch.safety.archive_reader import TRUST, TorchArchive
from samefn.runtimes.torch.safety.operators import is_computing, may_be_attribute
from samefn.runtimes.torch.safety.pickles import CUSTOM, CUSTOM_CLASSES, refuse_unsafe_pickle

_CODE, _PICKLES = "code/", ("data.pkl", "constants.pkl")
# Bytes of code and pickles. The code of a net of fifty layers takes a tenth of a megabyte.
_MAX_CODE_BYTES = 2**23
# Torch writes printable ASCII without comments, each string in double quotes on one line. Python and torch could read
# anything else differently: a string or a comment to Python might be code to torch.
_STRING = re.compile(r"""(?<![A-Za-z0-9_])"(?:[^"\\\n]|\\[abfnrtv\\'"]|\\[0-7]{3})*"(?!")""")
_TEXT = re.compile(r"""[\n -~]*""")
_NEVER_OUTSIDE = frozenset("\"'#\\;`")
_NODES = (
    *(ast.Module, ast.ClassDef, ast.FunctionDef, ast.arguments, ast.arg, ast.Assign, ast.AugAssign, ast.AnnAssign),
    *(ast.Expr, ast.Return, ast.If, ast.While, ast.For, ast.Break, ast.Continue, ast.With, ast.withitem, ast.Pass),
    *(ast.Call, ast.keyword, ast.Attribute, ast.Name, ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Subscript),
    *(ast.Slice, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp),
    *(ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context),
)
_CONSTANTS = (bool, int, float, complex, str, type(None), type(...))
_BASES = {"Module", "NamedTuple", "Interface", "ModuleInterface", "Enum"}
# The first parts of names that are checked as a whole. Code must not give these names, or `print`, to anything else.
_RESERVED = {"torch", "ops", "__torch__", "CONSTANTS", "getattr", "print"}
_GLOBAL = {
    *("annotate", "unchecked_cast", "uninitialized", "fork", "range", "isinstance", "len", "bool", "int", "float"),
    *("complex", "str", "min", "max", "abs", "inf", "nan", "infj", "nanj"),
    *("Tensor", "List", "Dict", "Tuple", "Optional", "Union", "Future", "NoneType", "Any", "Device", "Generator"),
    *("number", "Final", "Layout", "QScheme", "Stream", "Scalar", "Capsule", "__annotations__", *_BASES),
}
_ATTRIBUTE = re.compile(r"[\w.-]+", re.ASCII)


def refuse_unsafe_script(path: Path) -> None:
    """Refuse a TorchScript archive that names anything but values, its own functions and operators that only compute.

    Raises:
        InputError: it does, it cannot be checked, or it is not such an archive.
    """
    require_file(path)
    archive = TorchArchive(path, str(path))
    code = tuple(name for name in archive.names if name.startswith(_CODE) and name.endswith(".py"))
    for name in archive.names:
        known = name in code or name in _PICKLES or name.endswith(".debug_pkl")
        if not known and (name.lower().startswith(_CODE) or name.lower() in ("model.json", *_PICKLES)):
            raise _cannot_check("a record that torch does not write today", name, archive.where)
    pickles = [name for name in _PICKLES if name in archive.names]
    if sum(map(archive.size, (*code, *pickles))) > _MAX_CODE_BYTES:
        raise _cannot_check(f"more than {_MAX_CODE_BYTES:,} bytes of code", _CODE, archive.where)
    trees = {name: _parse(archive.read(name), name, archive.where) for name in code}
    own = {name for name, _ in _definitions(trees) if not name.startswith(CUSTOM)} | CUSTOM_CLASSES
    for name, tree in trees.items():
        for what, line in _unsafe_nodes(tree, own):
            raise archive.unsafe(
                f"holds code that does more than compute on tensors: {what:.80}", f"line {line} of {name}"
            )
    for name in pickles:
        refuse_unsafe_pickle(archive, name, dict(_enums(trees)))


def _cannot_check(what: str, record: str, where: str) -> InputError:
    return InputError("SF382", f"holds {what} ({record}), so its code cannot be checked", where=where, fix=TRUST)


def _definitions(trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef]]:
    """The classes and functions that an archive defines, by their full names."""
    for record, tree in trees.items():
        qualifier = record.removeprefix(_CODE).removesuffix(".py").replace("/", ".")
        for part in tree.body:
            if isinstance(part, ast.ClassDef | ast.FunctionDef):
                yield f"{qualifier}.{part.name}", part


def _enums(trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, list[Any]]]:
    """The values of an archive's enumerations, by their full names."""
    for name, part in _definitions(trees):
        if isinstance(part, ast.ClassDef) and "Enum" in map(ast.unparse, part.bases):
            yield name, [_literal(line.value) for line in part.body if isinstance(line, ast.Assign)]


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _parse(content: bytes, record: str, where: str) -> ast.Module:
    try:
        text = content.decode("ascii")
        outside = _STRING.sub("", text)
        if _TEXT.fullmatch(outside) is None or not _NEVER_OUTSIDE.isdisjoint(outside):
            raise ValueError
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _cannot_check("code that is not as torch writes it", record, where) from error


def _unsafe_nodes(tree: ast.Module, own: set[str]) -> Iterator[tuple[str, int]]:
    """Code that is not needed for computing, with its line."""
    bound = set(_bound_names(tree))
    yield from ((name, 1) for name in bound & _RESERVED)
    known = (_GLOBAL | bound) - _RESERVED
    unvisited: list[ast.AST] = [tree]
    while unvisited:
        node = unvisited.pop()
        root, names = _split_dotted(node)
        if names:
            if not _is_safe_name(root, names, own, known):
                yield ast.unparse(node), getattr(node, "lineno", 1)
            if not isinstance(root, ast.Name):
                unvisited.append(root)
            continue
        if not isinstance(node, _NODES) or not _is_safe_node(node, known):
            yield ast.unparse(node), getattr(node, "lineno", 1)
        unvisited.extend(ast.iter_child_nodes(node))


def _bound_names(tree: ast.Module) -> Iterator[str]:
    """The names that code gives to arguments, variables and functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef):
            yield node.name


def _is_safe_node(node: ast.AST, known: set[str]) -> bool:
    """Whether torch writes such a node; its children are checked by themselves."""
    if isinstance(node, ast.Name):
        return node.id in known
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):  # (so that the error shows the whole call)
        return node.func.id not in _RESERVED
    if isinstance(node, ast.Constant):
        return isinstance(node.value, _CONSTANTS)
    if isinstance(node, ast.ClassDef):
        return not (node.decorator_list or node.keywords) and all(
            isinstance(base, ast.Name) and base.id in _BASES for base in node.bases
        )
    return not (isinstance(node, ast.FunctionDef) and node.decorator_list)


def _split_dotted(node: ast.AST) -> tuple[ast.AST, list[str]]:
    """The root of `a.b.c` and the names behind it; `getattr(a, "b")` is `a.b`."""
    names: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call) and (key := _getattr_name(node)) is not None:
            names.append(key)
            node = node.args[0]
        else:
            return node, names[::-1]


def _getattr_name(call: ast.Call) -> str | None:
    """The name in a call of `getattr`, where it is one literal without escapes."""
    match call:
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)) as literal], keywords=[]):
            plain = literal.end_col_offset == literal.col_offset + len(name) + 2
            return name if plain and _ATTRIBUTE.fullmatch(name) else None
    return None


def _is_safe_name(root: ast.AST, names: list[str], own: set[str], known: set[str]) -> bool:
    """Whether a dotted name is an operator that only computes, or a name of the archive's own."""
    match root, names:
        case ast.Name(id="torch"), [name]:
            return is_computing("aten", name)
        case ast.Name(id="ops"), [space, name]:
            return is_computing(space, name)
        case ast.Name(id="CONSTANTS"), [name]:
            return re.fullmatch(r"c[0-9]+", name) is not None
        case ast.Name(id="__torch__"), _:
            counts = range(1, len(names) + 1)
            start = next((count for count in counts if ".".join(("__torch__", *names[:count])) in own), None)
            return start is not None and all(map(may_be_attribute, names[start:]))
    return (not isinstance(root, ast.Name) or root.id in known) and all(map(may_be_attribute, names))
