"""Reports that `samefn gate` must refuse, and files of language models that cannot be compared."""

import json
import struct
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from bad_case import LOGITS, TRUE, Bad, base, cut, llama_logits, put

import samefn
from samefn.reports.write import report_json

REQUIRE = ("--require", "disagreement < 1 %")


@cache
def right() -> bytes:
    """The report of a comparison."""
    one, two = (
        samefn.Predictions.from_logits(name, LOGITS + noise, range(6), TRUE)
        for name, noise in (("base", 0), ("near", 0.1))
    )
    return report_json(samefn.compare(one, [two]).report)


def gate(name: str, content: Callable[[], bytes] | bytes, *says: str, options: Sequence[str] = REQUIRE) -> Bad:
    """A report that is wrong, or is asked something wrong."""

    def write(folder: Path) -> Sequence[str]:
        (folder / "run").mkdir()
        put(folder / "run" / "report.json", content if isinstance(content, bytes) else content())
        return "gate", "run", *options

    return Bad(name, write, says)


def changed(**keys: Any) -> Callable[[], bytes]:
    return lambda: json.dumps({**json.loads(right()), **keys}).encode()


def spoilt_model(**keys: Any) -> Callable[[], bytes]:
    def content() -> bytes:
        report = json.loads(right())
        report["models"][1] |= keys
        return json.dumps(report).encode()

    return content


def half_a_letter() -> bytes:
    return right().replace(b'"near"', rb'"\ud800"')


def without(key: str) -> Callable[[], bytes]:
    return lambda: json.dumps({name: value for name, value in json.loads(right()).items() if name != key}).encode()


def huge(folder: Path) -> Sequence[str]:
    with (folder / "report.json").open("wb") as file:
        file.truncate(2**40)
    return "gate", "report.json", *REQUIRE


def no_models() -> bytes:
    return changed(models=[model for model in json.loads(right())["models"] if model["role"] == "base"])()


def logits(name: str, content: bytes, *says: str, options: Sequence[str] = (), other: bytes | None = None) -> Bad:
    """A candidate that is a file of llama.cpp's logits."""

    def write(folder: Path) -> Sequence[str]:
        put(folder / "base.kld", llama_logits() if other is None else other)
        put(folder / "bad.kld", content)
        return "compare", "base.kld", "bad.kld", *options

    return Bad(name, write, says or ("bad.kld",))


def header(n_ctx: int, n_vocab: int, chunks: int) -> bytes:
    return b"_logits_" + struct.pack("<iii", n_ctx, n_vocab, chunks)


def spoilt(offset: int, value: bytes) -> bytes:
    content = bytearray(llama_logits())
    content[offset : offset + len(value)] = value
    return bytes(content)


def mixed(folder: Path) -> Sequence[str]:
    base(folder)
    put(folder / "bad.kld", llama_logits())
    return "compare", "base.npz", "bad.kld"


def text(folder: Path) -> Sequence[str]:
    for name in ("base.kld", "near.kld"):
        put(folder / name, llama_logits())
    put(folder / "bad.txt", "ä".encode("latin-1") * 10)
    return "compare", "base.kld", "near.kld", "--data", "bad.txt"


START = 20 + 4 * 4 * 2  # of the records: a header, and two windows of four tokens

