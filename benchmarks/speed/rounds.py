"""Run the contestants side by side: every round asks each of them once, in the same order."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from samefn.studies.environment import Machine
from speed.contestants import MATRIX_PRODUCT, OURS, PEERS, ROOM, SECOND, TWO_THREADS, Running, running
from speed.made_up import BATCH_SIZE
from speed.matrix_product import OPERATIONS
from speed.options import Options


def measure(train: int, evaluation: int, rounds: int, peer_python: Path | None) -> dict[str, Any]:
    """Every number of the benchmark, as `table.markdown` reads it; times in seconds, one entry a round.

    Args:
        train: training images.
        evaluation: evaluation images.
        rounds: how many, behind one that is not counted (compilation, caches, memory).
        peer_python: the interpreter of the environment with Keras; None leaves Keras out.
    """
    raced = [OURS, *(peer for peer in PEERS if peer_python or not peer.peer), TWO_THREADS]
    times: dict[str, list[dict[str, Any]]] = {contestant.name: [] for contestant in raced}
    products, pairs = [], []
    with running([MATRIX_PRODUCT, SECOND, *raced], train, evaluation, peer_python) as processes:
        _refuse_different_nets([processes[name] for name in times])
        for number in range(rounds + 1):
            _say(f"round {number} of {rounds}" if number else "warm-up round")
            products.append(processes[MATRIX_PRODUCT.name].epoch()["train"])
            for name, answers in times.items():
                answers.append(processes[name].epoch())
            pairs.append(_together([processes[OURS.name], processes[SECOND.name]]))
        facts = {
            contestant.name: {
                "title": contestant.title,
                "threads": contestant.threads,
                "workers": contestant.workers,
                **processes[contestant.name].facts,
                "first_loss": times[contestant.name][0]["loss"],
                "rounds": times[contestant.name][1:],
            }
            for contestant in raced
        }
    _say("profile of our step")
    machine = Machine("cpu").environment().model_dump()
    return {
        "machine": {
            **{key: machine[key] for key in ("cpu", "system", "python")},
            "cores": machine["devices"]["cores"],
        },
        "sizes": {"train": train, "evaluation": evaluation, "batch": BATCH_SIZE},
        "contestants": facts,
        "pair": pairs[1:],
        "matrix_product": {"operations": OPERATIONS, "rounds": products[1:]},
        "anatomy": _anatomy(Options(train, evaluation)),
    }


def _together(pair: Sequence[Running]) -> dict[str, float]:
    """One epoch of each at once: seconds until both are done, CPU seconds of both."""
    for process in pair:
        process.start()
    answers = [process.finish()["epoch"] for process in pair]
    return {
        "wall": max(answer["wall"] for answer in answers),
        "cpu": sum(answer["cpu"] for answer in answers),
    }


def _refuse_different_nets(processes: Sequence[Running]) -> None:
    counts = {process.contestant.name: process.facts["parameters"] for process in processes}
    if len(set(counts.values())) > 1:
        raise SystemExit(f"the nets are not the same: parameters {counts}")


def _anatomy(options: Options) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "speed.anatomy", *options.arguments()],
        cwd=ROOM,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        text=True,
    )
    parts: dict[str, Any] = json.loads(done.stdout)
    return parts


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
