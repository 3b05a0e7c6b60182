"""The machine that answers: what a reader of a report wants to know of it; no host name, no paths."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from samefn.runtimes.cpu import int8_flags


def host() -> dict[str, Any]:
    """Python, system, processor and its flags relevant to int8, and how many cores there are to use."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": cpu_name(),
        "cpu_flags": int8_flags(),
        "cores": usable_cores(),
        "versions": {name: version(name) for name in ("numpy", "scipy", "scikit-learn", "polars")},
    }


def usable_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu_name() -> str:
    """The processor's name as Linux gives it, else what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")
