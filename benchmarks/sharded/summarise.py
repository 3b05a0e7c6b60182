"""Sum up the shards in a folder, the last one first, and say what that took.

python benchmarks/sharded/summarise.py FOLDER
"""

import json
import resource
import sys
import time
from pathlib import Path

from samefn.statistics.shards import summarise


def main() -> None:
    """Print the estimates, the seconds (wall and CPU), and the peak of memory before and after, in MiB."""
    shards = sorted(Path(sys.argv[1]).glob("rows-*.parquet"), reverse=True)
    before, started, busy = _peak(), time.perf_counter(), time.process_time()
    found = summarise({"candidate": shards})
    result = {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - busy,
        "peak_before": before,
        "peak": _peak(),
        "estimates": [one.model_dump() for one in found],
    }
    print(json.dumps(result))


def _peak() -> float:
    """Largest resident memory so far, in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


if __name__ == "__main__":
    main()
