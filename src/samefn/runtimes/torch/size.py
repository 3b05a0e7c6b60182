"""Sizes in programs of torch.export: the few forms that torch writes, small enough to be worked out at once.

Torch gives their text to SymPy, which evaluates it as Python.
"""

import ast
import math
import re
from dataclasses import dataclass, replace

# A size of a net is a few hundred characters; a sum of a thousand products is none. The largest of many sizes takes
# SymPy minutes.
_LENGTH, _TERMS, _DEGREE, _CHOICES = 10_000, 1_000, 32, 24
_NUMBER = 2**63
_EXPONENT = 8
_SYMBOL = re.compile(r"(s|z|u|f|zf|zuf|i)[0-9]{1,5}|oo|int_oo|zoo|nan|true|false")
_FLOAT = re.compile(r"-?[0-9]{1,40}(\.[0-9]{0,80})?(e[+-]?[0-9]{1,2})?")
_SUMS, _PRODUCTS, _CHOOSING = {"Add"}, {"Mul"}, {"Max", "Min"}
_POWERS = {"Pow", "PowByNatural", "FloatPow", "LShift", "RShift"}
_FUNCTIONS = re.compile(
    r"FloorDiv|CeilDiv|CleanDiv|IntTrueDiv|FloatTrueDiv|Mod|PythonMod|ModularIndexing|Where|Max|Min|floor|ceiling|Abs"
    r"|CeilToInt|FloorToInt|RoundToInt|RoundDecimal|TruncToInt|TruncToFloat|ToFloat|Identity"
    r"|IsNonOverlappingAndDenseIndicator|OpaqueUnaryFn_[a-z0-9]+|BitwiseFn_bitwise_(and|or|xor)"
    r"|Equality|Unequality|StrictLessThan|LessThan|StrictGreaterThan|GreaterThan|Eq|Ne|Lt|Le|Gt|Ge|And|Or|Not"
)
_OPERATIONS: dict[type[ast.AST], str] = {
    ast.Add: "Add",
    ast.Sub: "Add",
    ast.Mult: "Mul",
    ast.Div: "IntTrueDiv",
    ast.FloorDiv: "FloorDiv",
    ast.Mod: "Mod",
    ast.Pow: "Pow",
}


@dataclass(frozen=True)
class _Extent:
    """How large a size can become when it is written out: terms, factors of each, and what is chosen between."""

    terms: int = 1
    degree: int = 1
    choices: int = 0


class _NoSizeError(Exception):
    pass


def is_size(text: str) -> bool:
    """Whether a text is a size, or a comparison of sizes, as torch writes them, and small.

    >>> is_size("Mul(Integer(2), Symbol('s0', positive=True, integer=True))"), is_size("9**9**9"), is_size("open('x')")
    (True, False, False)
    """
    if len(text) > _LENGTH or not text.isascii():
        return False
    try:
        _extent(ast.parse(text.strip(), mode="eval").body)
    except (_NoSizeError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _extent(node: ast.AST) -> _Extent:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _called(node.func.id, node)
    if isinstance(node, ast.BinOp) and (name := _OPERATIONS.get(type(node.op))):
        return _made(name, [node.left, node.right])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return _extent(node.operand)
    if isinstance(node, ast.Compare) and len(node.comparators) == 1:
        return _made("Eq", [node.left, *node.comparators])
    if isinstance(node, ast.Name) and _SYMBOL.fullmatch(node.id):
        return _Extent()
    if _number(node) is not None:
        return _Extent()
    raise _NoSizeError


def _called(name: str, call: ast.Call) -> _Extent:
    if name in ("Integer", "Rational"):
        _require(not call.keywords and 1 <= len(call.args) <= 2)
        _require(all(isinstance(_number(part), int) for part in call.args))
        return _Extent()
    if name == "Float":
        _require(all(key.arg == "precision" and _number(key.value) in range(1, 65) for key in call.keywords))
        _require(len(call.args) == 1 and _FLOAT.fullmatch(_text(call.args[0])))
        return _Extent()
    if name in ("Symbol", "Dummy"):
        _require(len(call.args) == 1 and re.fullmatch(r"\w{1,64}", _text(call.args[0]), re.ASCII))
        _require(all(isinstance(_value(key.value), bool) for key in call.keywords))
        return _Extent()
    _require(not call.keywords and call.args)
    return _made(name, call.args)


def _made(name: str, parts: list[ast.expr]) -> _Extent:
    """The extent of what an operation makes of its parts."""
    if name in _POWERS:
        _require(len(parts) == 2)
        base, times = _extent(parts[0]), _exponent(parts[1])
        return _bounded(_Extent(base.terms**times, base.degree * times, base.choices))
    inner = [_extent(part) for part in parts]
    choices, degrees = sum(one.choices for one in inner), [one.degree for one in inner]
    if name in _PRODUCTS:
        return _bounded(_Extent(math.prod(one.terms for one in inner), sum(degrees), choices))
    _require(name in _SUMS or _FUNCTIONS.fullmatch(name))
    choices += len(parts) if name in _CHOOSING else 0
    written = _bounded(_Extent(sum(one.terms for one in inner), max(degrees), choices))
    return written if name in _SUMS else replace(written, terms=1)


def _bounded(extent: _Extent) -> _Extent:
    _require(extent.terms <= _TERMS and extent.degree <= _DEGREE and extent.choices <= _CHOICES)
    return extent


def _exponent(node: ast.AST) -> int:
    """A power's exponent, a small number or a half, as a count of factors."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        parts = [_number(part) for part in node.args]
        if node.func.id == "Rational" and parts in ([1, 2], [-1, 2]):
            return 1
        if node.func.id == "Float":
            _require(len(node.args) == 1 and _FLOAT.fullmatch(_text(node.args[0])))
            _require(abs(float(_text(node.args[0]))) <= _EXPONENT)
            return _EXPONENT
        _require(node.func.id == "Integer" and len(parts) == 1)
        node = node.args[0]
    value = _number(node)
    _require(isinstance(value, int) and abs(value) <= _EXPONENT)
    return max(1, abs(int(value or 0)))


def _number(node: ast.AST) -> int | float | None:
    """A literal number of moderate size."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    value = _value(node)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= _NUMBER else None


def _text(node: ast.AST) -> str:
    value = _value(node)
    return value if isinstance(value, str) else ""


def _value(node: ast.AST) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _require(holds: object) -> None:
    if not holds:
        raise _NoSizeError
