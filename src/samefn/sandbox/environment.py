"""The environment variables that a confined process sees: no key of a cloud, no token, nothing else of the user's."""

import os
import sys

# How libraries compute and where they are; by the start of a name.
_STARTS = ("LC_", "OMP_", "MKL_", "OPENBLAS_", "NUMBA_", "KMP_", "TORCH_", "KERAS_", "TF_", "ORT_", "SAMEFN_", "PYTHON")
_NAMES = frozenset(
    {"PATH", "LANG", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "VIRTUAL_ENV"}
)


def visible_environment(home: str) -> dict[str, str]:
    """The variables of a confined process.

    Args:
        home: its folder for temporary files, which is its home too.
    """
    kept = {name: value for name, value in os.environ.items() if name in _NAMES or name.startswith(_STARTS)}
    # One thread for NumPy's products too: threads of its pool would be lost in a forked process.
    return {**kept, "OPENBLAS_NUM_THREADS": "1", "HOME": home, "TMPDIR": home}


def import_path() -> list[str]:
    """Where Python finds modules, as absolute paths."""
    return [os.path.abspath(entry) for entry in sys.path]  # noqa: PTH100  ("" is the current folder)
