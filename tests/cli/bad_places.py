"""What is no plain file where one is wanted, at every door: pipes, devices, links, folders, files of nothing."""

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bad_case import Bad, Write, base, llama_logits, onnx_file, put, with_data
from bad_reports import REQUIRE, right


def shut(path: Path) -> None:
    path.write_bytes(b"x")
    path.chmod(0)


def root_reads_all() -> str:
    return "root may read everything" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""


# What may stand where a file is wanted, and what is said of it unless a door says it otherwise.
THINGS: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda path: None, "SF001"),
    "a folder": (Path.mkdir, "SF003"),
    "an empty file": (Path.touch, "is empty"),
    "zeros": (lambda path: path.write_bytes(bytes(5000)), "SF301"),
    "a pipe": (os.mkfifo, "SF003"),
    "an endless device": (lambda path: path.symlink_to("/dev/zero"), "SF003"),
    "a socket": (lambda path: os.mknod(path, stat.S_IFSOCK | 0o600), "SF003"),
    "a file of the system's": (lambda path: path.symlink_to("/proc/self/status"), "SF003"),
    "a link to nothing": (lambda path: path.symlink_to("nowhere"), "SF001"),
    "a link to itself": (lambda path: path.symlink_to(path), "SF002"),
    "a file that may not be read": (shut, "Permission denied"),
}


@dataclass(frozen=True)
class Door:
    """Where a command takes a file.

    Attributes:
        place: of the file.
        write: writes everything else.
        says: what is said of a thing there; None where there is no such case.
        where: what the line must name; empty for the file's name.
    """

    place: str
    write: Write
    says: Mapping[str, str | None] = field(default_factory=dict)
    where: str = ""


def beside_base(path: str, *options: str) -> Write:
    def write(folder: Path) -> Sequence[str]:
        base(folder)
        return "compare", "base.npz", path, *options

    return write


def in_folder(path: str, write: Write) -> Write:
    """The same where the file's folder is there."""

    def written(folder: Path) -> Sequence[str]:
        (folder / path).parent.mkdir(parents=True)
        return write(folder)

    return written


def external(folder: Path) -> Sequence[str]:
    words = with_data("near.onnx")(folder)
    onnx_file(folder / "near.onnx", external="bad.data")
    return words


def language(folder: Path) -> Sequence[str]:
    for name in ("base.kld", "near.kld"):
        put(folder / name, llama_logits())
    return "compare", "base.kld", "near.kld", "--data", "bad.txt"


def named_logits(folder: Path) -> Sequence[str]:
    put(folder / "base.kld", llama_logits())
    return "compare", "base.kld", "bad.kld", "--runtime", "llama-logits"


def checkpoint(folder: Path) -> Sequence[str]:
    return with_data("torch.nn:Flatten", "--set", "candidates.1.weights=bad.pt")(folder)


def reported(folder: Path, command: str = "report") -> Sequence[str]:
    put(folder / "run" / "report.json", right())
    return command, "run"


NO_FORM = {"a folder": "SF301"}
CODE = "SF750"
LOADED = {"an empty file": CODE, "zeros": CODE}
NO_DATA_SET = {"nothing": "SF200", "a link to nothing": "SF200"}
NO_CONFIG = dict.fromkeys(
    ("nothing", "a folder", "a pipe", "an endless device", "a socket", "a link to nothing", "a link to itself"),
    "SF301",
)
LINK = "SF250"
NO_LOGITS = "SF350"
NOT_TOML = {"an empty file": "base: ... SF101", "zeros": "SF100", "nothing": "no such file"}
NOT_JSON = {
    "an empty file": "SF661",
    "zeros": "SF661",
    "nothing": "SF660",
    "a link to nothing": "SF660",
}
OWN = {
    "a folder": "SF204",
    "an empty file": "SF204",
    "zeros": "SF204",
    **dict.fromkeys(("nothing", "a link to nothing", "a link to itself"), "SF200"),
}

