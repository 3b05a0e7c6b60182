"""What of the CPU can change the answers of an int8 model."""

from pathlib import Path
from typing import TypeAlias

# Without a VNNI instruction, 8-bit products of x86 kernels are summed in 16 bits and can saturate.
INT8_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8")

CpuFlags: TypeAlias = dict[str, bool | str]


def int8_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> CpuFlags:
    """Which instructions relevant to int8 kernels this CPU has.

    Args:
        cpuinfo: Linux's description of the CPU.

    Returns:
        For each of `INT8_FLAGS` True or False, or "unknown" where the system does not say (not Linux on x86).
    """
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() == "flags":
            present = set(value.split())
            return {flag: flag in present for flag in INT8_FLAGS}
    return dict.fromkeys(INT8_FLAGS, "unknown")
