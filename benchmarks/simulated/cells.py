"""Repeated comparisons: draw inputs and strangers, make the interval and the verdict, compare with the truth."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from samefn.verdict.decide import MARGIN, STRANGER, Outcome, outcome_of
from samefn.verdict.moments import Moments
from samefn.verdict.rare import Tally
from samefn.verdict.scale import interval
from simulated.families import MEASURES, Candidate, Population, candidate

Floats = NDArray[np.float64]
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Cell:
    """What happened to one candidate at one size.

    Attributes:
        family: name of the family.
        examples: inputs drawn.
        strangers: models drawn.
        target: the larger of the true scales.
        truth: the true scale by each measure.
        expected_changes: expected number of changed answers.
        repetitions: how many comparisons.
        covered: share of comparisons whose interval holds the truth, by measure; a refused one holds it.
        covered_twice: the same of the interval that counts the interaction in both variances, as first planned.
        below: share whose interval lies below the truth, by measure.
        above: share whose interval lies above it.
        refused: share refused, by measure.
        width: median width of the intervals, by measure; None where most are refused.
        outcomes: share of each outcome.
        wrong_same: share of *same* where the truth is at least the margin; None where it is below.
        wrong_changed: share of *changed* and worse where the truth is at most the margin; None where it is above.
        wrong_stranger: share of *stranger* where the truth is at most 0.8; None where it is above.
        wrong_not_stranger: share of *changed* where the truth is above 0.8 by both; None otherwise.
    """

    family: str
    examples: int
    strangers: int
    target: float
    truth: dict[str, float]
    expected_changes: float
    repetitions: int
    covered: dict[str, float]
    covered_twice: dict[str, float]
    below: dict[str, float]
    above: dict[str, float]
    refused: dict[str, float]
    width: dict[str, float | None]
    outcomes: dict[str, float]
    wrong_same: float | None
    wrong_changed: float | None
    wrong_stranger: float | None
    wrong_not_stranger: float | None

    def plain(self) -> dict[str, object]:
        """As JSON takes it, rounded to what the simulation knows."""
        return {key: _rounded(value) for key, value in asdict(self).items()}


def cells(
    of: Population, sizes: list[int], strangers: list[int], targets: list[float], repetitions: int, seed: int
) -> Iterator[Cell]:
    """Every cell of a population."""
    draws = np.random.default_rng(seed)
    candidates = [(target, candidate(of, target)) for target in targets]
    inputs = of.floor.shape[1]
    for examples in sizes:
        # How often each input is drawn stands for the examples: all figures are sums over inputs.
        counts = draws.multinomial(examples, np.full(inputs, 1 / inputs), size=repetitions).astype(np.float64)
        flipped = [_flipped(draws, counts, one) for _, one in candidates]
        floors = [of.floor[measure] for measure in range(2)]
        apart = [of.strangers[measure] - floors[measure] for measure in range(2)]
        means = [(counts @ one.T) / examples for one in apart]
        squares = [(counts @ np.square(one).T) / examples for one in apart]
        for models in strangers:
            drawn = draws.integers(of.strangers.shape[1], size=(repetitions, models))
            found = [
                _moments(
                    of, measure, apart[measure], means[measure], squares[measure], counts, drawn, flipped, candidates
                )
                for measure in range(2)
            ]
            for at, (target, one) in enumerate(candidates):
                yield _cell(of, examples, models, target, one, [found[0][at], found[1][at]])


def _flipped(draws: np.random.Generator, counts: Floats, one: Candidate) -> Floats:
    """How many of each drawn input show the candidate changed, [repetitions, inputs]."""
    if one.share in (0.0, 1.0):
        return counts * one.share
    return draws.binomial(counts.astype(np.int64), one.share).astype(np.float64)


def _moments(
    of: Population,
    measure: int,
    apart: Floats,
    means: Floats,
    squares: Floats,
    counts: Floats,
    drawn: NDArray[np.int64],
    flipped: list[Floats],
    candidates: list[tuple[float, Candidate]],
) -> list[list[Moments]]:
    """For each candidate the moments of every repetition: what samefn.verdict.moments finds in the examples drawn."""
    n, models = int(counts[0].sum()), drawn.shape[1]
    free = n - 1
    rows = np.arange(len(counts))[:, None]
    of_models = means[rows, drawn]
    b = np.stack([apart[one].mean(axis=0) for one in drawn])
    weighted = counts * b
    y = weighted.sum(axis=1) / n
    of_squares = (weighted * b).sum(axis=1) / n
    yy = (of_squares - y**2) * n / free
    between = of_models.var(axis=1, ddof=1)
    second = squares[rows, drawn].mean(axis=1)
    within = n * models * (second - of_squares)
    interaction = (within - n * (models - 1) * between) / (free * (models - 1))
    largest = 1.0 if measure == 0 else float(max(of.strangers[measure].max(), of.other[measure].max()))
    every = []
    for (_, one), some in zip(candidates, flipped, strict=True):
        a, rest = one.changed[measure] - of.floor[measure], one.rest[measure] - of.floor[measure]
        others = counts - some
        x = (some @ a + others @ rest) / n
        xx = (some @ a**2 + others @ rest**2 - n * x**2) / free
        xy = ((some * b) @ a + (others * b) @ rest - n * x * y) / free
        gained = [some @ np.maximum(a, 0) ** power + others @ np.maximum(rest, 0) ** power for power in (1, 2)]
        lost = [some @ np.maximum(-a, 0) ** power + others @ np.maximum(-rest, 0) ** power for power in (1, 2)]
        every.append(
            [
                Moments(
                    n,
                    models,
                    x=float(x[at]),
                    y=float(y[at]),
                    xx=float(xx[at]),
                    xy=float(xy[at]),
                    yy=float(yy[at]),
                    ceiling=float(yy[at]),
                    between=float(between[at]),
                    interaction=float(interaction[at]),
                    second=float(second[at]),
                    gained=Tally(float(gained[0][at]), float(gained[1][at]), largest),
                    lost=Tally(float(lost[0][at]), float(lost[1][at]), largest),
                    binary=measure == 0,
                )
                for at in range(len(counts))
            ]
        )
    return every


def _cell(
    of: Population, examples: int, models: int, target: float, one: Candidate, found: list[list[Moments]]
) -> Cell:
    repetitions = len(found[0])
    ends = _ends(found)
    as_planned = _ends([[replace(of_one, interaction=0.0) for of_one in some] for some in found])
    refused = np.isnan(ends[:, :, 0])
    below, above = _missed(ends, one)
    below_twice, above_twice = _missed(as_planned, one)
    outcomes: list[Outcome] = [
        "cannot tell"
        if refused[:, at].any()
        else outcome_of(tuple(ends[0, at]), tuple(ends[1, at]), models, MARGIN, STRANGER)
        for at in range(repetitions)
    ]
    shares = {name: outcomes.count(name) / repetitions for name in dict.fromkeys(outcomes)}
    least, most = float(one.truth.min()), float(one.truth.max())
    hold = 1e-9
    shown = 1 - shares.get("same", 0.0) - shares.get("cannot tell", 0.0)
    widths = [
        None if refused[measure].mean() > 0.5 else float(np.nanmedian(ends[measure, :, 1] - ends[measure, :, 0]))
        for measure in range(2)
    ]
    return Cell(
        of.family.name,
        examples,
        models,
        target,
        _named(one.truth.tolist()),
        one.changes * examples,
        repetitions,
        covered=_named((1 - (below | above).mean(axis=1)).tolist()),
        covered_twice=_named((1 - (below_twice | above_twice).mean(axis=1)).tolist()),
        below=_named(below.mean(axis=1).tolist()),
        above=_named(above.mean(axis=1).tolist()),
        refused=_named(refused.mean(axis=1).tolist()),
        width=dict(zip(MEASURES, widths, strict=True)),
        outcomes=dict(sorted(shares.items())),
        wrong_same=shares.get("same", 0.0) if most >= MARGIN - hold else None,
        wrong_changed=shown if most <= MARGIN + hold else None,
        wrong_stranger=shares.get("stranger", 0.0) if least <= STRANGER + hold else None,
        wrong_not_stranger=shares.get("changed", 0.0) if least > STRANGER else None,
    )


def _ends(found: list[list[Moments]]) -> Floats:
    """Lower and upper ends, [measures, repetitions, 2]; NaN where refused."""
    ends = np.full((2, len(found[0]), 2), np.nan)
    for measure in range(2):
        for at, of_one in enumerate(found[measure]):
            made = interval(of_one, CONFIDENCE)
            if not isinstance(made, str):
                ends[measure, at] = made[:2]
    return ends


def _missed(ends: Floats, one: Candidate) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether the interval lies below the truth, and above it; an end may be the truth but for rounding."""
    return ends[:, :, 1] < one.truth[:, None] - 1e-12, ends[:, :, 0] > one.truth[:, None] + 1e-12


def _named(values: list[float]) -> dict[str, float]:
    return dict(zip(MEASURES, values, strict=True))


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return value
