"""Saved predictions that must be refused: files that are cut short or hostile, numbers that are none."""

import json
import pickle
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from bad_case import IDS, LOGITS, PROBS, TRUE, Bad, Runs, against_base, arrays, npy_header, of_file, put, zipped
from safetensors.numpy import save_file

GOOD = {"logits": LOGITS, "ids": IDS, "labels": TRUE}


def file(name: str, path: str, content: bytes | Callable[[Path], object], *says: str) -> Bad:
    """A candidate that is such a file."""
    return Bad(name, against_base(path, content), (path, *says))


def array(name: str, what: str, *options: str, **named: object) -> Bad:
    """A candidate that is an npz file of these arrays."""
    return Bad(name, against_base("bad.npz", arrays(**named), *options), ("bad.npz", what))


def numbers(name: str, what: str, **named: object) -> Bad:
    """A candidate whose numbers are no predictions."""
    return Bad(name, against_base("bad.npz", arrays(**named)), ("candidate-1: ", what))


def table(name: str, what: str, text: str | bytes) -> Bad:
    """A candidate that is a CSV file."""
    return file(name, "bad.csv", text.encode() if isinstance(text, str) else text, what)


def lines(name: str, what: str, *samples: object) -> Bad:
    """A candidate that is a file of samples of lm-evaluation-harness."""
    return file(name, "bad.jsonl", "\n".join(map(json.dumps, samples)).encode(), what)


def sample(**changed: object) -> dict[str, object]:
    return {"doc_id": 0, "target": "0", "filtered_resps": [["-1.5", "False"], ["-0.5", "True"]], **changed}


def columns(name: str, what: str, **named: object) -> Bad:
    """A candidate that is a Parquet file."""
    return file(name, "bad.parquet", lambda path: pl.DataFrame(named).write_parquet(path), what)


def tensors(name: str, what: str, entries: dict[str, object], size: int = 0) -> Bad:
    """A candidate that is a safetensors file with such a header."""
    told = json.dumps(entries).encode()
    return file(name, "bad.safetensors", struct.pack("<Q", len(told)) + told + bytes(size), what)


def tensor(start: int, end: int, dtype: str = "F32", shape: Sequence[int] = (3, 3)) -> dict[str, object]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}


def pair(name: str, what: str, first: dict[str, object], second: dict[str, object]) -> Bad:
    """A base and a candidate that do not fit together."""

    def write(folder: Path) -> Sequence[str]:
        put(folder / "base.npz", arrays(**first))
        put(folder / "bad.npz", arrays(**second))
        return "compare", "base.npz", "bad.npz"

    return Bad(name, write, (what,))


def linked(path: Path) -> None:
    """A zip with a symbolic link where an array should be."""
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("logits.npy")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")


def twice(path: Path) -> None:
    """A zip with one name twice."""
    content = zipped({"logits.npy": npy_header((6, 3)) + bytes(72), "logit$.npy": npy_header((6, 3)) + bytes(72)})
    path.write_bytes(content.replace(b"logit$", b"logits"))


CODE = b"\x93NUMPY\x01\x00\x30\x00" + b"__import__('os').mkdir('ran')".ljust(47) + b"\n"

