"""Do the scale's intervals cover the truth, and are the verdicts right? Simulated comparisons with known truth.

    python benchmarks/calibration.py --json results/calibration/calibration.json
    python benchmarks/calibration.py --markdown results/calibration/calibration.json

The first line trains some nets and simulates (minutes on one core; with --quick, seconds and no nets), the second shows
what was simulated.
What is simulated, and what is missed, stands in docs/evidence/calibration.md.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from simulated.cells import cells
from simulated.families import FAMILIES, population
from simulated.populations import Population
from simulated.shapes import of_independents
from simulated.table import markdown
from simulated.trained import trained_logits, trained_population
from threadpoolctl import threadpool_limits

SIZES = [200, 1000, 10_000, 50_000]
STRANGERS = [1, 2, 3, 5, 10]
TARGETS = [0.0, 0.03, 0.1, 0.15, 0.5, 0.8, 1.0]


def main() -> None:
    """Simulate, or show what was simulated."""
    arguments = _arguments()
    if arguments.markdown:
        print(markdown(json.loads(arguments.markdown.read_text(encoding="utf-8"))))
        return
    sizes, independents = ([200, 10_000], [1, 2, 5]) if arguments.quick else (SIZES, STRANGERS)
    repetitions = 100 if arguments.quick else arguments.repetitions
    described: list[dict[str, object]] = []
    found: list[dict[str, object]] = []
    ignored: list[dict[str, object]] = []
    # One thread: the last digits of a product depend on how many there are.
    with threadpool_limits(1):
        started = time.perf_counter()
        for at, of in enumerate(_populations(arguments.quick, arguments.trained), start=1):
            described.append(of.plain())
            found.extend(cell.plain() for cell in cells(of, sizes, independents, repetitions, seed=at))
            if of.group > 1:
                alone = cells(of, sizes[1:], [5], repetitions, seed=at, ignore_groups=True)
                ignored.extend(cell.plain() for cell in alone)
            print(f"{of.name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
            started = time.perf_counter()
        by_shape = of_independents([one for one in independents if one > 1], 2 * repetitions)
    results: dict[str, object] = {
        "repetitions": repetitions,
        "families": described,
        "cells": found,
        "ignored": ignored,
        "alone": by_shape,
    }
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(_json(results), encoding="utf-8")
    print(markdown(results))


def _populations(quick: bool, trained: Path | None) -> Iterator[Population]:
    for family in [*FAMILIES[1:3], FAMILIES[-1]] if quick else FAMILIES:
        yield population(family, TARGETS)
    if not quick:
        yield trained_population(trained_logits(trained), TARGETS)


def _json(results: dict[str, object]) -> str:
    """One line a family and a cell."""
    parts = []
    for key, value in results.items():
        if isinstance(value, list):
            lines = ",\n".join(json.dumps(one) for one in value)
            parts.append(f"{json.dumps(key)}: [\n{lines}\n]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="three families, no trained nets, two sizes, 100 repetitions"
    )
    parser.add_argument("--repetitions", type=int, default=1000, help="comparisons a cell (1000)")
    parser.add_argument("--trained", type=Path, help="keep the trained nets' answers in this folder, and use them")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--markdown", type=Path, help="simulate nothing: show the results in this file")
    arguments = parser.parse_args()
    if arguments.repetitions < 2:
        parser.error("--repetitions must be at least 2")
    return arguments


if __name__ == "__main__":
    main()
