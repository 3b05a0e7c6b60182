"""Near flips, small flips and counted ones: by a plain loop, in any parts, at any scale."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import inf
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import samefn
from samefn.predictions.predictions import Predictions
from samefn.statistics.boundary_sums import BoundarySums, boundary_sums, boundary_sums_of


def plain(base_margin: list[float], margin: list[float], flipped: list[float]) -> BoundarySums:
    """As `BoundarySums` defines them, one input after another, without rounding of sums."""
    cut = sorted(base_margin)[len(margin) // 10]
    below = counted = small = 0
    near = squares = places = Fraction()
    for before, after, flip in zip(base_margin, margin, flipped, strict=True):
        below += before <= cut
        change = before - after
        if flip and (change > cut or before == 0 or after == 0):
            counted += 1
            continue
        small += flip != 0
        # Would flip if its change were ten times as large, but no larger than the cut.
        magnified = min(10 * change, cut)
        if 0 < change <= cut and 0 < before <= magnified:
            weight = change / magnified
            near += Fraction(weight)
            squares += Fraction(weight * weight)
            places += Fraction(weight * (before / magnified))
    return BoundarySums(len(margin), cut, below, counted, small, float(near), float(squares), float(places))


def margins_and_flips(inputs: int, seed: int, grid: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """With some large changes, and with ties if they lie on a grid."""
    draws = np.random.default_rng(seed)
    before = draws.exponential(size=inputs)
    after = before + draws.normal(scale=0.02, size=inputs) + (draws.random(inputs) < 0.02) * draws.normal(scale=3)
    if grid:
        before, after = np.round(before / grid) * grid, np.round(after / grid) * grid
    flipped = (after < 0) | ((after == 0) & (draws.random(inputs) < 0.5))
    return before, after, flipped.astype(np.float64)


def frame(before: np.ndarray, after: np.ndarray, flipped: np.ndarray) -> pl.DataFrame:
    ids = [str(at) for at in range(len(before))]
    return pl.DataFrame({"id": ids, "base_margin": before, "margin": after, "disagreement": flipped})


@pytest.mark.parametrize("grid", [0.0, 0.01, 0.5])
@pytest.mark.parametrize("inputs", [1, 9, 10, 400])
def test_sums_are_those_of_a_plain_loop(inputs: int, grid: float) -> None:
    columns = margins_and_flips(inputs, inputs, grid)
    expected = plain(*(column.tolist() for column in columns))
    assert boundary_sums(*columns) == expected
    assert boundary_sums_of([frame(*columns)]) == expected


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), at=st.lists(st.integers(0, 300), max_size=4))
def test_parts_and_order_do_not_change_a_bit(seed: int, at: list[int]) -> None:
    columns = margins_and_flips(300, seed)
    whole = boundary_sums_of([frame(*columns)])
    mixed = frame(*columns).sample(fraction=1, shuffle=True, seed=seed)
    ends = [0, *sorted(at), 300]
    parts = [mixed[start:end] for start, end in pairwise(ends)]
    assert boundary_sums_of(parts) == whole


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), power=st.integers(-30, 30))
def test_scaling_all_logits_scales_only_the_cut(seed: int, power: int) -> None:
    # By a power of two nothing is rounded otherwise.
    before, after, flipped = margins_and_flips(300, seed)
    found, scaled = (
        boundary_sums(before, after, flipped),
        boundary_sums(before * 2.0**power, after * 2.0**power, flipped),
    )
    assert scaled == replace(found, cut=found.cut * 2.0**power)


def test_infinite_margins_are_never_near() -> None:
    before, after = np.array([inf, inf, 1.0, inf]), np.array([inf, -1.0, 2.0, 5.0])
    found = boundary_sums(before, after, np.array([0.0, 1.0, 0.0, 0.0]))
    assert (found.cut, found.below, found.counted, found.small, found.near) == (1.0, 1, 1, 0, 0.0)


def test_rows_without_margins_have_no_sums(tmp_path: Path) -> None:
    logits = np.random.default_rng(0).normal(size=(50, 3))
    ids = [str(at) for at in range(50)]
    base, other = (Predictions.from_logits("model", of, ids) for of in (logits, logits[:, ::-1]))
    classes = Predictions.from_hard_predictions("model", logits.argmax(1), ids, classes=3)
    made = samefn.rows(base, other)
    old = made.drop("base_margin", "margin")
    old.write_parquet(tmp_path / "old.parquet")
    assert boundary_sums_of([made]) is not None
    assert boundary_sums_of([samefn.rows(base, classes)]) is None
    assert boundary_sums_of([tmp_path / "old.parquet"]) is None
    assert boundary_sums_of([made, old]) is None
    assert boundary_sums_of([]) is None
