"""Inputs without labels beside the data: they count for the first answer of a verdict, and for nothing else."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

import samefn
from samefn.cli import compare
from samefn.cli.main import run
from samefn.core.errors import InputError
from samefn.engine.in_process import InProcessEngine
from samefn.reports.read import read_report
from samefn.schema.volatile import stable

FEATURES, CLASSES, LABELLED, FURTHER = 6, 5, 300, 2_000
DRAW = np.random.default_rng(3)
TRUTH = DRAW.normal(size=(FEATURES, CLASSES))
MOVED = TRUTH + 0.02 * DRAW.normal(size=TRUTH.shape)
X = DRAW.normal(size=(LABELLED, FEATURES)).astype(np.float32)
X[:, 0] = np.abs(X[:, 0])
MORE = DRAW.normal(size=(FURTHER, FEATURES)).astype(np.float32)


def classes(x, matrix):
    return (x @ matrix.astype(np.float32)).argmax(axis=1)


Y = classes(X + 0.3 * DRAW.normal(size=X.shape), TRUTH)


@pytest.fixture(name="files")
def _files(linear, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Workers take seconds to start.
    monkeypatch.setattr(compare, "find_engine", lambda *_: InProcessEngine())
    np.savez("test.npz", x=X, y=Y)
    np.savez("more.npz", x=MORE, y=classes(MORE, MOVED))  # labels by which the base would be bad
    linear("base.onnx", TRUTH)
    linear("near.onnx", MOVED)
    return tmp_path


COMMAND = ["compare", "base.onnx", "near.onnx", "--data", "test.npz", "--store", "store", "--set", "cost=false"]


def test_they_count_for_the_first_answer_alone(files):
    limits = ["--limit", "3%", "--class-limit", "20%", "--loss-limit", "2%"]
    reports = []
    for shards in ("1", "3"):
        out = files / f"out-{shards}"
        command = [*COMMAND, "--unlabelled", "more.npz", *limits, "--shards", shards, "--out", str(out)]
        assert run(command) == 0
        reports.append(read_report(out))
    given = {"limit": 0.03, "class_limit": "20%", "loss_limit": 0.02}
    result = samefn.compare("base.onnx", ["near.onnx"], data="test.npz", unlabelled="more.npz", **given)
    result.write(files / "python")
    reports.append(read_report(files / "python"))
    assert [stable(one) == stable(reports[0]) for one in reports] == [True] * 3
    [report, *_] = reports
    own, more = (int((classes(x, TRUTH) != classes(x, MOVED)).sum()) for x in (X, MORE))
    [verdict] = report.verdicts
    against = verdict.against[0]
    assert (verdict.evaluation, verdict.examples, verdict.effective_examples) == ("test", 2300, 2300)
    assert against.value == pytest.approx((own + more) / 2300)
    assert (against.limit, against.origin, verdict.class_limit, verdict.loss_limit) == (0.03, "given", 0.2, 0.02)
    # The labels that were found there count for nothing.
    lost = int(((classes(X, TRUTH) == Y) & (classes(X, MOVED) != Y)).sum())
    assert (verdict.negative_flips, report.base.accuracy) == (lost, (classes(X, TRUTH) == Y).mean())
    assert verdict.worst.examples <= LABELLED
    assert len([one for one in report.warnings if "not read" in one]) == 1
    shares = {one.evaluation: one.value for one in report.measures if one.measure == "disagreement"}
    assert shares == pytest.approx({"test": own / LABELLED, "unlabelled": more / FURTHER})
    assert (report.data.test_examples, report.unlabelled.test_examples) == (LABELLED, FURTHER)
    assert {key: report.study[key] for key in ("limit", "class_limit", "loss_limit", "unlabelled")} == {
        "limit": 0.03,
        "class_limit": 0.2,
        "loss_limit": 0.02,
        "unlabelled": {"path": "more.npz"},
    }
    rows = pl.read_parquet(files / "out-1" / "rows.parquet")
    assert dict(rows["evaluation"].value_counts().iter_rows()) == {"test": LABELLED, "unlabelled": FURTHER}


def test_more_inputs_settle_what_few_leave_open(files):
    del files
    few = samefn.compare("base.onnx", ["near.onnx"], data="test.npz", limit=0.03)
    many = samefn.compare("base.onnx", ["near.onnx"], data="test.npz", limit=0.03, unlabelled=MORE)
    assert few.verdicts["near.onnx"].outcome == "inconclusive"
    assert many.verdicts["near.onnx"].outcome == "same"
    assert many.report.warnings == few.report.warnings  # arrays have no labels to leave out
    kept = {"quality", "negative_flips", "positive_flips", "net_loss_high", "worst", "hardest", "distance"}
    assert many.verdicts["near.onnx"].model_dump(include=kept) == few.verdicts["near.onnx"].model_dump(include=kept)


def test_inputs_of_the_data_are_noticed(files):
    del files
    both = np.concatenate([X[:40], MORE])
    result = samefn.compare("base.onnx", ["near.onnx"], data="test.npz", unlabelled=both)
    assert len([one for one in result.report.warnings if one.startswith("40 of the 2,040 ")]) == 1
    with pytest.raises(InputError, match="SF535"):
        samefn.compare("base.onnx", ["near.onnx"], data="test.npz", unlabelled=X[:40])
    assert run([*COMMAND, "--unlabelled", "test.npz"]) == 2


def test_a_model_that_fails_on_them_is_judged_by_the_data(files, linear):
    """It is the root of a negative number on half of them, and on none of the data."""
    linear("root.onnx", MOVED, root=True)
    out = files / "out"
    assert run([*COMMAND[:3], "root.onnx", *COMMAND[3:], "--unlabelled", "more.npz", "--out", str(out)]) == 1
    report = read_report(out)
    left = int((MORE[:, 0] >= 0).sum())
    assert {one.examples for one in report.verdicts} == {LABELLED + left}
    [failure] = report.failures
    assert (failure.model, failure.error.startswith("on the unlabelled inputs: ")) == ("candidate-2", True)
    np.savez("none.npz", x=-np.abs(MORE))
    out = files / "again"
    assert run([*COMMAND[:3], "root.onnx", *COMMAND[3:], "--unlabelled", "none.npz", "--out", str(out)]) == 1
    report = read_report(out)
    assert {one.candidate: one.examples for one in report.verdicts} == {
        "candidate-1": LABELLED + FURTHER,
        "candidate-2": LABELLED,
    }
    assert [one.model for one in report.failures] == ["candidate-2"]


def test_inputs_that_no_model_takes(files, capsys):
    np.savez("wide.npz", x=np.hstack([MORE, MORE]))
    assert run([*COMMAND, "--unlabelled", "wide.npz", "--out", str(files / "out")]) == 2
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert "wide.npz: on the unlabelled inputs: " in line
    assert line.endswith("[SF322]")
    with pytest.raises(InputError, match="SF322") as caught:
        samefn.compare("base.onnx", ["near.onnx"], data="test.npz", unlabelled="wide.npz")
    assert caught.value.where == "wide.npz"


def test_predictions_cannot_be_run_on_them(files, capsys):
    del files
    base = samefn.predict("base.onnx", "test.npz")
    with pytest.raises(InputError, match="SF534"):
        samefn.compare(base, ["near.onnx"], data="test.npz", unlabelled=MORE)
    np.savez("saved.npz", logits=X @ MOVED)
    assert run(["compare", "base.onnx", "saved.npz", *COMMAND[3:], "--unlabelled", "more.npz"]) == 2
    assert "SF534" in capsys.readouterr().err


def test_the_errors_of_several_candidates_are_held_together(files, linear):
    del files
    linear("nearer.onnx", (TRUTH + MOVED) / 2)
    candidates, given = ["near.onnx", "nearer.onnx"], {"data": "test.npz", "limit": 0.05}
    each = samefn.compare("base.onnx", candidates, **given).report
    together = samefn.compare("base.onnx", candidates, simultaneous=True, **given).report
    # 1 - 0.975^2 and 1 - 0.9875^2.
    assert [one.overall[0].wrong_same for one in (each, together)] == pytest.approx([0.049375, 0.02484375])
    assert [one.overall[0].candidates for one in (each, together)] == [2, 2]
    for narrow, wide in zip(each.verdicts, together.verdicts, strict=True):
        changed = round(narrow.against[0].value * LABELLED)
        for verdict, error in ((narrow, 0.025), (wide, 0.0125)):
            found = (verdict.against[0].low, verdict.against[0].high)
            assert found == pytest.approx(tuple(binomtest(changed, LABELLED).proportion_ci(1 - 2 * error)))
