"""Run something batch by batch over named arrays, and check that it gives scores."""

from collections.abc import Callable, Mapping

import numpy as np

from samefn.core.errors import InputError
from samefn.runtimes.model import Array


def examples_of(inputs: Mapping[str, Array], batch_size: int) -> int:
    """How many examples all inputs have.

    Raises:
        InputError: none, different numbers of them, or a batch size below 1.
    """
    counts = {len(values) for values in inputs.values()}
    if len(counts) != 1 or counts == {0} or batch_size < 1:
        raise InputError(
            f"inputs with {sorted(counts)} examples in batches of {batch_size}",
            where="locate",
            fix="give every input the same number of examples, one or more",
        )
    return counts.pop()


def batched(run: Callable[[Mapping[str, Array]], Array], inputs: Mapping[str, Array], batch_size: int) -> Array:
    """Scores of all examples, [examples, classes], cut into batches in the given order.

    Raises:
        InputError: the inputs are of different lengths, or the outputs are no scores.
    """
    examples = examples_of(inputs, batch_size)
    found = [
        run({name: values[start : start + batch_size] for name, values in inputs.items()})
        for start in range(0, examples, batch_size)
    ]
    if any(part.ndim != 2 or part.shape[1] != found[0].shape[1] for part in found):
        shapes = sorted({str(list(part.shape)) for part in found})
        raise InputError(f"its output has shape {' and '.join(shapes)}, not [examples, classes]", where="locate")
    scores = np.concatenate(found)
    if len(scores) != examples:
        raise InputError(f"{examples} examples gave {len(scores)} rows of scores", where="locate")
    return scores
