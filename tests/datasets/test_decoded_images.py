import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from samefn.core.errors import InputError
from samefn.core.events import Event, silent
from samefn.datasets.formats import decoded_images
from samefn.datasets.formats.decoded_images import DecodedImages, decode_images, require_same_shape

RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 256, (4, 6), dtype=np.uint8)
COLOUR = RANDOM.integers(0, 256, (4, 6, 3), dtype=np.uint8)


def encoded(image: Image.Image | NDArray[np.uint8], form: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(buffer, form, **options)
    return buffer.getvalue()


def decode(*contents: bytes) -> DecodedImages:
    return decode_images(((f"image {i}", each) for i, each in enumerate(contents)), len(contents), "test", silent)


@pytest.mark.parametrize(("form", "options"), [("PNG", {}), ("BMP", {}), ("WEBP", {"lossless": True})])
def test_colours_are_those_that_were_stored(form: str, options: dict[str, object]) -> None:
    decoded = decode(encoded(COLOUR, form, **options), encoded(COLOUR[::-1].copy(), form, **options))
    assert decoded.pixels.shape == (2, 3, 4, 6)
    for row in range(4):
        for column in range(6):
            assert decoded.pixels[0, :, row, column].tolist() == COLOUR[row, column].tolist()
            assert decoded.pixels[1, :, row, column].tolist() == COLOUR[3 - row, column].tolist()
    assert not decoded.notes


def test_grey_stays_grey() -> None:
    decoded = decode(encoded(GREY))
    np.testing.assert_array_equal(decoded.pixels, GREY[None, None])
    assert not decoded.notes


@pytest.mark.parametrize("order", [(GREY, COLOUR, GREY), (COLOUR, GREY, GREY)])
def test_grey_among_colours_gets_equal_channels_and_is_counted(order: tuple[NDArray[np.uint8], ...]) -> None:
    decoded = decode(*map(encoded, order))
    ((note, count),) = decoded.notes.items()
    assert (note.split(",")[0], count) == ("grey", 2)
    for image, found in zip(order, decoded.pixels, strict=True):
        wanted = np.stack([image] * 3) if image.ndim == 2 else image.transpose(2, 0, 1)
        np.testing.assert_array_equal(found, wanted)


CROPPED = COLOUR[:, :5].copy()


@pytest.mark.parametrize(
    ("train", "test", "where", "facts"),
    [
        ((GREY, GREY, COLOUR, COLOUR), (GREY,), "image 2", ("is RGB", "its split, image 0, is grey")),
        ((GREY,), (COLOUR, GREY, COLOUR), "image 1", ("is grey", "its split, image 0, is RGB")),
        ((COLOUR, COLOUR), (GREY,), "image 0", ("is grey", "training image, image 0, is RGB")),
        ((GREY, GREY), (COLOUR,), "image 0", ("is RGB", "training image, image 0, is grey")),
        ((COLOUR,), (CROPPED,), "image 0", ("5x4", "image 0 has 6x4")),
    ],
)
def test_splits_of_two_kinds_are_refused_with_the_image_that_differs(
    train: tuple[NDArray[np.uint8], ...], test: tuple[NDArray[np.uint8], ...], where: str, facts: tuple[str, ...]
) -> None:
    with pytest.raises(InputError, match="SF232") as caught:
        require_same_shape(decode(*map(encoded, train)), decode(*map(encoded, test)))
    assert caught.value.where == where
    for fact in facts:
        assert fact in caught.value.what


def test_splits_that_are_mixed_alike_pass() -> None:
    require_same_shape(decode(encoded(GREY), encoded(COLOUR)), decode(encoded(COLOUR), encoded(GREY)))
    require_same_shape(decode(encoded(GREY)), decode(encoded(GREY), encoded(GREY)))


def test_what_loses_nothing_is_converted_and_counted() -> None:
    colours = Image.fromarray(COLOUR)
    opaque = colours.copy()
    opaque.putalpha(255)
    palette = Image.fromarray(GREY % 3)
    palette.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    bits = Image.fromarray((GREY > 99).astype(np.uint8) * 255).convert("1")
    decoded = decode(encoded(opaque), encoded(palette), encoded(bits))
    np.testing.assert_array_equal(decoded.pixels[0], COLOUR.transpose(2, 0, 1))
    np.testing.assert_array_equal(decoded.pixels[1].argmax(axis=0), GREY % 3)
    np.testing.assert_array_equal(decoded.pixels[2, 1], (GREY > 99) * 255)
    for word in ("alpha", "palette", "black and white", "three equal channels"):
        assert [count for note, count in decoded.notes.items() if word in note] == [1], word
    assert len(decoded.notes) == 4


def test_loss_in_storage_is_counted() -> None:
    contents = [encoded(COLOUR, "JPEG"), encoded(COLOUR, "WEBP"), encoded(COLOUR, "WEBP", lossless=True)]
    ((note, count),) = decode(*contents).notes.items()
    assert ("loss" in note, count) == (True, 2)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes whose header promises that size, all black."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = zlib.compress(bytes(100_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", content) + chunk(b"IEND", b"")


