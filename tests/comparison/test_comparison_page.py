"""The page of a comparison: nothing of training, no map, one interval a figure."""

import re

import numpy as np
import pytest

import samefn
from samefn.reports.charts.drawings import drawings
from samefn.reports.page.report import report_html
from samefn.reports.tables.verdicts import verdicts_table
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_with_interval
from samefn.reports.wording.verdicts import verdict_sentence
from samefn.reports.write import all_tables

LOGITS = np.random.default_rng(0).normal(size=(600, 5))


def made_up(name, noise, seed=1):
    moved = LOGITS + noise * np.random.default_rng(seed).normal(size=LOGITS.shape)
    return samefn.Predictions.from_logits(name, moved, range(len(LOGITS)), LOGITS.argmax(axis=1))


def compared(*independents):
    return samefn.compare(
        made_up("base", 0.3, 7),
        [made_up("moved", 0.8)],
        independents=[made_up(f"independent {seed}", 0.5, seed) for seed in independents],
    ).report


@pytest.fixture(scope="module")
def alone():
    return compared()


@pytest.fixture(scope="module")
def beside():
    return compared(2, 3)


def section(page, name):
    [_, found] = re.findall(rf'<(section|details) id="{name}">(.*?)</\1>', page, re.DOTALL)[0]
    return found


def test_it_mentions_no_training(beside):
    page = report_html(beside)
    for words in ("training run", "end of training", "for training", "spec of the study"):
        assert words not in page
    assert "spec of the comparison" in page
    assert "paper" not in {table.name for table in all_tables(beside)}


def test_a_comparison_has_no_map(beside):
    assert not beside.landscape
    assert 'id="landscape"' not in report_html(beside)
    assert not any(drawing.name.startswith("landscape") for drawing in drawings(ReportView(beside)))


def test_a_column_of_dashes_is_left_out(alone):
    assert "size, zstd" not in report_html(alone)


def test_a_figure_has_one_interval_in_the_table_and_in_words(alone):
    [entry] = [one for one in alone.measures if one.measure == "disagreement"]
    interval = format_with_interval(entry.value, entry.low, entry.high, percent=True).interval
    assert interval in verdict_sentence(alone, alone.verdicts[0])
    assert interval in [cell.interval for cell in verdicts_table(alone).rows[0]]


def test_negative_flips_are_a_count_or_a_share_with_their_unit(alone):
    page = report_html(alone)
    assert "negative flips <small>inputs</small>" in section(page, "verdicts")
    assert "negative flips <small>%</small>" in section(page, "models")


def test_in_python_a_result_prints_its_answers_and_has_one_line_in_a_list():
    found = samefn.compare(made_up("base", 0.3, 7), made_up("moved", 0.8))
    first, second, *_ = str(found).splitlines()
    assert "moved" in first
    assert "base" in first
    assert "600" in first
    assert second.split()[0].strip(",") == "CHANGED"
    assert len(repr(found).splitlines()) == 1
    assert "moved: CHANGED" in repr(found)
