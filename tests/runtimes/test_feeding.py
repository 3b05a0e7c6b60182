"""What a model is fed: the layout its shape leaves no doubt of, scaling by the plain formula, clear refusals."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefn.config.comparison import Feed
from samefn.core.errors import InputError
from samefn.runtimes.inputs.feeding import plan_feed
from samefn.runtimes.inputs.layouts import fits
from samefn.runtimes.model import TensorSpec

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 3, 4, 6), dtype=np.uint8)


def fed(spec, arrays=None, feed=None):
    plan = plan_feed([spec], arrays or {"image": IMAGES}, feed or Feed(), "model.onnx")
    return plan, plan.feeds(arrays or {"image": IMAGES})[spec.name]


@pytest.mark.parametrize("shape", [(None, 3, 4, 6), (1, 3, None, None), (None, 3, 4, None)])
def test_images_go_in_as_declared_channels_first(shape):
    plan, values = fed(TensorSpec("x", "float32", shape))
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, (IMAGES.astype(np.float64) / 255).astype(np.float32))
    assert plan.batch == shape[0]


def test_images_are_turned_where_channels_stand_last():
    _, values = fed(TensorSpec("x", "float32", (None, 4, 6, 3)))
    for example, channel, row, column in np.ndindex(IMAGES.shape):
        wanted = np.float32(IMAGES[example, channel, row, column]) / np.float32(255)
        assert values[example, row, column, channel] == wanted


def test_bytes_stay_bytes_for_a_model_of_bytes():
    plan, values = fed(TensorSpec("x", "uint8", (None, 4, 6, 3)))
    assert values.dtype == np.uint8
    np.testing.assert_array_equal(values, np.moveaxis(IMAGES, 1, -1))
    assert "times" not in plan.describe()[0]


@given(
    scale=st.floats(0.01, 10),
    mean=st.lists(st.floats(-5, 5), min_size=3, max_size=3),
    std=st.lists(st.floats(0.1, 5), min_size=3, max_size=3),
    last=st.booleans(),
)
def test_scale_mean_and_std_by_channel_in_either_layout(scale, mean, std, last):
    feed = Feed(scale=scale, mean=tuple(mean), std=tuple(std))
    shape = (None, 4, 6, 3) if last else (None, 3, 4, 6)
    _, values = fed(TensorSpec("x", "float32", shape), feed=feed)
    channels = np.moveaxis(values, -1 if last else 1, 0)
    for channel in range(3):
        wanted = (IMAGES[:, channel].astype(np.float64) * scale - mean[channel]) / std[channel]
        np.testing.assert_allclose(channels[channel], wanted, rtol=1e-4, atol=1e-4 * max(1, scale * 255))


@pytest.mark.parametrize(
    ("example", "declared", "layout", "axis"),
    [
        ((3, 8, 8), (None, 3, 8, 8), None, 0),
        ((3, 8, 8), (None, None, None, None), None, 0),
        ((3, 8, 8), None, None, 0),
        ((8, 8, 3), (None, 8, 8, 3), None, 2),
        ((3, 8, 3), (None, 3, 8, 3), "NCHW", 0),
        ((3, 8, 3), (None, 3, 8, 3), "NHWC", 2),
        ((8, 3), (None, 8, 3), None, 1),
        ((3,), (None, 3), None, 0),
    ],
)
def test_mean_and_std_by_channel_of_floats(example, declared, layout, axis):
    values = np.random.default_rng(1).normal(size=(4, *example)).astype(np.float32)
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    plan, found = fed(TensorSpec("x", "float32", declared), {"x": values}, Feed(mean=mean, std=std, layout=layout))
    for place in np.ndindex(values.shape):
        channel = place[1 + axis]
        assert found[place] == pytest.approx((values[place] - mean[channel]) / std[channel], rel=1e-5, abs=1e-6)
    assert len(example) < 3 or ("NCHW" if axis == 0 else "NHWC") in plan.describe()[0]


FLOATS = np.random.default_rng(2).normal(size=(5, 8, 6, 3)).astype(np.float32)


@pytest.mark.parametrize("declared", [(None, 3, 8, 6), (1, 3, None, None), (None,) * 4, None])
def test_floats_are_turned_to_the_layout_that_is_said_of_the_model(declared):
    plan, values = fed(TensorSpec("x", "float32", declared), {"x": FLOATS}, Feed(layout="NCHW", mean=(1, 2, 3)))
    for example, row, column, channel in np.ndindex(FLOATS.shape):
        wanted = FLOATS[example, row, column, channel] - np.float32(channel + 1)
        assert values[example, channel, row, column] == wanted
    assert "turned to NCHW" in plan.describe()[0]


@pytest.mark.parametrize("declared", [(None, 8, 6, 3), (None,) * 4, None])
def test_floats_that_have_the_layout_stay(declared):
    for feed, words in (
        (Feed(layout="NHWC"), "NHWC as they are"),
        (Feed(layout="as-is"), "float32"),
        (Feed(), "float"),
    ):
        plan, values = fed(TensorSpec("x", "float32", declared), {"x": FLOATS}, feed)
        np.testing.assert_array_equal(values, FLOATS)
        assert words in plan.describe()[0]
        assert "turned" not in plan.describe()[0]


def test_floats_of_many_channels_are_turned_where_only_that_fits():
    many = np.random.default_rng(3).normal(size=(2, 16, 4, 5))
    _, values = fed(TensorSpec("x", "float64", (None, 4, 5, 16)), {"x": many}, Feed(layout="NHWC"))
    np.testing.assert_array_equal(values, np.moveaxis(many, 1, -1))
    _, values = fed(TensorSpec("x", "float64"), {"x": many}, Feed(layout="NHWC"))
    np.testing.assert_array_equal(values, many)


@pytest.mark.parametrize(
    ("declared", "values", "feed", "words"),
    [
        (
            (None, 3, 8, 6),
            FLOATS,
            None,
            "model.feed.layout=NCHW",
        ),
        ((None, 8, 6, 3), FLOATS.transpose(0, 3, 1, 2), None, "model.feed.layout=NHWC"),
        ((None, 1, 8, 8), np.ones((5, 64), np.float32), None, "save x.reshape(-1, 1, 8, 8)"),
        ((None, 64), np.ones((5, 1, 8, 8), np.float32), None, "save x.reshape(-1, 64)"),
    ],
)
def test_what_does_not_fit_says_what_to_do_and_that_works(declared, values, feed, words):
    spec = TensorSpec("x", "float32", declared)
    with pytest.raises(InputError, match="SF322") as error:
        fed(spec, {"x": values}, feed)
    assert words in error.value.fix
    if layout := re.search(r"layout=(\w+)", words):
        assert fits(declared[1:], fed(spec, {"x": values}, Feed(layout=layout[1]))[1].shape[1:])
    saved = eval(re.search(r"save (x\.\w+\([^)]*\))", str(error.value))[1], {"x": values})  # noqa: S307  (our own words)
    assert fits(declared[1:], fed(spec, {"x": saved})[1].shape[1:])


def test_what_is_done_is_said():
    plan, _ = fed(TensorSpec("pixels", "float32", (8, 4, 6, 3)), feed=Feed(mean=(0.5,), std=(0.25,)))
    assert plan.describe() == (
        "image into pixels as float32, NHWC, divided by 255, less mean 0.5, over std 0.25",
        "the model takes batches of 8 only: a shorter last one is filled up and cut",
    )


def test_several_inputs_are_matched_by_name():
    arrays = {"mask": np.ones((5, 7), np.int64), "ids": np.arange(35).reshape(5, 7)}
    plan = plan_feed([TensorSpec("ids", "int64"), TensorSpec("mask", "int64", (None, None))], arrays, Feed(), "m")
    feeds = plan.feeds(arrays)
    np.testing.assert_array_equal(feeds["ids"], arrays["ids"])
    np.testing.assert_array_equal(feeds["mask"], arrays["mask"])


@pytest.mark.parametrize(
    ("specs", "arrays", "feed", "code", "detail"),
    [
        (
            [TensorSpec("x", "float32", (None, 3, 3, 3))],
            {"image": IMAGES[:, :, :3, :3]},
            Feed(),
            "SF323",
            "--set model.feed.layout=NCHW, or NHWC",
        ),
        ([TensorSpec("x", "float32", (None, None, None, None))], {"image": IMAGES}, Feed(), "SF323", ""),
        ([TensorSpec("x", "float32", (None, 3, 224, 224))], {"image": IMAGES}, Feed(), "SF322", "3 x 4 x 6 "),
        ([TensorSpec("x", "float32", (None, 72))], {"image": IMAGES}, Feed(), "SF322", ""),
        (
            [TensorSpec("x", "uint8", (None, 3, 4, 6))],
            {"image": IMAGES},
            Feed(scale=2),
            "SF325",
            "",
        ),
        (
            [TensorSpec("x", "float32", (None, 3, 4, 6))],
            {"image": IMAGES},
            Feed(mean=(1, 2)),
            "SF326",
            "2 values for 3",
        ),
        ([TensorSpec("x", "float32", (None, 3, 4, 6))], {"image": IMAGES}, Feed(layout="NHWC"), "SF322", "[4, 6, 3]"),
        ([TensorSpec("x"), TensorSpec("y")], {"x": IMAGES}, Feed(), "SF320", "'y', only x"),
        (
            [TensorSpec("x", "float32", (2,)), TensorSpec("y", "float32", (3,))],
            {"x": np.ones(4), "y": np.ones(4)},
            Feed(),
            "SF321",
            "",
        ),
        ([TensorSpec("x", "int64", (None, 7))], {"x": np.ones((5, 7))}, Feed(), "SF325", ""),
        ([TensorSpec("x", "float32", (None, 7))], {"x": np.ones((5, 7))}, Feed(layout="NCHW"), "SF324", ""),
        (
            [TensorSpec("x", "float32", (None, 3, 8, 8))],
            {"x": np.ones((5, 3, 8, 8))},
            Feed(layout="NHWC"),
            "SF324",
            "feed.layout=NCHW",
        ),
        (
            [TensorSpec("x", "float32", (None, 3, 8, 8))],
            {"x": np.ones((5, 8, 8, 3))},
            Feed(layout="NHWC"),
            "SF322",
            "feed.layout=NCHW",
        ),
        (
            [TensorSpec("x", "float32", (None, 3, 8, 8))],
            {"x": np.ones((5, 3, 9, 9))},
            Feed(),
            "SF322",
            "[3, 9, 9]",
        ),
        ([], {"x": IMAGES}, Feed(), "SF320", ""),
        (
            [TensorSpec("x", "float32", (None, 3, 8, 8))],
            {"x": np.ones((5, 3, 8, 8), np.float32)},
            Feed(mean=(0.0,) * 8),
            "SF326",
            "8 values for 3",
        ),
        (
            [TensorSpec("x", "float32", (None, 8, 8, 8))],
            {"x": np.ones((5, 8, 8, 8), np.float32)},
            Feed(std=(1.0,) * 8),
            "SF323",
            "",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(specs, arrays, feed, code, detail):
    with pytest.raises(InputError, match=code) as error:
        plan_feed(specs, arrays, feed, "model.onnx")
    assert detail in str(error.value)
    assert "model.onnx" in str(error.value)
    assert "\n" not in str(error.value)
