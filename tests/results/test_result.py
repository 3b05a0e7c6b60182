"""A result of a comparison and of a study: frames with the report's figures, charts, and views that are escaped."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import samefn
from samefn.core.errors import InputError

STUDY = Path(__file__).parents[2] / "results" / "mnist"
HOSTILE = "<script>alert(1)</script>"
DRAW = np.random.default_rng(0)
LOGITS = DRAW.normal(size=(400, 4)) * 3
LABELS = (LOGITS + DRAW.normal(size=LOGITS.shape)).argmax(axis=1)
PARTS = ("answers", "distances", "classes", "costs", "layers", "transfer", "landscape", "claims", "language")


@pytest.fixture(scope="module")
def result():
    near, far, seed = (LOGITS + by * DRAW.normal(size=LOGITS.shape) for by in (0.1, 1, 6))
    return samefn.compare({"fp32": LOGITS}, {"int8": near, HOSTILE: far}, labels=LABELS, independents=seed)


@pytest.fixture(scope="module")
def study():
    return samefn.read_result(STUDY)


def test_answers(result):
    frame = result.answers.frame()
    for row, entry in zip(frame.to_dicts(), result.report.verdicts, strict=True):
        assert row["model"] == result.report.model(entry.candidate).name
        assert row["verdict"] == entry.outcome
        against = entry.against[0]
        assert (row["changed"], row["changed_low"], row["changed_high"]) == (against.value, against.low, against.high)
        assert (row["limit"], row["net_loss"]) == (against.limit, entry.net_loss)
        assert (row["negative_flips"], row["positive_flips"]) == (entry.negative_flips, entry.positive_flips)
    assert frame.schema["changed"] == pl.Float64
    assert frame.schema["negative_flips"] == pl.Int64


def test_distances_are_the_measures_with_their_relative_distances(result):
    frame = result.frame()
    assert frame.equals(result.distances.frame())
    distances = {(one.candidate, one.measure): one.value for one in result.report.relative_distances}
    for row, entry in zip(frame.to_dicts(), result.report.measures, strict=True):
        assert (row["measure"], row["value"], row["low"], row["high"]) == (
            entry.measure,
            entry.value,
            entry.low,
            entry.high,
        )
        assert row["relative_distance"] == distances.get((entry.candidate, entry.measure))


def test_classes_count_every_changed_prediction(result):
    counted = result.classes.frame().filter(pl.col("model") == "int8")
    changed = result.rows.filter((pl.col("candidate") == "candidate-1") & (pl.col("top") != pl.col("base_top")))
    assert counted["count"].sum() == changed.height
    pairs = {(row["base_class"], row["class"]): row["count"] for row in counted.to_dicts()}
    for (base, top), rows in changed.group_by("base_top", "top"):
        assert pairs[str(base), str(top)] == rows.height


def test_a_part_that_a_comparison_lacks_is_empty_and_says_so(result):
    for name in ("transfer", "landscape", "layers", "claims", "language"):
        part = getattr(result, name)
        assert (len(part), part.charts) == (0, ())
        with pytest.raises(InputError, match="SF665") as error:
            part.plot()
        assert error.value.where == name
    with pytest.raises(InputError, match="SF666"):
        result.answers.plot("candidate")


def test_a_study_has_the_same_parts(study):
    report = study.report
    shares = study.transfer.frame()
    assert shares["share"].to_list() == [entry.share for entry in report.transfer]
    assert shares["share_low"].to_list() == [entry.low for entry in report.transfer]
    assert set(shares["teacher"]) <= {model.name for model in report.models}
    points = study.landscape.frame()
    charts = (*report.landscape, *report.panels)
    assert points["x"].to_list() == [point.x for chart in charts for point in chart.points]
    assert set(points["method"]) == {chart.method for chart in charts}
    costs = study.costs.frame()
    assert dict(zip(costs["model"], costs["bytes"], strict=True)) == {one.name: one.bytes for one in report.models}
    assert study.answers.frame().height == len(report.verdicts)
    assert study.claims.frame().height >= len({one.id for one in report.claims})


def test_every_part_has_each_view(result, study):
    for one in (result, study):
        for name in PARTS:
            part = getattr(one, name)
            assert len(part) == part.frame().height
            assert name in str(part)
            assert HOSTILE not in part._repr_html_()
            for chart in part.charts:
                assert part.plot(chart, "single").to_dict()["layer"]


def test_a_notebook_shows_the_answers_escaped_and_small(result, study):
    for one in (result, study):
        html = one._repr_html_()
        assert "<script" not in html
        assert "data:image/svg+xml" in html
        assert len(html) < 200_000
    shown = result._repr_html_()
    assert "&lt;script&gt;" in shown
    assert "int8" in shown


def test_a_result_that_is_written_is_read_again(result, tmp_path):
    result.write(tmp_path)
    again = samefn.read_result(tmp_path)
    assert again.report == result.report
    assert again.rows.equals(result.rows)
    assert again.changed().equals(result.changed())
    (tmp_path / "rows.parquet").unlink()
    without = samefn.read_result(tmp_path / "report.json")
    assert without.rows is None
    with pytest.raises(InputError, match="SF667"):
        without.changed()
    with pytest.raises(InputError, match="SF660"):
        samefn.read_result(tmp_path / "nowhere")
