"""An image as a data URI for a page."""

import base64
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image


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