CASES = (
    # Files that are cut short, or hold something else than their names say.
    file("npz cut short", "bad.npz", of_file(arrays(**GOOD)), "damaged"),
    file("npz without its last byte", "bad.npz", of_file(arrays(**GOOD), lambda content: content[:-1]), "damaged"),
    file("npz with a changed byte", "bad.npz", of_file(arrays(**GOOD), lambda c: c[:170] + b"\xff" + c[171:]), "CRC"),
    file("npy cut short", "bad.npy", of_file(lambda path: np.save(path, LOGITS), lambda c: c[:-9]), "SF010"),
    file("npy cut within its header", "bad.npy", npy_header((6, 3))[:30], "SF010"),
    file(
        "safetensors cut short",
        "bad.safetensors",
        of_file(lambda path: save_file(GOOD | {"ids": TRUE}, path)),
        "SF010",
    ),
    file(
        "Parquet cut short",
        "bad.parquet",
        of_file(lambda path: pl.DataFrame({"answers": TRUE}).write_parquet(path)),
        "SF424",
    ),
    file("Parquet that is its marks", "bad.parquet", b"PAR1PAR1", "SF424"),
    file("zeros in place of an npz", "bad.npz", bytes(4096), "SF301"),
    file("text in place of an npy", "bad.npy", b"0.1 0.9\n", "SF301"),
    file("a picture in place of an npz", "bad.npz", b"\x89PNG\r\n\x1a\n" + bytes(99), "SF301"),
    file("CSV in place of a safetensors file", "bad.safetensors", b"answers\n1\n", "SF301"),
    file("npz without arrays", "bad.npz", zipped({}), "SF301"),
    file("npz of other files", "bad.npz", zipped({"a.txt": b"x"}), "SF301"),
    # Types that are no scores.
    array("words for scores", "SF430", logits=np.array([["a", "b"]] * 6)),
    array("complex scores", "complex128 ... SF011", logits=LOGITS.astype(complex)),
    array("true and false for scores", "SF430", logits=LOGITS > 0),
    array("dates", "datetime64[D] ... SF011", logits=np.array(["2020-01-01"] * 6, dtype="datetime64[D]")),
    array("a record", "SF011", logits=np.zeros(6, dtype=[("a", "f4"), ("b", "f4")])),
    numbers("8-bit logits", "SF407", logits=(LOGITS * 9).astype(np.int8)),
    array("8-bit scores of no known name", "SF407", x=(LOGITS * 9).astype(np.int8)),
    # Code instead of numbers.
    array("a pickled object in an npz", "SF012", logits=np.array([Runs()] * 6)),
    file("a pickled npy", "bad.npy", lambda path: np.save(path, np.array([Runs()])), "SF012"),
    file("a pickle called npz", "bad.npz", pickle.dumps(Runs()), "SF301"),
    file("a pickle called pkl", "bad.pkl", pickle.dumps(Runs()), "SF301"),
    file("a header that is code", "bad.npy", CODE, "SF010"),
    # More than is there.
    file("npy that promises 2^31 rows", "bad.npy", npy_header((2**31, 4)), "34359738368 ... SF010"),
    file("npy that promises 2^124 numbers", "bad.npy", npy_header((2**62, 2**62)), "SF010"),
    file("npy that promises -1 rows", "bad.npy", npy_header((-1, 3)), "[-1, 3] ... SF010"),
    file("npz that promises 2^31 rows", "bad.npz", zipped({"logits.npy": npy_header((2**31, 4))}), "SF004"),
    file("npz that promises 2^40 rows", "bad.npz", zipped({"logits.npy": npy_header((2**40, 3))}), "SF004"),
    file("a zip bomb", "bad.npz", zipped({"logits.npy": npy_header((6, 3)) + bytes(1 << 24)}), "72 bytes ... SF010"),
    file("npz with a name twice", "bad.npz", twice, "'logits' ... SF013"),
    file("npz with a link for an array", "bad.npz", linked, "SF010"),
    tensors("safetensors whose arrays leave the file", "SF010", {"logits": tensor(0, 10**9)}),
    tensors("safetensors whose arrays do not follow each other", "SF010", {"logits": tensor(8, 44)}, 44),
    tensors("safetensors of a type that NumPy has not", "BF16", {"logits": tensor(0, 18, "BF16")}, 18),
    tensors("safetensors of negative sides", "SF010", {"logits": tensor(0, 36, shape=(-3, -3))}, 36),
    file("safetensors whose header is 2^60 bytes", "bad.safetensors", struct.pack("<Q", 2**60) + b'{"a":1}', "SF301"),
    # Numbers that are no predictions.
    array("NaN everywhere", "SF406", scores=np.full((6, 3), np.nan)),
    numbers(
        "NaN in one row",
        "SF402 ... SF402",
        **GOOD | {"logits": np.where(np.arange(6)[:, None] == 2, np.nan, LOGITS)},
    ),
    numbers("infinite logits", "SF402 ... SF402", logits=LOGITS + np.inf),
    numbers("probabilities above 1", "SF402", probabilities=PROBS * 2),
    numbers("probabilities below 0", "SF402", probabilities=PROBS - 0.5),
    numbers("probabilities that do not sum to one", "SF402", probabilities=PROBS / 2),
    numbers("log-probabilities above 0", "SF402", log_probs=np.log(PROBS) + 2),
    numbers("log-probabilities of no distribution", "SF402", log_probs=np.log(PROBS) - 1),
    numbers("logits called probabilities", "SF402", probs=LOGITS),
    array("damaged probabilities of no known name", "SF406", scores=PROBS * 0.9),
    array("percentages", "SF406", scores=PROBS * 100),
    array("a mixture of logits and probabilities", "SF406", scores=np.concatenate([PROBS[:3], LOGITS[3:] * 9])),
    array("one number an example", "SF430", scores=LOGITS[:, 0]),
    array("scores of one class", "SF430", logits=LOGITS[:, :1]),
    array("scores of no class", "shape [6, 0]", logits=LOGITS[:, :0]),
    array("SF222", "shape [0, 3]", logits=LOGITS[:0]),
    array("three axes", "shape [1, 6, 3]", logits=LOGITS[None]),
    array("one number in all", "shape []", logits=np.float32(1)),
    array("classes by examples", "SF401", logits=LOGITS.T, ids=IDS),
    array("answers below 0", "SF409", answers=TRUE - 1),
    numbers("answers beyond all classes", "SF402", answers=TRUE + 10**9),
    numbers("answers that are no classes of the base", "SF409", answers=TRUE + 7),
    numbers("answers that are names", "SF409", answers=np.array(list("xyzxyz"))),
    array("no predictions, only labels", "SF420", labels=TRUE),
    array("two arrays of scores", "SF423", logits=LOGITS, probs=PROBS),
    array("an output that is not there", "SF422", "--set", "candidates.1.output=logit", **GOOD),
    # Examples that do not match.
    array("fewer predictions", "5 predictions for 6 examples ... SF520", logits=LOGITS[:5]),
    array("an id twice", "SF403", **GOOD | {"ids": np.array(list("abcdea"))}),
    array("other ids", "'e' ... SF522", **GOOD | {"ids": np.array(list("abcdxy"))}),
    array(
        "an id that is an escape",
        "'a' ... SF522",
        **GOOD | {"ids": np.array(["\x1b[31m\n", *"bcdef"])},
    ),
    array("one id more", "'g' ... SF522", logits=np.vstack([LOGITS, LOGITS[:1]]), ids=np.array(list("abcdefg"))),
    array("fewer ids than predictions", "SF430", **GOOD | {"ids": IDS[:4]}),
    array("ids that are floats", "SF430", **GOOD | {"ids": TRUE / 2}),
    array("fewer labels than predictions", "SF430", **GOOD | {"labels": TRUE[:3]}),
    array("labels that are floats", "SF430", **GOOD | {"labels": TRUE + 0.5}),
    array("labels that are rows", "SF430", logits=LOGITS[:3], labels=np.eye(3, dtype=int)),
    array("labels below 0", "SF409", **GOOD | {"labels": TRUE - 1}),
    pair(
        "labels beyond the classes",
        "base.npz: ... 3 classes ... 'b' of base.npz has label 3 ... SF513",
        GOOD | {"labels": TRUE + 2},
        GOOD,
    ),
    pair(
        "another number of classes",
        "SF411 ... SF411",
        GOOD,
        GOOD | {"logits": np.hstack([LOGITS, LOGITS[:, :1]])},
    ),
    pair(
        "a base of answers and a candidate of fewer classes", "2 classes", {"answers": TRUE}, {"logits": LOGITS[:, :2]}
    ),
    # Tables.
    table("a CSV file with rows of different lengths", "SF424", "logit_0,logit_1\n1.5,2\n1,2,3\n"),
    table("a CSV file without numbers", "SF428", "logit_0,logit_1\nyes,no\n"),
    table("a CSV file without names", "SF427", "0.5,1.5\n2.5,1\n"),
    table("a CSV file with NUL bytes", "SF424", b"logit_0,logit_1\n1\0,2\0\n"),
    table("a CSV file with a field of a million letters", "SF428", "logit_0,logit_1\n1," + "x" * 1_000_000 + "\n"),
    table("a CSV file of no known names", "SF420", "a,b\n1,2\n"),
    table("a CSV file with a column twice", "SF427", "logit_0,logit_0\n1.5,2\n"),
    table("a CSV file that leaves a class out", "SF427", "logit_0,logit_2\n1.5,2\n"),
    table("a CSV file with an empty id", "SF428", "id,answer\na,1\n,2\n"),
    table("a CSV file of names alone", "0 rows", "logit_0,logit_1\n"),
    table("a CSV file in UTF-16", "SF424", "logit_0,logit_1\n1,2\n".encode("utf-16")),
    table("a CSV file in Latin-1", "SF424", "id,answer\nä,ö\n".encode("latin-1")),
    table("a CSV file with a quote that never ends", "0 rows", 'logit_0,"logit_1\n1,2\n'),
    table("a CSV file with escapes and newlines in its names", r"\x1b[31m red", '"\x1b[31m\nred",b\n1,2\n'),
    columns("Parquet with nested columns", "Struct", probs=[{"cat": 0.5, "dog": 0.5}] * 6),
    columns("Parquet with an answer missing", "SF428", answers=[0, 1, None, 0, 1, 2]),
    columns("Parquet with a list missing", "SF428", logits=[[0.5, 1.5], None, [1.0, 2.0]]),
    columns("Parquet with lists of different lengths", "SF428", logits=[[0.5, 1.5], [0.5, 1.0, 1.5]]),
    Bad(
        "Parquet with a score missing",
        against_base(
            "bad.parquet",
            lambda path: pl.DataFrame({"logits": [[0.5, None, 1.0], *[[1.0, 2.0, 3.0]] * 5]}).write_parquet(path),
        ),
        (
            "candidate-1: example 'a' ",
            "SF402",
        ),
    ),
    columns("Parquet with lists of words", "SF428", logits=[["a", "b"]] * 6),
    columns("Parquet with lists of lists", "List(List(Float64))", logits=[[[1.0, 2.0]]] * 6),
    columns("Parquet with bytes", "Binary", answers=[b"x"] * 6),
    columns("Parquet without rows", "0 rows", answers=np.zeros(0, int)),
    # Samples of lm-evaluation-harness.
    file("lines that are no JSON", "bad.jsonl", b"{'doc_id': 0}\n", "SF424"),
    file("lines that are nested without end", "bad.jsonl", b"[" * 100_000, "SF424"),
    file("lines cut short", "bad.jsonl", json.dumps(sample()).encode()[:40], "SF424"),
    lines("lines of another shape", "SF426", {"text": "x"}),
    lines("lines that are lists", "SF426", [1, 2]),
    lines("lines without choices", "SF426", sample(filtered_resps=[["-1.5", "False"]])),
    lines("answers that are text", "SF426", sample(filtered_resps=["yes", "no"])),
    lines("log-likelihoods that are NaN", "SF426", sample(filtered_resps=[["nan", ""], ["-1", ""]])),
    lines("a question twice", "SF403", sample(), sample()),
    lines("several filters", "SF423", sample(filter="a"), sample(filter="b", doc_id=1)),
)
