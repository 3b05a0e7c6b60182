"""Write shards of made-up rows, chunk by chunk, and what plain sums over them give.

python benchmarks/sharded/write.py FOLDER ROWS SHARDS
"""

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.measures.calibration import BINS
from samefn.measures.rows import rows
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions

KINDS = 20_000  # comparisons really made; each row is one of them, its figures moved a little
CLASSES = 10
# Figures that are not whole or a share of a few places; no two rows have the same, so files do not pack too well.
MOVED = [name for name, measure in MEASURES.items() if measure.columns == (name,) and not measure.binary]
MOVED = [name for name in MOVED if name not in {"rank_disagreement", "top_k_overlap", "kendall_tau"}]
MOVED += ["base_confidence", "confidence", "base_brier", "brier"]


def main() -> None:
    """Write the shards and `known.json`."""
    folder, total, shards = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    draws = np.random.default_rng(0)
    kinds = _kinds(draws)
    sums = dict.fromkeys((name for measure in MEASURES.values() for name in measure.columns), 0.0)
    gaps = {"base_": np.zeros(BINS), "": np.zeros(BINS)}
    for shard in range(shards):
        first, last = (total * at // shards for at in (shard, shard + 1))
        chunk = _chunk(kinds, draws, first, last)
        chunk.write_parquet(folder / f"rows-{shard:04}.parquet")
        for name in sums:
            sums[name] += float(chunk[name].cast(pl.Float64).sum())
        for side in ("base_", ""):
            gaps[side] = gaps[side] + _gaps(chunk[f"{side}right"].to_numpy(), chunk[f"{side}confidence"].to_numpy())
    means = {name: value / total for name, value in sums.items()}
    known = {name: _value(name, means) for name, measure in MEASURES.items() if not measure.of_columns}
    errors = {side: float(np.abs(of_bins).sum() / total) for side, of_bins in gaps.items()}
    known["calibration_change"] = errors[""] - errors["base_"]
    (folder / "known.json").write_text(json.dumps(known), encoding="utf-8")


def _kinds(draws: np.random.Generator) -> pl.DataFrame:
    logits = draws.normal(scale=3, size=(KINDS, CLASSES))
    labels = (logits + draws.normal(scale=2, size=logits.shape)).argmax(axis=1)
    ids = [str(at) for at in range(KINDS)]
    other = logits + draws.normal(scale=0.2, size=logits.shape)
    return rows(
        Predictions.from_logits("base", logits, ids, labels), Predictions.from_logits("candidate", other, ids, labels)
    )


def _chunk(kinds: pl.DataFrame, draws: np.random.Generator, first: int, last: int) -> pl.DataFrame:
    """Rows number `first` to `last`, their figures made smaller by up to a thousandth."""
    chunk = kinds[draws.integers(KINDS, size=last - first)]
    shrunk = [chunk[name] * (1 - draws.random(last - first) / 1000) for name in MOVED]
    ids = pl.int_range(first, last, eager=True).cast(pl.String).str.zfill(10).alias("id")
    return chunk.with_columns(ids, *shrunk)


def _value(name: str, means: dict[str, float]) -> float:
    measure = MEASURES[name]
    columns = [means[column] for column in measure.columns]
    return float(measure.of_means(*columns)) if measure.of_means else columns[0]


def _gaps(right: NDArray[np.bool_], confidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """By bin, from (0, 1/15] on: how many are right, less the sum of the confidences."""
    bins = np.ceil(confidence * BINS).astype(np.int64) - 1
    hits = np.bincount(bins[right], minlength=BINS)
    return np.asarray(hits - np.bincount(bins, confidence, minlength=BINS))


if __name__ == "__main__":
    main()
