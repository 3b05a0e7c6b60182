"""Are our nets Keras's? Keras's weights copied into ours, and the answers compared.

    benchmarks/make_peer_venv.sh
    python benchmarks/keras_equal.py --peer-python benchmarks/.peer/bin/python --json results/keras/keras-equal.json
    python benchmarks/keras_equal.py --markdown results/keras/keras-equal.json

The first line makes the environment of Keras, the second compares (minutes) and fails where a difference is not below
1e-4, the third shows what was found. What is compared, and how, stands in docs/evidence/keras.md.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import torch
from equality.compare import compare
from equality.controls import CONTROLS
from equality.table import agrees, markdown

from samefn.studies.environment import Machine


def main() -> None:
    """Compare, or show what was compared."""
    arguments = _arguments()
    if arguments.markdown:
        print(markdown(json.loads(arguments.markdown.read_text(encoding="utf-8"))))
        return
    # Absolute, not resolved: the interpreter of a virtual environment is a link.
    peer = arguments.peer_python.absolute()
    results: dict[str, Any] = {
        "cpu": Machine("cpu").environment().cpu,
        "versions": {"torch": torch.__version__},
        "nets": [compare(name, peer) for name in CONTROLS],
    }
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(markdown(results))
    if not all(agrees(net) for net in results["nets"]):
        sys.exit("a difference is not below the bar")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--peer-python", type=Path, help="interpreter of the environment with Keras")
    which.add_argument("--markdown", type=Path, help="compare nothing: show the results in this file")
    parser.add_argument("--json", type=Path, help="write the results here")
    arguments = parser.parse_args()
    if arguments.peer_python and not arguments.peer_python.is_file():
        parser.error(f"--peer-python: no file {arguments.peer_python}; benchmarks/make_peer_venv.sh makes one")
    return arguments


if __name__ == "__main__":
    main()
