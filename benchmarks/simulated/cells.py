"""Repeated comparisons: draw inputs and independents, make the interval and the verdict, compare with the truth."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from samefn.schema.verdicts import Outcome
from samefn.statistics.exact_means import Tally
from samefn.statistics.moments import Moments, skewness
from samefn.verdict.decide import INDEPENDENT, outcome_of
from samefn.verdict.relative_distance import LIMIT, interval
from simulated.populations import MEASURES, Candidate, Floats, Population

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Cell:
    """What happened to one candidate at one size.

    With one independent the truth is the scale to that independent, and verdicts about independents in general are not
    counted.

    Attributes:
        family: name of the family.
        candidate: how it was made.
        examples: inputs drawn.
        independents: models drawn.
        group: how many inputs a group has; 1 where each stands for itself.
        target: the larger of the true scales.
        truth: the true scale by each measure, over all independents.
        expected_changes: expected number of changed answers.
        repetitions: how many comparisons.
        covered: share of comparisons whose interval holds the truth, by measure; a refused one holds it.
        covered_planned: the same of the interval as first planned: the independents' skewness is not looked at, and the
            interaction is counted in both variances.
        below: share whose interval lies below the truth, by measure.
        above: share whose interval lies above it.
        refused: share refused, by measure.
        width: median width of the intervals, by measure; None where most are refused.
        width_planned: the same of the interval as first planned.
        outcomes: share of each outcome.
        wrong_same: share of *same* where the truth is at least the limit; None where it is below.
        wrong_changed: share of *changed* and worse where the truth is at most the limit; None where it is above.
        wrong_independent: share of *independent* where the truth is at most 0.8; None where it is above.
        wrong_not_independent: share of *changed* where the truth is above 0.8 by both; None otherwise.
    """

    family: str
    candidate: str
    examples: int
    independents: int
    group: int
    target: float
    truth: dict[str, float]
    expected_changes: float
    repetitions: int
    covered: dict[str, float]
    covered_planned: dict[str, float]
    below: dict[str, float]
    above: dict[str, float]
    refused: dict[str, float]
    width: dict[str, float | None]
    width_planned: dict[str, float | None]
    outcomes: dict[str, float]
    wrong_same: float | None
    wrong_changed: float | None
    wrong_independent: float | None
    wrong_not_independent: float | None

    def plain(self) -> dict[str, object]:
        """As JSON takes it, rounded to what the simulation knows."""
        return {key: _rounded(value) for key, value in asdict(self).items()}


def cells(
    of: Population, sizes: list[int], independents: list[int], repetitions: int, seed: int, ignore_groups: bool = False
) -> Iterator[Cell]:
    """Every cell of a population.

    Args:
        of: the population.
        sizes: numbers of inputs drawn.
        independents: numbers of models drawn.
        repetitions: comparisons a cell.
        seed: of the draws.
        ignore_groups: draw groups of inputs, but take each input as if it had been drawn alone.
    """
    draws = np.random.default_rng(seed)
    groups = of.noise_floor.shape[1] // of.group
    for examples in sizes:
        # How often each input is drawn stands for the examples: all figures are sums over inputs.
        drawn_groups = examples // of.group
        counts = draws.multinomial(drawn_groups, np.full(groups, 1 / groups), size=repetitions).astype(np.float64)
        flipped = [_flipped(draws, counts, one) for one in of.candidates]
        units = examples if ignore_groups else drawn_groups
        size = 1 if ignore_groups else of.group
        if ignore_groups:
            counts, *flipped = (np.repeat(one, of.group, axis=1) for one in (counts, *flipped))
        floors = [_by_group(of.noise_floor[measure], size) for measure in range(2)]
        apart = [_by_group(of.independents[measure], size) - floors[measure] for measure in range(2)]
        means = [(counts @ one.T) / units for one in apart]
        squares = [(counts @ np.square(one).T) / units for one in apart]
        for models in independents:
            drawn = draws.integers(of.independents.shape[1], size=(repetitions, models))
            found = [
                _moments(of, measure, size, apart[measure], means[measure], squares[measure], counts, drawn, flipped)
                for measure in range(2)
            ]
            for at, one in enumerate(of.candidates):
                truth = np.repeat(one.truth[:, None], repetitions, axis=1)
                if models == 1:
                    ceilings = of.ceilings
                    truth *= ceilings.mean(axis=1)[:, None] / ceilings[:, drawn[:, 0]]
                yield _cell(of, examples, models, one, truth, [found[0][at], found[1][at]])


def _flipped(draws: np.random.Generator, counts: Floats, one: Candidate) -> Floats:
    """How many of each drawn input show the candidate changed, [repetitions, inputs]."""
    if one.share in (0.0, 1.0):
        return counts * one.share
    return draws.binomial(counts.astype(np.int64), one.share).astype(np.float64)


def _by_group(distances: Floats, size: int) -> Floats:
    """The means of groups of `size` inputs in a row, along the last axis."""
    return np.asarray(distances.reshape(*distances.shape[:-1], -1, size).mean(axis=-1))


def _moments(
    of: Population,
    measure: int,
    size: int,
    apart: Floats,
    means: Floats,
    squares: Floats,
    counts: Floats,
    drawn: NDArray[np.int64],
    flipped: list[Floats],
) -> list[list[Moments]]:
    """For each candidate the moments of every repetition: what `moments` finds in the examples drawn."""
    n, models = int(counts[0].sum()), drawn.shape[1]
    free = n - 1
    rows = np.arange(len(counts))[:, None]
    of_models = means[rows, drawn]
    b = np.stack([apart[one].mean(axis=0) for one in drawn])
    weighted = counts * b
    y = weighted.sum(axis=1) / n
    of_squares = (weighted * b).sum(axis=1) / n
    yy = (of_squares - y**2) * n / free
    second = squares[rows, drawn].mean(axis=1)
    between = interaction = skewed = np.zeros(len(counts))
    if models > 1:
        between = of_models.var(axis=1, ddof=1)
        skewed = skewness(of_models)
        within = n * models * (second - of_squares)
        interaction = (within - n * (models - 1) * between) / (free * (models - 1))
    others_too = [one.changed[measure].max() for one in of.candidates]
    largest = 1.0 if measure == 0 else float(max(of.independents[measure].max(), *others_too))
    noise_floor = _by_group(of.noise_floor[measure], size)
    every = []
    for one, some in zip(of.candidates, flipped, strict=True):
        a, rest = (_by_group(which[measure], size) - noise_floor for which in (one.changed, one.rest))
        others = counts - some
        x = (some @ a + others @ rest) / n
        xx = (some @ a**2 + others @ rest**2 - n * x**2) / free
        xy = ((some * b) @ a + (others * b) @ rest - n * x * y) / free
        gained = [some @ np.maximum(a, 0) ** power + others @ np.maximum(rest, 0) ** power for power in (1, 2)]
        lost = [some @ np.maximum(-a, 0) ** power + others @ np.maximum(-rest, 0) ** power for power in (1, 2)]
        columns = (x, y, xx, xy, yy, between, skewed, interaction, second, *gained, *lost)
        every.append(
            [
                Moments(
                    n,
                    models,
                    x=row[0],
                    y=row[1],
                    xx=row[2],
                    xy=row[3],
                    yy=row[4],
                    residual_variance=row[4],
                    between=row[5],
                    skewness=row[6],
                    interaction=row[7],
                    second=row[8],
                    gained=Tally(row[9], row[10], largest),
                    lost=Tally(row[11], row[12], largest),
                    binary=measure == 0 and size == 1,
                )
                for row in np.stack(columns, axis=1).tolist()
            ]
        )
    return every


def _cell(
    of: Population, examples: int, models: int, one: Candidate, truth: Floats, found: list[list[Moments]]
) -> Cell:
    repetitions = len(found[0])
    ends = _ends(found)
    # A skewness below any threshold is as good as one not looked at.
    planned = _ends([[replace(of_one, skewness=-np.inf, interaction=0.0) for of_one in some] for some in found])
    refused = np.isnan(ends[:, :, 0])
    below, above = ends[:, :, 1] < truth - 1e-12, ends[:, :, 0] > truth + 1e-12  # the truth but for rounding is held
    outcomes: list[Outcome] = [
        "inconclusive" if refused[:, at].any() else outcome_of(tuple(ends[0, at]), tuple(ends[1, at]), models)
        for at in range(repetitions)
    ]
    shares = {name: outcomes.count(name) / repetitions for name in dict.fromkeys(outcomes)}
    least, most = float(one.truth.min()), float(one.truth.max())
    hold = 1e-9
    many = models > 1
    shown = 1 - shares.get("same", 0.0) - shares.get("inconclusive", 0.0)
    return Cell(
        of.name,
        one.name,
        examples,
        models,
        of.group,
        one.target,
        _named(one.truth.tolist()),
        one.changes * examples,
        repetitions,
        covered=_named((1 - (below | above).mean(axis=1)).tolist()),
        covered_planned=_covered(planned, truth),
        below=_named(below.mean(axis=1).tolist()),
        above=_named(above.mean(axis=1).tolist()),
        refused=_named(refused.mean(axis=1).tolist()),
        width=_widths(ends),
        width_planned=_widths(planned),
        outcomes=dict(sorted(shares.items())),
        wrong_same=shares.get("same", 0.0) if many and most >= LIMIT - hold else None,
        wrong_changed=shown if many and most <= LIMIT + hold else None,
        wrong_independent=shares.get("independent", 0.0) if many and least <= INDEPENDENT + hold else None,
        wrong_not_independent=shares.get("changed", 0.0) if many and least > INDEPENDENT else None,
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


def _covered(ends: Floats, truth: Floats) -> dict[str, float]:
    outside = (ends[:, :, 1] < truth - 1e-12) | (ends[:, :, 0] > truth + 1e-12)
    return _named((1 - outside.mean(axis=1)).tolist())


def _widths(ends: Floats) -> dict[str, float | None]:
    known = [~np.isnan(of_measure[:, 0]) for of_measure in ends]
    medians = [
        float(np.median(of_measure[some, 1] - of_measure[some, 0])) if some.mean() >= 0.5 else None
        for of_measure, some in zip(ends, known, strict=True)
    ]
    return dict(zip(MEASURES, medians, strict=True))


def _named(values: list[float]) -> dict[str, float]:
    return dict(zip(MEASURES, values, strict=True))


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return value
