"""Run the processes: for each pair and each number of processes at once, an epoch of all of them a round."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from gpu.flops import operations
from gpu.options import Options
from gpu.pairs import Pair

ROOM = Path(__file__).parent.parent
# How a process says that it got no more memory: torch's error, numpy's and Python's, or the system's end of it.
_NO_MEMORY = ("OutOfMemoryError", "MemoryError", "CUBLAS_STATUS_ALLOC_FAILED", "DefaultCPUAllocator")
_KILLED = -9


class NoMemoryError(Exception):
    """A process got no more memory."""


class Process:
    """A worker, asked for one epoch at a time."""

    def __init__(self, process: "subprocess.Popen[str]", log: "IO[str]") -> None:
        self._process, self._log = process, log

    def start(self) -> None:
        """Ask for an epoch."""
        if self._process.stdin:
            try:
                self._process.stdin.write("epoch\n")
                self._process.stdin.flush()
            except BrokenPipeError:
                self._ended()

    def answer(self) -> dict[str, Any]:
        """The next answer.

        Raises:
            NoMemoryError: the process got no more memory and has ended.
        """
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self._ended()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _ended(self) -> None:
        status = self._process.wait()
        self._log.seek(0)
        lines = self._log.readlines()
        if status == _KILLED or any(word in line for line in lines[-5:] for word in _NO_MEMORY):
            raise NoMemoryError
        raise SystemExit(f"a process ended with status {status}:\n{''.join(lines[-15:])}")


def measure(
    pairs: Sequence[Pair], device: str, processes: Sequence[int], steps: int, evaluation: int, rounds: int
) -> dict[str, Any]:
    """Everything that is measured or counted; times in seconds.

    Args:
        pairs: what is trained.
        device: `cpu` or `cuda`.
        processes: how many at once, in turn.
        steps: steps an epoch.
        evaluation: images evaluated after an epoch.
        rounds: how many epochs count, behind one that does not (kernels are chosen, memory is taken).
    """
    _say("the device's own rate")
    done = subprocess.run(
        [sys.executable, "-m", "gpu.rate", device], cwd=ROOM, check=True, stdout=subprocess.PIPE, text=True
    )
    return {
        **json.loads(done.stdout),
        "load": os.getloadavg()[0],
        "sizes": {"steps": steps, "evaluation": evaluation, "rounds": rounds},
        "pairs": [
            {
                **pair.record(),
                "operations": operations(pair),
                "runs": [_run(pair, device, count, steps, evaluation, rounds) for count in processes],
            }
            for pair in pairs
        ],
    }


def _run(pair: Pair, device: str, count: int, steps: int, evaluation: int, rounds: int) -> dict[str, Any]:
    """One number of processes at once; without rounds where they did not get the memory."""
    _say(f"{pair.title}, {count} at once")
    shape = ",".join(map(str, pair.shape))
    options = Options(device, pair.net, shape, pair.classes, steps, pair.batch_size, evaluation)
    try:
        with _running(count, options) as workers:
            parameters = [worker.answer()["parameters"] for worker in workers]
            answers = []
            for _ in range(rounds + 1):
                for worker in workers:
                    worker.start()
                answers.append([worker.answer() for worker in workers])
    except NoMemoryError:
        return {"processes": count, "fits": False}
    return {"processes": count, "fits": True, "parameters": parameters[0], "rounds": answers[1:]}


@contextmanager
def _running(count: int, options: Options) -> Iterator[list[Process]]:
    """As many processes, ended when the context is left."""
    with ExitStack() as stack:
        started = []
        for _ in range(count):
            log = stack.enter_context(tempfile.TemporaryFile("w+"))
            process = subprocess.Popen(
                [sys.executable, "-m", "gpu.worker", *options.arguments()],
                cwd=ROOM,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            stack.callback(_end, process)
            started.append(Process(process, log))
        yield started


def _end(process: "subprocess.Popen[str]") -> None:
    """Close its input, at which it ends; where it does not, kill it."""
    try:
        process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
