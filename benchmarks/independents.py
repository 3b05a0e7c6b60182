"""How much do independents vary? Sets of models trained alike but for the seed, the prior they teach, and its check.

    python benchmarks/independents.py --data-dir DATA --json results/calibration/independents.json
    python benchmarks/independents.py --markdown results/calibration/independents.json

The first line trains (seven minutes on one core), the second learns and shows; with --audits it simulates audits too
(minutes). DATA holds `mnist`, `cifar10` and `cifar100`. What comes out, and what it means, stands in
docs/evidence/independents.md.
"""

import argparse
import json
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

import torch
from corpus.sets import trained_sets
from corpus.table import of_audits, of_corpus
from threadpoolctl import threadpool_limits


def main() -> None:
    """Train, or show what was trained."""
    arguments = _arguments()
    if arguments.markdown:
        print(of_corpus(json.loads(arguments.markdown.read_text(encoding="utf-8"))["sets"]))
        if arguments.audits:
            print(of_audits(arguments.audits))
        return
    torch.set_num_threads(1)
    sets: list[dict[str, object]] = []
    started = time.process_time()
    with threadpool_limits(1):  # the last digits of a product depend on how many there are
        for one in trained_sets(arguments.data_dir):
            sets.append(one)
            print(f"{time.process_time() - started:.0f} s: {one['task']}, {one['net']}", file=sys.stderr, flush=True)
    about = {
        "command": "python benchmarks/independents.py --data-dir DATA --json results/calibration/independents.json",
        "hardware": f"{platform.machine()}, one core",
        "cpu_seconds": round(time.process_time() - started),
        "versions": {name: version(name) for name in ("numpy", "scikit-learn", "torch")},
    }
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(one) for one in sets)
    arguments.json.write_text(f'{{"about": {json.dumps(about)},\n"sets": [\n{lines}\n]}}\n', encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data-dir", type=Path, help="folder with mnist, cifar10 and cifar100; without, tables alone")
    parser.add_argument("--json", type=Path, help="train, and write the results here")
    parser.add_argument("--markdown", type=Path, help="train nothing: show the results in this file")
    parser.add_argument("--audits", type=int, default=0, help="with --markdown: simulate so many audits a cell, too")
    arguments = parser.parse_args()
    if not (arguments.json or arguments.markdown):
        parser.error("give --json or --markdown")
    return arguments


if __name__ == "__main__":
    main()
