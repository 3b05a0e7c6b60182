"""Sizes in programs of torch.export: what torch writes is taken, whatever could grow or run is not."""

import pytest

from samefn.runtimes.torch.safety.sizes import is_size

S = "Symbol('s{}', positive=True, integer=True)"
HALF = f"FloorDiv(Add({S.format(0)}, Integer(-1)), Integer(2))"


@pytest.mark.parametrize(
    "text",
    [
        "s0",
        "2*s0 + (s1//2)",
        S.format(53),
        "Symbol('u0', integer=True)",
        f"Mul(Integer(4), Add({HALF}, Integer(1)), Max(Integer(1), Mul(Integer(2), {HALF})))",
        f"Pow({S.format(3)}, Integer(2))",
        f"Add(OpaqueUnaryFn_sqrt(ToFloat({S.format(0)})), ToFloat(Pow({S.format(1)}, Rational(1, 2))))",
        "GreaterThan(Symbol('u0', integer=True), Integer(0))",
        f"FloatTrueDiv(ToFloat({S.format(1)}), Float('2.5', precision=53))",
    ],
)
def test_what_torch_writes_is_a_size(text: str) -> None:
    assert is_size(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "9**9**9**9",
            '("a"*10**10)',
            "open('x')",
            "().__class__",
            "s0.is_integer",
            "[s0]",
            "(lambda: 0)()",
            "s0!",
        ),
        *("Pow(Integer(9), Pow(Integer(9), Integer(9)))", f"Pow(Integer(2), {S.format(0)})", "10000000000000000000000"),
        *("Pow(Pow(Pow(Integer(9), Integer(8)), Integer(8)), Integer(8))", "LShift(Integer(1), Integer(10000000000))"),
        *(
            "floor(Float('1e999999999', precision=53))",
            "Integer('9')",
            "Symbol('s0', **{})",
            "exit(3)",
            "Add",
            "f'{s0}'",
        ),
        "Mul(" + ",".join(f"Add({S.format(i)}, {S.format(i + 1)})" for i in range(10)) + ")",
        "Max(" + ",".join(S.format(i) for i in range(25)) + ")",
        "-" * 5000 + "s0",
        "+".join(["s0"] * 5000),
    ],
)
def test_what_could_grow_or_run_is_none(text: str) -> None:
    assert not is_size(text)
