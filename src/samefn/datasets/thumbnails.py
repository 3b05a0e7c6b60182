"""Small pictures of examples for a page, as data URIs."""

import base64
from collections.abc import Callable
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from samefn.datasets.example_set import ExampleSet


def thumbnails(examples: ExampleSet) -> Callable[[str], str | None]:
    """A function from an example's id to its picture as a data URI; to None where the examples are no images."""
    if not examples.images:
        return lambda _: None
    rows = {str(example_id): row for row, example_id in enumerate(examples.ids)}
    return lambda example_id: data_uri(np.asarray(examples.pixels[rows[example_id]]))


def data_uri(pixels: NDArray[np.uint8]) -> str | None:
    """A PNG of pixels [channels, height, width] as a data URI; None for other than 1 or 3 channels.

    >>> data_uri(np.zeros((1, 4, 4), np.uint8))[:22]
    'data:image/png;base64,'
    """
    if pixels.shape[0] not in {1, 3}:
        return None
    array = pixels[0] if pixels.shape[0] == 1 else np.ascontiguousarray(pixels.transpose(1, 2, 0))
    buffer = BytesIO()
    Image.fromarray(array).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
