"""Our measures beside SciPy, scikit-learn and torchmetrics, and one pass for all of them beside a function for each.

    benchmarks/make_measures_venv.sh
    peer=benchmarks/.measures-peer/bin/python results=results/measures/measures.json
    python benchmarks/measures.py --peer-python $peer --json $results
    python benchmarks/measures.py --markdown $results

The first line makes the environment of torchmetrics, the third measures (minutes; with --quick, seconds), the last
shows what was measured. What is compared, and how, stands in docs/evidence/measures-speed.md.
"""

import argparse
import json
import sys
from pathlib import Path

from measuring.rounds import measure
from measuring.table import markdown

CLASSES = [10, 100, 1000, 50_000]
CELLS = 10_000_000  # 40 MB of float32 a model


def main() -> None:
    """Measure, or show what was measured."""
    arguments = _arguments()
    if arguments.markdown:
        print(markdown(json.loads(arguments.markdown.read_text(encoding="utf-8"))))
        return
    if not arguments.peer_python:
        print("without --peer-python, torchmetrics is left out", file=sys.stderr)
    # Absolute, not resolved: the interpreter of a virtual environment is a link.
    peer = arguments.peer_python.absolute() if arguments.peer_python else None
    classes, cells, rounds = ([10, 100], 20_000, 1) if arguments.quick else (CLASSES, CELLS, arguments.rounds)
    results = measure(classes, cells, rounds, peer)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(markdown(results))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count (3)")
    parser.add_argument("--quick", action="store_true", help="one round on little data, to see that it works")
    parser.add_argument("--peer-python", type=Path, help="interpreter of the environment with torchmetrics")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--markdown", type=Path, help="measure nothing: show the results in this file")
    arguments = parser.parse_args()
    if arguments.peer_python and not arguments.peer_python.is_file():
        parser.error(f"--peer-python: no file {arguments.peer_python}; benchmarks/make_measures_venv.sh makes one")
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    return arguments


if __name__ == "__main__":
    main()
