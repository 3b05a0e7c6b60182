"""Ten million rows in shards: how fast they are summed up, in how much memory, and whether the answer is right.

    python benchmarks/rows.py
    python benchmarks/rows.py --rows 1000000

Shards are written to a temporary folder by one process and summed up by a fresh one; this one compares.
What the figures say stands in docs/evidence/shards.md.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHARDED = Path(__file__).parent / "sharded"
TOLERANCE = 1e-11  # plain sums of ten million floats are themselves no better


def main() -> None:
    """Write, sum up, compare and print; the exit status is 1 where a value is wrong."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        # This process stays small: the peak of memory that a new process starts with is that of the one it came from.
        _run("write.py", folder, str(arguments.rows), str(arguments.shards))
        size = sum(file.stat().st_size for file in Path(folder).glob("*.parquet"))
        print(f"wrote {arguments.rows:,} rows, {size / 2**20:,.0f} MiB: {time.perf_counter() - started:.0f} s")
        found = json.loads(_run("summarise.py", folder))
        known = json.loads((Path(folder) / "known.json").read_text(encoding="utf-8"))
    rate = arguments.rows / found["seconds"]
    print(f"summed up in {found['seconds']:.1f} s, {found['cpu_seconds']:.1f} s of CPU: {rate:,.0f} rows a second")
    print(f"peak of memory {found['peak']:.0f} MiB, {found['peak_before']:.0f} MiB of it before the first row\n")
    print("| measure | value | low | high | interval | off by |\n|---|---:|---:|---:|---|---:|")
    worst = 0.0
    for one in found["estimates"]:
        off = abs(one["value"] - known[one["measure"]]) / max(1.0, abs(known[one["measure"]]))
        worst = max(worst, off)
        ends = ["" if one[end] is None else f"{one[end]:.6g}" for end in ("low", "high")]
        print(f"| {one['measure']} | {one['value']:.6g} | {' | '.join(ends)} | {one['interval']} | {off:.0e} |")
    if worst > TOLERANCE:
        sys.exit(f"a value is off by {worst:.0e}")


def _run(program: str, *arguments: str) -> str:
    command = [sys.executable, str(SHARDED / program), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows in all (10,000,000)")
    parser.add_argument("--shards", type=int, default=40, help="Parquet files (40)")
    arguments = parser.parse_args()
    if not 1 <= arguments.shards <= arguments.rows:
        parser.error("--shards must be at least 1 and at most --rows")
    return arguments


if __name__ == "__main__":
    main()
