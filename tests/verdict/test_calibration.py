"""The simulation of known truths: its sums are those of the examples drawn, and a reduced run meets the bars."""

import importlib
import json
import subprocess
import sys
from dataclasses import asdict, replace
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from samefn.verdict.moments import moments

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("measure", [0, 1])
def test_sums_over_inputs_are_the_moments_of_the_examples(monkeypatch: pytest.MonkeyPatch, measure: int) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    families, cells = (importlib.import_module(f"simulated.{name}") for name in ("families", "cells"))
    monkeypatch.setattr(families, "INPUTS", 60)
    monkeypatch.setattr(families, "STRANGERS", 7)
    of = families.population(replace(families.FAMILIES[1], floor=0.3, signal=2.0))
    draws = np.random.default_rng(0)
    counts = draws.multinomial(500, np.full(60, 1 / 60), size=3).astype(np.float64)
    drawn = np.array([[0, 3, 5], [1, 2, 2], [6, 0, 4]])
    one = families.candidate(of, 0.4)
    flipped = cells._flipped(draws, counts, one)
    apart = of.strangers[measure] - of.floor[measure]
    means, squares = counts @ apart.T / 500, counts @ np.square(apart).T / 500
    (found,) = cells._moments(of, measure, apart, means, squares, counts, drawn, [flipped], [(0.4, one)])
    for at in range(3):
        some, others = flipped[at].astype(int), (counts - flipped)[at].astype(int)
        inputs = np.concatenate([np.repeat(np.arange(60), some), np.repeat(np.arange(60), others)])
        of_candidate = np.concatenate([np.repeat(one.changed[measure], some), np.repeat(one.rest[measure], others)])
        strangers = of.strangers[measure][drawn[at]][:, inputs]
        expected = asdict(moments(of_candidate, of.floor[measure][inputs], strangers, None))
        got = asdict(found[at])
        for name, value in expected.items():
            wanted = {**value, "largest": 0} if isinstance(value, dict) else value
            # The largest distance is the population's here, that of the sample there.
            mine = {**got[name], "largest": 0} if isinstance(value, dict) else got[name]
            assert mine == pytest.approx(wanted, rel=1e-9, abs=1e-12), name


def test_a_reduced_run_meets_the_bars(tmp_path: Path) -> None:
    out = tmp_path / "calibration.json"
    command = [sys.executable, str(BENCHMARKS / "calibration.py"), "--quick", "--json", str(out)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    results = json.loads(out.read_text(encoding="utf-8"))
    again = subprocess.run([*command[:2], "--markdown", str(out)], check=True, capture_output=True, text=True).stdout
    assert again == shown
    repetitions = results["repetitions"]

    def error(share: float) -> float:
        # Four standard errors: some hundred figures are held against a bar at once.
        return 4 * sqrt(share * (1 - share) / repetitions)

    for cell in results["cells"]:
        for measure, covered in cell["covered"].items():
            assert covered >= 0.93 - error(0.93), (cell, measure)
        if cell["wrong_same"] is not None:
            bar = 0.025 if cell["target"] < 0.15 else 0.01
            assert cell["wrong_same"] <= bar + error(bar)
        if (cell["examples"], cell["strangers"]) == (10_000, 5):
            wanted = {0.03: "same", 0.5: "changed", 1.0: "stranger"}.get(cell["target"])
            assert wanted is None or cell["outcomes"][wanted] >= 0.9
