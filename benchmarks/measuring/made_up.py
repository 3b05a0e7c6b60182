"""Log-probabilities of two models that are much alike, made up."""

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float32]
_SCALE, _NOISE = 2.0, 0.05  # what eight-bit weights change is some per cent of the logits


def pair(examples: int, classes: int) -> tuple[Table, Table, NDArray[np.int64]]:
    """Base, candidate and labels, the same in every process: float32 [examples, classes] twice, int64 [examples]."""
    random = np.random.default_rng(0)
    base = random.standard_normal((examples, classes), dtype=np.float32) * np.float32(_SCALE)
    other = base + random.standard_normal((examples, classes), dtype=np.float32) * np.float32(_NOISE)
    return _log_softmax(base), _log_softmax(other), random.integers(classes, size=examples)


def _log_softmax(scores: Table) -> Table:
    """In place, some examples at a time, so that a small machine can hold it."""
    for start in range(0, len(scores), 4096):
        part = scores[start : start + 4096].astype(np.float64)
        part -= part.max(axis=1, keepdims=True)
        scores[start : start + 4096] = part - np.log(np.exp(part).sum(axis=1, keepdims=True))
    return scores
