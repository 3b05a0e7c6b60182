"""scikit-learn's handwritten digits: few small images, and nothing to download."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits as bundled_digits
from sklearn.model_selection import train_test_split

from samefn.core.events import Emit, Event
from samefn.datasets.dataset import Dataset, numbered_images, study_dataset
from samefn.datasets.source import Source

SIDE = 28
SPLIT_SEED = 0


def find_digits(data_dir: Path | None, cache_dir: Path, emit: Emit, label: str | None = None) -> Source:
    """The 1797 digits as 28 by 28 grey images, half of them for test. No file is read, so there is no key.

    The split is fixed: shuffled with one seed and stratified by class.

    Args:
        data_dir: not used; a warning says so when it is given.
        cache_dir: not used.
        emit: where events go.
        label: not used.
    """
    del cache_dir, label
    if data_dir is not None:
        emit(Event("warning", "digits", "comes with scikit-learn; --data-dir is not used"))
    return Source("digits", (), _decode)


def _decode(emit: Emit) -> Dataset:
    del emit
    bundle = bundled_digits()
    pixels, labels = _enlarged(bundle.images), bundle.target.astype(np.int64)
    train, test = train_test_split(np.arange(len(labels)), test_size=0.5, stratify=labels, random_state=SPLIT_SEED)
    return study_dataset(
        name="digits",
        class_names=tuple(str(name) for name in bundle.target_names),
        train=numbered_images("train", pixels[train], labels[train]),
        test=numbered_images("test", pixels[test], labels[test]),
        source=(
            f"scikit-learn's digits: {len(labels)} images of 8x8 pixels enlarged to {SIDE}x{SIDE} "
            f"(bilinear), {len(train)} to train and {len(test)} to test, a split of our own: "
            f"stratified by class, seed {SPLIT_SEED}, the same writers in both"
        ),
    )


def _enlarged(images: NDArray[np.float64]) -> NDArray[np.uint8]:
    # Values 0..16 to bytes before enlarging: Pillow enlarges bytes in integers, the same on every machine.
    small = np.rint(images * (255 / 16)).astype(np.uint8)
    large = [Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BILINEAR) for image in small]
    return np.stack([np.asarray(image) for image in large])[:, None]
