"""One comparison has one report: whole or in shards, by the command or from Python, and a gate ends alike on each."""

import numpy as np
import pytest

import samefn
from samefn.cli.main import run
from samefn.reports.read import read_report
from samefn.schema.volatile import stable

FEATURES, CLASSES = 6, 5
REQUIREMENT = "accuracy_deviation > -0.63"


@pytest.fixture(params=[200, 25_000, pytest.param(200_000, marks=pytest.mark.slow)])
def files(request, linear, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    draw = np.random.default_rng(request.param)
    truth = draw.normal(size=(FEATURES, CLASSES))
    x = draw.normal(size=(request.param, FEATURES)).astype(np.float32)
    y = (x @ truth + draw.normal(size=(request.param, CLASSES))).argmax(axis=1)
    np.savez(tmp_path / "test.npz", x=x, y=y)
    spreads = {"base": 0.0, "near": 0.02, "seed-1": 0.6, "seed-2": 0.6}
    return {
        name: linear(tmp_path / f"{name}.onnx", truth + spread * draw.normal(size=truth.shape))
        for name, spread in spreads.items()
    }


def test_the_report_and_the_exit_code_are_one(files, tmp_path):
    base, near, *independents = files.values()
    reports, codes = [], []
    for shards in (("--workers", "1"), ("--workers", "1", "--shards", "1"), ("--workers", "2", "--shards", "7")):
        out = tmp_path / f"out-{len(reports)}"
        options = ["--data", "test.npz", "--independent", *independents, "--store", f"store-{len(reports)}"]
        assert run(["compare", base, near, *options, *shards, "--set", "cost=false", "--out", str(out)]) == 0
        reports.append(stable(read_report(out)))
        codes.append(run(["gate", str(out), "--require", REQUIREMENT]))
    result = samefn.compare(base, [near], independents=independents, data="test.npz")
    result.write(tmp_path / "python")
    reports.append(stable(read_report(tmp_path / "python")))
    codes.append(run(["gate", str(tmp_path / "python"), "--require", REQUIREMENT]))
    for other in reports[1:]:
        assert other == reports[0]
    assert len(set(codes)) == 1
    assert {one.confidence for one in result.report.relative_distances} == {0.95}
