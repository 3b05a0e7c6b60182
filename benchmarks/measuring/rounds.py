"""Ask the contestants side by side: every round asks for each task once, in the same order."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from samefn.studies.environment import Machine

ROOM = Path(__file__).parent.parent
RATES = ("read", "exp", "log")
OURS = ("one_pass", "sums", "orders", "one_pass_far", "orders_far", "all_plain")
COMPARED = {
    "disagreement": ("sklearn", "torchmetrics"),
    "kl_divergence": ("scipy", "torchmetrics"),
    "jensen_shannon": ("scipy", "torchmetrics"),
    "cosine_similarity": ("scipy", "sklearn", "torchmetrics"),
    "kendall_tau": ("scipy", "torchmetrics"),
    "brier": ("sklearn",),
    "calibration_error": ("torchmetrics",),
    "rank_disagreement": (),
    "top_k_overlap": (),
    "total_variation": (),
    "activation_distance": (),
}
FIRST = 20  # on how many examples the round that is not counted is done; there all must find the same figures
_TOLERANCE = 1e-3  # torchmetrics computes in float32
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def measure(classes: Sequence[int], cells: int, rounds: int, peer_python: Path | None) -> dict[str, Any]:
    """Every number of the benchmark, as `table.markdown` reads it; CPU seconds, one entry a round.

    Args:
        classes: the numbers of classes.
        cells: how many log-probabilities each of the two models has.
        rounds: how many, behind one on a few examples that is not counted (compilation, caches, memory).
        peer_python: the interpreter of the environment with torchmetrics; None leaves it out.
    """
    cases = []
    with ExitStack() as stack:
        ours = stack.enter_context(_running(Path(sys.executable), "measuring.ours"))
        peer = stack.enter_context(_running(peer_python, "measuring.torchmetrics_peer")) if peer_python else None
        for number in classes:
            examples = max(2, cells // number)
            times: dict[str, dict[str, Any]] = {}
            figures: dict[str, float] = {}
            for at in range(rounds + 1):
                print(f"{number} classes, round {at}", file=sys.stderr, flush=True)
                for task in _tasks(peer is not None, number):
                    rows = _rows(task, examples, number) if at else min(FIRST, examples)
                    asked = {"examples": examples, "classes": number, "task": task, "rows": rows}
                    process = peer if peer and task.startswith("torchmetrics:") else ours
                    answer = process.ask(asked)
                    if at:
                        times.setdefault(task, {"rows": rows, "cpu": []})["cpu"].append(answer["cpu"])
                    else:
                        figures[task] = answer["figure"]
            _refuse_different_figures(figures)
            cases.append({"classes": number, "examples": examples, "tasks": times})
        versions = ours.versions | (peer.versions if peer else {})
    machine = Machine("cpu").environment().model_dump()
    return {
        "machine": {
            **{key: machine[key] for key in ("cpu", "system", "python")},
            "cores": machine["devices"]["cores"],
        },
        "versions": versions,
        "rounds": rounds,
        "cases": cases,
    }


def _tasks(peer: bool, classes: int) -> list[str]:
    tasks = [*RATES, *OURS]
    for measure_, libraries in COMPARED.items():
        tasks.append(f"plain:{measure_}")
        tasks += [f"{library}:{measure_}" for library in libraries if peer or library != "torchmetrics"]
    # It compares all pairs of classes: hours.
    return [task for task in tasks if task != "torchmetrics:kendall_tau" or classes <= 1000]


def _rows(task: str, examples: int, classes: int) -> int:
    """On how many examples a task is done: slow ones on fewer, as times are given an example and class."""
    if task in {"scipy:kendall_tau", "scipy:cosine_similarity"}:  # a call an example
        return min(examples, max(2, 500_000 // (classes + 500)))
    if task == "torchmetrics:kendall_tau":
        return min(examples, max(2, 30_000 // classes))
    one_of_ours = task.startswith("plain:") or task == "all_plain"
    return max(2, examples // 8) if one_of_ours else examples


def _refuse_different_figures(figures: dict[str, float]) -> None:
    for task, figure in figures.items():
        library, _, name = task.partition(":")
        ours = figures["all_plain" if task == "one_pass" else f"plain:{name}"] if name or task == "one_pass" else figure
        if abs(figure - ours) > _TOLERANCE * max(abs(ours), 0.01):
            raise SystemExit(f"{library} finds {figure} where samefn finds {ours}: {name or 'all measures'}")


class _Running:
    """A contestant's process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin  # noqa: S101
        assert process.stdout  # noqa: S101
        self._orders, self._answers = process.stdin, process.stdout
        self.versions: dict[str, str] = json.loads(self._answers.readline())

    def ask(self, order: dict[str, Any]) -> dict[str, float]:
        """Have a task done."""
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()
        line = self._answers.readline()
        if not line:
            raise SystemExit(f"no answer about {order}")
        answer: dict[str, float] = json.loads(line)
        return answer


@contextmanager
def _running(python: Path, module: str) -> Iterator[_Running]:
    environment = {**os.environ, **_ONE_THREAD, "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(
        [python, "-m", module], cwd=ROOM, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield _Running(process)
