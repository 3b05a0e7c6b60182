"""Tables: every number is the report's own, and no rendering lets a name escape its cell."""

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefn.reports.tables.paper import paper_table, published_row, published_rows
from samefn.reports.tables.render import to_csv, to_latex, to_markdown, to_text
from samefn.reports.tables.table import Cell, Column, Table, measures_table, models_table
from samefn.reports.wording.numbers import format_with_interval
from samefn.reports.write import all_tables
from samefn.schema.report import Failure, Report

MakeReport = Callable[..., Report]
HOSTILE = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "\"quoted\" & 'single'",
    "50% of $a_b^c$ #1 {x} ~ \\input{secret}",
    "a|b\nc",
    "\u202eevil\u202c name",
    "モデル 模型",
    "{{ 7 * 7 }} {% raw %}",
]
# What a formula begins with, in its wide and small forms too.
SIGNS = (*"=+-@", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH HYPHEN-MINUS}", "\N{SMALL COMMERCIAL AT}")


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def cells(table: Table, *columns: str) -> list[list[Any]]:
    keys = [column.key for column in table.columns]
    return [[row[keys.index(column)].raw for column in columns] for row in table.rows]


def test_every_number_in_a_table_is_in_report_json(report: Report) -> None:
    known = set(numbers(report.model_dump(mode="json")))
    known |= {row.base_accuracy / 100 for row in published_rows()}
    for row in published_rows():
        known |= {*row.student.values(), *row.quantized.values(), *row.pruned.values()}
    # The one derived column: a quotient of two sizes that are both in the report.
    known |= {100 * a.bytes / report.base.bytes for a in report.models if a.bytes and report.base.bytes}
    for table in all_tables(report):
        for cell in itertools.chain.from_iterable(table.rows):
            for number in (cell.raw, cell.low, cell.high):
                if isinstance(number, int | float):
                    assert float(number) in known, (table.name, cell)


def test_csv_holds_the_numbers_at_full_precision(report: Report) -> None:
    lines = list(csv.DictReader(io.StringIO(to_csv(measures_table(report)))))
    assert len(lines) == len(report.measures)
    for line, entry in zip(lines, report.measures, strict=True):
        assert (line["candidate"], line["measure"]) == (entry.candidate, entry.measure)
        assert entry.value is not None
        # An empty cell where there is no interval.
        numbers = [float(line[key]) if line[key] else None for key in ("value", "value_low", "value_high")]
        assert numbers == [entry.value, entry.low, entry.high]


def test_the_models_table_has_one_row_a_model_and_its_disagreement(report: Report) -> None:
    table = models_table(report)
    assert sorted(name for name in table.models if name) == sorted(model.id for model in report.models)
    found = {row[0]: row[1] for row in cells(table, "model", "disagreement")}
    assert found["pruned 90 %"] == 0.231
    assert found["float16"] == 0.0
    assert found["base"] is None
    # Measured against its parent only, and the row says so.
    assert found["int8 dynamic, batch 64 (against int8 dynamic)"] == 0.0002


def test_a_model_that_was_not_made_is_a_row_that_says_so(make_report: MakeReport) -> None:
    report = make_report(failures=(Failure(model="int8-static", error="no calibration images"),))
    assert str(models_table(report).rows[-1][1]) == "not made"
    assert "int8-static" in to_text(models_table(report))


def test_the_papers_table_puts_the_published_row_beneath(report: Report) -> None:
    table = paper_table(report)
    columns = ["KD 0.1", "KD 0.5", "KD 0.9", "16-bit", "8-bit"]
    columns += [f"pruned {percent} %" for percent in (10, 30, 50, 70, 90)]
    assert [column.title for column in table.columns[2:]] == columns
    ours, published = table.rows
    assert [cell.raw for cell in published[2:]] == [
        -0.19, -0.25, -0.24, -0.07, -0.05, -0.07, -0.08, -0.01, -1.04, -22.55,
    ]  # fmt: skip
    pruned = report.model("pruned 90 %")
    assert ours[-1].raw == pruned.accuracy_deviation
    assert ours[-1].text == "\N{MINUS SIGN}22.79"


def test_what_the_study_did_not_make_is_a_dash_in_the_papers_table(report: Report) -> None:
    kept = tuple(model for model in report.models if model.role not in {"student", "quantized"})
    ours, published = paper_table(report.model_copy(update={"models": kept})).rows
    assert [cell.text for cell in ours[2:7]] == ["—"] * 5
    assert len(published) == len(ours) == 12


def test_a_pair_that_the_paper_lacks_has_no_published_row(report: Report) -> None:
    data = report.data.model_copy(update={"name": "digits"})
    assert len(paper_table(report.model_copy(update={"data": data})).rows) == 1


