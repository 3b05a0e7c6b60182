"""The machine that answers: what a reader of a report wants to know of it; no host name, no paths."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from samefn.core.errors import InputError
from samefn.runtimes.cpu import int8_flags
from samefn.schema.environment import Environment


def host() -> Environment:
    """Python, system, processor and its flags relevant to int8, and how many cores there are to use."""
    return Environment(
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        cpu=cpu_name(),
        cpu_flags=int8_flags(),
        cores=usable_cores(),
        versions={name: version(name) for name in ("numpy", "scipy", "scikit-learn", "polars")},
    )


def usable_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def worker_count(wanted: int | None) -> int:
    """How many processes work at once: as many as are wanted, else one a core.

    Raises:
        InputError: fewer than one.
    """
    if wanted is not None and wanted < 1:
        raise InputError("SF3010", f"{wanted} workers cannot work", where="--workers", fix="give 1 or more")
    return wanted or usable_cores()


def cpu_name() -> str:
    """The processor's name as Linux gives it, else what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")
