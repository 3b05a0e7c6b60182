"""Summaries of rows: the same to the bit in any order and grouping, and with the values of the rows themselves."""

import math
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefn.core.errors import InputError
from samefn.measures.rows import rows
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions
from samefn.statistics.summaries import BINARY, BINNED, COLUMNS, OPTIONAL, Summary, merged, products, summarised

FIGURES = [name for name in COLUMNS if name not in BINARY]


def compared(examples: int = 60, noise: float = 1.0, labelled: bool = True, seed: int = 1) -> pl.DataFrame:
    draws = np.random.default_rng(seed)
    logits = draws.normal(scale=2, size=(examples, 4))
    labels = draws.integers(4, size=examples) if labelled else None
    ids = [f"e{i}" for i in range(examples)]
    other = logits + noise * draws.normal(size=logits.shape)
    return rows(
        Predictions.from_logits("base", logits, ids, labels), Predictions.from_logits("candidate", other, ids, labels)
    )


@st.composite
def any_rows(draw: st.DrawFn) -> pl.DataFrame:
    """Rows whose figures are anything from the smallest float to far above what measures give, or infinite."""
    height = draw(st.integers(1, 12))
    figure = st.floats(-1e79, 1e79, allow_nan=False)
    size = st.lists(st.one_of(figure, st.floats(0, 1)), min_size=height, max_size=height)
    frame = compared(height)
    for name in draw(st.lists(st.sampled_from([f for f in FIGURES if f not in BINNED.values()]), max_size=3)):
        frame = frame.with_columns(pl.Series(name, draw(size)))
    hit = draw(st.lists(st.booleans(), min_size=height, max_size=height))
    infinite = pl.when(pl.Series(hit)).then(math.inf).otherwise(pl.col("kl_divergence"))
    return frame.with_columns(infinite.alias("kl_divergence"))


@settings(max_examples=40)
@given(any_rows(), st.data())
def test_any_order_and_grouping_gives_the_same_summary(frame: pl.DataFrame, data: st.DataObject) -> None:
    shuffled = frame[data.draw(st.permutations(range(frame.height)))]
    cuts = sorted(data.draw(st.lists(st.integers(0, frame.height), max_size=4)))
    edges = [0, *cuts, frame.height]
    parts = [summarised(shuffled[start:end]) for start, end in pairwise(edges)]
    order = data.draw(st.permutations(parts))
    split = data.draw(st.integers(0, len(order)))
    whole = summarised(frame)
    assert merged(order) == whole
    assert merged([merged(order[:split]), merged(order[split:])]) == whole


def test_many_rows_in_many_pieces() -> None:
    frame = compared(50_000)
    draws = np.random.default_rng(0)
    shuffled = frame[draws.permutation(frame.height)]
    parts = [summarised(shuffled[start : start + 7001]) for start in range(0, frame.height, 7001)]
    assert merged(parts[::-1]) == summarised(frame)


def test_nothing_is_the_neutral_element() -> None:
    found = summarised(compared())
    assert merged([]) == Summary() == summarised(compared()[:0])
    assert merged([Summary(), found, Summary()]) == found


def counted_in_loops(frame: pl.DataFrame, slices: dict[str, str]) -> dict[tuple[str, str, str], int]:
    counts: dict[tuple[str, str, str], int] = {}
    for row in frame.iter_rows(named=True):
        for by, column in slices.items():
            wrong_now = row["label"] is not None and row["base_right"] and not row["right"]
            right_now = row["label"] is not None and row["right"] and not row["base_right"]
            found = (1, row["base_top"] != row["top"], wrong_now, right_now)
            names = ("examples", "changed", "negative_flips", "positive_flips")
            for name, count in zip(names, found, strict=True):
                key = by, str(row[column]), name
                counts[key] = counts.get(key, 0) + int(count)
    return counts


def test_slices_are_counted_beside_the_classes() -> None:
    frame = compared().with_columns(pl.Series("slice:site", ["a", "b", "b"] * 20))
    found = merged(summarised(frame[start : start + 7]) for start in range(0, 60, 7))
    assert found.parts == counted_in_loops(frame, {"class": "label", "site": "slice:site"})


def test_counts_are_those_of_the_rows() -> None:
    frame = compared()
    found = summarised(frame)
    assert found.examples == 60
    assert sum(found.patterns.values()) == 60
    for bit, name in enumerate(BINARY):
        ones = sum(count for pattern, count in found.patterns.items() if pattern >> bit & 1)
        assert ones == frame[name].cast(pl.Int64).sum()
    assert found.parts == counted_in_loops(frame, {"class": "label"})
    assert found.moved == frame.filter(pl.col("total_variation") > 0.5).height > 0


def test_ids_tell_examples_apart_and_not_their_order() -> None:
    frame = compared()
    other = frame.with_columns(id=pl.when(pl.col("id") == "e3").then(pl.lit("x")).otherwise("id"))
    assert summarised(frame[::-1]).ids == summarised(frame).ids != summarised(other).ids


def test_without_labels_classes_are_the_bases_answers() -> None:
    frame = compared(labelled=False)
    found = summarised(frame)
    assert found.parts == counted_in_loops(frame, {"class": "base_top"})
    nulls = [name for name in COLUMNS if frame[name].null_count()]
    assert found.missing == dict.fromkeys((*nulls, *OPTIONAL), 60)


def test_every_measure_is_covered() -> None:
    # A new measure needs the sums of its columns' products, or their patterns.
    found = summarised(compared())
    for name, measure in MEASURES.items():
        if not measure.of_columns and not set(measure.columns) <= set(BINARY):
            assert {key[1:] for key in found.sums if key[0] == name} == set(products(measure.columns))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda f: f.drop("kl_divergence"), "SF465"),
        (lambda f: f.drop("top"), "SF465"),
        (lambda f: f.with_columns(right=pl.lit("yes")), "SF473"),
        (lambda f: f.with_columns(label=pl.lit(0.5)), "SF473"),
        (lambda f: f.with_columns(disagreement=pl.lit(0.5)), "SF473"),
        (lambda f: f.with_columns(brier=pl.lit(math.nan)), "60 of 60 rows .*SF465"),
        (lambda f: f.with_columns(brier=pl.lit(-math.inf)), "SF473"),
        (lambda f: f.with_columns(brier=pl.lit(1e81)), "SF473"),
        (
            lambda f: f.with_columns(right=pl.when(pl.col("id") == "e3").then(None).otherwise("right")),
            "1 of 60 rows .*SF465",
        ),
    ],
)
def test_rows_that_are_none_are_refused(spoil, code: str) -> None:
    with pytest.raises(InputError, match=code):
        summarised(spoil(compared()), "shard")
