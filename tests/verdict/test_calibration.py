"""The simulation of known truths: what is drawn and counted is right, it sees a bad rule, and a reduced run holds."""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from itertools import product
from operator import itemgetter
from pathlib import Path
from types import ModuleType
from typing import get_args

import numpy as np
import pytest

from samefn.measures.rows import rows
from samefn.predictions.about import about_examples
from samefn.predictions.predictions import Predictions
from samefn.statistics.design_effects import WHOLE, design_effects
from samefn.statistics.group_sums import grouped_rows
from samefn.statistics.moments import moment_sums
from samefn.statistics.proportions import Proportion

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
INPUTS = 2_400

Simulated = Callable[[str], ModuleType]


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> Simulated:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return lambda name: importlib.import_module(f"simulated.{name}")


def test_every_change_has_the_share_and_the_truth_that_is_said(simulated: Simulated) -> None:
    grid, populations = simulated("grid"), simulated("populations")
    for change in get_args(grid.Change):
        family = grid.Family("one", classes=5, error=0.1, change=change, imbalance=4.0, slices=3)
        of = populations.population(family, inputs=INPUTS)
        (one,) = populations.candidates(of, [0.02])
        inputs = np.tile(np.arange(INPUTS), populations.REPLICATES)
        changed = [bool(of.slots[i] != slot) for i, slot in zip(inputs, one.slots, strict=True)]
        share = sum(changed) / len(changed)
        assert one.share == share
        rarest = [is_changed for i, is_changed in zip(inputs, changed, strict=True) if of.labels[i] == 4]
        sliced = [is_changed for i, is_changed in zip(inputs, changed, strict=True) if i % 3 == 0]
        assert one.parts[4] == pytest.approx(sum(rarest) / len(rarest))
        assert one.parts[5] == pytest.approx(sum(sliced) / len(sliced))
        wanted = {"rare class": one.parts[4], "one slice": one.parts[5]}.get(change, share)
        assert wanted == pytest.approx(0.02, rel=0.02), change
        base_margins, margins = one.margins
        assert (base_margins >= 0).all()
        assert (margins[changed] <= 0).all()  # 0 in a tie
        assert (margins[~np.array(changed)] >= 0).all()
        lost = sum(of.slots[i] == 0 != slot for i, slot in zip(inputs, one.slots, strict=True))
        won = sum(slot == 0 != of.slots[i] for i, slot in zip(inputs, one.slots, strict=True))
        assert one.net_loss == pytest.approx((lost - won) / len(changed))
        if change in ("better", "even"):
            assert won / (lost + won) == pytest.approx({"better": 0.75, "even": 0.5}[change], abs=0.01)


