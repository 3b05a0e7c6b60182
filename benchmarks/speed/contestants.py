"""The parent's side of the rounds: the contestants, and their processes."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from speed.options import Options

ROOM = Path(__file__).parent.parent
# The GPU is nobody's here; TensorFlow keeps its start-up notes to itself.
_ENVIRONMENT = {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "2", "KERAS_BACKEND": "tensorflow"}


@dataclass(frozen=True)
class Contestant:
    """One way to train.

    Attributes:
        name: how the results name it.
        title: how the table names it.
        module: what its process runs.
        threads: threads within an operator; 0 for the library's own default.
        workers: processes that load data.
        peer: whether it runs in the environment of Keras.
    """

    name: str
    title: str
    module: str
    threads: int = 1
    workers: int = 0
    peer: bool = False


OURS = Contestant("ours", "samefn", "speed.ours")
SECOND = Contestant("ours_second", "samefn, a second process", "speed.ours")
TWO_THREADS = Contestant("ours_two_threads", "samefn, two threads", "speed.ours", threads=2)
MATRIX_PRODUCT = Contestant("matrix_product", "matrix product", "speed.matrix_product")
KERAS = Contestant("keras", "Keras on TensorFlow", "speed.keras_peer", peer=True)
KERAS_DEFAULT = Contestant(
    "keras_default", "Keras on TensorFlow, its default threads", "speed.keras_peer", threads=0, peer=True
)
PEERS = (
    Contestant("torch", "plain PyTorch, DataLoader", "speed.plain_torch"),
    Contestant("torch_workers", "plain PyTorch, DataLoader with 2 workers", "speed.plain_torch", workers=2),
    KERAS,
    Contestant("torch_default", "plain PyTorch, its default threads", "speed.plain_torch", threads=0),
    KERAS_DEFAULT,
)


class Running:
    """A contestant's process, asked for one epoch at a time."""

    def __init__(self, contestant: Contestant, process: "subprocess.Popen[str]", log: Any) -> None:
        self.contestant, self._process, self._log = contestant, process, log
        self.facts = self._read()

    def start(self) -> None:
        """Ask for an epoch."""
        if self._process.stdin:
            self._process.stdin.write("epoch\n")
            self._process.stdin.flush()

    def finish(self) -> dict[str, Any]:
        """The times of the epoch asked for."""
        return self._read()

    def epoch(self) -> dict[str, Any]:
        """Ask and wait."""
        self.start()
        return self.finish()

    def _read(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self._log.seek(0)
            end = "".join(self._log.readlines()[-15:])
            raise SystemExit(f"{self.contestant.title} ended:\n{end}")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def running(
    contestants: Sequence[Contestant], train: int, evaluation: int, peer_python: Path | None
) -> Iterator[dict[str, Running]]:
    """The processes of all contestants by name, ended when the context is left."""
    with ExitStack() as stack:
        started = {}
        for contestant in contestants:
            python = str(peer_python) if contestant.peer and peer_python else sys.executable
            options = Options(train, evaluation, contestant.threads, contestant.workers)
            log = stack.enter_context(tempfile.TemporaryFile("w+"))
            process = subprocess.Popen(
                [python, "-m", contestant.module, *options.arguments()],
                cwd=ROOM,
                env={**os.environ, **_ENVIRONMENT},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            stack.callback(_end, process)
            started[contestant.name] = Running(contestant, process, log)
        yield started


def _end(process: "subprocess.Popen[str]") -> None:
    """Close its input, at which it ends; where it does not, kill it."""
    try:
        process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
