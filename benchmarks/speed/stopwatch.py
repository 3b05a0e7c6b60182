"""A contestant's side of the rounds: wait for a line, do an epoch, answer with its times."""

import json
import os
import resource
import sys
import time
from typing import TypeAlias

Moment: TypeAlias = tuple[float, float]


class Stopwatch:
    """Times one epoch a line on standard input, and answers with a line of JSON on standard output.

    CPU time is that of the process and of the processes it started and waited for. What a library prints goes to
    standard error, so that the answers stay alone. The process ends when its input does.

    Args:
        parameters: how many the net has; 0 where there is no net.
        versions: of the libraries that do the work.
    """

    def __init__(self, parameters: int, versions: dict[str, str]) -> None:
        self._answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        self._answer({"parameters": parameters, "versions": versions})
        self._start = self._trained = _now()

    def wait(self) -> None:
        """Until the next epoch is asked for; the clock then starts."""
        if not sys.stdin.readline():
            raise SystemExit
        self.begin()

    def begin(self) -> None:
        """The clock starts (again): what came before does not count."""
        self._start = _now()

    def trained(self) -> None:
        """The epoch's training is over, its evaluation begins."""
        self._trained = _now()

    def evaluated(self) -> None:
        """The epoch is over: the clock stops."""
        self._end = _now()

    def answer(self, loss: float | None) -> None:
        """Give the times of the epoch, in seconds.

        Args:
            loss: the mean cross-entropy on the evaluation images, in nats; None where there is no net.
        """
        train, epoch = _since(self._start, self._trained), _since(self._start, self._end)
        self._answer({"train": train, "epoch": epoch, "loss": loss})

    def _answer(self, content: dict[str, object]) -> None:
        self._answers.write(json.dumps(content) + "\n")
        self._answers.flush()


def _now() -> Moment:
    """Wall and CPU seconds."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return time.perf_counter(), cpu


def _since(start: Moment, end: Moment) -> dict[str, float]:
    return {"wall": end[0] - start[0], "cpu": end[1] - start[1]}