def test_each_seed_of_students_has_its_own_row(report: Report) -> None:
    again = report.model("student, alpha 0.1").model_copy(update={"id": "again", "accuracy_deviation": -0.5})
    again = again.model_copy(update={"method": again.method.model_copy(update={"seed": 24})})
    rows = paper_table(report.model_copy(update={"models": (*report.models, again)})).rows
    assert [row[0].text for row in rows] == [
        "this study, students of seed 24",
        "this study, students of seed 42",
        "published",
    ]
    assert [row[2].raw for row in rows[:2]] == [-0.5, report.model("student, alpha 0.1").accuracy_deviation]


def test_the_published_rows_are_the_papers_seven() -> None:
    assert len(published_rows()) == 7
    mobilenet = published_row("cifar100", "mobilenet")
    assert mobilenet is not None
    assert (mobilenet.base_accuracy, mobilenet.pruned["0.1"]) == (29.12, -36.26)
    assert all(len(row.student) + len(row.quantized) + len(row.pruned) == 10 for row in published_rows())
    assert published_row("digits", "lenet") is None


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_in_its_cell(name: str, make_report: MakeReport) -> None:
    report = make_report({"float16": name})
    for table in all_tables(report):
        markdown = [line for line in to_markdown(table).splitlines() if line.startswith("| ")]
        bars = {len(re.findall(r"(?<!\\)\|", line)) for line in markdown}
        assert bars == {len(table.columns) + 1}
        assert not re.search(r"<[a-zA-Z/]", "".join(markdown))
        assert len(to_text(table).splitlines()) == len(table.rows) + 2
        body = to_latex(table).split(r"\midrule")[1].split(r"\bottomrule")[0]
        lines = [line for line in body.splitlines() if line]
        assert len(lines) == len(table.rows)
        for line in lines:
            assert len(re.findall(r"(?<!\\)&", line)) == len(table.columns) - 1
            assert r"\input" not in line
            assert not re.search(r"(?<!\\)[#%]|(?<!\\)\^(?!\{)|(?<!\\)_", line)
    back = list(csv.DictReader(io.StringIO(to_csv(models_table(report)))))
    spelled = name.replace("\n", "\\n").replace("\u202e", "\\u202e").replace("\u202c", "\\u202c")
    assert spelled in [line["model"] for line in back]


@pytest.mark.parametrize("name", ["=1+1", "-1+cmd|' /C calc'!A0", "\t=1"])
def test_no_text_in_csv_is_a_formula_and_every_number_a_number(name: str, make_report: MakeReport) -> None:
    report = make_report({"float16": name}, failures=(Failure(model=name, error=name),))
    below_zero = 0
    for table in all_tables(report):
        for row in csv.DictReader(io.StringIO(to_csv(table))):
            for column, cell in row.items():
                assert not set(cell) & set("\t\r\n")
                if cell.strip().startswith(SIGNS):
                    assert float(cell) < 0, (table.name, column)
                    below_zero += 1
    assert below_zero > 0


@pytest.mark.parametrize(
    "text",
    [
        *("+1", "@SUM(1)", "-0.5", " =1", "\N{NO-BREAK SPACE}=1", '=HYPERLINK("http://x")'),
        *("\r=1", "\n=1", "\u200e=1", "\x1b=1"),
        *(f"{sign}1" for sign in SIGNS),
    ],
)
def test_whatever_stands_before_a_formula_is_no_help(text: str) -> None:
    [cell] = list(csv.reader(io.StringIO(to_csv(_one_cell(text)))))[1]
    assert not cell.strip().startswith(SIGNS)
    assert cell.isprintable() or "\N{NO-BREAK SPACE}" in cell


def test_a_number_below_zero_is_written_as_a_number() -> None:
    assert to_csv(_one_cell("minus a half", -0.5)) == "a\n-0.5\n"


def test_direction_marks_are_seen() -> None:
    assert "\\u202e" in to_text(_one_cell("\u202eevil"))


def test_text_columns_line_up_whatever_the_script(make_report: MakeReport) -> None:
    lines = to_text(models_table(make_report({"float16": "モデル"}))).splitlines()
    rule = lines[1].split("  ")
    assert len(lines[1]) == sum(len(part) for part in rule) + 2 * (len(rule) - 1)
    wide = next(line for line in lines if line.startswith("モデル"))
    plain = next(line for line in lines if line.startswith("int8 static"))
    assert wide.index("quantised") + 3 == plain.index("quantised")  # three letters of double width


@given(st.floats(-1e6, 1e6), st.floats(0, 10))
def test_a_shown_number_is_the_number_to_its_last_digit(value: float, half: float) -> None:
    shown = format_with_interval(value, value - half, value + half).text
    text = shown.replace("\N{MINUS SIGN}", "-").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    mantissa, _, exponent = text.partition("\N{MULTIPLICATION SIGN}10")
    last_digit = Fraction(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    read = Fraction(mantissa) * Fraction(10) ** int(exponent or 0)
    assert abs(read - Fraction(value)) <= last_digit / 2
    assert (shown == "0") == (value == 0)


def _one_cell(text: str, raw: float | None = None) -> Table:
    return Table("t", "t", (Column("a", "a", numeric=False),), ((Cell(text, text if raw is None else raw),),))