DOORS = {
    "predictions": Door("bad.npz", beside_base("bad.npz"), NO_FORM),
    "predictions of a named runtime": Door(
        "bad.npy", beside_base("bad.npy", "--set", "candidates.1.runtime=predictions"), {"zeros": "SF421"}
    ),
    "a model": Door("bad.onnx", with_data("bad.onnx"), NO_FORM | {"zeros": "SF360"}),
    "a model of a named runtime": Door(
        "bad.bin",
        with_data("bad.bin", "--set", "candidates.1.runtime=onnx"),
        {"an empty file": "SF360", "zeros": "SF360"},
    ),
    "external data": Door(
        "bad.data",
        external,
        {
            **dict.fromkeys(THINGS, "SF361"),
            "an empty file": "SF330",
            "zeros": "cannot be read",
            "an endless device": "SF361",
            "a file of the system's": "SF361",
            "a link to itself": "SF361",
            "a file that may not be read": None,
        },
        where="near.onnx",
    ),
    "a checkpoint": Door("bad.pt", checkpoint, LOADED),
    "a folder of transformers": Door(
        "model/config.json",
        in_folder("model/config.json", beside_base("model")),
        NO_CONFIG | {"an empty file": "SF370", "zeros": "SF370"},
        where="model",
    ),
    "logits of a named runtime": Door("bad.kld", named_logits, {"an empty file": NO_LOGITS, "zeros": NO_LOGITS}),
    "a text": Door("bad.txt", language, {"an empty file": None, "zeros": None, "a folder": "SF533"}),
    "the data": Door(
        "bad.npz",
        with_data("near.onnx", data="bad.npz"),
        NO_DATA_SET | {"a folder": "SF222", "zeros": "SF010", "a link to itself": "no such file"},
    ),
    "a picture": Door(
        "images/cat/bad.png",
        in_folder("images/cat/bad.png", with_data("near.onnx", data="images")),
        {
            "nothing": "SF222",
            "a folder": "SF222",
            "an empty file": "SF240",
            "zeros": "SF240",
            "an endless device": LINK,
            "a file of the system's": LINK,
            "a link to nothing": LINK,
            "a link to itself": LINK,
        },
        where="images",
    ),
    "a Parquet file of images": Door(
        "images/test.parquet",
        in_folder("images/test.parquet", with_data("near.onnx", data="images")),
        {"nothing": "SF222", "an empty file": "as Parquet", "zeros": "as Parquet"},
        where="images",
    ),
    "the spec": Door("bad.toml", lambda folder: ("compare", "bad.toml"), NOT_TOML),
    "a study's spec": Door("bad.toml", lambda folder: ("study", "bad.toml"), NOT_TOML | {"an empty file": None}),
    "a study's data": Door("own", lambda folder: ("study", "--set", "data.name=own", "--data-dir", "own"), OWN),
    "a study's checkpoint": Door("bad.pt", lambda folder: ("study", "--set", "weights=bad.pt"), LOADED),
    "a report to write again": Door(
        "bad.json", lambda folder: ("report", "bad.json"), NOT_JSON | {"a folder": "SF660"}
    ),
    "rows beside a report": Door(
        "run/rows.parquet",
        in_folder("run/rows.parquet", reported),
        {"nothing": None, "a link to nothing": None, "an empty file": "as Parquet", "zeros": "as Parquet"},
    ),
    "a file of outcomes": Door(
        "run/bad.xml",
        in_folder("run/bad.xml", lambda folder: (*reported(folder, "gate"), *REQUIRE, "--junit", "run/bad.xml")),
        dict.fromkeys(("nothing", "an empty file", "zeros", "a link to nothing", "a file that may not be read")),
    ),
    "a report": Door(
        "bad.json",
        lambda folder: ("gate", "bad.json", "--require", "disagreement < 1 %"),
        NOT_JSON | {"a folder": "SF660"},
    ),
}


def bad(door: str, thing: str) -> Bad:
    at = DOORS[door]
    make, usual = THINGS[thing]

    def write(folder: Path) -> Sequence[str]:
        words = at.write(folder)
        make(folder / at.place)
        return words

    skip = root_reads_all if make is shut else str
    return Bad(
        f"{thing} for {door}", write, (at.where or Path(at.place).name, at.says.get(thing, usual) or usual), skip
    )


def shut_external(folder: Path) -> Sequence[str]:
    words = external(folder)
    shut(folder / "bad.data")
    return words


CASES = (
    *(bad(door, thing) for door in DOORS for thing in THINGS if DOORS[door].says.get(thing, "") is not None),
    Bad("external data that may not be read", shut_external, ("bad.data", "Permission denied"), root_reads_all),
)
