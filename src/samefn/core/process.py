"""What this process has used: CPU seconds, and the highest resident memory since it was set back."""

import re
import time
from dataclasses import dataclass
from pathlib import Path

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
# Written to `clear_refs`, it sets the high-water mark back to what is resident now.
_RESET_PEAK = "5"


@dataclass(frozen=True)
class Used:
    """What some work has used.

    Attributes:
        seconds: of the clock.
        cpu_seconds: of this process, all threads.
        memory: bytes resident at the highest moment, libraries included; None where the system does not tell.
    """

    seconds: float
    cpu_seconds: float
    memory: int | None


class Meter:
    """Measures from its making on."""

    def __init__(self) -> None:
        reset_peak()
        self._clock, self._cpu = time.perf_counter(), time.process_time()

    def used(self) -> Used:
        """What has been used until now."""
        peak = resident("VmHWM")
        seconds, cpu = time.perf_counter() - self._clock, time.process_time() - self._cpu
        return Used(round(seconds, 2), round(cpu, 2), None if peak is None else peak * 1024)


def reset_peak() -> bool:
    """Set the process's high-water mark back to what is resident now; whether the system let us."""
    try:
        _CLEAR.write_text(_RESET_PEAK)
    except OSError:
        return False
    return True


def resident(name: str) -> int | None:
    """`VmRSS` (now) or `VmHWM` (at most) of this process in units of 1,024 bytes; None where Linux does not tell."""
    try:
        return kilobytes(_STATUS.read_text(encoding="utf-8", errors="replace"), name)
    except OSError:
        return None


def kilobytes(status: str, name: str) -> int | None:
    r"""A size from the text of /proc/PID/status, in units of 1,024 bytes; None where it is not there.

    >>> kilobytes("VmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n", "VmRSS")
    1024
    """
    match = re.search(rf"^{re.escape(name)}:\s+(\d+) kB$", status, re.MULTILINE)
    return int(match[1]) if match else None
