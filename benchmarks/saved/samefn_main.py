"""`samefn` as a script; where the environment names a file, with a profile of its CPU seconds.

SAMEFN_PROFILE=FILE python benchmarks/saved/samefn_main.py compare base.npy candidate.npy
"""

import cProfile
import os
import sys
import time

from samefn.cli.main import main, run


def profiled(path: str) -> int:
    """Run the command line under a profiler that counts CPU seconds, which other programs do not lengthen."""
    profile = cProfile.Profile(time.process_time)
    try:
        return profile.runcall(run, sys.argv[1:])
    finally:
        profile.dump_stats(path)


if __name__ == "__main__":
    if file := os.environ.get("SAMEFN_PROFILE"):
        sys.exit(profiled(file))
    main()
