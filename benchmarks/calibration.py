"""Do the scale's intervals cover the truth, and are the verdicts right? Simulated comparisons with known truth.

    python benchmarks/calibration.py --json results/calibration/calibration.json
    python benchmarks/calibration.py --markdown results/calibration/calibration.json

The first line simulates (minutes on one core; with --quick, seconds), the second shows what was simulated.
What is simulated, and what is missed, stands in docs/explanation/calibration.md.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from simulated.cells import cells
from simulated.families import FAMILIES, population
from simulated.table import markdown
from threadpoolctl import threadpool_limits

SIZES = [200, 1000, 10_000, 50_000]
STRANGERS = [2, 3, 5, 10]
TARGETS = [0.0, 0.03, 0.1, 0.15, 0.5, 0.8, 1.0]


def main() -> None:
    """Simulate, or show what was simulated."""
    arguments = _arguments()
    if arguments.markdown:
        print(markdown(json.loads(arguments.markdown.read_text(encoding="utf-8"))))
        return
    families = FAMILIES[1:3] if arguments.quick else FAMILIES
    sizes, strangers = ([200, 10_000], [2, 5]) if arguments.quick else (SIZES, STRANGERS)
    repetitions = 100 if arguments.quick else arguments.repetitions
    found: list[dict[str, object]] = []
    described: list[dict[str, object]] = []
    # One thread: the last digits of a product depend on how many there are.
    with threadpool_limits(1):
        for at, family in enumerate(families):
            started = time.perf_counter()
            of = population(family)
            described.append(
                {
                    "family": family.name,
                    "classes": family.classes,
                    "mixing": family.mixing,
                    "accuracy": round(of.accuracy, 4),
                    "majority": round(of.majority, 4),
                    "floor": [round(float(one), 6) for one in of.floor.mean(axis=1)],
                    "ceiling": [round(float(one), 4) for one in of.strangers.mean(axis=(1, 2))],
                    "spread of strangers": [round(float(one), 4) for one in of.strangers.mean(axis=2).std(axis=1)],
                }
            )
            made = cells(of, sizes, strangers, TARGETS, repetitions, seed=at + 1)
            found.extend(cell.plain() for cell in made)
            print(f"{family.name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    results: dict[str, object] = {"repetitions": repetitions, "families": described, "cells": found}
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(_json(results), encoding="utf-8")
    print(markdown(results))


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
    parser.add_argument("--quick", action="store_true", help="two families, two sizes, 100 repetitions")
    parser.add_argument("--repetitions", type=int, default=1000, help="comparisons a cell (1000)")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--markdown", type=Path, help="simulate nothing: show the results in this file")
    arguments = parser.parse_args()
    if arguments.repetitions < 2:
        parser.error("--repetitions must be at least 2")
    return arguments


if __name__ == "__main__":
    main()
