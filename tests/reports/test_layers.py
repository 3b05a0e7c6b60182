"""Swapped layers, as a table, in words and on the page."""

import io
import re
from collections.abc import Callable
from typing import Any

from rich.console import Console

from samefn.cli.details import print_report_details
from samefn.reports.page.report import report_html
from samefn.reports.tables.layers import layers_table
from samefn.reports.tables.render import to_csv
from samefn.reports.view import ReportView
from samefn.reports.wording.layers import layer_sentences
from samefn.reports.write import all_tables, report_json
from samefn.schema.layers import LocatedEntry
from samefn.schema.report import Report


def entry(group: str, direction: Any, moved: float, **changes: Any) -> LocatedEntry:
    parts = {
        "candidate": "int8 static", "group": group, "direction": direction, "swapped": "the weight",
        "disagreement": moved / 2, "disagreement_low": moved / 4, "disagreement_high": moved,
        "total_variation": moved, "total_variation_low": moved / 2, "total_variation_high": moved * 2,
        "share": moved / 0.1, "bytes": 3072, "examples": 100,
    }  # fmt: skip
    return LocatedEntry(**{**parts, **changes})


LOCATED = (
    entry("fc", "forward", 0.08, share=0.8),
    entry("conv", "forward", 0.0),
    entry("fc", "backward", 0.02, share=0.8),
    entry("conv", "backward", 0.11, share=-0.1),
)


def test_rows_are_the_entries_in_their_order(make_report: Callable[..., Report]):
    table = layers_table(make_report(located=LOCATED))
    assert [(row[1].raw, row[2].raw) for row in table.rows] == [(one.group, one.direction) for one in LOCATED]
    first, last = table.rows[0], table.rows[-1]
    assert (first[3].raw, first[3].low, first[3].high) == (0.04, 0.02, 0.08)
    assert (first[4].text, first[4].interval) == ("8", "[4, 16]")
    assert first[5].text == "80"
    assert last[5].text == "−10"  # noqa: RUF001  (given back, it made things worse)
    assert to_csv(table).splitlines()[1].startswith("int8 static,fc,forward,0.04,0.02,0.08,0.08,0.04,0.16,0.8,3072")


def test_the_page_escapes_layer_names_and_the_report_reads_back(make_report: Callable[..., Report]):
    report = make_report(located=(entry("<img src=x onerror=alert(1)>", "forward", 0.1), *LOCATED))
    page = report_html(report)
    section = re.search(r'<section id="layers">.*?</section>', page, re.DOTALL)
    assert section is not None
    assert "&lt;img src=x onerror=alert(1)&gt;" in section[0]
    assert "<img src=x" not in page
    assert Report.model_validate_json(report_json(report)) == report


def test_a_report_without_layers_has_no_part_about_them(report: Report):
    assert "layers" not in {table.name for table in all_tables(report)}
    assert 'id="layers"' not in report_html(report)


def test_the_first_layer_of_either_list_has_a_sentence_with_its_share_and_price(make_report: Callable[..., Report]):
    swapped = (*LOCATED[:2], *reversed(LOCATED[2:]), entry("fc", "forward", 0.0, candidate="float16", share=None))
    forward, backward, none = (sentence for _, sentence in layer_sentences(ReportView(make_report(located=swapped))))
    assert all(part in forward for part in ("int8 static: ", " fc ", " 80 % ", " 3.07 kB"))
    assert all(part in backward for part in ("int8 static: ", " conv ", " −10 % ", " 3.07 kB"))  # noqa: RUF001
    assert none.startswith("float16: ")
    assert "%" not in none


def test_the_terminal_shows_both_directions(make_report: Callable[..., Report]):
    console = Console(file=io.StringIO(), width=400)
    print_report_details(make_report(located=LOCATED), console)
    assert console.file.getvalue().count("\nLayers: int8 static: ") == 2  # type: ignore[attr-defined]
