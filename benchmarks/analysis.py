"""How long a comparison takes behind the predictions: rows, sums, intervals, relative distances and verdicts.

    python benchmarks/analysis.py --examples 100000 1000000

Made-up predictions of ten classes of a base, a candidate and two independents. Prints processor seconds, user and
system, of one process whose compiled code is ready.
"""

import argparse
import time

import numpy as np

from samefn.analysis.analyse import analyse
from samefn.analysis.changed_examples import ExampleDetails
from samefn.core.events import silent
from samefn.measures.rows import rows
from samefn.predictions.predictions import Predictions
from samefn.schema.methods import Given
from samefn.schema.report import ModelEntry, Role

CLASSES = 10
MODELS: dict[str, tuple[Role, float]] = {
    "base": ("base", 0.0),
    "candidate-1": ("candidate", 0.1),
    "independent-1": ("independent", 1.0),
    "independent-2": ("independent", 1.0),
}


def measure(examples: int) -> tuple[float, float]:
    """Processor seconds of the rows, and of all that follows."""
    draw = np.random.default_rng(0)
    truth, ids = 2 * draw.normal(size=(examples, CLASSES)), np.arange(examples).astype(np.str_)
    labels = (truth + draw.normal(size=truth.shape)).argmax(axis=1)
    found = {
        name: Predictions.from_logits(name, truth + noise * draw.normal(size=truth.shape), ids, labels)
        for name, (_, noise) in MODELS.items()
    }
    entries = [
        ModelEntry(id=name, name=name, role=role, method=Given(adapter="made up")) for name, (role, _) in MODELS.items()
    ]
    started = time.process_time()
    of = {name: [rows(found["base"], one)] for name, one in found.items() if name != "base"}
    made = time.process_time()
    names = [str(number) for number in range(CLASSES)]
    analyse(entries, {"test": of}, names, 0.95, ExampleDetails(), silent, noiseless=True)
    return made - started, time.process_time() - made


def main() -> None:
    """Measure each number of examples."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--examples", type=int, nargs="+", default=[100_000, 1_000_000])
    measure(1000)  # compiles
    print("| examples | rows, CPU s | analysis, CPU s |\n|---:|---:|---:|")
    for examples in parser.parse_args().examples:
        of_rows, rest = measure(examples)
        print(f"| {examples:,} | {of_rows:.1f} | {rest:.1f} |")


if __name__ == "__main__":
    main()
