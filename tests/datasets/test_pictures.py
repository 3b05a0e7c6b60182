"""Pictures of inputs: which arrays are pictures, normalised values undone, and the pixels of the PNG."""

import base64
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from samefn.datasets.shown_inputs import shown_inputs
from samefn.datasets.thumbnails import MAX_BYTES, SIDE, thumbnail

DRAW = np.random.default_rng(2)
MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def decoded(uri):
    head, _, content = uri.partition(",")
    assert head == "data:image/png;base64"
    image = Image.open(io.BytesIO(base64.b64decode(content)))
    assert image.format == "PNG"
    return np.asarray(image)


def hand_made(count=20, side=16):
    """Images [count, side, side, 3] with every byte in every channel."""
    images = DRAW.integers(0, 256, (count, side, side, 3), dtype=np.uint8)
    images[0] = np.arange(256, dtype=np.uint8).reshape(side, side, 1)
    return images


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
@pytest.mark.parametrize("first", [True, False])
def test_a_normalised_image_is_shown_as_it_was(dtype, first):
    images = hand_made()
    normalised = ((images / 255 - MEAN) / STD).astype(dtype)
    show = shown_inputs({"input": normalised.transpose(0, 3, 1, 2) if first else normalised})
    for place in (0, 7, 19):
        shown = show(place)
        assert shown.picture_scale == "denormalised"
        np.testing.assert_array_equal(decoded(shown.image), images[place])


@settings(max_examples=25, deadline=None)
@given(mean=st.floats(-1, 1), std=st.floats(0.01, 10), seed=st.integers(0, 2**32 - 1))
def test_whatever_mean_and_std_were(mean, std, seed):
    images = np.random.default_rng(seed).integers(0, 256, (16, 12, 12, 1), dtype=np.uint8)
    images[3, :2, 0, 0], images[3, 2:4, 0, 0] = (0, 255), (17, 18)
    shown = shown_inputs({"x": ((images / 255 - mean) / std).astype(np.float32)})(5)
    if shown.picture_scale == "denormalised":  # (it may also lie within 0 and 1)
        np.testing.assert_array_equal(decoded(shown.image), images[5, ..., 0])
    else:
        low, high = -mean / std, (1 - mean) / std
        assert shown.picture_scale == "unit"
        assert low >= -1e-6
        assert high <= 1 + 1e-6


def test_between_0_and_1_is_from_black_to_white():
    values = np.linspace(0.25, 0.75, 64, dtype=np.float32).reshape(1, 8, 8, 1).repeat(3, axis=0)
    shown = shown_inputs({"x": values})(1)
    assert shown.picture_scale == "unit"
    np.testing.assert_array_equal(decoded(shown.image), np.rint(values[1, ..., 0] * 255))


def test_values_of_no_known_scale_are_stretched_channel_by_channel_and_say_so():
    values = DRAW.normal(size=(30, 3, 9, 10)) * [[[[1.0]], [[5.0]], [[0.1]]]]
    show = shown_inputs({"x": values})
    low, high = (end(values, axis=(0, 2, 3))[:, None, None] for end in (np.min, np.max))
    wanted = np.rint((values - low) / (high - low) * 255)
    for place in (0, 29):
        shown = show(place)
        assert shown.picture_scale == "stretched"
        np.testing.assert_array_equal(decoded(shown.image), wanted[place].transpose(1, 2, 0))


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers(broken):
    values = np.linspace(-1, 1, 128).reshape(2, 8, 8)
    values[1, 0, 0] = broken
    shown = shown_inputs({"x": values})(1)
    picture = decoded(shown.image)
    assert picture[0, 0] == (255 if broken == np.inf else 0)
    assert picture[7, 7] == 255


@pytest.mark.parametrize("constant", [0.0, -3.0, np.nan])
def test_constant_pictures(constant):
    shown = shown_inputs({"x": np.full((2, 8, 8), constant)})(0)
    assert (decoded(shown.image) == 0).all()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("side", [1, 28, 32])
def test_images_of_bytes_are_shown_as_they_are(channels, side):
    pixels = DRAW.integers(0, 256, (2, channels, side, side), dtype=np.uint8)
    shown = shown_inputs({"image": pixels})(1)
    assert shown.picture_scale == "bytes"
    picture = decoded(shown.image)
    np.testing.assert_array_equal(picture if channels == 3 else picture[..., None], pixels[1].transpose(1, 2, 0))


@pytest.mark.parametrize(
    ("arrays", "first"),
    [
        ({"x": np.arange(60.0).reshape(2, 30)}, (30.0, 31.0)),
        ({"x": np.zeros((2, 3, 5, 5))}, (0.0, 0.0)),  # too small
        ({"x": np.zeros((2, 8, 9))}, (0.0, 0.0)),  # not square
        ({"x": np.zeros((2, 3, 9, 3))}, (0.0, 0.0)),  # channels in front or at the end
        ({"image": np.zeros((2, 4, 9, 9), np.uint8)}, (0, 0)),  # neither 1 nor 3 channels
        ({"x": np.zeros((2, 9, 9, 3)), "y": np.zeros((2, 9, 9, 3))}, (0.0, 0.0)),  # two pictures
        ({"tokens": np.array([[5, 6, 7], [8, 9, 10]]), "mask": np.array([True, False])}, (8, 9)),
    ],
)
def test_other_inputs_have_their_first_values(arrays, first):
    shown = shown_inputs(arrays)(1)
    assert (shown.image, shown.picture_scale) == (None, None)
    assert [value.array for value in shown.values] == list(arrays)
    assert shown.values[0].values[:2] == first
    for value, array in zip(shown.values, arrays.values(), strict=True):
        assert value.count == array[1].size
        assert list(value.values) == array[1].reshape(-1)[:12].tolist()


def test_without_inputs_nothing_is_shown():
    shown = shown_inputs({})(0)
    assert (shown.image, shown.picture_scale, shown.values) == (None, None, ())


@pytest.mark.parametrize(("height", "width"), [(64, 64), (224, 224), (480, 640), (1000, 3), (65, 64)])
def test_large_pictures_are_reduced_and_200_of_them_stay_below_two_megabytes(height, width):
    noise = DRAW.integers(0, 256, (height, width, 3), dtype=np.uint8)
    uri = thumbnail(noise)
    picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    assert max(picture.size) == min(SIDE, max(height, width))
    assert picture.size[0] / picture.size[1] == pytest.approx(width / height, rel=0.05) or min(picture.size) == 1
    assert 200 * len(uri) < 1.5e6
    assert thumbnail(noise) == uri


def test_a_reduced_picture_has_the_means_of_its_blocks():
    pixels = DRAW.integers(0, 256, (128, 128, 1), dtype=np.uint8)
    blocks = pixels[..., 0].reshape(64, 2, 64, 2).mean(axis=(1, 3))
    assert np.abs(decoded(thumbnail(pixels)) - blocks).max() <= 1


def test_few_colours_are_close_to_the_true_ones():
    columns = np.linspace(0, 255, 64)
    photo = np.stack(np.broadcast_arrays(columns[:, None], columns[None], 255 - columns[:, None]), axis=-1)
    photo = (photo + DRAW.normal(scale=6, size=photo.shape)).clip(0, 255).astype(np.uint8)
    uri = thumbnail(photo)
    image = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    assert image.mode == "P"
    assert len(uri) < MAX_BYTES * 2
    assert np.abs(np.asarray(image.convert("RGB")).astype(float) - photo).mean() < 12
