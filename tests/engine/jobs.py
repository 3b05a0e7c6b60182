"""Functions that the engine's tests run as tasks."""

import os
import signal
import time
from pathlib import Path

from samefn.core.errors import DivergedError, StorageError
from samefn.core.events import Event


def add(job):
    """Write the sum of the inputs and of `plus`."""
    total = job.spec["plus"] + sum(int(a.path("n").read_text()) for a in job.inputs.values())
    (job.out / "n").write_text(str(total))
    job.emit(Event("progress", job.name, done=1, total=1))


def count(job):
    """Write, and leave a line beside the store for every time it is run."""
    with Path(job.spec["log"]).open("a") as file:
        file.write(job.name + "\n")
    (job.out / "n").write_text("1")


def diverge(job):
    """Fail as a training does."""
    raise DivergedError("SF001", "nan in epoch 3", where=job.name)


def crash(job):
    """Fail as a bug does."""
    raise ZeroDivisionError


class OutOfMemoryError(RuntimeError):
    """As torch has it."""


def fill_gpu(job):
    """Fail as a GPU does that too many models share."""
    raise OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")


def no_room(job):
    """Fail as a full disk does, in the task's own writing."""
    raise OSError(28, "No space left on device", str(job.out / "x"))


def no_store(job):
    """Fail as a full disk does, in the store's writing."""
    raise StorageError("SF005", "cannot be written (no space left on device)", where="s")


def die(job):
    """Be killed, as by a system short of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def steps(job):
    """Go on from what an earlier attempt left, or leave it and fail."""
    left = job.workspace.read("half")
    if left is None:
        job.workspace.write("half", b"7")
        raise DivergedError("SF001", "interrupted", where=job.name)
    (job.out / "n").write_bytes(left)


def count_and_crash(job):
    """Fail as a bug does, every time."""
    count(job)
    crash(job)


def count_and_die(job):
    """Be killed, every time."""
    count(job)
    die(job)


def count_and_diverge(job):
    """Fail as a training does, every time."""
    count(job)
    diverge(job)


def crash_once(job):
    """Fail the first time only."""
    first = not Path(job.spec["log"]).exists()
    count(job)
    if first:
        crash(job)


def note(job):
    """Say something."""
    (job.out / "n").write_text("1")
    job.emit(Event("note", job.name, "of note"))


def slow(job):
    """Take a while the first time, and leave a mark that it has begun."""
    begun = Path(job.spec["log"])
    first = not begun.exists()
    begun.write_text("begun")
    (job.out / "n").write_text("1")
    if first:
        time.sleep(600)
