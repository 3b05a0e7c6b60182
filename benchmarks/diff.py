"""False alarms and power of `samefn diff`, by simulation with fixed seeds: `python benchmarks/diff.py [--repeats N]`.

A base with logits of unequal difficulty and a candidate that adds noise to them, compared twice. In the rows *nothing
changed* both candidates come from one recipe; else the second has so much more noise.
"""

import argparse
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

import samefn
from samefn.results.result import Result

CLASSES = 4


def run(draw: np.random.Generator, logits: NDArray[np.float64], noise: float, offset: int) -> Result:
    """One run: the base, and a candidate with noise whose size varies from input to input (heavy tails)."""
    labels = (logits + draw.gumbel(size=logits.shape)).argmax(axis=1)
    if not offset:  # the same inputs have the same labels
        labels = (logits + np.random.default_rng(len(logits)).gumbel(size=logits.shape)).argmax(axis=1)
    scale = noise * draw.gamma(0.5, 2.0, size=(len(logits), 1))
    ids = range(offset, offset + len(logits))
    base = samefn.Predictions.from_logits("base", logits, ids, labels)
    moved = samefn.Predictions.from_logits("int8", logits + scale * draw.normal(size=logits.shape), ids, labels)
    found: Result = samefn.compare(base, [moved])
    return found


def inputs(draw: np.random.Generator, examples: int) -> NDArray[np.float64]:
    """Logits of easy and of hard inputs."""
    return draw.normal(size=(examples, CLASSES)) * draw.gamma(2.0, 2.0, size=(examples, 1))


def pairs(
    examples: int, repeats: int, factor: float, *, paired: bool, noise: float = 0.3
) -> Iterator[tuple[Result, Result]]:
    """Pairs of runs over the same inputs, or over fresh ones."""
    draw = np.random.default_rng(examples)
    for _ in range(repeats):
        first = inputs(draw, examples)
        second = first if paired else inputs(draw, examples)
        yield run(draw, first, noise, 0), run(draw, second, noise * factor, 0 if paired else examples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=1000)
    repeats = parser.parse_args().repeats
    print("| inputs | N | noise of the second | a figure moved | figures moved |")
    print("|---|---:|---:|---:|---:|")
    for paired in (True, False):
        for examples in (200, 1000, 4000):
            for factor in (1.0, 1.25, 1.5):
                found = [samefn.diff(*both) for both in pairs(examples, repeats, factor, paired=paired)]
                some = 100 * float(np.mean([one.moved > 0 for one in found]))
                moved = float(np.mean([one.moved for one in found]))
                name = "the same" if paired else "others"
                print(f"| {name} | {examples} | x {factor:g} | {some:.1f} % | {moved:.1f} |", flush=True)


if __name__ == "__main__":
    main()
