"""Tables on a terminal of any width: every name whole, every line within it, nothing left out in silence."""

import io
import re

import pytest
from rich.console import Console

from samefn.cli.terminal_table import fitted
from samefn.reports.tables.table import Cell, Column, Table

COLUMNS = (
    Column("model", "model", numeric=False),
    Column("accuracy", "accuracy", "%"),
    Column("accuracy_deviation", "accuracy deviation", "%"),
    Column("disagreement", "disagreement", "%", interval=True),
    Column("negative_flips", "harm", "%", interval=True),
    Column("bytes", "size"),
)
NAMES = ("base.onnx", "3 independents", "mobilenet-v1-int8.onnx")
ROWS = tuple(
    (
        Cell(name),
        Cell("97.5"),
        Cell("−38.46"),  # noqa: RUF001
        Cell("40.5", 0.405, "[36.7, 44.2]"),
        Cell("38.3", 0.383, "[34.5, 42.2]"),
        Cell("15.0 kB"),
    )
    for name in NAMES
)


def printed(width: int, names: tuple[str, ...] = NAMES) -> list[str]:
    rows = tuple((Cell(name), *row[1:]) for name, row in zip(names, ROWS, strict=True))
    console = Console(file=io.StringIO(), width=width, color_system=None)
    for part in fitted(Table("models", "All models", COLUMNS, rows), console):
        console.print(part)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert all(len(line) <= width for line in lines)
    return lines


@pytest.mark.parametrize("width", [40, 60, 70, 80, 90, 100, 120, 200])
def test_every_name_stands_whole_with_its_numbers(width: int) -> None:
    lines = printed(width)
    text = "\n".join(lines)
    for name in NAMES:
        assert sum(line.strip().startswith(name) for line in lines) == 1, text
    assert text.count("40.5 [36.7, 44.2]") == len(NAMES)
    for title in ("harm", "size"):  # a column stands there, or is said not to
        assert title in text


def test_headers_stand_on_one_line_where_there_is_room() -> None:
    [head] = [line for line in printed(120) if "accuracy" in line]
    assert re.split(r"\s{2,}", head.strip()) == [
        *("model", "accuracy [%]", "accuracy deviation [%]", "disagreement [%]", "harm [%]", "size"),
    ]


def test_headers_stand_on_as_few_lines_as_there_is_room_for() -> None:
    heads = {width: next(at for at, line in enumerate(printed(width)) if "───" in line) - 1 for width in (90, 110, 120)}
    assert heads == {90: 3, 110: 2, 120: 1}


def test_the_least_important_columns_go_first_and_are_named() -> None:
    assert "size" in printed(90)[-1]
    assert "harm" not in printed(90)[-1]
    assert "size and harm" in printed(80)[-1]


def test_on_the_narrowest_terminal_each_model_is_a_block() -> None:
    lines = printed(40)
    at = lines.index("3 independents")
    assert lines[at + 1 : at + 4] == [
        "  accuracy [%]: 97.5",
        "  accuracy deviation [%]: −38.46",  # noqa: RUF001
        "  disagreement [%]: 40.5 [36.7, 44.2]",
    ]


def test_a_long_name_folds_and_is_all_there() -> None:
    long = "a-very-long-name-" * 4 + "int8.onnx"
    text = "".join(line[:26].strip() for line in printed(110, ("base.onnx", long, "c.onnx")))
    assert long in text