def test_margins_of_the_base_spread_evenly_near_0(simulated: Simulated) -> None:
    populations = simulated("populations")
    of = populations.population(simulated("grid").FAMILIES[0], inputs=INPUTS)
    two = np.sort(of.logits, axis=1)[:, -2:]
    low = np.sort(two[:, 1] - two[:, 0])[: INPUTS // 20]
    gaps = np.diff(low)
    assert gaps.max() < 2 * gaps.min()  # drawn at random, the largest gap would be hundreds of times the smallest


@pytest.mark.parametrize("group", [1, 8])
def test_sums_are_those_of_samefn(simulated: Simulated, group: int) -> None:
    draws = np.random.default_rng(0)
    apart = draws.random((4, 80)) < 0.3
    groups = np.repeat(np.arange(80 // group), group) if group > 1 else None
    expected = moment_sums(apart[0].astype(float), np.zeros(80), apart[1:].astype(float), groups)
    assert asdict(simulated("audit")._sums(apart, group).moments()) == asdict(expected.moments())


@pytest.mark.parametrize("labels", ["all", "none", "a tenth"])
def test_counts_are_those_of_the_inputs_one_by_one(simulated: Simulated, labels: str) -> None:
    grid, populations, audit = (simulated(name) for name in ("grid", "populations", "audit"))
    of = populations.population(grid.Family("one", classes=3, error=0.2, labels=labels), inputs=INPUTS)
    (candidate,) = populations.candidates(of, [0.05])
    drawn = audit.draw(of, candidate, 500, np.random.default_rng(0))
    entry = audit.verdict(of, drawn, 0.01)
    drawn_rows = [
        (int(of.labels[i]), int(base), int(new))
        for i, base, new in zip(drawn.inputs, drawn.base, drawn.candidate, strict=True)
    ]
    assert entry.examples == 500
    assert entry.against[0].value == pytest.approx(sum(base != new for _, base, new in drawn_rows) / 500)
    known = drawn_rows[:50] if labels == "a tenth" else drawn_rows
    by_class = [
        [base != new for label, base, new in known if ((label + base) % 3 if labels == "none" else label) == at]
        for at in range(3)
    ]
    assert entry.worst is not None
    assert entry.worst.share == pytest.approx(max(sum(one) / len(one) for one in by_class))
    lost = sum(base == 0 != new for _, base, new in known)
    assert entry.negative_flips == (None if labels == "none" else lost)


def test_near_duplicates_are_drawn_together(simulated: Simulated) -> None:
    grid, populations, audit = (simulated(name) for name in ("grid", "populations", "audit"))
    of = populations.population(grid.Family("one", group=8), inputs=INPUTS)
    (candidate,) = populations.candidates(of, [0.05])
    drawn = audit.draw(of, candidate, 80, np.random.default_rng(0))
    groups = (drawn.inputs // 8).reshape(-1, 8)
    assert (groups == groups[:, :1]).all()
    entry = audit.verdict(of, drawn, 0.01)
    assert entry.effective_examples < 80
    assert entry.margins is None  # they take inputs for drawn one by one


def test_design_effects_are_those_of_samefn(simulated: Simulated) -> None:
    grid, populations, audit = (simulated(name) for name in ("grid", "populations", "audit"))
    of = populations.population(grid.Family("one", classes=3, error=0.2, group=8), inputs=INPUTS)
    (candidate,) = populations.candidates(of, [0.05])
    drawn = audit.draw(of, candidate, 400, np.random.default_rng(0))
    ids = [str(at) for at in range(400)]
    labels = of.labels[drawn.inputs]
    base, new = (
        Predictions.from_hard_predictions("it", (labels + slots) % 3, ids, labels, classes=3)
        for slots in (drawn.base, drawn.candidate)
    )
    about = about_examples(np.array(ids), np.arange(400) // 8, {}, "here")
    assert about is not None
    effects = design_effects(grouped_rows([rows(base, new)], about), 0.95)
    found = audit._counts(of, drawn)
    assert found.design_effects == pytest.approx(effects[WHOLE])
    for part, one in found.parts.items():
        assert one.design_effects == pytest.approx(effects[part])


def test_margins_bound_the_share_of_changed_predictions(simulated: Simulated) -> None:
    grid, populations, audit = (simulated(name) for name in ("grid", "populations", "audit"))
    of = populations.population(grid.FAMILIES[0], inputs=24_000)
    (candidate,) = populations.candidates(of, [0.003])
    draws = np.random.default_rng(0)
    entries = [audit.verdict(of, audit.draw(of, candidate, 1_000, draws), 0.01) for _ in range(40)]
    highs = [one.margins.high for one in entries]
    assert min(highs) > 0.003
    by_number = [Proportion(one.against[0].value * 1_000, 1_000).high(entries[0].margins.error) for one in entries]
    assert np.median(highs) < np.median(by_number)
    assert any(one.reason == "margins" for one in entries)


def test_what_is_wrong_with_independents_is_flagged(simulated: Simulated) -> None:
    grid, populations, audit = (simulated(name) for name in ("grid", "populations", "audit"))
    rates = {}
    for kind in get_args(grid.Independents):
        family = grid.Family("one", change="another model", independents=kind)
        of = populations.population(family, independents=30, inputs=INPUTS * 2)
        (candidate,) = populations.candidates(of, [0.01])
        draws = np.random.default_rng(0)
        rates[kind] = np.mean(
            [
                next(
                    audit.flagged(
                        of, audit.draw(of, candidate, 3_000, draws), audit.drawn_independents(of, 6, draws), [6]
                    )
                )
                for _ in range(20)
            ]
        )
    assert rates.pop("equal") <= 0.1
    assert min(rates.values()) > 0.5


def test_near_duplicates_that_are_not_declared_are_warned_of(simulated: Simulated) -> None:
    grid, populations, audit = (simulated(name) for name in ("grid", "populations", "audit"))
    for group, least, most in ((8, 20, 20), (1, 0, 1)):
        of = populations.population(grid.Family("one", group=group, declared=False), inputs=INPUTS)
        (candidate,) = populations.candidates(of, [0.02])
        draws = np.random.default_rng(0)
        found = sum(np.array(audit.warned(of, audit.draw(of, candidate, 4_000, draws))) for _ in range(20))
        assert least <= found.min() <= found.max() <= most


@pytest.mark.parametrize("most", [1, 2, 3, 5, 10])
def test_a_third_of_the_independents_drawn_share_a_start(simulated: Simulated, most: int) -> None:
    grid, populations, audit = (simulated(name) for name in ("grid", "populations", "audit"))
    family = grid.Family("one", independents="start of the base")
    of = populations.population(family, independents=30, inputs=INPUTS)
    apart = of.distances
    assert 0.3 < apart[of.odd].mean() / apart[~of.odd].mean() < 0.7
    draws = np.random.default_rng(0)
    found = [audit.drawn_independents(of, most, draws) for _ in range(600)]
    odd = [int(of.odd[one].sum()) for one in found]
    assert all(len(set(one.tolist())) == most for one in found)
    assert set(odd) <= {most // 3, most // 3 + 1}
    assert np.mean(odd) == pytest.approx(most / 3, abs=0.1)  # 5 standard errors of a coin


def test_bounds_are_those_of_all_samples(simulated: Simulated) -> None:
    bounds = simulated("bounds")
    limit, n, error = 0.3, 6, 0.2

    def chance(sample: tuple[int, ...], share: float) -> float:
        return float(np.prod([share if one else 1 - share for one in sample]))

    for truth in (0.5, 2.0):
        # The samples that the limit explains least, beside the truth, are rejected first; the last by lot.
        samples = sorted(
            product((0, 1), repeat=n), key=lambda one: chance(one, truth * limit) / chance(one, limit), reverse=True
        )
        left, power = error, 0.0
        for sample in samples:
            part = min(1.0, left / chance(sample, limit))
            left -= part * chance(sample, limit)
            power += part * chance(sample, truth * limit)
        assert bounds.best_power(n, limit, truth, error) == pytest.approx(power)
    # Of 3 parts of 2 inputs, each shown to be below one half: no change is allowed where 0.5^2 <= error < 0.75.
    every = [one for one in product((0, 1), repeat=6) if not any(one)]
    assert bounds.left_open_by_parts(6, 0.1, 2, 3, 5, 0.25) == pytest.approx(1 - sum(chance(one, 0.2) for one in every))
    least = bounds.least_examples(0.00085, 0.025)
    assert (1 - 0.00085) ** least <= 0.025 < (1 - 0.00085) ** (least - 1)


def test_a_rule_that_errs_too_often_is_seen(simulated: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    grid, populations, audit, cells, table = (
        simulated(name) for name in ("grid", "populations", "audit", "cells", "table")
    )
    of = populations.population(grid.FAMILIES[0], inputs=24_000)
    (candidate,) = populations.candidates(of, [0.01])
    bars = {"wrong_same": grid.WRONG_SAME, "wrong_changed": grid.WRONG_CHANGED, "covered": grid.COVERAGE}
    decide = importlib.import_module("samefn.verdict.decide").decide
    found = {}
    for error in (0.025, 0.25):
        monkeypatch.setattr(audit, "decide", partial(decide, error=error))
        row = cells.plain(cells.answers(of, candidate, 3_000, 0.01, 200, np.random.default_rng(0)))
        found[error] = {name: bool(table.missed(bar, [row], itemgetter(name))) for name, bar in bars.items()}
    assert not any(found[0.025].values())
    assert all(found[0.25].values())


def test_trained_nets_are_a_population_with_a_truth(simulated: Simulated, tmp_path: Path) -> None:
    trained = simulated("trained")
    logits = trained.trained_logits(tmp_path, independents=3, epochs=1)
    again = trained.trained_logits(tmp_path, independents=3, epochs=1)  # from the file
    assert logits.keys() == again.keys()
    assert all(np.array_equal(logits[name], again[name]) for name in logits)
    of, candidates = trained.trained_population(logits)

    def changed(name: str) -> float:
        pairs = zip(logits["base"], logits[name], strict=True)
        return sum(int(base.argmax() != other.argmax()) for base, other in pairs) / len(logits["base"])

    assert of.distances.tolist() == [changed(f"independent {number}") for number in (1, 2, 3)]
    wrong = [base.argmax() != label for base, label in zip(logits["base"], logits["labels"], strict=True)]
    assert of.error == pytest.approx(sum(wrong) / len(wrong))
    assert {name: one.share for name, one in candidates} == {
        name: share
        for name in logits
        if name not in ("base", "labels") and "independent" not in name and (share := changed(name)) > 0
    }


def test_a_reduced_run_meets_the_bars(simulated: Simulated, tmp_path: Path) -> None:
    out = tmp_path / "calibration.json"
    command = [sys.executable, str(BENCHMARKS / "calibration.py")]
    quick = ["--quick", "--audits", "10", "--paired", "10", "--json", str(out)]
    shown = subprocess.run([*command, *quick], check=True, capture_output=True, text=True).stdout
    results = json.loads(out.read_text(encoding="utf-8"))
    again = subprocess.run([*command, "--markdown", str(out)], check=True, capture_output=True, text=True).stdout
    assert again == shown
    grid, table = simulated("grid"), simulated("table")
    held = [
        grid.INCONCLUSIVE,
        grid.WRONG_SAME,
        grid.WRONG_SAME_FAR,
        grid.WRONG_CHANGED,
        grid.COVERAGE,
        grid.WRONG_NEAR,
        grid.WRONG_NEAR_UNEQUAL,
        grid.WRONG_NEAR_FAR,
        grid.FLAGGED,
    ]
    looked_at = {bar.name: (bar, cells, count) for bar, cells, count in table.cells_of(results)}
    for bar, cells, count in (looked_at[one.name] for one in held):
        assert cells, bar
        assert not table.beyond(bar, sum(map(count, cells)), sum(one["audits"] for one in cells)), bar
        if bar != grid.INCONCLUSIVE:  # that bar is about all audits together
            assert not table.missed(bar, cells, count), bar
