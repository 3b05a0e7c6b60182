"""Costs against distances: the ranked table and the figure of a comparison."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from samefn.reports.charts.drawings import drawings
from samefn.reports.charts.inline import svg_text
from samefn.reports.charts.tradeoff import tradeoff_chart, tradeoff_costs
from samefn.reports.costs import COSTS, cost_points, has_relative_distances
from samefn.reports.page.report import report_html
from samefn.reports.tables.ranking import ranking_table
from samefn.reports.view import ReportView
from samefn.reports.write import all_tables
from samefn.schema.costs import CostEntry, Latency
from samefn.schema.methods import Given
from samefn.schema.report import MeasureEntry, ModelEntry, Report
from samefn.schema.verdicts import AgainstLimit, RelativeDistance, VerdictEntry

# id, bytes, seconds a batch, disagreement, scale, verdict
MODELS: tuple[tuple[str, int, float, float, float, Any], ...] = (
    ("near but undecided", 500, 0.5, 0.01, 0.05, "inconclusive"),
    ("far", 250, 0.25, 0.30, 0.95, "changed"),
    ("same", 750, 2.0, 0.02, 0.07, "same"),
)


ONNX = Given(adapter="onnx")


def taking(seconds: float) -> CostEntry:
    """So many seconds a batch."""
    return CostEntry(whole=Latency(batch=64, median=seconds))


def compared(make_report: Callable[..., Report], *, scales: bool = True, count: int = 3) -> Report:
    """A comparison of a base of 1,000 bytes and 1 second a batch with some candidates."""
    base = ModelEntry(id="base", name="base", role="base", method=ONNX, bytes=1000, cost=taking(1.0))
    chosen = MODELS[:count]
    entries = [
        ModelEntry(id=name, name=name, role="candidate", method=ONNX, bytes=size, cost=taking(seconds))
        for name, size, seconds, *_ in chosen
    ]
    common = {"evaluation": "test", "base": "base"}
    measures = [
        MeasureEntry(
            **common, candidate=name, measure="disagreement", value=moved, low=moved / 2, high=moved * 2,
            examples=1000, interval="bootstrap",
        )
        for name, _, _, moved, *_ in chosen
    ]  # fmt: skip
    scale = [
        RelativeDistance(
            **common, candidate=name, measure="disagreement", value=at, low=at - 0.1, high=float("inf"),
            noise_floor=0.0, noise_floor_model="", independent_distance=0.3, independents=2, examples=1000,
            covers="examples only", method="fieller",
            refused="",
        )
        for name, _, _, _, at, _ in chosen
    ]  # fmt: skip
    verdicts = [
        VerdictEntry(
            **common, candidate=name, outcome=outcome, reason="share", examples=1000, effective_examples=1000,
            class_limit=0.05, loss_limit=0.005, against=(
                AgainstLimit(
                    measure="disagreement", value=0.016, low=0.012, high=0.021, limit=0.01, origin="given", side="open"
                ),
            ),
        )
        for name, *_, outcome in chosen
    ]  # fmt: skip
    return make_report(
        models=(base, *entries), measures=tuple(measures), relative_distances=tuple(scale) if scales else (),
        verdicts=tuple(verdicts), landscape=(), panels=(), distances=(), changed=(), transfer=(), claims=(), overall=(),
    )  # fmt: skip


def test_the_verdict_ranks_before_the_relative_distance_and_costs_are_of_the_base(make_report: Callable[..., Report]):
    table = ranking_table(compared(make_report))
    keys = [column.key for column in table.columns]
    assert keys == ["rank", "model", "verdict", "relative_distance", "disagreement", "bytes_ratio", "latency_ratio"]
    # "same" is farther than the undecided one, and still the better verdict.
    assert [row[1].raw for row in table.rows] == ["same", "near but undecided", "far"]
    assert [row[0].raw for row in table.rows] == [1, 2, 3]
    assert [(row[5].raw, row[6].raw) for row in table.rows] == [(75.0, 200.0), (50.0, 50.0), (25.0, 25.0)]
    assert table.models == ("same", "near but undecided", "far")


def test_equal_verdicts_rank_by_disagreement_without_relative_distances(make_report: Callable[..., Report]):
    report = compared(make_report, scales=False)
    level = tuple(verdict.model_copy(update={"outcome": "changed"}) for verdict in report.verdicts)
    table = ranking_table(report.model_copy(update={"verdicts": level}))
    assert [row[1].raw for row in table.rows] == ["near but undecided", "same", "far"]
    assert [row[3].text for row in table.rows] == ["—", "—", "—"]


def test_one_candidate_is_no_ranking(make_report: Callable[..., Report]):
    assert not ranking_table(compared(make_report, count=1)).rows


def test_points_are_relative_distances_or_all_disagreements(make_report: Callable[..., Report]):
    size = COSTS[0]
    with_scale = ReportView(compared(make_report))
    assert has_relative_distances(with_scale)
    assert [(p.cost, p.value, p.low) for p in cost_points(with_scale, size)] == [
        (50.0, 0.05, pytest.approx(-0.05)),
        (25.0, 0.95, pytest.approx(0.85)),
        (75.0, 0.07, pytest.approx(-0.03)),
    ]
    report = compared(make_report)
    # One refused, and none is drawn: two kinds of numbers do not fit one axis.
    refused = report.relative_distances[0].model_copy(
        update={"value": None, "low": None, "high": None, "refused": "made up"}
    )
    mixed = ReportView(report.model_copy(update={"relative_distances": (refused, *report.relative_distances[1:])}))
    assert not has_relative_distances(mixed)
    assert [p.value for p in cost_points(mixed, size)] == [0.01, 0.30, 0.02]


def test_a_base_of_unknown_cost_gives_no_points(make_report: Callable[..., Report]):
    report = compared(make_report)
    bare = report.models[0].model_copy(update={"bytes": None, "cost": None})
    assert tradeoff_costs(ReportView(report.model_copy(update={"models": (bare, *report.models[1:])}))) == ()


@pytest.mark.parametrize("scales", [True, False])
def test_the_figure_is_drawn_alike_each_time_and_fits_infinite_ends(
    make_report: Callable[..., Report], *, scales: bool
):
    report = compared(make_report, scales=scales)

    def drawn() -> dict[str, str]:
        found = drawings(ReportView(report))
        return {one.name: svg_text(one.make("double")) for one in found if one.name.startswith("tradeoff")}

    first = drawn()
    assert list(first) == ["tradeoff-bytes", "tradeoff-latency"]
    assert first == drawn()


def test_every_candidate_and_the_base_are_in_the_figure(make_report: Callable[..., Report]):
    view = ReportView(compared(make_report))
    [latency] = [cost for cost in tradeoff_costs(view) if cost.name == "latency"]
    chart = tradeoff_chart(view, latency).to_dict()
    points = next(data for data in chart["datasets"].values() if "cost" in data[0])
    found = {(point["cost"], point["distance"]) for point in points}
    assert found == {(0.5, 0.05), (0.25, 0.95), (2.0, 0.07), (1.0, 0.0)}
    assert {point["answer"] for point in points if point["model"] != "base"} == {"same", "inconclusive", "changed"}


def test_a_study_has_neither(report: Report):
    assert "ranking" not in {table.name for table in all_tables(report)}
    assert tradeoff_costs(ReportView(report)) == ()
    assert 'id="ranking"' not in report_html(report)


def test_the_page_shows_the_ranking_and_escapes_names(make_report: Callable[..., Report]):
    report = compared(make_report)
    hostile = report.models[1].model_copy(update={"name": "<script>alert(1)</script>"})
    page = report_html(report.model_copy(update={"models": (report.models[0], hostile, *report.models[2:])}))
    section = re.search(r'<details id="ranking">.*?</details>', page, re.DOTALL)
    assert section is not None
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in section[0]
    assert "<script>alert" not in page
