"""Confine the current process, by the best means that the system has."""

import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from samefn.sandbox.landlock import landlock_version, restrict
from samefn.sandbox.limits import Limits
from samefn.sandbox.seccomp import has_seccomp, refuse_system_calls

ONLY_LIMITS = "resource limits only"
# What every program reads: shared libraries, the description of the processor and of the process itself.
_SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/version",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/sys/fs/cgroup",
    "/sys/kernel/mm/transparent_hugepage",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
)
# Writing to the second sets the process's own peak of memory back.
_SYSTEM_WRITABLE = ("/dev/null", "/proc/self/clear_refs")


@cache
def means() -> str:
    """What confines a process here, for reports: the same on one machine.

    >>> means() in (ONLY_LIMITS, "seccomp") or means().startswith("landlock")
    True
    """
    version = landlock_version()
    found = [f"landlock {version}"] if version else []
    found += ["seccomp"] if has_seccomp() else []
    return " + ".join(found) or ONLY_LIMITS


def warnings() -> tuple[str, ...]:
    """What a report must say of a system that confines models by limits alone; nothing elsewhere."""
    if means() != ONLY_LIMITS:
        return ()
    return (
        "Models ran with limits on memory and time only: this system has neither Landlock nor seccomp, so code in a "
        "model can read and write what you can.",
    )


def confine(readable: Iterable[str], writable: Iterable[str], limits: Limits) -> None:
    """Take all rights from this process but these; nothing gives them back. It must have one thread.

    Besides what is named, the interpreter, its packages, every folder of `sys.path` and the system's libraries can be
    read.

    Args:
        readable: files and folders.
        writable: files and folders.
        limits: on memory and processor time.
    """
    limits.apply()
    if version := landlock_version():
        read = [Path(name) for name in (*_SYSTEM, *_interpreter(), *readable)]
        restrict(version, read, [Path(name) for name in (*_SYSTEM_WRITABLE, *writable)])
    if has_seccomp():
        refuse_system_calls()


def _interpreter() -> list[str]:
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    folders = (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *sys.path, *libraries)
    return [folder for folder in dict.fromkeys(folders) if folder]
