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

from samefn.statistics.moments import moment_sums

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("group", [1, 4])
@pytest.mark.parametrize("models", [1, 3])
@pytest.mark.parametrize("measure", [0, 1])
def test_sums_over_inputs_are_the_moments_of_the_examples(
    monkeypatch: pytest.MonkeyPatch, measure: int, models: int, group: int
) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    families, cells = (importlib.import_module(f"simulated.{name}") for name in ("families", "cells"))
    monkeypatch.setattr(families, "STRANGERS", 7)
    family = replace(families.FAMILIES[1], noise_floor=0.3, signal=2.0, inputs=60, group=group)
    of = families.population(family, [0.4])
    (one,) = of.candidates
    draws = np.random.default_rng(0)
    units = 500 // group
    counts = draws.multinomial(units, np.full(60 // group, group / 60), size=3).astype(np.float64)
    drawn = np.array([[0, 3, 5], [1, 2, 2], [6, 0, 4]])[:, :models]
    flipped = cells._flipped(draws, counts, one)
    apart = cells._by_group(of.independents[measure] - of.noise_floor[measure], group)
    means, squares = counts @ apart.T / units, counts @ np.square(apart).T / units
    (found,) = cells._moments(of, measure, group, apart, means, squares, counts, drawn, [flipped])
    for at in range(3):
        # The units one by one: of each the inputs of its group, changed or not.
        some, others = flipped[at].astype(int), (counts - flipped)[at].astype(int)
        of_units = np.concatenate([np.repeat(np.arange(60 // group), some), np.repeat(np.arange(60 // group), others)])
        changed = np.repeat(np.arange(units) < some.sum(), group)
        inputs = (of_units[:, None] * group + np.arange(group)).ravel()
        of_candidate = np.where(changed, one.changed[measure][inputs], one.rest[measure][inputs])
        independents = of.independents[measure][drawn[at]][:, inputs]
        groups = np.repeat(np.arange(units), group) if group > 1 else None
        expected = asdict(moment_sums(of_candidate, of.noise_floor[measure][inputs], independents, groups).moments())
        got = asdict(found[at])
        for name, value in expected.items():
            wanted = {**value, "largest": 0} if isinstance(value, dict) else value
            # The largest distance is the population's here, that of the sample there.
            mine = {**got[name], "largest": 0} if isinstance(value, dict) else got[name]
            assert mine == pytest.approx(wanted, rel=1e-9, abs=1e-12), name


def test_trained_nets_are_a_population_with_a_truth(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    trained = importlib.import_module("simulated.trained")
    logits = trained.trained_logits(tmp_path, independents=3, epochs=1)
    again = trained.trained_logits(tmp_path, independents=3, epochs=1)  # from the file
    assert logits.keys() == again.keys()
    assert all(np.array_equal(logits[name], again[name]) for name in logits)
    of = trained.trained_population(logits, [0.1])
    assert of.independents.shape == (2, 2, 1797 - trained.LEARNT)  # one of three is what mixtures are made with
    named = {one.name: one for one in of.candidates}
    coarse = named["3-bit weights"]

    # The relative distance by disagreement in plain loops.
    def changed(name: str) -> float:
        pairs = zip(logits["base"], logits[name], strict=True)
        return sum(int(base.argmax() != other.argmax()) for base, other in pairs) / len(logits["base"])

    independents = sorted(changed(f"independent {number}") for number in (1, 2, 3))
    ceilings = [(independents[i] + independents[j]) / 2 for i, j in ((0, 1), (0, 2), (1, 2))]
    noise_floor = changed("base again")
    relative_distances = [
        (changed("3-bit weights") - noise_floor) / (independent_distance - noise_floor)
        for independent_distance in ceilings
    ]
    assert min(abs(coarse.truth[0] - one) for one in relative_distances) < 1e-12
    assert named["8-bit weights"].truth[1] < coarse.truth[1]
    assert named["an independent on a share"].truth.max() == pytest.approx(0.1)


def test_one_independent_is_never_enough_for_independent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    families, cells = (importlib.import_module(f"simulated.{name}") for name in ("families", "cells"))
    of = families.population(families.FAMILIES[1], [1.0])
    (cell,) = cells.cells(of, [10_000], [1], 200, seed=0)
    assert "independent" not in cell.outcomes
    # What it covers is the relative distance to the independent drawn: 95 % less 4 standard errors of 1.5 %.
    assert min(cell.covered.values()) > 0.95 - 0.06


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
        if cell["independents"] == 1:
            assert cell["outcomes"].get("independent", 0.0) == 0
        if cell["wrong_same"] is not None:
            bar = 0.025 if cell["target"] < 0.15 else 0.01
            assert cell["wrong_same"] <= bar + error(bar)
        # Texts are fewer than their tokens: 10,000 tokens are 500 of them.
        if (cell["examples"], cell["independents"], cell["group"]) == (10_000, 5, 1):
            wanted = {0.03: "same", 0.5: "changed", 1.0: "independent"}.get(cell["target"])
            assert wanted is None or cell["outcomes"][wanted] >= 0.9
    ignored = {cell["target"]: cell["covered"] for cell in results["ignored"]}
    assert max(ignored[0.1].values()) < 0.8  # what becomes of texts taken for single tokens
