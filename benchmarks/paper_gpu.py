"""How long the trainings of the whole paper take on one device, projected from measured steps.

    python benchmarks/paper_gpu.py --json results/speed/gpu.json
    python benchmarks/paper_gpu.py --device cpu --pairs mnist-lenet
    python benchmarks/paper_gpu.py --markdown results/speed/gpu.json

The first line measures on a GPU where there is one, the second a pair on the CPU; the third shows results that were
measured. What is measured and what projected stands in docs/evidence/speed-gpu.md.
"""

import argparse
import json
from pathlib import Path

from gpu.pairs import Pair, chosen
from gpu.rounds import measure
from gpu.table import markdown

from samefn.core.errors import InputError
from samefn.studies.environment import find_machine

# Enough for a steady step; on a CPU core a step of ResNet-50 takes seconds.
STEPS = {"cuda": 100, "cpu": 4}
EVALUATION = {"cuda": 10_000, "cpu": 500}


def main() -> None:
    """Measure, or show what was measured."""
    arguments = _arguments()
    if arguments.markdown:
        print(markdown(json.loads(arguments.markdown.read_text(encoding="utf-8"))))
        return
    device, processes = arguments.device, sorted(set(arguments.processes))
    steps, evaluation = arguments.steps or STEPS[device], arguments.evaluation or EVALUATION[device]
    results = measure(arguments.pairs, device, processes, steps, evaluation, arguments.rounds)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(markdown(results))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--device", type=_device, default="auto", help="auto (a GPU where there is one), cpu or cuda")
    parser.add_argument("--pairs", type=_pairs, default="", help="some of the paper's pairs, as in mnist-lenet (all)")
    parser.add_argument("--processes", type=_numbers, default="1,2,4,8", help="how many at once, in turn (1,2,4,8)")
    parser.add_argument("--steps", type=_number, help="steps an epoch (100, on a CPU 4)")
    parser.add_argument("--evaluation", type=_number, help="images evaluated after an epoch (10,000, on a CPU 500)")
    parser.add_argument("--rounds", type=_number, default=3, help="epochs that count, behind one that does not (3)")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--markdown", type=Path, help="measure nothing: show the results in this file")
    return parser.parse_args()


def _device(name: str) -> str:
    try:
        return find_machine(name).device
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _pairs(titles: str) -> tuple[Pair, ...]:
    try:
        return chosen([title for title in titles.split(",") if title])
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _numbers(text: str) -> list[int]:
    return [_number(part) for part in text.split(",")]


def _number(text: str) -> int:
    if not text.strip().isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


if __name__ == "__main__":
    main()
