"""Our training beside plain PyTorch and Keras on TensorFlow: a step, and an epoch with its evaluation.

    benchmarks/make_peer_venv.sh
    python benchmarks/training.py --peer-python benchmarks/.peer/bin/python --json results/speed/training.json
    python benchmarks/training.py --markdown results/speed/training.json

The first line makes the environment of Keras, the second measures, the third shows results that were measured.
What is compared, and how, stands in docs/evidence/speed.md.
"""

import argparse
import json
import sys
from pathlib import Path

from speed.rounds import measure
from speed.table import markdown


def main() -> None:
    """Measure, or show what was measured."""
    arguments = _arguments()
    if arguments.markdown:
        print(markdown(json.loads(arguments.markdown.read_text(encoding="utf-8"))))
        return
    if not arguments.peer_python:
        print("without --peer-python, Keras is left out", file=sys.stderr)
    # Absolute, not resolved: the interpreter of a virtual environment is a link.
    peer = arguments.peer_python.absolute() if arguments.peer_python else None
    results = measure(arguments.train, arguments.evaluation, arguments.rounds, peer)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(markdown(results))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--train", type=int, default=12_000, help="training images (12,000: a fifth of MNIST)")
    parser.add_argument("--evaluation", type=int, default=2_000, help="evaluation images (2,000: a fifth)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count (5)")
    parser.add_argument("--peer-python", type=Path, help="interpreter of the environment with Keras")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--markdown", type=Path, help="measure nothing: show the results in this file")
    arguments = parser.parse_args()
    if arguments.peer_python and not arguments.peer_python.is_file():
        parser.error(f"--peer-python: no file {arguments.peer_python}; benchmarks/make_peer_venv.sh makes one")
    if min(arguments.rounds, arguments.train, arguments.evaluation) < 1:
        parser.error("--rounds, --train and --evaluation must be at least 1")
    return arguments


if __name__ == "__main__":
    main()
