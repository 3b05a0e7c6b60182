"""Which interval of a measure covers the truth? Candidates for the one rule, on simulated comparisons with known truth.

    python benchmarks/intervals.py --markdown results/calibration/intervals.md

A population is 20,000 simulated comparisons of ten classes; each repetition draws some of its rows and makes every
interval of every measure that is no share (shares are exact): the percentiles of a bootstrap over examples, what these
tend to (Cornish and Fisher), Student's t, and Hall's correction of it. A cell says how often the interval held the
truth, how often it lay below it, and its median width.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from samefn.measures.measure import Measure
from samefn.measures.rows import rows
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions
from samefn.statistics.fieller import fieller
from samefn.statistics.mean_intervals import critical, ends, slopes

Floats = NDArray[np.float64]
Ends = tuple[float, float]

KINDS, CLASSES, CONFIDENCE = 20_000, 10, 0.95
NAMES = [name for name, one in MEASURES.items() if not one.of_columns and not one.binary]
COLUMNS = list(dict.fromkeys(column for name in NAMES for column in MEASURES[name].columns))
FAMILIES = ("heavy tails", "rare large changes", "near-lossless")
# Examples, repetitions, and the bootstrap's resamples: it is what takes the time.
SIZES = ((50, 500, 200), (200, 500, 200), (1000, 500, 200), (5000, 100, 200))


def population(family: str, draws: np.random.Generator) -> Floats:
    """[rows, columns] of one family."""
    logits = draws.normal(scale=3, size=(KINDS, CLASSES))
    labels = (logits + draws.normal(scale=1.2, size=logits.shape)).argmax(1)
    noise = draws.normal(size=logits.shape)
    if family == "heavy tails":
        other = logits + 0.05 * noise * np.exp(1.5 * draws.normal(size=(KINDS, 1)))
    elif family == "rare large changes":
        hit = draws.random(KINDS) < 0.01
        other = np.where(hit[:, None], draws.normal(scale=3, size=logits.shape), logits + 0.01 * noise)
    else:
        other = logits + 0.02 * noise
    ids = [str(at) for at in range(KINDS)]
    both = (Predictions.from_logits(name, of, ids, labels) for name, of in (("base", logits), ("candidate", other)))
    return rows(*both).select(pl.col(name).cast(pl.Float64) for name in COLUMNS).to_numpy()


def function(measure: Measure) -> Callable[..., float]:
    """The measure's value from its columns' means."""
    return lambda *means: float(measure.of_means(*means)) if measure.of_means else float(means[0])


def intervals(measure: Measure, drawn: Floats, resampled: Floats) -> dict[str, Ends]:
    """Every interval of a measure by the rows drawn and the means of resamples of them."""
    n, of = len(drawn), function(measure)
    means = drawn.mean(axis=0)
    samples = measure.of_means(*resampled.T) if measure.of_means else resampled[:, 0]
    samples = samples[~np.isnan(samples)]
    if not len(samples) or not np.isfinite(of(*means)):
        return {}
    gradient = slopes(of, means.tolist(), (drawn.std(axis=0) / np.sqrt(n)).tolist()) if measure.of_means else [1.0]
    apart = (drawn - means) @ np.array(gradient)
    variance, third = float(np.mean(apart**2)), float(np.mean(apart**3))
    value, z = of(*means), float(ndtri((1 + CONFIDENCE) / 2))
    student, hall = (ends(value, variance, one, n, 0, CONFIDENCE) for one in (0.0, third))
    error, skewness = np.sqrt(variance / n), hall[2]
    found = {
        "bootstrap": tuple(np.quantile(samples, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])),
        "Cornish-Fisher": tuple(value + error * (end + skewness * (z * z - 1) / 6) for end in (-z, z)),
        "Student": student[:2],
        "Hall": hall[:2],
    }
    if measure.among:
        allowed = critical((1 + CONFIDENCE) / 2, n) ** 2 / n
        below = np.asarray(measure.among(*drawn.T))
        (xx, xy), (_, yy) = allowed * np.cov(drawn[:, 0], below, ddof=0)
        found["Fieller"] = fieller(means[0], float(below.mean()), xx, xy, yy) or (0.0, np.inf)
    return found


def simulated(every: Floats, examples: int, repetitions: int, resamples: int, seed: int) -> dict[str, dict[str, str]]:
    """By measure and interval: coverage, share of intervals below the truth, and median width."""
    draws = np.random.default_rng(seed)
    at = {name: [COLUMNS.index(column) for column in MEASURES[name].columns] for name in NAMES}
    truth = {name: function(MEASURES[name])(*every[:, at[name]].mean(axis=0)) for name in NAMES}
    seen: dict[str, dict[str, list[tuple[bool, bool, float]]]] = {name: {} for name in NAMES}
    for _ in range(repetitions):
        drawn = every[draws.integers(KINDS, size=examples)]
        chosen = draws.integers(examples, size=(resamples, examples)) + examples * np.arange(resamples)[:, None]
        counts = np.bincount(chosen.ravel(), minlength=chosen.size).reshape(chosen.shape)
        resampled = counts @ drawn / examples
        for name in NAMES:
            with np.errstate(all="ignore"):
                made = intervals(MEASURES[name], drawn[:, at[name]], resampled[:, at[name]])
            for method, (low, high) in made.items():
                kept = (low <= truth[name] <= high, high < truth[name], high - low)
                seen[name].setdefault(method, []).append(kept)
    return {name: {method: _cell(found) for method, found in by.items()} for name, by in seen.items()}


def _cell(found: list[tuple[bool, bool, float]]) -> str:
    held, below, widths = (np.array(one) for one in zip(*found, strict=True))
    return f"{100 * held.mean():.1f} %, {100 * below.mean():.1f} %, {np.median(widths):.2g}"


def markdown(sizes: tuple[tuple[int, int, int], ...]) -> str:
    """The table of all families, sizes and measures."""
    methods = ("bootstrap", "Cornish-Fisher", "Student", "Hall", "Fieller")
    lines = ["`python benchmarks/intervals.py`: coverage (95 % is due), share below the truth, median width", ""]
    lines += ["| family | examples | measure | " + " | ".join(methods) + " |", "|---" * (3 + len(methods)) + "|"]
    for number, family in enumerate(FAMILIES):
        every = population(family, np.random.default_rng(number))
        for examples, repetitions, resamples in sizes:
            for name, by in simulated(every, examples, repetitions, resamples, seed=examples).items():
                cells = " | ".join(by.get(method, "") for method in methods)
                lines.append(f"| {family} | {examples:,} | {name} | {cells} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Simulate and show."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--markdown", type=Path, help="write the table here")
    parser.add_argument("--quick", action="store_true", help="50 examples, 20 repetitions")
    arguments = parser.parse_args()
    made = markdown(((50, 20, 50),) if arguments.quick else SIZES)
    if arguments.markdown:
        arguments.markdown.write_text(made, encoding="utf-8")
    print(made)


if __name__ == "__main__":
    main()
