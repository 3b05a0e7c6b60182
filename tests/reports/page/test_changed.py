"""The browser of changed inputs: its list, its data, and the matrix of classes."""

import base64
import io
import json
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image

from samefn.reports.page.changed import (
    LISTED,
    PICTURE_BYTES,
    changed_inputs,
    example_facts,
    probability_rows,
    script_data,
)
from samefn.reports.page.classes import MOST_CLASSES, class_matrices
from samefn.reports.page.report import report_html
from samefn.reports.view import ReportView
from samefn.schema.changed import ChangedCounts, ChangedExample, ClassChange, ClassProbability, InputValues
from samefn.schema.report import Report

from .parsed import Page, undrawn


def picture(seed: int, side: int = 64) -> str:
    """A picture that packs about as badly as a photograph: smooth colours with grain."""
    draw = np.random.default_rng(seed)
    smooth = np.asarray(Image.fromarray(draw.integers(0, 256, (8, 8, 3), np.uint8)).resize((side, side)))
    pixels = np.clip(smooth + draw.normal(0, 4, smooth.shape), 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def example(number: int, candidate: str = "float16", **changes: Any) -> ChangedExample:
    parts: dict[str, Any] = {
        "candidate": candidate,
        "id": f"x{number}",
        "label": "3",
        "base_top": "3",
        "top": "5",
        "base_confidence": 0.6,
        "confidence": 0.7,
    }
    return ChangedExample(**parts | changes)


def with_changed(report: Report, *examples: ChangedExample, **changes: Any) -> Report:
    return undrawn(report).model_copy(update={"changed": examples, **changes})


def data_of(page: Page) -> dict[str, Any]:
    [data] = [text for attributes, text in page.scripts if attributes.get("type") == "application/json"]
    return json.loads(data)


def test_the_data_of_the_script_is_that_of_the_report(report: Report) -> None:
    data = data_of(Page(report_html(undrawn(report))))
    found = [
        (data["candidates"][one["candidate"]], one["id"], data["classes"][one["from"]], data["classes"][one["to"]])
        for one in data["inputs"]
    ]
    names = {model.id: model.name for model in report.models}
    expected = [(names[one.candidate], one.id, one.base_top, one.top) for one in report.changed]
    assert sorted(found) == sorted(expected)
    for shown in data["inputs"]:
        same = [one for one in report.changed if one.id == shown["id"]]
        [of] = [one for one in same if names[one.candidate] == data["candidates"][shown["candidate"]]]
        assert shown["direction"] == of.direction
        assert data["pictures"][shown["picture"]] in {one.image for one in same}
        assert shown["confidence"] == pytest.approx([of.base_confidence, of.confidence], abs=1e-4)


def test_without_script_the_first_inputs_are_a_list(report: Report) -> None:
    text = report_html(undrawn(report))
    [listed] = re.findall(r'<ol class="listed plain">.*?</ol>', text, re.DOTALL)
    assert listed.count("<li>") == min(LISTED, len(report.changed))
    assert "<script" not in listed
    # Without script the list is what one sees, and the browser is hidden.
    assert "#browser{display:none}" in text


def test_the_base_and_the_candidate_stand_side_by_side() -> None:
    one = example(
        0,
        base_classes=(ClassProbability(name="3", probability=0.6), ClassProbability(name="8", probability=0.3)),
        classes=(ClassProbability(name="5", probability=0.7), ClassProbability(name="3", probability=0.2)),
    )
    rows = [(row.name, row.base, row.candidate, row.is_label) for row in probability_rows(one)]
    assert rows == [("3", 0.6, 0.2, True), ("8", 0.3, None, False), ("5", None, 0.7, False)]
    # Only the chosen classes are known of an older report, and of hard predictions not even their probability.
    assert [(row.base, row.candidate) for row in probability_rows(example(0))] == [(0.6, None), (None, 0.7)]
    hard = example(0, base_confidence=None, confidence=None)
    assert [row.base_text for row in probability_rows(hard)] == ["", ""]


def test_candidates_come_in_the_order_of_the_answers_and_independents_last(report: Report) -> None:
    of = [example(0, "independent, seed 1"), example(1, "pruned 90 %"), example(2, "float16")]
    inputs = changed_inputs(ReportView(with_changed(report, *of)), ["float16", "pruned 90 %"])
    assert [one.candidate for one in inputs.examples] == ["float16", "pruned 90 %", "independent, seed 1"]


def test_how_many_are_not_here_is_said(report: Report) -> None:
    counts = ChangedCounts(
        evaluation="test",
        candidate="float16",
        changed=31_415,
        negative_flips=None,
        positive_flips=None,
        both_wrong=None,
        shown=1,
        class_changes=(),
    )
    text = Page(report_html(with_changed(report, example(0), changed_counts=(counts,)))).text
    assert re.search(r"\b1 of 31,415 changed inputs\b", text)
    # Of a report of an older version the number comes from the disagreement: 4 of 10,000.
    text = Page(report_html(with_changed(report, example(0, "int8 dynamic"), changed_counts=()))).text
    assert re.search(r"\b1 of 4 changed inputs\b", text)


def test_a_page_with_200_pictures_is_at_most_3_megabytes(report: Report) -> None:
    of = [example(number, image=picture(number)) for number in range(200)]
    text = report_html(with_changed(report, *of))
    assert len(text.encode()) <= 3_000_000
    assert len(data_of(Page(text))["pictures"]) == 200


def test_pictures_beyond_the_room_are_counted_not_dropped_in_silence(report: Report) -> None:
    large = "data:image/png;base64," + "A" * (PICTURE_BYTES // 2 - 40)
    of = [example(number, image=large) for number in range(3)]
    inputs = changed_inputs(ReportView(with_changed(report, *of)), [])
    assert (list(inputs.pictures), inputs.without_picture) == (["x0", "x1"], 1)
    assert re.search(r"\b1 have no picture here", Page(report_html(with_changed(report, *of))).text)


def test_one_picture_of_several_candidates_is_there_once(report: Report) -> None:
    image = picture(0, 8)
    of = [example(0, name, image=image) for name in ("float16", "int8 dynamic", "pruned 90 %")]
    view = ReportView(with_changed(report, *of))
    data = script_data(view, changed_inputs(view, []))
    assert data["pictures"] == [image]
    assert [one["picture"] for one in data["inputs"]] == [0, 0, 0]


def test_only_pictures_in_themselves_are_shown(report: Report) -> None:
    text = report_html(with_changed(report, example(0, image="https://example.com/x.png")))
    assert "example.com" not in text


def counted(*changes: tuple[str, str, int], left_out: int = 0) -> ChangedCounts:
    return ChangedCounts(
        evaluation="test",
        candidate="float16",
        changed=sum(number for _, _, number in changes),
        negative_flips=None,
        positive_flips=None,
        both_wrong=None,
        shown=0,
        class_changes=tuple(
            ClassChange(base_top=before, top=after, count=number, base_right=None, right=None)
            for before, after, number in changes
        ),
        pairs_left_out=left_out,
        inputs_left_out=left_out,
    )


def test_the_matrix_holds_each_count_in_its_place(report: Report) -> None:
    counts = counted(("3", "5", 9), ("3", "8", 2), ("7", "1", 1))
    [matrix] = class_matrices(ReportView(report.model_copy(update={"changed_counts": (counts,)})), ["float16"])
    assert matrix.classes == tuple("0123456789")
    cells = {
        (before, after): cell.count
        for before, row in zip(matrix.classes, matrix.rows, strict=True)
        for after, cell in zip(matrix.classes, row, strict=True)
        if cell
    }
    assert cells == {("3", "5"): 9, ("3", "8"): 2, ("7", "1"): 1}
    assert matrix.rows[3][5].shade > matrix.rows[3][8].shade >= matrix.rows[7][1].shade


def test_many_classes_are_a_list_of_the_largest_cells_that_counts_the_rest(report: Report) -> None:
    names = tuple(f"class {number}" for number in range(MOST_CLASSES * 3))
    changes = [(names[at], names[at + 1], 40 - at) for at in range(30)]
    data = report.data.model_copy(update={"class_names": names})
    many = report.model_copy(update={"data": data, "changed_counts": (counted(*changes, left_out=5),)})
    [matrix] = class_matrices(ReportView(many), ["float16"])
    assert (matrix.classes, matrix.rows) == ((), ())
    shown = [(one.base_top, one.top, one.count) for one in matrix.largest]
    assert shown == changes[: len(shown)]
    assert str(30 - len(shown) + 5) in matrix.left_out
    # Where few of many classes are involved, they are a matrix.
    few = report.model_copy(update={"data": data, "changed_counts": (counted(*changes[:3]),)})
    assert class_matrices(ReportView(few), ["float16"])[0].classes == names[:4]


def test_text_and_values_of_an_input():
    tokens = InputValues(array="input_ids", values=(101, 30522, None), count=9)
    shown = example(1, values=(tokens,), text="a good film", slices={"site": "3"}, group=None)
    assert example_facts(shown) == [
        ("site", "3"),
        ("text", "a good film"),
        ("input_ids", "101, 30522, not a number and 6 more"),
    ]
    floats = InputValues(array="x", values=(0.123456, 2.0), count=2)
    assert example_facts(example(1, values=(floats,), slices={}, group=None)) == [("x", "0.1235, 2")]