CASES = (
    # Reports.
    gate("a report cut short", lambda: cut(right()), "run/report.json", "SF661"),
    gate("a report that is HTML", b"<!doctype html>", "run/report.json", "SF661"),
    gate("a report that is a list", b"[]", "run/report.json", "SF662"),
    gate("a report that is a number", b"3", "run/report.json", "SF662"),
    gate("a report that is null", b"null", "run/report.json", "SF662"),
    gate("a report in UTF-16", lambda: right().decode().encode("utf-16-be")[:-1], "run/report.json", "SF661"),
    gate("a report nested without end", b"[" * 100_000, "run/report.json", "SF661"),
    gate("a report of another version", changed(schema=99), "run/report.json", "version 99;"),
    gate("a report whose version is text", changed(schema="1"), "run/report.json", "version '1';"),
    gate("a report without its models", without("models"), "run/report.json", "SF661"),
    gate(
        "a report with a model of no kind",
        changed(models=[{"id": "base"}]),
        "run/report.json",
        "SF661",
    ),
    gate("a report with an unknown key", changed(more=3), "run/report.json", "SF661"),
    gate("a report without candidates", no_models, "SF608"),
    gate("a report without models", changed(models=[]), "SF661"),
    gate("a report with half a letter", half_a_letter, "run/report.json: ... SF661"),
    gate("a report with an accuracy below 0", spoilt_model(accuracy=-1), "models.1.accuracy ... SF661"),
    gate("a report with an accuracy that is NaN", spoilt_model(accuracy=float("nan")), "run/report.json: ... SF661"),
    gate("a report with a word for NaN", spoilt_model(accuracy="NaN"), "SF661"),
    gate("a report with bytes of 4,000 digits", spoilt_model(bytes=10**4000), "run/report.json"),
    gate("a report nested 900 times", changed(environment=json.loads("[" * 900 + "]" * 900)), "run/report.json"),
    gate("a report without its failures", without("failures"), "SF661"),
    Bad("a report of a terabyte", huge, ("report.json", "SF004")),
    gate("a report and no requirement", right, "SF030", options=()),
    gate("a report and an unknown candidate", right, "'x' ... SF607", options=("--require", "disagreement@x < 1 %")),
    gate("a report and an unknown figure", right, "'speed' ... SF602", options=("--require", "speed < 1")),
    gate(
        "a report and a JUnit file in a file",
        right,
        "run/report.json: ... SF005",
        options=(*REQUIRE, "--junit", "run/report.json/x"),
    ),
    # Files of language models.
    logits("logits cut short", cut(llama_logits(), 0.9), "bad.kld", "SF351"),
    logits("logits cut within their header", llama_logits()[:15], "bad.kld", "SF350"),
    logits("logits with more than is promised", llama_logits() + b"x", "bad.kld", "SF351"),
    logits("logits of 2^31 tokens", header(4, 2**31 - 1, 2), "bad.kld", "2 to 16,777,216"),
    logits("logits of 2^62 bytes", header(2**30, 2**24, 2**30), "bad.kld", "1073741824 ... SF351"),
    logits("logits of negative windows", header(-4, 6, 2), "bad.kld", "n_ctx -4"),
    logits("logits of one chunk", llama_logits(chunks=1), "bad.kld", "n_chunk 1"),
    logits(
        "logits of tokens outside their vocabulary",
        spoilt(20, struct.pack("<i", 6)),
        "bad.kld",
        "SF351",
    ),
    logits("logits that are NaN", spoilt(START, struct.pack("<f", np.nan)), "bad.kld", "SF351"),
    logits("logits above 0", spoilt(START + 4, struct.pack("<f", 3)), "bad.kld", "SF351"),
    logits(
        "logits of a wrong mark",
        b"_logitz_" + llama_logits()[8:],
        "bad.kld",
        "SF350",
        options=("--runtime", "llama-logits"),
    ),
    logits("logits of another vocabulary", llama_logits(n_vocab=8), "bad.kld: ... SF342"),
    logits("logits of other windows", llama_logits(n_ctx=6), "bad.kld", "SF341"),
    logits("logits of another text", spoilt(24, struct.pack("<i", 5)), "bad.kld: ... SF343"),
    logits("logits and longer windows", llama_logits(), "n_ctx = 4", options=("--set", "n_ctx=512")),
    logits("logits and their layers", llama_logits(), "locate: ... SF501", options=("--locate",)),
    logits("logits and a layout", llama_logits(), "model.feed: ... SF501", options=("--set", "model.feed.layout=NHWC")),
    Bad("logits beside predictions", mixed, ("base.npz: ... SF504",)),
    Bad("logits and a text in Latin-1", text, ("bad.txt: ... SF533",)),
)
