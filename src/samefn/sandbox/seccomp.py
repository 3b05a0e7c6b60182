"""Seccomp: a filter in the kernel that refuses system calls, for good and without being root."""

import ctypes
import errno
import os
import platform
import sys

from samefn.sandbox.syscalls import CLONE, CLONE3, KILL, PRCTL, PRLIMIT64, REFUSED, TGKILL

# Which column of the tables, and the kernel's number of the architecture.
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_PR_SET_PDEATHSIG, _PR_GET_SECCOMP, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 21, 22, 38
_MODE_FILTER = 2
_CLONE_THREAD = 0x00010000
_OTHER_ABI = 0x40000000  # calls of x32 programs on x86-64
# Instructions of the filter: load a word; jump if equal, if not smaller, if a bit is set; return.
_LOAD, _EQUAL, _AT_LEAST, _BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
# Where the number, the architecture and the halves of the arguments are in what the filter sees.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16

_libc = ctypes.CDLL(None, use_errno=True)


class _Instruction(ctypes.Structure):
    """One instruction."""

    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("value", ctypes.c_uint32))


class _Program(ctypes.Structure):
    """A filter."""

    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


def has_seccomp() -> bool:
    """Whether the kernel takes filters, and this architecture's calls are known here."""
    known = sys.platform == "linux" and platform.machine() in _MACHINES and sys.maxsize > 2**32
    return known and _libc.prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) >= 0


def refuse_system_calls() -> None:
    """Refuse the calls in `syscalls.py` from now on, new processes, and signals to others.

    Raises:
        OSError: the kernel refuses the filter.
    """
    instructions = _filter(*_MACHINES[platform.machine()], os.getpid())
    array = (_Instruction * len(instructions))(*instructions)
    program = _Program(len(instructions), array)
    for arguments in ((_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0)):
        if _libc.prctl(*arguments):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))


def _filter(column: int, architecture: int, pid: int) -> list[_Instruction]:
    refuse, missing = _error(errno.EPERM), _error(errno.ENOSYS)
    found = [
        _load(_ARCHITECTURE),
        _Instruction(_EQUAL, 1, 0, architecture),
        _Instruction(_RETURN, 0, 0, _KILL),
        _load(_NUMBER),
        _Instruction(_AT_LEAST, 0, 1, _OTHER_ABI),
        refuse,
    ]
    for numbers in REFUSED.values():
        number = numbers[column]
        if number is not None:
            found += [_Instruction(_EQUAL, 0, 1, number), refuse]
    # The C library takes the older call where the newer one is missing: the flags of that one can be looked at.
    found += [_Instruction(_EQUAL, 0, 1, CLONE3[column]), missing]
    # A thread is allowed, a process is not.
    found += [_Instruction(_EQUAL, 0, 4, CLONE[column]), _load(_argument(0)), _Instruction(_BIT, 1, 0, _CLONE_THREAD)]
    found += [refuse, _Instruction(_RETURN, 0, 0, _ALLOW)]
    # Signals to itself are how a program aborts.
    for call in (KILL, TGKILL):
        found += [_Instruction(_EQUAL, 0, 4, call[column]), _load(_argument(0)), _Instruction(_EQUAL, 1, 0, pid)]
        found += [refuse, _Instruction(_RETURN, 0, 0, _ALLOW)]
    # Limits may be read, not set: the new limit's address is nothing.
    found += [_Instruction(_EQUAL, 0, 6, PRLIMIT64[column])]
    found += [_load(_argument(2)), _Instruction(_EQUAL, 0, 2, 0), _load(_argument(2) + 4)]
    found += [_Instruction(_EQUAL, 1, 0, 0), refuse, _Instruction(_RETURN, 0, 0, _ALLOW)]
    # The process ends with the one that made it, whatever it does.
    found += [_Instruction(_EQUAL, 0, 3, PRCTL[column]), _load(_argument(0))]
    found += [_Instruction(_EQUAL, 0, 1, _PR_SET_PDEATHSIG), refuse]
    return [*found, _Instruction(_RETURN, 0, 0, _ALLOW)]


def _load(offset: int) -> _Instruction:
    return _Instruction(_LOAD, 0, 0, offset)


def _argument(number: int) -> int:
    """The lower half of an argument; both architectures have it first."""
    return _ARGUMENTS + 8 * number


def _error(code: int) -> _Instruction:
    return _Instruction(_RETURN, 0, 0, 0x00050000 | code)
