"""`samefn.diff`: what is counted, how, false alarms and power, answers, models, settings, older reports."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

import samefn
from samefn.core.errors import InputError
from samefn.reports.read import read_report
from samefn.reports.wording.difference import difference_headline
from samefn.schema.costs import CostEntry, Latency
from samefn.schema.difference import Difference
from samefn.schema.report import Failure
from samefn.statistics.multiple_testing import holm

RESULTS = Path(__file__).parents[2] / "results"


def figures(found, name="int8"):
    [model] = [model for model in found.models if model.name == name]
    return {figure.name: figure for figure in model.figures}


def with_models(report, change):
    return report.model_copy(update={"models": tuple(change(model) for model in report.models)})


def test_a_run_does_not_differ_from_itself(near):
    found = samefn.diff(near, near)
    assert (found.pairing, found.moved, found.changed_answers, found.differs) == ("paired", 0, 0, False)
    assert found.tested == sum(figure.counted for model in found.models for figure in model.figures) > 15
    assert found.settings == ()
    assert {model.predictions for model in found.models} == {0}


def test_the_same_inputs_are_paired(near, far):
    found = samefn.diff(near, far)
    by_name = figures(found)
    assert by_name["disagreement"].method == by_name["kl_divergence"].method == "paired"
    assert (by_name["disagreement"].moved, by_name["disagreement"].towards) == (True, "worse")
    assert (by_name["kendall_tau"].moved, by_name["kendall_tau"].towards) == (True, "worse")
    assert by_name["calibration_change"].method == "not tested"
    assert figures(samefn.diff(far, near))["disagreement"].towards == "better"
    assert found.models[1].predictions == (near.rows["top"] != far.rows["top"]).sum()
    assert figures(found, "base")["accuracy"].moved is False


def test_p_values_are_adjusted_over_all_figures_of_all_models(made_run):
    both = ("int8", "int4")
    found = samefn.diff(made_run(candidates=both), made_run(0.45, 5, candidates=both))
    tested = [figure for model in found.models for figure in model.figures if figure.p_value is not None]
    assert [one.p_holm for one in tested] == pytest.approx(holm([one.p_value for one in tested]))
    assert [one.moved for one in tested] == [one.p_holm <= found.level for one in tested]
    assert found.moved == sum(one.moved for one in tested) > 0


@pytest.mark.parametrize("paired", [True, False])
def test_false_alarms_when_nothing_changed(made_run, paired):
    repeats = 60
    alarms = 0
    for at in range(repeats):
        first = made_run(seed=2 * at, inputs=at, examples=150)
        second = made_run(seed=2 * at + 1, inputs=at if paired else at + repeats, examples=150)
        found = samefn.diff(first, second)
        assert found.pairing == ("paired" if paired else "other inputs")
        alarms += found.moved > 0
    assert alarms <= 0.05 * repeats + 3 * np.sqrt(0.05 * repeats)


@pytest.mark.parametrize("inputs", [0, 1])
def test_a_real_change_is_found(made_run, inputs):
    found = samefn.diff(made_run(0.2, 1), made_run(0.8, 2, inputs=inputs))
    moved = {name for name, figure in figures(found).items() if figure.moved}
    assert {"disagreement", "total_variation", "kl_divergence", "rank_disagreement"} - moved <= {"kl_divergence"}


def test_rows_show_more_than_intervals(made_run):
    one, other = made_run(0.3, 1), made_run(0.4, 1)
    assert samefn.diff(one, other).moved > samefn.diff(one.report, other.report).moved


def test_without_rows_or_with_groups_intervals_decide(near, far, made_run):
    found = samefn.diff(near.report, far)
    assert found.pairing == "no rows"
    assert figures(found)["disagreement"].method == "intervals"
    assert found.models[1].predictions is None
    groups = np.arange(400) // 4
    found = samefn.diff(made_run(groups=groups), made_run(0.9, 2, groups=groups))
    assert found.pairing == "groups"
    assert figures(found)["disagreement"].method == "intervals"


def test_answers_that_changed(far, made_run):
    def changes(*runs):
        return {one.question: (one.before, one.after) for one in samefn.diff(*runs).models[1].answers}

    equal = made_run(0.0)
    assert changes(equal, far) == {
        "verdict": ("same", "changed"),
        "quality": ("no difference shown", "worse"),
    }
    assert changes(far, made_run(0.9, 2, labels=False)) == {"quality": ("worse", "no labels")}


def test_models_are_matched_by_name_and_not_by_place(made_run):
    first, second = made_run(candidates=("a", "b")), made_run(candidates=("c", "b"))
    found = samefn.diff(first, second)
    [model] = found.models[1:]
    assert (model.name, model.before, model.after) == ("b", "candidate-2", "candidate-2")
    assert [one.name for one in found.only_before] == ["a"]
    assert [one.name for one in found.only_after] == ["c"]
    assert found.differs


def test_models_that_share_a_name_are_told_apart_by_id(made_run):
    run = made_run(candidates=("a", "b")).report
    alike = with_models(run, lambda one: one.model_copy(update={"name": "a"}) if one.role == "candidate" else one)
    found = samefn.diff(alike, alike)
    assert [model.before for model in found.models] == ["base", "candidate-1", "candidate-2"]


def test_the_other_runs_reason_is_said(near, made_run):
    report = made_run(candidates=("int4",)).report
    failed = report.model_copy(update={"failures": (Failure(model="candidate-2", name="int8", error="no memory"),)})
    assert [(one.name, one.error) for one in samefn.diff(near.report, failed).only_before] == [("int8", "no memory")]


def test_sizes_are_exact_and_latencies_are_not_counted(near):
    def sized(size, median):
        cost = CostEntry(parameters=10, whole=Latency(batch=8, median=median, low=median - 1, high=median + 1, runs=9))
        return with_models(near.report, lambda one: one.model_copy(update={"bytes": size, "cost": cost}))

    found = samefn.diff(sized(1000, 10.0), sized(1001, 20.0))
    by_name = figures(found)
    assert (by_name["bytes"].method, by_name["bytes"].moved, by_name["bytes"].towards) == ("exact", True, "worse")
    assert by_name["parameters"].moved is False
    assert (by_name["latency"].method, by_name["latency"].moved) == ("quartiles", True)
    assert found.moved == 2  # the bytes of base and candidate
    slower = samefn.diff(sized(1000, 10.0), sized(1000, 11.5))
    assert figures(slower)["latency"].moved is False
    assert not samefn.diff(sized(1000, 10.0), sized(1000, 20.0)).differs


def test_what_else_differs_is_said(near, made_run):
    found = {(one.group, one.name): (one.before, one.after) for one in samefn.diff(near, made_run(inputs=1)).settings}
    assert ("data", "data.fingerprint") in found
    other = near.report.model_copy(update={"samefn": "9.9", "confidence": 0.9, "study": {"limit": 0.5}})
    found = {(one.group, one.name): (one.before, one.after) for one in samefn.diff(near.report, other).settings}
    assert found["software", "samefn"] == (near.report.samefn, "9.9")
    assert found["settings", "confidence"] == (0.95, 0.9)
    assert found["settings", "limit"] == (None, 0.5)
    renamed = with_models(near.report, lambda one: one.model_copy(update={"runtime": f"{one.role} runtime"}))
    found = {(one.group, one.name) for one in samefn.diff(near.report, renamed).settings}
    assert found == {("base", "runtime"), ("models", "int8: runtime")}


def test_language_reports_of_an_older_version_are_compared_by_intervals():
    report = read_report(RESULTS / "language")
    assert not samefn.diff(report, report).differs

    def moved(entry):
        far = {"value": 2.0, "low": 1.9, "high": 2.1} if entry.figure == "kld_mean" else {}
        return entry.model_copy(update=far)

    changed = report.model_copy(update={"language": tuple(map(moved, report.language))})
    found = samefn.diff(report, changed)
    assert {name for name, one in figures(found, "int8").items() if one.moved} == {"kld_mean"}
    names = figures(found, "int8").keys()
    assert "ln_perplexity_ratio" in names
    assert not {"kl_divergence", "same_top", "perplexity_base"} & names


def test_studies_have_claims():
    found = samefn.diff(RESULTS / "cifar10-lenet", RESULTS / "cifar10-protocols" / "corrected")
    assert {one.question: one.before for one in found.claims} == {"C3": "not tested", "C4": "not tested"}
    assert found.changed_answers == 2


def test_the_frame_has_every_figure(near, far):
    found = samefn.diff(near, far)
    frame = found.frame()
    assert frame.height == sum(len(model.figures) for model in found.models)
    assert frame.filter(pl.col("moved")).height == found.moved
    assert frame.schema["p_value"] == pl.Float64
    assert found.frame().clear().schema == frame.schema


def test_it_comes_back_from_json(near, far):
    found = samefn.diff(near, far)
    assert Difference.model_validate_json(found.model_dump_json(by_alias=True)).moved == found.moved


def test_a_notebook_escapes_names(made_run):
    hostile = "<script>alert(1)</script>"
    page = samefn.diff(made_run(candidates=(hostile,)), made_run(0.9, candidates=(hostile,)))._repr_html_()
    assert hostile not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("run", [3, None, SimpleNamespace(report=1, rows=2)])
def test_what_is_no_run_is_refused(near, run):
    with pytest.raises(InputError, match="SF664"):
        samefn.diff(near, run)


def test_runs_without_a_candidate_in_common_say_so(near, made_run):
    other = made_run(candidates=("int4",))
    assert "no candidate in common" in difference_headline(samefn.diff(near, other))
