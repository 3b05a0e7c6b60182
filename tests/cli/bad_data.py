"""Examples that must be refused: arrays, known data sets and data of studies, spoilt."""

import gzip
import pickle
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from bad_case import IDS, IMAGES, TRUE, Bad, Runs, arrays, npy_header, of_file, put, with_data, zipped

from samefn.datasets.formats.idx import idx_bytes


def data(
    name: str, path: str, content: bytes | Callable[[Path], object], *says: str, options: Sequence[str] = ()
) -> Bad:
    """Examples in a file or folder, for two models that are right."""

    def write(folder: Path) -> Sequence[str]:
        put(folder / path, content)
        return with_data("near.onnx", *options, data=path)(folder)

    return Bad(f"data: {name}", write, (path, *says))


def array(name: str, what: str, *options: str, **named: object) -> Bad:
    """Examples in an npz file."""
    return data(name, "bad.npz", arrays(**named), what, options=options)


def nothing(folder: Path) -> Sequence[str]:
    """Examples of NaN alone."""
    put(folder / "bad.npz", arrays(x=IMAGES * np.float32("nan")))
    return with_data("near.onnx", data="bad.npz")(folder)


def known(name: str, what: str, spoil: Callable[[Path], object], command: str = "compare") -> Bad:
    """MNIST's files in a folder, spoilt."""

    def write(folder: Path) -> Sequence[str]:
        place = folder / "mnist"
        place.mkdir()
        for split, count in (("train", 40), ("t10k", 20)):
            put(place / f"{split}-images-idx3-ubyte", idx_bytes(np.zeros((count, 28, 28), np.uint8)))
            put(place / f"{split}-labels-idx1-ubyte", idx_bytes((np.arange(count) % 10).astype(np.uint8)))
        spoil(place)
        if command == "study":
            return "study", "mnist", "--data-dir", "mnist"
        return *with_data("near.onnx", data="mnist")(folder), "--data-dir", "mnist"

    return Bad(f"{name}, for {command}", write, (what,))


def own(name: str, what: str, **named: object) -> Bad:
    """An npz file for a study."""

    def write(folder: Path) -> Sequence[str]:
        x, y = np.zeros((20, 8, 8), np.uint8), np.arange(20) % 2
        put(folder / "own.npz", arrays(**{"x_train": x, "y_train": y, "x_test": x, "y_test": y, **named}))
        return "study", "--set", "data.name=own", "--data-dir", "own.npz"

    return Bad(name, write, ("own", what))


IMAGES_FILE, LABELS_FILE = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def truncated(folder: Path) -> None:
    path = folder / IMAGES_FILE
    path.write_bytes(path.read_bytes()[:-100])


def claims(folder: Path) -> None:
    (folder / IMAGES_FILE).write_bytes(struct.pack(">HBBIII", 0, 8, 3, 2**31, 2**10, 2**10))


def bomb(folder: Path) -> None:
    content = struct.pack(">HBBIII", 0, 8, 3, 40, 28, 28) + bytes(1 << 24)
    (folder / IMAGES_FILE).write_bytes(gzip.compress(content, 1))


def half(folder: Path) -> None:
    path = folder / IMAGES_FILE
    path.write_bytes(gzip.compress(path.read_bytes())[:60])


def exchanged(folder: Path) -> None:
    images, labels = folder / IMAGES_FILE, folder / LABELS_FILE
    images.rename(folder / "x")
    labels.rename(images)
    (folder / "x").rename(labels)


def shorter(folder: Path) -> None:
    (folder / LABELS_FILE).write_bytes(idx_bytes(np.zeros(39, np.uint8)))