def transparent() -> bytes:
    image = Image.fromarray(COLOUR)
    image.putalpha(Image.fromarray(GREY))
    return encoded(image)


def sixteen_bits() -> bytes:
    return encoded(Image.fromarray(GREY.astype(np.uint16) * 256))


def frames() -> bytes:
    other = Image.fromarray(COLOUR[::-1].copy())
    return encoded(Image.fromarray(COLOUR), "WEBP", save_all=True, append_images=[other])


# The second image, the code, and what the line names.
BAD: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "a bomb": (lambda: bomb(4097, 4096), "SF241", "4097x4096 pixels, more than 16777216"),
    "a bomb that Pillow warns of": (lambda: bomb(10_000, 10_000), "SF241", "16777216 pixels"),
    "a bomb that Pillow refuses": (lambda: bomb(60_000, 60_000), "SF241", "16777216 pixels"),
    "a cut image": (lambda: encoded(COLOUR)[:60], "SF240", "PNG, JPEG, WEBP, BMP"),
    "nothing": (lambda: b"", "SF240", "PNG, JPEG, WEBP, BMP"),
    "a script": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0", "SF240", "PNG, JPEG, WEBP, BMP"),
    "another format": (lambda: encoded(COLOUR, "GIF"), "SF240", "PNG, JPEG, WEBP, BMP"),
    "another size": (lambda: encoded(COLOUR[:, :5].copy()), "SF232", "image 0 has 6x4"),
    "transparent": (transparent, "SF242", "mode RGBA"),
    "16 bits": (sixteen_bits, "SF242", "mode I;16"),
    "CMYK": (lambda: encoded(Image.fromarray(COLOUR).convert("CMYK"), "JPEG"), "SF242", "mode CMYK"),
    "moving": (frames, "SF242", "frame"),
}


@pytest.mark.parametrize(("make", "code", "fact"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_used_is_refused_in_one_line(make: Callable[[], bytes], code: str, fact: str) -> None:
    with pytest.raises(InputError, match=code) as caught:
        decode(encoded(COLOUR), make())
    assert fact in str(caught.value)
    assert caught.value.where == "image 1"
    assert caught.value.fix
    assert "\n" not in str(caught.value)
    assert "object at" not in str(caught.value)


def test_more_than_memory_should_hold_is_refused_before_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoded_images, "MAX_DECODED_BYTES", 2 * 3 * 4 * 6)
    assert len(decode(encoded(COLOUR), encoded(COLOUR)).pixels) == 2
    with pytest.raises(InputError, match=r"144 bytes.*SF241") as caught:
        decode(*[encoded(COLOUR)] * 3)
    assert str([3, 4, 6]) in caught.value.what


def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoded_images, "REPORT_EVERY", 2)
    events: list[Event] = []
    decode_images([("image", encoded(GREY))] * 5, 5, "test", events.append)
    assert [(event.kind, event.done, event.total) for event in events] == [("progress", 2, 5), ("progress", 4, 5)]
