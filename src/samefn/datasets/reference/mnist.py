"""MNIST and Fashion-MNIST: 28 by 28 grey images, in files of the same names."""

from pathlib import Path

from samefn.core.events import Emit
from samefn.datasets.reference.idx_set import IdxFile, IdxSet, IdxSplit, find_idx_set
from samefn.datasets.reference.reference_data import ReferenceData
from samefn.datasets.source import Source

MNIST_SHAPE = (1, 28, 28)

MNIST_MD5 = (
    "6bbc9ace898e44ae57da46a324031adb",
    "a25bea736e30d166cdddb491f175f624",
    "2646ac647ad5339dbf082846283269ea",
    "27ae3e4e09519cfbb04c329615203637",
)
MNIST_GZIP_MD5 = (
    "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "d53e105ee54ea40749a09fcbcd1e9432",
    "9fb629c4189551a2d022fa330f9573f3",
    "ec29112dd5afa0611ce80d1b7f02629c",
)
# No MD5 of the uncompressed content is published.
FASHION_GZIP_MD5 = (
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "25c81989df183df01b3e8a0aad5dffbe",
    "bef4ecab320f06d8554ea6380940ec79",
    "bb300cfdad3c16e7a12a480ee83cd310",
)
FASHION_COUNTS = ((6000,) * 10, (1000,) * 10)

MNIST = IdxSet(
    ReferenceData(
        "mnist",
        "MNIST",
        tuple("0123456789"),
        MNIST_SHAPE,
        # Counts and sums of the files that have the published MD5.
        class_counts=(
            (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
            (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
        ),
        pixel_sums=((1567298545,), (264923200,)),
        idx_md5=MNIST_MD5,
    ),
    IdxSplit(
        IdxFile("train-images-idx3-ubyte", 3, MNIST_GZIP_MD5[0], MNIST_MD5[0]),
        IdxFile("train-labels-idx1-ubyte", 1, MNIST_GZIP_MD5[1], MNIST_MD5[1]),
    ),
    IdxSplit(
        IdxFile("t10k-images-idx3-ubyte", 3, MNIST_GZIP_MD5[2], MNIST_MD5[2]),
        IdxFile("t10k-labels-idx1-ubyte", 1, MNIST_GZIP_MD5[3], MNIST_MD5[3]),
    ),
    # The folders that samefn, torchvision and the Hub make.
    subfolders=("mnist", "MNIST/raw", "mnist/mnist", "mnist/data", ""),
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    others=dict.fromkeys(FASHION_GZIP_MD5, "Fashion-MNIST"),
    never_counts=FASHION_COUNTS,
)
FASHION_MNIST = IdxSet(
    ReferenceData(
        "fashion-mnist",
        "Fashion-MNIST",
        (
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        MNIST_SHAPE,
        class_counts=FASHION_COUNTS,
    ),
    IdxSplit(
        IdxFile("train-images-idx3-ubyte", 3, FASHION_GZIP_MD5[0]),
        IdxFile("train-labels-idx1-ubyte", 1, FASHION_GZIP_MD5[1]),
    ),
    IdxSplit(
        IdxFile("t10k-images-idx3-ubyte", 3, FASHION_GZIP_MD5[2]),
        IdxFile("t10k-labels-idx1-ubyte", 1, FASHION_GZIP_MD5[3]),
    ),
    subfolders=("fashion-mnist", "FashionMNIST/raw", "fashion_mnist", "fashion_mnist/fashion_mnist", ""),
    # The first has no https; every download is checked by its MD5.
    mirrors=(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
    others=dict.fromkeys((*MNIST_MD5, *MNIST_GZIP_MD5), "MNIST"),
)


def find_mnist(data_dir: Path | None, cache_dir: Path, emit: Emit, label: str | None = None) -> Source:
    """MNIST: 28 by 28 grey images of ten digits. Arguments and errors as `find_idx_set`."""
    return find_idx_set(MNIST, data_dir, cache_dir, emit, label)


def find_fashion_mnist(data_dir: Path | None, cache_dir: Path, emit: Emit, label: str | None = None) -> Source:
    """Fashion-MNIST: 28 by 28 grey images of ten kinds of clothes. Arguments and errors as `find_idx_set`."""
    return find_idx_set(FASHION_MNIST, data_dir, cache_dir, emit, label)
