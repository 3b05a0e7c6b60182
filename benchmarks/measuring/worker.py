"""A contestant's side: do one task a line of standard input, answer each with a line of JSON on standard output."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from measuring.made_up import Table, pair

# What a task gets: base, candidate, labels. What it gives: its figure, so that contestants can be held together.
Task = Callable[[Table, Table, NDArray[np.int64]], float]


def work(tasks: Mapping[str, Task], versions: Mapping[str, str]) -> None:
    """Until the input ends; what a library prints goes to standard error, so that the answers stay alone.

    A line holds examples, classes, a task's name, and on how many of the examples it is to be done.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    held: tuple[int, int] | None = None
    print(json.dumps(versions), file=answers, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        size = (order["examples"], order["classes"])
        if size != held:
            held, data = size, pair(*size)
        log_p, log_q, labels = data
        rows = slice(order["rows"])
        start = time.process_time()
        figure = float(tasks[order["task"]](log_p[rows], log_q[rows], labels[rows]))
        print(json.dumps({"cpu": time.process_time() - start, "figure": figure}), file=answers, flush=True)
