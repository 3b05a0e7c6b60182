"""Inputs that are nearly copies of each other: by the inputs themselves, or by the predictions about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from samefn.measures.pairs import Floats, Ints

# Examples of fewer values repeat by chance.
MIN_VALUES = 32
# Values of an example that are looked at, and means of neighbouring ones that are kept.
LOOKED_AT, KEPT = 1024, 64
CHUNK = 2048  # examples at a time
TABLES, BITS = 4, 24
# Copies are nearer to each other than this share of the usual distance between two examples. In fewer dimensions than
# that, examples are so near by chance; then only equal ones count.
NEAR, DIMENSIONS = 0.05, 4
# Examples of a few discrete values are equal by chance: of so many that each has this many equals, none count.
BY_CHANCE, SAMPLE = 0.01, 2000
# Probabilities that are equal within this are equal; where the base is surer than this, many are.
EQUAL, SURE = 1e-7, 0.99
MOST_ROWS = 100_000  # of more, some agree by chance
# Of n different probabilities the least gap is near 1 / n^2; of a grid of levels (a vote of trees) it is not.
LEVELS, GRID = 50, 5.0


@dataclass(frozen=True)
class Repeats:
    """Examples in clusters of near copies.

    Attributes:
        examples: how many have a near copy.
        factor: by how much the effective number of examples is smaller if near copies change together; 1 without any.
    """

    examples: int
    factor: float


def repeats(codes: NDArray[np.integer]) -> Repeats:
    """Counted from the cluster of each example, at least one.

    >>> repeats(np.array([5, 5, 7, 8]))
    Repeats(examples=2, factor=1.5)
    """
    _, sizes = np.unique(codes, return_counts=True)
    return Repeats(int(sizes[sizes > 1].sum()), float(np.square(sizes).sum() / sizes.sum()))


def repeated_inputs(arrays: Mapping[str, NDArray[Any]]) -> Repeats:
    """Near copies among inputs: nearer than a twentieth of the usual distance, by means of neighbouring values.

    Whole numbers that are no images (tokens) have no distance; of them only equal inputs count.

    Only inputs that fall into one cell of a random partition are compared (Charikar 2002, Similarity estimation
    techniques from rounding algorithms), in four partitions: time and memory grow as the number of inputs.

    Args:
        arrays: by name, [examples, ...] each; mapped arrays are read in parts.

    Returns:
        No repeats where an example has fewer than 32 values, or a few discrete ones: those may be equal by chance.
    """
    count = len(next(iter(arrays.values()), ()))
    if not count or sum(array[:1].size for array in arrays.values()) < MIN_VALUES:
        return Repeats(0, 1.0)
    sketches = np.hstack([_sketches(array) for array in arrays.values()])
    if count * _equal_by_chance(sketches) > BY_CHANCE:
        return Repeats(0, 1.0)
    sketches -= sketches.mean(axis=0)
    limit = 2 * NEAR**2 * float(np.square(sketches).sum(axis=1).mean())
    if _dimensions(sketches) < DIMENSIONS or any(_is_discrete(array) for array in arrays.values()):
        limit = 0.0
    draws = np.random.default_rng(0)
    pairs: list[Ints] = []
    for _ in range(TABLES):
        planes = draws.normal(size=(sketches.shape[1], BITS + 1))
        projected = sketches @ planes
        cells = (projected[:, :BITS] > 0) @ (1 << np.arange(BITS))
        order = np.lexsort((projected[:, BITS], cells))
        one, other = order[:-1], order[1:]
        together = cells[one] == cells[other]
        one, other = one[together], other[together]
        near = np.square(sketches[one] - sketches[other]).sum(axis=1) <= limit
        pairs.append(np.stack([one[near], other[near]]))
    one, other = np.hstack(pairs)
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(count, count))
    return repeats(connected_components(graph, directed=False)[1])


def repeated_predictions(rows: pl.DataFrame) -> Repeats:
    """Near copies by predictions alone: inputs for which all figures of both models agree.

    Args:
        rows: as `samefn.rows` gives them, of one candidate.

    Returns:
        No repeats without probabilities, where the base is nearly sure, or where probabilities have a few levels only.
    """
    names = [name for name in FIGURES if name in rows.columns and not rows[name].null_count()]
    unsure = rows.head(MOST_ROWS).filter(pl.col("base_confidence") < SURE)
    if "base_confidence" not in names or unsure.height < 2:
        return Repeats(0, 1.0)
    levels = np.unique(np.rint(unsure["base_confidence"].to_numpy() / EQUAL)) * EQUAL
    if len(levels) < LEVELS or np.diff(levels).min() * len(levels) ** 2 > GRID:
        return Repeats(0, 1.0)
    rounded = unsure.select("base_top", "top", *((pl.col(name) / EQUAL).round() for name in names))
    found = repeats(rounded.select(pl.struct(pl.all()).rank("dense")).to_series().to_numpy())
    looked_at = min(rows.height, MOST_ROWS)
    # Where the base is sure nothing is known: those count as no copies.
    return Repeats(found.examples, 1 + (found.factor - 1) * unsure.height / looked_at)


FIGURES = ("base_confidence", "confidence", "total_variation", "base_brier", "brier")


def _is_discrete(array: NDArray[Any]) -> bool:
    return array.dtype.kind in "bi" or (array.dtype.kind == "u" and array.dtype.itemsize > 1)


def _dimensions(centred: Floats) -> float:
    """How many directions the variance is spread over: the participation ratio of its eigenvalues."""
    covariance = centred.T @ centred
    squares = float(np.square(covariance).sum())
    return float(np.trace(covariance)) ** 2 / squares if squares > 0 else 0.0


def _equal_by_chance(sketches: Floats) -> float:
    """How likely two examples would be equal, if their values did not depend on each other."""
    sample = sketches[:: -(-len(sketches) // SAMPLE)]
    share = 1.0
    for column in sample.T:
        _, counts = np.unique(column, return_counts=True)
        share *= float(np.sum((counts / len(sample)) ** 2))
    return share


def _sketches(array: NDArray[Any]) -> Floats:
    """Means of neighbouring values of each example, [examples, at most `KEPT`]."""
    size = array[:1].size
    step = -(-size // LOOKED_AT)
    borders = np.unique(np.arange(KEPT) * -(-size // step) // KEPT)
    found = []
    for start in range(0, len(array), CHUNK):
        flat = np.reshape(array[start : start + CHUNK], (-1, size))[:, ::step].astype(np.float32)
        widths = np.diff([*borders, flat.shape[1]])
        found.append(np.nan_to_num(np.add.reduceat(flat, borders, axis=1) / widths))
    return np.concatenate(found)
