"""A test of your own: the compressed model must be the same function as the base. Models and data are in `models`."""

from pathlib import Path

import pytest

from samefn.testing import assert_same_function

MODELS = Path("models")


@pytest.mark.parametrize("name", ["int8.onnx"])
def test_the_model_is_still_the_base(name: str) -> None:
    assert_same_function(
        MODELS / "base.onnx",
        MODELS / name,
        MODELS / "test.npz",
        independents=[MODELS / "seed1.onnx", MODELS / "seed2.onnx", MODELS / "seed3.onnx"],
        require=["same", "not worse", "negative_flips < 0.5 %"],
    )
