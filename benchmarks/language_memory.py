"""Memory and time of a language model's figures, from made-up rows in Parquet shards.

python benchmarks/language_memory.py --tokens 100000 2000000
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from samefn.comparison.language.rows import TOKEN_ROW_GROUP, TokenRows
from samefn.core.process import reset_peak, resident
from samefn.measures.language import BASE_TRUE, BLOCK, MOVED, TRUE
from samefn.schema.base import Compared
from samefn.statistics.block_sums import block_sums
from samefn.verdict.language import language_estimates, means_columns, measure_estimates, needed_columns

SCORED, SHARDS = 255, 4


def write(folder: Path, tokens: int) -> tuple[Path, ...]:
    """Rows of whole windows, in shards."""
    random, paths = np.random.default_rng(0), []
    for number, blocks in enumerate(np.array_split(np.arange(tokens // SCORED), SHARDS)):
        count = len(blocks) * SCORED
        base = np.log(random.beta(1, 3, size=count))
        other = np.minimum(base + random.normal(scale=0.1, size=count), -1e-6)
        columns = {name: random.gamma(0.5, 0.02, size=count) for name in needed_columns() if name != MOVED}
        for name in ("disagreement", "base_right", "right", "negative_flips", "positive_flips"):
            columns[name] = (random.random(count) < 0.05).astype(float)
        columns["kl_divergence"] = random.gamma(0.5, 0.02, size=count)
        frame = pl.DataFrame({**columns, BLOCK: np.repeat(blocks, SCORED), BASE_TRUE: base, TRUE: other})
        paths.append(folder / f"{number}.parquet")
        frame.write_parquet(paths[-1], row_group_size=TOKEN_ROW_GROUP)
    return tuple(paths)


def measure(paths: tuple[Path, ...]) -> None:
    """All figures, in this process, and what they took."""
    rows = TokenRows(paths, SCORED)
    # What libraries take once, however many tokens there are.
    next(iter(rows.batches(means_columns())))
    reset_peak()
    before, started, cpu = resident("VmRSS"), time.perf_counter(), time.process_time()
    sums = block_sums(rows.batches(tuple(dict.fromkeys((*needed_columns(), *means_columns())))))
    figures = language_estimates(rows, sums, Compared())
    measures = measure_estimates(sums, Compared())
    seconds, spent, peak = time.perf_counter() - started, time.process_time() - cpu, resident("VmHWM")
    grown = "?" if before is None or peak is None else f"{(peak - before) / 1024:.0f}"
    print(
        f"| {sums.examples:,} | {sums.blocks:,} | {len(figures) + len(measures)} | {grown} | {seconds:.1f} |"
        f" {spent:.1f} |"
    )


def main() -> None:
    """Measure each number of tokens in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tokens", type=int, nargs="+", default=[100_000, 2_000_000])
    parser.add_argument("--rows", type=Path, nargs="+", help="measure these files, in this process")
    given = parser.parse_args()
    if given.rows:
        measure(tuple(given.rows))
        return
    print("| tokens | blocks | figures | MiB more at the peak | seconds | of CPU |\n|---:|---:|---:|---:|---:|---:|")
    for tokens in given.tokens:
        with tempfile.TemporaryDirectory() as folder:
            paths = write(Path(folder), tokens)
            sys.stdout.flush()
            subprocess.run([sys.executable, __file__, "--rows", *map(str, paths)], check=True)


if __name__ == "__main__":
    main()
