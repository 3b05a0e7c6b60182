"""Images of MNIST's shape, made up: ten patterns under noise, a third of them with a wrong label."""

import numpy as np
from numpy.typing import NDArray

BATCH_SIZE = 64
LEARNING_RATE = 1e-3
EPSILON = 1e-7
CLASSES = 10
SIDE = 28
_WRONG = 1 / 3
_SIGNAL = 0.5


def images(train: int, evaluation: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The training images and behind them the evaluation images, the same for every contestant.

    The patterns can be learnt, so that equal losses mean equal trainings; the wrong labels keep the loss of a long
    training away from 0, where gradients turn into denormal numbers, on which some processors are slow.

    Returns:
        Pixels, uint8 [train + evaluation, 28, 28], and labels, int64 [train + evaluation].
    """
    random = np.random.default_rng(0)
    shown = random.integers(0, CLASSES, train + evaluation)
    patterns = random.random((CLASSES, SIDE, SIDE), dtype=np.float32)
    noise = random.random((train + evaluation, SIDE, SIDE), dtype=np.float32)
    pixels = (_SIGNAL * patterns[shown] + (1 - _SIGNAL) * noise) * 255
    wrong = random.random(train + evaluation) < _WRONG
    labels = np.where(wrong, random.integers(0, CLASSES, train + evaluation), shown)
    return pixels.astype(np.uint8), labels
