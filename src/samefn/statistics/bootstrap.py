"""The paired bootstrap: which examples are drawn is drawn once, for every candidate and every measure."""

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from samefn.measures.compiled import kept

Floats = NDArray[np.float64]

CELLS = 2**20  # how many counts are held at once: 8 MiB


def resampled_means(columns: Floats, resamples: int, seed: int) -> Floats:
    """Means of the columns over examples drawn with replacement, as many as there are.

    Args:
        columns: [examples, columns]; may hold positive infinities.
        resamples: how many times to draw.
        seed: of the drawing; equal seeds draw equal examples, whatever the columns.

    Returns:
        The means, [resamples, columns]; infinite where an infinite example was drawn.
    """
    examples = len(columns)
    # Zero times infinity is NaN: a product takes the finite part, another tells where infinities were drawn.
    hit = np.flatnonzero(np.isinf(columns).any(axis=0))
    infinities = np.isinf(columns[:, hit]).astype(np.float64)
    finite = columns.copy()
    finite[:, hit] = np.where(infinities, 0.0, columns[:, hit])
    means = np.empty((resamples, columns.shape[1]))
    draws = np.random.default_rng(seed)
    chunk = max(1, CELLS // examples)
    held = np.empty((min(chunk, resamples), examples))
    # One thread: with more, the last digits of a product depend on how many cores there are.
    with threadpool_limits(1, user_api="blas"):
        for start in range(0, resamples, chunk):
            part = means[start : start + chunk]
            counts = held[: len(part)]
            # Rows come from the stream one after another, so that chunks do not change them.
            _count(draws.integers(examples, size=counts.shape), counts)
            np.matmul(counts, finite, out=part)
            part /= examples
            part[:, hit] = np.where(counts @ infinities > 0, np.inf, part[:, hit])
    return means


def percentiles(samples: Floats, confidence: float) -> tuple[float, float]:
    """The ends of the central interval that holds `confidence` of the samples.

    The ends are samples, the next ones outwards: between a finite sample and infinity there is nothing to
    interpolate.

    Args:
        samples: at least one number; infinities sort last.
        confidence: from 0 to 1.

    Returns:
        Lower and upper end.

    >>> percentiles(np.arange(101.0), 0.9)
    (5.0, 95.0)
    """
    # Rounded first: 0.05 * 100 may come out a little under 5.
    below = int(np.floor(np.round((1 - confidence) / 2 * (len(samples) - 1), 9)))
    above = len(samples) - 1 - below
    ordered = np.partition(samples, (below, above))
    return float(ordered[below]), float(ordered[above])


@kept
def _count(drawn: NDArray[np.int64], counts: Floats) -> None:
    """How often each example is drawn, [resamples, examples] into the same shape."""
    counts[:] = 0
    for resample in range(drawn.shape[0]):
        for at in range(drawn.shape[1]):
            counts[resample, drawn[resample, at]] += 1
