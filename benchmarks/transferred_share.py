"""How often the interval of a transferred share covers the truth: over seeds and inputs, and over seeds alone.

    python benchmarks/transferred_share.py [--audits 1000]

Prints one row a cell. Every input has a chance of its own that a reference predicts otherwise than the teacher, and
the teacher's students are spared some inputs; every seed has a factor of its own on both. By predictions, whether a
model predicts otherwise is drawn by these chances; by probabilities, the chance is the distance, but for some noise.
"""

import argparse
from math import sqrt

import numpy as np
from scipy.special import stdtrit

from samefn.statistics.crossed import crossed_sums
from samefn.statistics.fieller import fieller
from samefn.verdict.transfer import Question, transfers

SEEDS = (2, 3, 5, 10)
INPUTS = (100, 1_000, 10_000)
SEED_EFFECT = 0.03  # coefficient of variation over seeds of the distances
NOISE = 0.1  # the same over seeds of the distance on one input, by probabilities
SHARE = 0.2
CONFIDENCE = 0.95
ABOUT = Question("test", "base", "base", "control", "all", "disagreement", 0)


def draw(measure: str, seeds: int, inputs: int, draws: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The distances of references and students to the teacher, [seeds, inputs] each."""
    chance = 0.8 * draws.beta(0.2, 0.4, size=inputs)  # most inputs are easy or disputed, for every seed
    spared = np.where(draws.random(inputs) < SHARE, 0.0, 1.0)
    of_references, of_students = 1 + SEED_EFFECT * draws.normal(size=(2, seeds, 1))
    references, students = chance * of_references, chance * spared * of_students
    if measure == "disagreement":
        return draws.random((seeds, inputs)) < references, draws.random((seeds, inputs)) < students
    noise = np.abs(1 + NOISE * draws.normal(size=(2, seeds, inputs)))
    return references * noise[0], students * noise[1]


def over_seeds(references: np.ndarray, students: np.ndarray) -> tuple[float, float] | None:
    """The interval over seeds alone."""
    reference, nearer = references.mean(axis=1), references.mean(axis=1) - students.mean(axis=1)
    (xx, xy), (_, yy) = np.cov(nearer, reference) * stdtrit(len(reference) - 1, (1 - CONFIDENCE) / 2) ** 2
    n = len(reference)
    return fieller(float(nearer.mean()), float(reference.mean()), xx / n, xy / n, yy / n)


def cell(measure: str, seeds: int, inputs: int, audits: int) -> str:
    """One row: coverage of both intervals, and their median width; no interval at all covers."""
    draws = np.random.default_rng([len(measure), seeds, inputs])
    covered, widths = np.zeros(2), []
    for _ in range(audits):
        references, students = draw(measure, seeds, inputs, draws)
        (found,) = transfers({0.1: crossed_sums(references, students)}, ABOUT, CONFIDENCE)
        crossed = None if found.low is None or found.high is None else (found.low, found.high)
        both = over_seeds(references, students), crossed
        covered += [ends is None or ends[0] <= SHARE <= ends[1] for ends in both]
        widths.append([np.inf if ends is None else ends[1] - ends[0] for ends in both])
    before, after = 100 * covered / audits
    width = np.median(widths, axis=0)
    error = 100 * sqrt(0.05 * 0.95 / audits)
    return (
        f"| {measure} | {seeds} | {inputs:,} | {before:.1f} | {after:.1f} | {width[0]:.2g} | {width[1]:.2g} | "
        f"{error:.1f} |"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--audits", type=int, default=1000)
    asked = parser.parse_args()
    print("| distance | seeds | inputs | seeds alone, % | seeds and inputs, % | width | width | error of 95 |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for measure in ("disagreement", "total_variation"):
        for seeds in SEEDS:
            for inputs in INPUTS:
                print(cell(measure, seeds, inputs, asked.audits), flush=True)
