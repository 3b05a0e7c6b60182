"""Cut images into batches, the same way for every runtime."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError


def batches(pixels: NDArray[np.uint8], batch_size: int) -> Iterator[NDArray[np.uint8]]:
    """Batches of consecutive images in the given order; the last may be smaller.

    Args:
        pixels: images, uint8, [examples, channels, height, width].
        batch_size: images a batch, at least 1.

    Raises:
        InputError: no images, another type or number of dimensions, or a batch size below 1.

    >>> [len(batch) for batch in batches(np.zeros((5, 1, 2, 2), np.uint8), 2)]
    [2, 2, 1]
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 4:
        raise InputError(
            f"images must be uint8 of four dimensions, not {pixels.dtype} of shape {list(pixels.shape)}",
            fix="give them as [examples, channels, height, width], 0 to 255",
        )
    if not len(pixels):
        raise InputError("there are no images to predict")
    if batch_size < 1:
        raise InputError(f"batch size must be at least 1, not {batch_size}")
    return (pixels[start : start + batch_size] for start in range(0, len(pixels), batch_size))


def joined(outputs: list[NDArray[np.float32]], examples: int, model: str) -> NDArray[np.float32]:
    """The batches' logits as one array, [examples, classes].

    Raises:
        InputError: they are not one row of floats an example.
    """
    if any(output.ndim != 2 for output in outputs) or len({output.shape[1] for output in outputs}) != 1:
        shapes = sorted({str(list(output.shape)) for output in outputs})
        raise InputError(f"logits must be [examples, classes], not {' and '.join(shapes)}", where=model)
    logits = np.concatenate(outputs)
    if len(logits) != examples or logits.dtype != np.float32:
        raise InputError(
            f"{examples} images gave {len(logits)} rows of {logits.dtype}, not one of float32 each",
            where=model,
        )
    return logits
