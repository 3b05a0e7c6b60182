"""Signatures with the types as the source names them."""

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import chain
from textwrap import dedent
from types import ModuleType
from typing import Any, TypeAlias

WIDTH = 100

Signed: TypeAlias = Callable[..., Any] | type


def signature(thing: Signed, called: str) -> str:
    """A call in Python, an argument a line where it is long."""
    arguments, result = _parts(thing)
    end = f" -> {_text(result)}" if result else ""
    line = f"{called}({', '.join(arguments)}){end}"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"{called}(", *(f"    {one}," for one in arguments), f"){end}"])


def own_types(thing: Signed) -> dict[str, Any]:
    """What a signature names of samefn's own: classes, and aliases as their definition's text."""
    found: dict[str, Any] = {}
    _resolve(_names(_source(thing)), sys.modules[thing.__module__], found)
    return found


def _source(thing: Signed) -> ast.FunctionDef | ast.ClassDef:
    tree = ast.parse(dedent(inspect.getsource(thing)))
    return next(node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))


def _parts(thing: Signed) -> tuple[list[str], ast.expr | None]:
    """The arguments, without self and cls, and the type of the result."""
    node, module = _source(thing), sys.modules[thing.__module__]
    if isinstance(node, ast.ClassDef):
        return [_field(one) for one in node.body if isinstance(one, ast.AnnAssign)], None
    return [one for one in _arguments(node.args, module) if one not in {"self", "cls"}], node.returns


def _arguments(found: ast.arguments, module: ModuleType) -> Iterator[str]:
    without = [None] * (len(found.args) - len(found.defaults))
    for argument, default in zip(found.args, chain(without, found.defaults), strict=True):
        yield _argument(argument, default, module)
    if found.kwonlyargs:
        yield "*"
    for argument, default in zip(found.kwonlyargs, found.kw_defaults, strict=True):
        yield _argument(argument, default, module)
    if found.kwarg:
        yield f"**{_argument(found.kwarg, None, module)}"


def _argument(found: ast.arg, default: ast.expr | None, module: ModuleType) -> str:
    typed = f"{found.arg}: {_text(found.annotation)}" if found.annotation else found.arg
    if default is None:
        return typed
    text = ast.unparse(default)
    constant = vars(module).get(text) if text.isupper() else None
    return f"{typed} = {text if constant is None else repr(constant)}"


def _field(found: ast.AnnAssign) -> str:
    """A field of a dataclass; `field(default=...)` is its default."""
    value = found.value
    if isinstance(value, ast.Call):
        given = {keyword.arg: keyword.value for keyword in value.keywords}
        factory = given.get("default_factory")
        value = ast.Call(factory, [], []) if factory else given.get("default")
    typed = f"{ast.unparse(found.target)}: {_text(found.annotation)}"
    return f"{typed} = {ast.unparse(value)}" if value else typed


def _text(annotation: ast.expr) -> str:
    """An annotation; a name in quotes is the name."""
    quoted = isinstance(annotation, ast.Constant) and isinstance(annotation.value, str)
    return ast.unparse(annotation).strip("'") if quoted else ast.unparse(annotation)


def _names(node: ast.FunctionDef | ast.ClassDef | ast.expr) -> Iterator[str]:
    """The names in the annotations of a definition, or in an annotation."""
    if isinstance(node, ast.FunctionDef):
        arguments = (*node.args.args, *node.args.kwonlyargs)
        typed = [node.returns, *(one.annotation for one in arguments)]
    elif isinstance(node, ast.ClassDef):
        typed = [one.annotation for one in node.body if isinstance(one, ast.AnnAssign)]
    else:
        typed = [node]
    for part in filter(None, typed):
        yield from (one.id for one in ast.walk(part) if isinstance(one, ast.Name))


def _resolve(names: Iterator[str], module: ModuleType, found: dict[str, Any]) -> None:
    for name in names:
        value = getattr(module, name, None)
        if name in found:
            continue
        if isinstance(value, type):
            if value.__module__.startswith("samefn."):
                found[name] = value
        elif alias := _alias(name, module):
            definition, home = alias
            found[name] = _text(definition)
            _resolve(_names(definition), home, found)


def _alias(name: str, module: ModuleType) -> tuple[ast.expr, ModuleType] | None:
    """The definition of an alias of a type, and the module that has it; None where it is not samefn's."""
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name and node.value:
            return node.value, module
        if isinstance(node, ast.ImportFrom) and name in {one.name for one in node.names} and node.module:
            return _alias(name, import_module(node.module)) if node.module.startswith("samefn.") else None
    return None
