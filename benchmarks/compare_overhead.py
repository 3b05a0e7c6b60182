"""What `samefn compare` adds to the forward passes it needs: beside a bare ONNX Runtime loop, on a ResNet-50.

    python benchmarks/compare_overhead.py --json results/speed/compare_overhead.json
    python benchmarks/compare_overhead.py --markdown results/speed/compare_overhead.json

The first line measures (minutes a round), the second shows results that were measured. What is compared, and how,
stands in docs/evidence/speed.md.
"""

import argparse
import json
from pathlib import Path

from overhead.rounds import measure
from overhead.table import markdown


def main() -> None:
    """Measure, or show what was measured."""
    arguments = _arguments()
    if arguments.markdown:
        print(markdown([json.loads(path.read_text(encoding="utf-8")) for path in arguments.markdown]))
        return
    results = measure(arguments.side, arguments.images, arguments.rounds)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(markdown([results]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--side", type=int, default=32, help="height and width of the images (32)")
    parser.add_argument("--images", type=int, default=10_000, help="how many (10,000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count (3)")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--markdown", type=Path, nargs="+", help="measure nothing: show the results in these files")
    arguments = parser.parse_args()
    if arguments.side < 32 or min(arguments.images, arguments.rounds) < 1:
        parser.error("--side must be at least 32, --images and --rounds at least 1")
    return arguments


if __name__ == "__main__":
    main()
