"""CIFAR-10 and CIFAR-100: from the official binary archives, or from a folder in any of the formats."""

from pathlib import Path

from samefn.core.events import Emit
from samefn.datasets.reference.cifar_binary import CIFAR_SHAPE, BinaryFiles, find_binary, read_binary
from samefn.datasets.reference.download import Remote, download
from samefn.datasets.reference.find_in_folder import find_in_folder
from samefn.datasets.reference.reference_data import ReferenceData, as_reference_dataset
from samefn.datasets.source import Source

SITE = "https://www.cs.toronto.edu/~kriz/"

CIFAR10 = ReferenceData(
    "cifar10",
    "CIFAR-10",
    ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    CIFAR_SHAPE,
    class_counts=((5000,) * 10, (1000,) * 10),
    # The published means, times the number of pixels.
    pixel_sums=((6415714204, 6295060180, 5829907619), (1290492328, 1266775083, 1176108223)),
)
CIFAR10_FILES = BinaryFiles(
    Remote("cifar-10-binary.tar.gz", (f"{SITE}cifar-10-binary.tar.gz",), "c32a1d4ab5d03f1284b67883e8d87530"),
    folder="cifar-10-batches-bin",
    train={
        "data_batch_1.bin": "5dd7e06a14cb22eb9f671a540d1b7c25",
        "data_batch_2.bin": "5ea93a67294ea407fff1d09f752e9692",
        "data_batch_3.bin": "942cd6a4bcdd0dd3c604fbe906cb4421",
        "data_batch_4.bin": "ae636b3ba5c66a11e91e8cb52e771fcb",
        "data_batch_5.bin": "53f37980c15c3d472c316c40844f3f0d",
    },
    test={"test_batch.bin": "803d5f7f4d78ea53de84dbe85f74fb6d"},
    names="batches.meta.txt",
    labels=1,
)
# fmt: off
CIFAR100_CLASSES = (
    "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl", "boy",
    "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair", "chimpanzee", "clock",
    "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish",
    "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard", "lamp", "lawn_mower", "leopard", "lion",
    "lizard", "lobster", "man", "maple_tree", "motorcycle", "mountain", "mouse", "mushroom", "oak_tree", "orange",
    "orchid", "otter", "palm_tree", "pear", "pickup_truck", "pine_tree", "plain", "plate", "poppy", "porcupine",
    "possum", "rabbit", "raccoon", "ray", "road", "rocket", "rose", "sea", "seal", "shark", "shrew", "skunk",
    "skyscraper", "snail", "snake", "spider", "squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank",
    "telephone", "television", "tiger", "tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale",
    "willow_tree", "wolf", "woman", "worm",
)
# fmt: on
CIFAR100 = ReferenceData(
    "cifar100",
    "CIFAR-100",
    CIFAR100_CLASSES,
    CIFAR_SHAPE,
    class_counts=((500,) * 100, (100,) * 100),
    pixel_sums=((6620373279, 6352382090, 5756623363), (1328569193, 1272680636, 1153999502)),
)
CIFAR100_FILES = BinaryFiles(
    Remote("cifar-100-binary.tar.gz", (f"{SITE}cifar-100-binary.tar.gz",), "03b5dce01913d631647c71ecec9e9cb8"),
    folder="cifar-100-binary",
    train={"train.bin": "6172c7755cfe09b2fe270c85cebc1b15"},
    test={"test.bin": "4499cfba6c016c1be1438163640a0898"},
    names="fine_label_names.txt",
    labels=2,  # coarse, then fine
)
# Folders where copies lie; the Hub's are in a folder named after the data set.
CIFAR10_SUBFOLDERS = ("cifar10", "cifar10/plain_text", "cifar10/data", "cifar-10", "CIFAR10", "")
CIFAR100_SUBFOLDERS = ("cifar100", "cifar100/cifar100", "cifar100/data", "cifar-100", "CIFAR100", "")
# A little more than the archives' 170 MB.
MAX_DOWNLOAD = 180_000_000


def find_cifar10(data_dir: Path | None, cache_dir: Path, emit: Emit, label: str | None = None) -> Source:
    """CIFAR-10: 32 by 32 coloured images of ten classes. Arguments and errors as `find_cifar`."""
    return find_cifar(
        data_dir, cache_dir, emit, label, reference=CIFAR10, layout=CIFAR10_FILES, subfolders=CIFAR10_SUBFOLDERS
    )


def find_cifar100(data_dir: Path | None, cache_dir: Path, emit: Emit, label: str | None = None) -> Source:
    """CIFAR-100: 32 by 32 coloured images of a hundred (fine) classes. Arguments and errors as `find_cifar`."""
    return find_cifar(
        data_dir, cache_dir, emit, label, reference=CIFAR100, layout=CIFAR100_FILES, subfolders=CIFAR100_SUBFOLDERS
    )


def find_cifar(
    data_dir: Path | None,
    cache_dir: Path,
    emit: Emit,
    label: str | None = None,
    *,
    reference: ReferenceData,
    layout: BinaryFiles,
    subfolders: tuple[str, ...],
) -> Source:
    """Find either CIFAR, or download it.

    Args:
        data_dir: a folder that holds the archive, its files, or the images in another format; None to download.
        cache_dir: downloads are kept in its `downloads`.
        emit: where events go: of the download.
        label: the label column of Parquet files; None for `label` or `fine_label`.
        reference: which of the two.
        layout: its binary distribution.
        subfolders: where in `data_dir` to look.

    Raises:
        InputError: nothing there, files missing, or no address sent a file with the published MD5.
    """
    if data_dir is None:
        archive = download(layout.archive, cache_dir / "downloads" / reference.name, emit, MAX_DOWNLOAD)
        return _binary((archive,), reference, layout)

    def official(folder: Path) -> Source | None:
        files = find_binary(folder, layout)
        return _binary(files, reference, layout) if files else None

    return find_in_folder(data_dir, reference, subfolders, official, f"{layout.archive.name} or its files", label)


def _binary(files: tuple[Path, ...], reference: ReferenceData, layout: BinaryFiles) -> Source:
    is_archive = files[0].name == layout.archive.name
    format_name = "the binary archive" if is_archive else "the files of the binary archive"
    return Source(
        reference.name,
        files,
        lambda emit: as_reference_dataset(read_binary(files, layout), reference, format_name, str(files[0]), emit),
        {"form": format_name},
    )
