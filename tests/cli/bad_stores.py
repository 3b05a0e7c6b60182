"""Stores that are none, and paths that no system takes, for every command that is given one."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from bad_case import Bad, base

LONG = "x" * 5000
COMMANDS = {
    "ls": ("ls", "--store"),
    "status": ("status",),
    "verify": ("verify", "--store"),
    "show": ("show", "a", "--store"),
    "compare": ("compare", "base.npz", "near.npz", "--store"),
}
MARKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "binary": (lambda path: path.write_bytes(b"\xff\xfe\x80"), "SF063"),
    "a folder": (Path.mkdir, "SF003"),
    "a pipe": (os.mkfifo, "SF003"),
    "an endless device": (lambda path: path.symlink_to("/dev/zero"), "SF003"),
}
URLS = {
    "zip://store": "SF064",
    "zip://store::file://store.zip": "SF064",
    "ftp://localhost:1/store": "SF064",
    "~no_such_user_here/store": "SF062",
}


def near(folder: Path) -> None:
    base(folder)
    (folder / "near.npz").write_bytes((folder / "base.npz").read_bytes() + b"\0")


def marked(command: str, thing: str) -> Bad:
    """A store whose `format` is no such file."""
    make, says = MARKS[thing]

    def write(folder: Path) -> Sequence[str]:
        near(folder)
        (folder / "bad" / "objects").mkdir(parents=True)
        make(folder / "bad" / "format")
        return *COMMANDS[command], "bad"

    return Bad(f"{command} of a store whose format is {thing}", write, ("bad", says))


def elsewhere(command: str, url: str) -> Bad:
    """A store where none can be."""

    def write(folder: Path) -> Sequence[str]:
        near(folder)
        return *COMMANDS[command], url

    return Bad(f"{command} of a store at {url}", write, (url, URLS[url]))


def long(*words: str) -> Bad:
    """A path of 5,000 letters."""

    def write(folder: Path) -> Sequence[str]:
        near(folder)
        return [LONG if word == "PATH" else word for word in words]

    return Bad(f"a path of 5,000 letters: {' '.join(words)}", write, ("ile name too long",))


CASES = (
    *(marked(command, thing) for command in COMMANDS for thing in MARKS),
    *(elsewhere(command, url) for command in ("ls", "compare") for url in URLS),
    *(long(*words, "PATH") for words in COMMANDS.values()),
    long("gate", "PATH", "--require", "bytes < 1"),
    long("report", "PATH"),
    long("study", "--out", "PATH"),
    long("study", "--store", "PATH"),
    long("study", "--set", "data.name=own", "--data-dir", "PATH"),
    long("compare", "base.npz", "near.npz", "--out", "PATH"),
    long("compare", "base.npz", "near.npz", "--junit", "PATH"),
    long("compare", "base.npz", "near.npz", "--data", "PATH"),
    long("data", "mnist", "--data-dir", "PATH"),
)
