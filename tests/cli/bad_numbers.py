"""Numbers that are none, that are endless, or of another type than they should be, in headers, specs and names."""

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

from bad_case import Bad, against_base
from bad_words import PAIR, setting, toml

DIGITS = "9" * 5000
HEADERS = {
    "9,000 parentheses": "(" * 9000,
    "a sum": "+".join("1" * 4000),
    "9,000 minus signs": "-" * 9000 + "1",
    "keys of mixed types": "{'descr': '<f4', 'fortran_order': False, 'shape': (6, 3), 3: 4}",
    "a key that is a list": "{[]: 3}",
    "a NUL": "{'descr': '<f4', \0",
    "a truth for a length": "{'descr': '|b1', 'fortran_order': False, 'shape': (True, 64)}",
    "a length of 4,000 digits": "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "9" * 4000 + ", 3)}",
}


def npy(header: str) -> bytes:
    """An npy file of 64 bytes of content."""
    told = header.encode("latin-1") + b"\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(told)) + told + bytes(64)


def npz(header: str, *names: str) -> bytes:
    """A compressed archive of npy files."""
    path = Path("made.npz")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(f"{name}.npy", npy(header))
    content = path.read_bytes()
    path.unlink()
    return content


def headers(what: str, header: str) -> tuple[Bad, ...]:
    """The same header at every door."""

    def own(folder: Path) -> Sequence[str]:
        (folder / "own.npz").write_bytes(npz(header, "x_train", "y_train", "x_test", "y_test"))
        return "study", "--set", "data.name=own", "--data-dir", "own.npz"

    def archive(path: Path) -> None:
        path.write_bytes(npz(header, "logits"))

    return (
        Bad(f"an npy file whose header is {what}", against_base("bad.npy", npy(header)), ("bad.npy: ",)),
        Bad(f"an npz file with a header of {what}", against_base("bad.npz", archive), ("bad.npz: ",)),
        Bad(f"data with a header of {what}", own, ("own.npz: ",)),
    )


def text(name: str, path: str, content: str, what: str) -> Bad:
    """A candidate in a file of text."""
    return Bad(name, against_base(path, content.encode()), (path, what))


def sample(**told: str) -> str:
    """A line of lm-evaluation-harness, its values as they are to stand there."""
    shown = {"doc_id": "0", "target": "0", "filtered_resps": '[["-1", ""], ["-2", ""]]', **told}
    return "{" + ", ".join(f'"{key}": {value}' for key, value in shown.items()) + "}\n"


CASES = (
    *(case for what, header in HEADERS.items() for case in headers(what, header)),
    # Numbers of many digits.
    toml("a spec with a number of 5,000 digits", f"batch_size = {DIGITS}\n".encode() + PAIR, "pair.toml: ... SF100"),
    toml("a spec with 50,000 hexadecimal digits", f"n_ctx = 0x{'f' * 50_000}\n".encode() + PAIR, "64 ... SF100"),
    toml("a spec with a key of 5,000 digits", f"{DIGITS} = 3\n".encode() + PAIR, "SF102"),
    setting("--set batch_size: ... SF101", f"batch_size={DIGITS}"),
    setting("--set n_ctx: ... SF101", f"n_ctx=0x{'f' * 5000}"),
    text("a CSV file with a class of 5,000 digits", "bad.csv", f"logit_0,logit_{DIGITS}\n1.5,2\n", "18 digits"),
    text(
        "a log-likelihood of 4,000 digits",
        "bad.jsonl",
        sample(filtered_resps=f'[[{"9" * 4000}, ""], [-2, ""]]'),
        "SF426",
    ),
    # Types.
    setting("--set batch_size: ... got True ... SF101", "batch_size=true"),
    setting("--set base.threads: ... got True ... SF101", "base.threads=true"),
    setting("--set shards: ... got 10.0 ... SF101", "shards=10.0"),
    setting("--set cost: ... got 1 ... SF101", "cost=1"),
    setting("--set require: ... no list ... 'require=[\"same\"]' ... SF101", "require=same"),
    setting("--set data.slices: ... no list ... 'data.slices=[\"y\"]' ... SF101", "data.slices=y"),
    setting("--set intervals.confidence: ... got True ... SF101", "intervals.confidence=true"),
    setting("--set base.threads: ... 256 ... got 1000 ... SF101", "base.threads=1000"),
)
