"""Sizes in programs of torch.export: only expressions as torch writes them, small enough to be computed at once.

Torch passes their text to SymPy, which evaluates it as Python.
"""

import ast
import math
import re
from dataclasses import dataclass, replace

# A size of a net is a few hundred characters long. SymPy needs minutes for the maximum of many sizes.
_MAX_LENGTH, _MAX_TERMS, _MAX_DEGREE, _MAX_CHOICES = 10_000, 1_000, 32, 24
_MAX_NUMBER = 2**63
_MAX_EXPONENT = 8
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
    """How large an expression can become when it is expanded: terms, factors per term, arguments of Max and Min."""

    terms: int = 1
    degree: int = 1
    choices: int = 0


class _NoSizeError(Exception):
    pass


def is_size(text: str) -> bool:
    """Whether a text is a small size, or a comparison of sizes, as torch writes them.

    >>> is_size("Mul(Integer(2), Symbol('s0', positive=True, integer=True))"), is_size("9**9**9"), is_size("open('x')")
    (True, False, False)
    """
    if len(text) > _MAX_LENGTH or not text.isascii():
        return False
    try:
        _extent(ast.parse(text.strip(), mode="eval").body)
    except (_NoSizeError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _extent(node: ast.AST) -> _Extent:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _extent_of_call(node.func.id, node)
    if isinstance(node, ast.BinOp) and (name := _OPERATIONS.get(type(node.op))):
        return _extent_of_operation(name, [node.left, node.right])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return _extent(node.operand)
    if isinstance(node, ast.Compare) and len(node.comparators) == 1:
        return _extent_of_operation("Eq", [node.left, *node.comparators])
    if isinstance(node, ast.Name) and _SYMBOL.fullmatch(node.id):
        return _Extent()
    if _number(node) is not None:
        return _Extent()
    raise _NoSizeError


def _extent_of_call(name: str, call: ast.Call) -> _Extent:
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
    return _extent_of_operation(name, call.args)


def _extent_of_operation(name: str, operands: list[ast.expr]) -> _Extent:
    if name in _POWERS:
        _require(len(operands) == 2)
        base, times = _extent(operands[0]), _exponent(operands[1])
        return _bounded(_Extent(base.terms**times, base.degree * times, base.choices))
    extents = [_extent(operand) for operand in operands]
    choices, degrees = sum(extent.choices for extent in extents), [extent.degree for extent in extents]
    if name in _PRODUCTS:
        return _bounded(_Extent(math.prod(extent.terms for extent in extents), sum(degrees), choices))
    _require(name in _SUMS or _FUNCTIONS.fullmatch(name))
    choices += len(operands) if name in _CHOOSING else 0
    expanded = _bounded(_Extent(sum(extent.terms for extent in extents), max(degrees), choices))
    return expanded if name in _SUMS else replace(expanded, terms=1)


def _bounded(extent: _Extent) -> _Extent:
    _require(extent.terms <= _MAX_TERMS and extent.degree <= _MAX_DEGREE and extent.choices <= _MAX_CHOICES)
    return extent


def _exponent(node: ast.AST) -> int:
    """The factors that a power stands for; its exponent must be a small number or a half."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        parts = [_number(part) for part in node.args]
        if node.func.id == "Rational" and parts in ([1, 2], [-1, 2]):
            return 1
        if node.func.id == "Float":
            _require(len(node.args) == 1 and _FLOAT.fullmatch(_text(node.args[0])))
            _require(abs(float(_text(node.args[0]))) <= _MAX_EXPONENT)
            return _MAX_EXPONENT
        _require(node.func.id == "Integer" and len(parts) == 1)
        node = node.args[0]
    value = _number(node)
    _require(isinstance(value, int) and abs(value) <= _MAX_EXPONENT)
    return max(1, abs(int(value or 0)))


def _number(node: ast.AST) -> int | float | None:
    """A literal number of moderate size."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    value = _value(node)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= _MAX_NUMBER else None


def _text(node: ast.AST) -> str:
    value = _value(node)
    return value if isinstance(value, str) else ""


def _value(node: ast.AST) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _require(holds: object) -> None:
    if not holds:
        raise _NoSizeError
