"""Small pictures for a page, as data URIs: PNG of up to 64 pixels a side."""

import base64
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 64
# A PNG of more bytes than this gets 256 colours: 200 pictures then stay well below 2 MB.
MAX_BYTES = 5000


def thumbnail(pixels: NDArray[np.uint8]) -> str:
    """A PNG of pixels [height, width, channels] with 1 or 3 channels, as a data URI; the same bytes every time.

    Pixels stay as they are where neither side is above 64 pixels and the PNG has no more than 5,000 bytes. Larger
    pictures are reduced, their shape kept, and then larger files get the 256 colours that fit them best.

    >>> thumbnail(np.zeros((4, 4, 1), np.uint8))[:22]
    'data:image/png;base64,'
    """
    image = Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels))
    image.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    png = _png(image)
    if len(png) > MAX_BYTES and image.mode == "RGB":
        png = _png(image.quantize(256, dither=Image.Dither.FLOYDSTEINBERG))
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