CASES = (
    # Arrays.
    data("examples cut short", "bad.npz", of_file(arrays(x=IMAGES, y=TRUE)), "damaged"),
    data(
        "examples with a changed byte",
        "bad.npz",
        of_file(arrays(x=IMAGES), lambda c: c[:160] + b"\xff" + c[161:]),
        "damaged",
    ),
    data("examples that promise 2^40 pictures", "bad.npy", npy_header((2**40, 4, 4), "|u1"), "SF010"),
    data(
        "examples that promise 2^31 rows",
        "bad.npz",
        zipped({"x.npy": npy_header((2**31, 16))}),
        "SF004",
    ),
    data("examples in a zip bomb", "bad.npz", zipped({"x.npy": npy_header((6, 16)) + bytes(1 << 24)}), "384 ... SF010"),
    array("pickled examples", "SF012", x=np.array([Runs()] * 6)),
    array("pickled labels", "SF012", x=IMAGES, y=np.array([Runs()] * 6)),
    array("examples that are text", "SF231", x=np.array(list("abcdef"))),
    array("complex examples", "complex128 ... SF011", x=IMAGES.astype(complex)),
    array("SF222", "SF222", x=IMAGES[:0], y=TRUE[:0]),
    array("labels alone", "SF222", y=TRUE),
    array("fewer labels than examples", "SF226", x=IMAGES, y=TRUE[:4]),
    array("labels that are floats", "float64 ... SF226", x=IMAGES, y=TRUE + 0.5),
    array("labels that are rows", "SF226", x=IMAGES, y=np.eye(6, dtype=int)),
    array("labels that are true and false", "SF226", x=IMAGES, y=TRUE > 1),
    array("labels below 0", "'0' ... SF227", x=IMAGES, y=TRUE - 1),
    array("labels beyond 2^63", "label", x=IMAGES, y=TRUE.astype(np.uint64) + np.uint64(2**63)),
    array("ids that occur twice", "'a' ... SF225", x=IMAGES, ids=np.array(list("abcdea"))),
    array("fewer ids than examples", "SF223", x=IMAGES, ids=IDS[:5]),
    array("ids that are floats", "float64 ... SF224", x=IMAGES, ids=TRUE / 2),
    array("a label array that is not there", "'class' ... SF208", "--set", "data.label=class", x=IMAGES, y=TRUE),
    array("a limit beyond all examples", "SF220", "--set", "data.limit=7", x=IMAGES),
    array("a split that is not there", "SF209", x_train=IMAGES, y_train=TRUE),
    array("inputs of different lengths", "SF223", x=IMAGES, z=IMAGES[:5]),
    array("pictures whose channels cannot be told", "SF231", x=np.zeros((6, 3, 4, 3), np.uint8)),
    data(
        "npy with a label array named",
        "bad.npy",
        lambda path: np.save(path, IMAGES),
        "SF207",
        options=("--set", "data.label=y"),
    ),
    data("data of torch", "bad.pt", zipped({"bad/data.pkl": b"x", "bad/byteorder": b"x"}), "SF205", "npz"),
    data("data that are pickled", "bad.pkl", pickle.dumps(Runs()), "SF205", "npz"),
    Bad("data: examples that are all NaN", nothing, ("base.onnx", "NaN there, in x ... SF511")),
    data("an npz file that is a web page", "bad.npz", b"<html>", "bad.npz: ... npz ... SF010"),
    data("an npz file without its start", "bad.npz", bytes(300), "bad.npz: ... npz ... SF010"),
    data("an npy file that is a web page", "bad.npy", b"<html>", "bad.npy: ... npy ... SF010"),
    data("a Parquet file that is a web page", "bad.parquet", b"<html>", "bad.parquet: ... Parquet ... SF203"),
    array("a label beyond the classes", "'4' of bad.npz has label 9 ... SF513", x=IMAGES, y=[0, 1, 0, 1, 9, 8]),
    data("a TOML file for data", "bad.toml", b"x = 1\n", "SF204"),
    data("a model for data", "bad.onnx", b"\x08\x0a", "SF204"),
    # Reference data sets, and data of a study.
    *(
        known(name, what, spoil, command)
        for command in ("compare", "study")
        for name, what, spoil in (
            ("MNIST cut short", IMAGES_FILE, truncated),
            ("MNIST that promises 2^51 pixels", "SF251", claims),
            ("MNIST in a gzip bomb", "31360 ... SF203", bomb),
            ("MNIST half downloaded", "SF203", half),
            ("MNIST with images and labels exchanged", "SF256", exchanged),
            ("MNIST with fewer labels", "39 ... 40 ... SF223", shorter),
            ("MNIST without its labels", f"lacks {LABELS_FILE}", lambda folder: (folder / LABELS_FILE).unlink()),
            (
                "MNIST of another size",
                "SF213",
                lambda f: put(f / IMAGES_FILE, idx_bytes(np.zeros((40, 32, 32), np.uint8))),
            ),
            (
                "MNIST with a label 11",
                "outside 0..9",
                lambda f: put(f / LABELS_FILE, idx_bytes(np.full(40, 11, np.uint8))),
            ),
        )
    ),
    own("own data of floats", "float64 ... SF231", x_train=np.zeros((20, 8, 8))),
    own("own data that are pickled", "SF012", y_train=np.array([Runs()] * 20)),
    own("own data of one class", "SF230", y_train=np.zeros(20, int)),
    own("own data with labels below 0", "-1", y_train=np.arange(20) % 2 - 1),
    own("own data with fewer labels", "19", y_train=np.arange(19) % 2),
    own("own data with other test images", "8", x_test=np.zeros((20, 9, 9), np.uint8)),
)
