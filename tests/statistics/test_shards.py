"""Parquet shards: the answer of one run, whatever the shards' order, and what is refused."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from samefn.core.errors import InputError
from samefn.core.events import Event
from samefn.measures.rows import rows
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions
from samefn.statistics import shards as stream
from samefn.statistics.moments import moment_sums
from samefn.statistics.shards import summarise
from samefn.verdict.relative_distance import relative_distance_of
from samefn.verdict.relative_distance_of_rows import relative_distance_rows

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def compared(examples: int = 120, noise: float = 1.0, seed: int = 1) -> pl.DataFrame:
    draws = np.random.default_rng(0)
    logits, labels = draws.normal(scale=2, size=(examples, 4)), draws.integers(4, size=examples)
    other = logits + noise * np.random.default_rng(seed).normal(size=logits.shape)
    ids = [f"e{i:03}" for i in range(examples)]
    base = Predictions.from_logits("base", logits, ids, labels)
    return rows(base, Predictions.from_logits("candidate", other, ids, labels))


def written(folder: Path, frame: pl.DataFrame, cuts: Sequence[int], name: str = "rows") -> list[Path]:
    edges = [0, *cuts, frame.height]
    paths = [folder / f"{name}-{at}.parquet" for at in range(len(edges) - 1)]
    for path, start, end in zip(paths, edges, edges[1:], strict=False):
        frame[start:end].write_parquet(path, row_group_size=16)
    return paths


@pytest.mark.parametrize("batch", [13, 2**17])
def test_any_cut_gives_the_same_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(stream, "BATCH", batch)
    frame, other = compared(), compared(noise=2)
    expected = summarise({"x": frame, "y": other})
    assert [(one.candidate, one.measure) for one in expected] == [(c, m) for c in "xy" for m in MEASURES]
    shuffled = frame[np.random.default_rng(0).permutation(120)]
    one, two = written(tmp_path, shuffled, [7, 50, 51], "one"), written(tmp_path, other[::-1], [60], "two")
    assert summarise({"x": one, "y": two}) == expected
    assert summarise({"x": one[::-1], "y": [other[70:], *written(tmp_path, other[:70], [])]}) == expected


def test_each_shard_is_an_event(tmp_path: Path) -> None:
    events: list[Event] = []
    summarise({"x": written(tmp_path, compared(), [50])}, emit=events.append)
    assert [(e.kind, e.name, e.text, e.done, e.total) for e in events] == [
        ("progress", "x", "rows-0.parquet", 1, 2),
        ("progress", "x", "rows-1.parquet", 2, 2),
    ]


def test_an_empty_shard_changes_nothing(tmp_path: Path) -> None:
    frame = compared()
    paths = written(tmp_path, frame, [0, 50, 50, 120])
    assert summarise({"x": paths}) == summarise({"x": frame})


def test_a_shard_given_twice_is_refused(tmp_path: Path) -> None:
    paths = written(tmp_path, compared(), [50])
    twin = tmp_path / "twin.parquet"
    pl.read_parquet(paths[0])[::-1].write_parquet(twin)
    for again in (paths[0], twin):
        with pytest.raises(InputError, match="SF471"):
            summarise({"x": [*paths, again]})


def test_rows_of_several_comparisons_are_refused(tmp_path: Path) -> None:
    frame = compared()
    both = [frame[:60].with_columns(candidate=pl.lit("a")), frame[60:].with_columns(candidate=pl.lit("b"))]
    path = tmp_path / "run.parquet"
    pl.concat(both).write_parquet(path)
    with pytest.raises(InputError, match="SF475"):
        summarise({"x": [path]})
    for at, part in enumerate(both):
        part.with_columns(candidate=pl.lit("a")).write_parquet(tmp_path / f"{at}.parquet")
    assert summarise({"x": [tmp_path / "0.parquet", tmp_path / "1.parquet"]}) == summarise({"x": frame})


def test_what_is_no_shard_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "bad.parquet"
    bad.write_bytes(b"PAR1 but not really PAR1")
    for path in (bad, tmp_path / "none.parquet"):
        with pytest.raises(InputError, match="SF472"):
            summarise({"x": [path]})
    with pytest.raises(InputError, match="SF464"):
        summarise({"x": []})
    paths = written(tmp_path, compared(), [50])
    with pytest.raises(InputError, match="SF466"):
        summarise({"x": paths, "y": paths[:1]})
    assert summarise({}) == []
    assert summarise({"x": [str(path) for path in paths]}) == summarise({"x": paths})
    with pytest.raises(InputError, match="SF470"):
        summarise({"x": str(paths[0])})


@pytest.mark.parametrize("measure", ["disagreement", "total_variation"])
@pytest.mark.parametrize("independents", [1, 3])
def test_the_scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measure: str, independents: int) -> None:
    monkeypatch.setattr(stream, "BATCH", 13)
    frames = [compared(noise=noise, seed=at) for at, noise in enumerate([0.5, 0.05, 2, 3, 4][: 2 + independents])]
    shards = [written(tmp_path, frame, [7, 50], str(at)) for at, frame in enumerate(frames)]
    c, f, *d = (frame[measure].to_numpy() for frame in frames)
    expected = relative_distance_of(moment_sums(c, f, np.stack(d)), measure=measure)
    assert relative_distance_rows(measure, shards[0], shards[2:], shards[1]) == expected
    order = [[paths[at] for at in (2, 0, 1)] for paths in shards]
    assert relative_distance_rows(measure, order[0], order[2:], order[1]) == expected
    assert relative_distance_rows(measure, frames[0], frames[2:], frames[1]) == expected
    assert relative_distance_rows(measure, frames[0], [], frames[1]).refused == "no independents"


def test_shards_of_the_scale_must_agree(tmp_path: Path) -> None:
    frame = compared()
    one, other = written(tmp_path, frame, [50], "one"), written(tmp_path, frame[::-1], [70], "other")
    with pytest.raises(InputError, match="SF466"):
        relative_distance_rows("disagreement", one, [other], one)
    with pytest.raises(InputError, match="SF466"):
        relative_distance_rows("disagreement", one, [one[::-1]], one)
    with pytest.raises(InputError, match="SF466"):
        relative_distance_rows("nonsense", one, [one], one)
    with pytest.raises(InputError, match="SF469"):
        relative_distance_rows("disagreement", one, [one[:1]], one)
    with pytest.raises(InputError, match="SF464"):
        relative_distance_rows("disagreement", [], [])


def test_the_benchmark_finds_what_is_known() -> None:
    command = [sys.executable, str(BENCHMARKS / "rows.py"), "--rows", "30000", "--shards", "7"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    table = [line for line in shown.splitlines() if line.startswith("| ")]
    assert len(table) == 1 + len(MEASURES)
    assert "wrote 30,000 rows" in shown
    assert "rows a second\n" in shown


def test_the_benchmark_notices_a_wrong_value(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("rows_benchmark", BENCHMARKS / "rows.py")
    assert spec is not None
    assert spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    one = {"measure": "m", "value": 0.5, "low": None, "high": None, "interval": "none"}
    found = json.dumps({"seconds": 1.0, "cpu_seconds": 1.0, "peak": 1.0, "peak_before": 1.0, "estimates": [one]})

    def run(program: str, folder: str, *_: str) -> str:
        (Path(folder) / "known.json").write_text('{"m": 0.5000001}')
        return found

    monkeypatch.setattr(benchmark, "_run", run)
    monkeypatch.setattr(sys, "argv", ["rows.py", "--rows", "10", "--shards", "1"])
    with pytest.raises(SystemExit, match="a value is off by 1e-07"):
        benchmark.main()
