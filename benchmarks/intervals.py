"""Which interval of a measure covers the truth? Candidates for the one rule, on simulated comparisons with known truth.

    python benchmarks/intervals.py --markdown results/calibration/intervals.md

A population is 20,000 simulated comparisons of ten classes; each repetition draws some of its rows and makes every
interval of every measure that is no share (shares are exact): the percentiles of a bootstrap over examples, what these
tend to (Cornish and Fisher), Student's t, Hall's correction of it, and samefn's, which allows for large changes that
were not drawn. A cell says how often the interval held the truth, how often it lay below it, and its median width.

In the last families failures with confidence, 0.5 to 5 in a sample on average, stand beside float noise or beside other
changes.
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
from samefn.schema.base import Compared
from samefn.statistics.fieller import fieller
from samefn.statistics.intervals import estimates
from samefn.statistics.mean_intervals import critical, ends, slopes
from samefn.statistics.summaries import summarised

Floats = NDArray[np.float64]
Ends = tuple[float, float]

KINDS, CLASSES, CONFIDENCE = 20_000, 10, 0.95
NAMES = [name for name, one in MEASURES.items() if not one.of_columns and not one.binary]
COLUMNS = list(dict.fromkeys(column for name in NAMES for column in MEASURES[name].columns))
# By family of rare failures: their number in a sample, on average, and the noise on every logit.
FAILURES = {
    "rounding, 0.5 failures": (0.5, 1e-5),
    "rounding, 2 failures": (2.0, 1e-5),
    "rounding, 5 failures": (5.0, 1e-5),
    "near-lossless, 3 failures": (3.0, 0.02),
    "moderate, 2 failures": (2.0, 0.3),
}
FAMILIES = ("heavy tails", "rare large changes", "near-lossless", "ordinary", *FAILURES)
# Examples, repetitions, and the bootstrap's resamples.
SIZES = ((100, 300, 100), (500, 300, 100), (2000, 200, 100))


def population(family: str, draws: np.random.Generator, examples: int) -> pl.DataFrame:
    """The rows of one family; of rare failures, with so many on average among so many examples."""
    logits = draws.normal(scale=3, size=(KINDS, CLASSES))
    labels = (logits + draws.normal(scale=1.2, size=logits.shape)).argmax(1)
    noise = draws.normal(size=logits.shape)
    if family == "heavy tails":
        other = logits + 0.05 * noise * np.exp(1.5 * draws.normal(size=(KINDS, 1)))
    elif family == "rare large changes":
        hit = draws.random(KINDS) < 0.01
        other = np.where(hit[:, None], draws.normal(scale=3, size=logits.shape), logits + 0.01 * noise)
    elif family in FAILURES:
        failures, scale = FAILURES[family]
        hit = draws.random(KINDS) < failures / examples
        wrong = (logits.argmax(1) + draws.integers(1, CLASSES, size=KINDS)) % CLASSES
        failed = 16 * np.eye(CLASSES)[wrong] + draws.normal(size=logits.shape)
        other = np.where(hit[:, None], failed, logits + scale * noise)
    else:
        other = logits + (0.5 if family == "ordinary" else 0.02) * noise
    ids = [str(at) for at in range(KINDS)]
    both = (Predictions.from_logits(name, of, ids, labels) for name, of in (("base", logits), ("candidate", other)))
    return rows(*both)


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


def simulated(
    frame: pl.DataFrame, examples: int, repetitions: int, resamples: int, seed: int
) -> dict[str, dict[str, str]]:
    """By measure and interval: coverage, share of intervals below the truth, and median width."""
    draws = np.random.default_rng(seed)
    every = frame.select(pl.col(name).cast(pl.Float64) for name in COLUMNS).to_numpy()
    at = {name: [COLUMNS.index(column) for column in MEASURES[name].columns] for name in NAMES}
    truth = {name: function(MEASURES[name])(*every[:, at[name]].mean(axis=0)) for name in NAMES}
    seen: dict[str, dict[str, list[tuple[bool, bool, float]]]] = {name: {} for name in NAMES}
    for _ in range(repetitions):
        which = draws.integers(KINDS, size=examples)
        drawn, ours = every[which], of_samefn(frame[which])
        chosen = draws.integers(examples, size=(resamples, examples)) + examples * np.arange(resamples)[:, None]
        counts = np.bincount(chosen.ravel(), minlength=chosen.size).reshape(chosen.shape)
        resampled = counts @ drawn / examples
        for name in NAMES:
            with np.errstate(all="ignore"):
                made = intervals(MEASURES[name], drawn[:, at[name]], resampled[:, at[name]])
            for method, (low, high) in (made | ours[name]).items():
                kept = (low <= truth[name] <= high, high < truth[name], high - low)
                seen[name].setdefault(method, []).append(kept)
    return {name: {method: _cell(found) for method, found in by.items()} for name, by in seen.items()}


def of_samefn(drawn: pl.DataFrame) -> dict[str, dict[str, Ends]]:
    """The interval that samefn makes, by measure; no entry where there is none."""
    return {
        entry.measure: {} if entry.low is None or entry.high is None else {"samefn": (entry.low, entry.high)}
        for entry in estimates(summarised(drawn), Compared("drawn"), CONFIDENCE)
    }


def _cell(found: list[tuple[bool, bool, float]]) -> str:
    held, below, widths = (np.array(one) for one in zip(*found, strict=True))
    return f"{100 * held.mean():.1f} %, {100 * below.mean():.1f} %, {np.median(widths):.2g}"


def markdown(sizes: tuple[tuple[int, int, int], ...]) -> str:
    """The table of all families, sizes and measures."""
    methods = ("bootstrap", "Cornish-Fisher", "Student", "Hall", "Fieller", "samefn")
    lines = ["`python benchmarks/intervals.py`: coverage (95 % is due), share below the truth, median width", ""]
    lines += ["| family | examples | measure | " + " | ".join(methods) + " |", "|---" * (3 + len(methods)) + "|"]
    for number, family in enumerate(FAMILIES):
        for examples, repetitions, resamples in sizes:
            frame = population(family, np.random.default_rng(number), examples)
            for name, by in simulated(frame, examples, repetitions, resamples, seed=examples).items():
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
