"""Resources that this process has used: CPU seconds, and peak memory since the last reset."""

import re
import time
from dataclasses import dataclass
from pathlib import Path

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
# Written to `clear_refs`, it resets the peak to the memory in use now.
_RESET_PEAK = "5"


@dataclass(frozen=True)
class ResourceUse:
    """Resources that some work used.

    Attributes:
        seconds: elapsed time.
        cpu_seconds: CPU time of this process, all threads.
        memory: peak resident memory in bytes, libraries included; None where the system does not report it.
    """

    seconds: float
    cpu_seconds: float
    memory: int | None


class Meter:
    """Measures resources from its construction on."""

    def __init__(self) -> None:
        self._other: ResourceUse | None = None
        reset_peak()
        self._clock, self._cpu = time.perf_counter(), time.process_time()

    def take(self, other: ResourceUse) -> None:
        """Report what another process used that did the work."""
        self._other = other

    def used(self) -> ResourceUse:
        """Resources used so far."""
        if self._other is not None:
            return self._other
        peak = resident("VmHWM")
        seconds, cpu = time.perf_counter() - self._clock, time.process_time() - self._cpu
        return ResourceUse(round(seconds, 2), round(cpu, 2), None if peak is None else peak * 1024)


def reset_peak() -> bool:
    """Reset the process's peak memory to the memory in use now; False where the system does not allow it."""
    try:
        _CLEAR.write_text(_RESET_PEAK)
    except OSError:
        return False
    return True


def resident(name: str) -> int | None:
    """`VmRSS` (now) or `VmHWM` (peak) of this process in units of 1,024 bytes; None where there is no /proc."""
    try:
        return kilobytes(_STATUS.read_text(encoding="utf-8", errors="replace"), name)
    except OSError:
        return None


def kilobytes(status: str, name: str) -> int | None:
    r"""A size from the text of /proc/PID/status, in units of 1,024 bytes; None where the line is missing.

    >>> kilobytes("VmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n", "VmRSS")
    1024
    """
    match = re.search(rf"^{re.escape(name)}:\s+(\d+) kB$", status, re.MULTILINE)
    return int(match[1]) if match else None
