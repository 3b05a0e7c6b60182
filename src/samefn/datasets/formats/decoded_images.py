"""Decode images into one array: all of one size, grey or RGB, without loss."""

import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from samefn.core.errors import InputError
from samefn.core.events import Emit, Event

IMAGE_FORMATS = ("PNG", "JPEG", "WEBP", "BMP")
# Limits of one image, in pixels, and of all, in bytes. Larger ones are refused by the header, before decoding.
MAX_PIXELS = 1 << 24
MAX_DECODED_BYTES = 1 << 33
REPORT_EVERY = 1000


@dataclass(frozen=True)
class StoredImage:
    """One image as it was stored.

    Attributes:
        where: its file or row, for errors.
        channels: 1 or 3.
    """

    where: str
    channels: int

    @property
    def kind(self) -> str:
        """`grey` or `RGB`."""
        return "grey" if self.channels == 1 else "RGB"


@dataclass(frozen=True, eq=False)
class DecodedImages:
    """Decoded images.

    Attributes:
        pixels: uint8 [images, 1 or 3, height, width].
        notes: how they were stored, each note with its number of images.
        first: the first image.
        odd: the first image that is grey where `first` is RGB, or RGB where it is grey; None when all are equal.
    """

    pixels: NDArray[np.uint8]
    notes: Counter[str]
    first: StoredImage
    odd: StoredImage | None


def require_same_shape(train: DecodedImages, test: DecodedImages) -> None:
    """Refuse two splits whose images differ in size or channels, and name one that differs.

    Raises:
        InputError: they differ.
    """
    if train.pixels.shape[2:] != test.pixels.shape[2:]:
        raise _other_size(test.first.where, test.pixels.shape[2:], train.first.where, train.pixels.shape[2:])
    if train.pixels.shape[1] == test.pixels.shape[1]:
        return
    # At most one split is mixed: in a mixed one all images have three channels.
    first, odd, which = train.first, test.first, "the first training image"
    for split in (train, test):
        if split.odd is not None:
            first, odd, which = split.first, split.odd, "the first image of its split"
    raise InputError(
        "SF232",
        f"is {odd.kind}, but {which}, {first.where}, is {first.kind}",
        where=odd.where,
        fix="store all images of both splits as grey, or all as RGB",
    )


def decode_images(encoded: Iterable[tuple[str, bytes]], count: int, name: str, emit: Emit) -> DecodedImages:
    """Decode PNG, JPEG, WebP and BMP images.

    Grey images among coloured ones get three equal channels; a palette becomes RGB; an alpha channel that is opaque
    everywhere is dropped. All of this is without loss and noted. Images that would lose something are refused.

    Args:
        encoded: name (for errors) and bytes of each image.
        count: how many there are, at least one.
        name: of the data set, for events.
        emit: where events go: `progress` in images.

    Raises:
        InputError: no image, another format, damaged, cut short, another size than the first, too large, more than
            one frame, transparent, or of a kind that is neither grey nor RGB with 8 bits.
    """
    notes: Counter[str] = Counter()
    pixels, first, odd = np.empty((0, 0, 0, 0), np.uint8), StoredImage("", 1), None
    with warnings.catch_warnings():
        # Pillow warns of decompression bombs and of files that it can only read in part: both are refused.
        warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
        warnings.filterwarnings("error", category=UserWarning, module="PIL")
        for i, (where, content) in enumerate(encoded):
            array = _decoded(where, content, notes)
            if i == 0:
                first = StoredImage(where, len(array))
                pixels = _empty_pixels(count, array.shape, where)
            if array.shape[1:] != pixels.shape[2:]:
                raise _other_size(where, array.shape[1:], first.where, pixels.shape[2:])
            if odd is None and len(array) != first.channels:
                odd = StoredImage(where, len(array))
            if len(array) > pixels.shape[1]:
                wider = _empty_pixels(count, array.shape, where)
                wider[:i] = pixels[:i]
                pixels = wider
            notes["grey" if len(array) == 1 else "RGB"] += 1
            pixels[i] = array
            if (i + 1) % REPORT_EVERY == 0:
                emit(Event("progress", name, "images decoded", done=i + 1, total=count))
    grey, coloured = notes.pop("grey", 0), notes.pop("RGB", 0)
    if grey and coloured:
        notes["grey, given three equal channels like the others"] = grey
    return DecodedImages(pixels, notes, first, odd)


def _other_size(where: str, size: tuple[int, ...], first: str, first_size: tuple[int, ...]) -> InputError:
    this, other = (f"{width}x{height}" for height, width in (size, first_size))
    return InputError(
        "SF232",
        f"{this} pixels (width x height), but {first} has {other}",
        where=where,
        fix="resize all images to one size",
    )


def _empty_pixels(count: int, shape: tuple[int, ...], where: str) -> NDArray[np.uint8]:
    if count * int(np.prod(shape)) > MAX_DECODED_BYTES:
        raise InputError(
            "SF241", f"{count} images of {list(shape)} are more than {MAX_DECODED_BYTES} bytes", where=where
        )
    return np.empty((count, *shape), np.uint8)


def _decoded(where: str, content: bytes, notes: Counter[str]) -> NDArray[np.uint8]:
    """One image as [channels, height, width]."""
    try:
        with Image.open(BytesIO(content), formats=IMAGE_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise InputError(
                    "SF241",
                    f"{image.width}x{image.height} pixels, more than {MAX_PIXELS}",
                    where=where,
                    fix="make it smaller",
                )
            if getattr(image, "n_frames", 1) > 1:
                raise InputError("SF242", "holds more than one frame", where=where, fix="give still images")
            if image.format == "JPEG" or (image.format == "WEBP" and b"VP8L" not in content[:64]):
                notes["stored with loss (JPEG or WebP)"] += 1
            array = np.asarray(_grey_or_rgb(image, where, notes))
    except InputError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise InputError("SF241", f"more than {MAX_PIXELS} pixels", where=where, fix="make it smaller") from error
    except Exception as error:  # decoders raise anything on damaged bytes, and the message does not help a user
        raise InputError(
            "SF240",
            "is not an image that can be read",
            where=where,
            fix=f"give {', '.join(IMAGE_FORMATS)}, or remove it",
        ) from error
    return array[None] if array.ndim == 2 else array.transpose(2, 0, 1)


def _grey_or_rgb(image: Image.Image, where: str, notes: Counter[str]) -> Image.Image:
    """The image as 8-bit grey or RGB, if that is without loss."""
    if image.mode in {"L", "RGB"} and "transparency" not in image.info:
        return image
    if image.mode == "1":
        notes["black and white, as grey 0 and 255"] += 1
        return image.convert("L")
    if image.mode == "P" and "transparency" not in image.info:
        notes["with a palette, as RGB"] += 1
        return image.convert("RGB")
    if image.mode in {"LA", "RGBA"} and image.getextrema()[-1] == (255, 255):
        notes["with an alpha channel that is opaque everywhere, dropped"] += 1
        return image.convert(image.mode[:-1])
    raise InputError(
        "SF242",
        f"has transparent pixels or is of mode {image.mode}, which is neither grey nor RGB with 8 bits",
        where=where,
        fix="convert it to grey or RGB yourself: information is lost",
    )
