"""A command and the memory of all its processes, sampled from /proc while it runs."""

import re
import resource
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.02  # seconds between two samples
PARTS = re.compile(r"^Rss(Anon|Shmem|File):\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True)
class Measured:
    """What a command took.

    Attributes:
        code: its exit code.
        said: what it printed, errors too.
        seconds: wall clock.
        cpu_seconds: user and system, of it and its children.
        anonymous: peak over time of the anonymous memory of all its processes together, bytes: what is in no file, and
            memory that a file system in memory holds for them.
        mapped: peak of the pages of files that they have mapped; the system takes these back when it needs room.
    """

    code: int
    said: str
    seconds: float
    cpu_seconds: float
    anonymous: int
    mapped: int


def measured(command: list[str], log: Path, environment: Mapping[str, str]) -> Measured:
    """Run a command and watch it; what it prints goes into a file first."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    anonymous = mapped = 0
    with log.open("wb") as file:
        child = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, env=dict(environment))
        while child.poll() is None:
            now = [_memory(one) for one in _tree(child.pid)]
            anonymous = max(anonymous, sum(one for one, _ in now))
            mapped = max(mapped, sum(other for _, other in now))
            time.sleep(EVERY)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = log.read_text(encoding="utf-8", errors="replace")
    return Measured(child.returncode, said, time.perf_counter() - started, cpu, anonymous, mapped)


def _tree(root: int) -> list[int]:
    """A process and all that come from it."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                # The command's name, in brackets, may hold anything.
                behind = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
                parents.setdefault(int(behind.split()[1]), []).append(int(folder.name))
            except OSError:  # it ended meanwhile
                continue
    found = [root]
    for one in found:
        found += parents.get(one, [])
    return found


def _memory(process: int) -> tuple[int, int]:
    """Anonymous and shared memory, and mapped pages of files, bytes."""
    try:
        parts = dict(PARTS.findall((Path("/proc") / str(process) / "status").read_text(encoding="utf-8")))
    except OSError:
        return 0, 0
    kib = {name: int(size) for name, size in parts.items()}
    return 1024 * (kib.get("Anon", 0) + kib.get("Shmem", 0)), 1024 * kib.get("File", 0)
