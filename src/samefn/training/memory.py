"""Let the C library reuse memory between training steps."""

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGE, _HALF_HEAP = 2**30, 2**25


def keep_freed_memory() -> None:
    """Let glibc reuse large blocks instead of unmapping them, for this process from now on.

    Every step of a small net frees and allocates the same few megabytes. By default glibc returns them to the system
    each time, and the page faults take a fifth of the step (measured). Without glibc this function does nothing.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    # Older versions of glibc refuse more than half of their heap size and return 0.
    if hasattr(library, "mallopt") and (
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE) or library.mallopt(_M_MMAP_THRESHOLD, _HALF_HEAP)
    ):
        library.mallopt(_M_TRIM_THRESHOLD, _LARGE)
