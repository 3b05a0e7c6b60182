"""The machine: processor, CPU flags, cores and versions, for reports and keys; no host name, no paths."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from samefn.core.errors import InputError
from samefn.sandbox.confine import means
from samefn.schema.environment import Environment

# Without a VNNI instruction, 8-bit products of x86 kernels are summed in 16 bits and can saturate.
INT8_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8")
CPUINFO = Path("/proc/cpuinfo")

CpuFlags: TypeAlias = dict[str, bool | str]


def host() -> Environment:
    """Python, system, processor, its int8 flags, the cores this process may use, and versions of packages."""
    return Environment(
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        cpu=cpu_name(),
        cpu_flags=int8_flags(),
        cores=usable_cores(),
        sandbox=means(),
        versions={name: version(name) for name in ("numpy", "scipy", "scikit-learn", "polars")},
    )


def usable_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def worker_count(workers: int | None) -> int:
    """The number of worker processes: as given, else one per core.

    Raises:
        InputError: fewer than one.
    """
    if workers is not None and workers < 1:
        raise InputError("SF305", f"cannot run with {workers} workers", where="--workers", fix="give 1 or more")
    return workers or usable_cores()


def cpu_name() -> str:
    """The processor's name as Linux reports it, else what Python reports."""
    names = (value for name, value in _cpuinfo() if name == "model name")
    return next(names, platform.processor() or "unknown")


def int8_flags() -> CpuFlags:
    """Which instructions of int8 kernels this CPU has; they can change the predictions of an int8 model.

    Returns:
        For each of `INT8_FLAGS` True or False, or "unknown" where the system does not report it (not Linux on x86).
    """
    for name, value in _cpuinfo():
        if name == "flags":
            present = set(value.split())
            return {flag: flag in present for flag in INT8_FLAGS}
    return dict.fromkeys(INT8_FLAGS, "unknown")


def _cpuinfo() -> list[tuple[str, str]]:
    """The lines of Linux's description of the CPU as names and values; empty where there is none."""
    try:
        lines = CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    parts = (line.partition(":") for line in lines)
    return [(name.strip(), value.strip()) for name, _, value in parts]
