"""A tiny study of every architecture of the paper: all methods run on it, and what they must do they do."""

import numpy as np
import pytest

from samefn.spec.read import read_study
from samefn.studies.study import Places, study

SETTINGS = [
    "data.name=own",
    "independents=[1]",
    "training={epochs=1, batch_size=16}",
    "distillation={alphas=[0.5], control=false, random_teacher=false}",
    "quantization={calibration=16, batch_size=16, other_batch_size=8}",
    "pruning={fractions=[0.3], scope='everything'}",
    "landscape={methods=['pca']}",
    "intervals.resamples=100",
]


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Bright and dark squares of 32x32, three channels, as a user's npz file."""
    draw = np.random.default_rng(0)
    arrays = {}
    for split, count in (("train", 33), ("test", 16)):
        labels = np.arange(count) % 2
        pixels = draw.integers(0, 128, (count, 32, 32, 3)) + 120 * labels[:, None, None, None]
        arrays |= {f"x_{split}": pixels.astype(np.uint8), f"y_{split}": labels}
    path = tmp_path_factory.mktemp("images") / "squares.npz"
    np.savez(path, **arrays)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("net", "numbers", "less"),
    [
        ("mobilenet", 3_754_178, []),
        # Students and static 8-bit are the same code and take a minute more.
        ("resnet50", 24_637_826, ["distillation=false", "quantization.methods=['float16', 'int8-dynamic']"]),
    ],
)
def test_every_method_runs_on_it(tmp_path, images, net, numbers, less):
    places = Places(tmp_path / "out", tmp_path / "store", tmp_path / "cache", images)
    report = study(read_study("digits", [*SETTINGS, f"net={net}", *less]), places, 2, "cpu")
    assert report.failures == ()
    models = {model.id: model for model in report.models}
    # Without top as Keras counts, and a head of 512 and 2 classes: 3,228,864 + 1024 * 512 + 512 + 512 * 2 + 2; four
    # bytes each.
    assert models["base"].bytes == pytest.approx(4 * numbers, rel=0.01)
    assert models["int8-dynamic"].bytes < 0.3 * models["base"].bytes
    assert models["pruned-30"].settings["sparsity"] == pytest.approx(0.3, abs=1e-3)
    again = next(m for m in report.measures if (m.candidate, m.measure) == ("onnx-float32", "total_variation"))
    assert again.value < 1e-4
