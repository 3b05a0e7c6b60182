"""How much memory and time a confined process may take, and how many threads."""

import os
import re
import resource
from dataclasses import dataclass
from math import ceil

from samefn.core.errors import InputError

_SIZES = {"": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_TIMES = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)")
# A day: a large language model on a long text takes hours, and a build system waits for less.
DEFAULT_SECONDS = 86400.0
# Threads of a process: libraries start one or two a core and kind.
_THREADS, _THREADS_PER_CORE = 64, 8


@dataclass(frozen=True)
class Limits:
    """What one confined process may take.

    Attributes:
        memory: bytes that it may have written to or reserved for writing.
        seconds: of the clock on the wall.
    """

    memory: int
    seconds: float = DEFAULT_SECONDS

    @property
    def threads(self) -> int:
        """The most threads."""
        return _THREADS + _THREADS_PER_CORE * (os.cpu_count() or 1)

    def apply(self) -> None:
        """Set them for this process, those that the system itself can hold; nothing can raise them again."""
        cpu_seconds = ceil(self.seconds * (os.cpu_count() or 1)) + 1
        limits = {resource.RLIMIT_CORE: 0, resource.RLIMIT_DATA: self.memory, resource.RLIMIT_CPU: cpu_seconds}
        for kind, value in limits.items():
            _, hard = resource.getrlimit(kind)
            lower = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (lower, lower))


def default_limits() -> Limits:
    """A day, and as much memory as the machine has."""
    return Limits(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def read_limits(memory: str | None, timeout: str | None) -> Limits:
    """The limits that options say; the default where they say nothing.

    Args:
        memory: such as `4GB`, in bytes where no unit is given.
        timeout: such as `90s`, `30m` or `2h`.

    Raises:
        InputError: not of that form, or zero.

    >>> read_limits("4GB", "30m")
    Limits(memory=4000000000, seconds=1800.0)
    """
    limits = default_limits()
    bytes_ = limits.memory if memory is None else int(_read(memory, _SIZES, "--model-memory", "4GB or 500MB"))
    seconds = limits.seconds if timeout is None else _read(timeout, _TIMES, "--model-timeout", "90s, 30m or 2h")
    return Limits(bytes_, seconds)


def _read(text: str, units: dict[str, int] | dict[str, float], option: str, example: str) -> float:
    match = _NUMBER.fullmatch(text.strip())
    number = float(match[1]) * units[match[2]] if match and match[2] in units else 0.0
    if not 1 <= number < 2**62:
        raise InputError("SF034", f"{text!r} cannot be read", where=option, fix=f"write it like {example}")
    return number
