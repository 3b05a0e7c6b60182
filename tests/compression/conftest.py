from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from samefn.compression.export import export_onnx


def lenet() -> nn.Sequential:
    """LeNet as the paper has it, with 225,034 parameters, and dropout on top: exports must ignore it."""
    torch.manual_seed(7)
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1600, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
    )


@pytest.fixture
def net() -> nn.Sequential:
    return lenet()


@pytest.fixture(scope="session")
def base_onnx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("base") / "base.onnx"
    export_onnx(lenet(), (1, 28, 28), path)
    return path


@pytest.fixture(scope="session")
def pixels() -> np.ndarray:
    """96 images of noise with black and white pixels in them."""
    images = np.random.default_rng(0).integers(0, 256, (96, 1, 28, 28), dtype=np.uint8)
    images[0, 0, 0, :2] = 0, 255
    return images


@pytest.fixture(scope="session")
def calibration(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) / np.float32(255)
