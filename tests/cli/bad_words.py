"""Options, settings, requirements and specs that must be refused before anything is run."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from bad_case import IDS, LOGITS, Bad, Write, arrays, base, put, spec


def near(folder: Path) -> None:
    """Predictions of a base and a candidate, with nothing wrong."""
    base(folder)
    put(folder / "near.npz", arrays(logits=LOGITS))
    put(folder / "file", b"x")
    (folder / "link").symlink_to("nowhere")


def words(name: str, says: str | tuple[str, ...], *options: str) -> Bad:
    """A comparison with options that are wrong."""

    def write(folder: Path) -> Sequence[str]:
        near(folder)
        return "compare", "base.npz", "near.npz", *options

    return Bad(name, write, (says,) if isinstance(says, str) else says)


def setting(says: str, *settings: str) -> Bad:
    """A comparison with a setting that is wrong."""
    return words(f"--set {settings[-1]}", says, *(word for one in settings for word in ("--set", one)))


def require(text: str, *says: str) -> Bad:
    """A comparison with a requirement that is wrong."""
    return words(f"--require {text[:30]}", ("requirement", *says), "--require", text)


def toml(name: str, content: bytes, *says: str, options: Sequence[str] = ()) -> Bad:
    """A comparison that a TOML file says."""

    def write(folder: Path) -> Sequence[str]:
        near(folder)
        put(folder / "pair.toml", content)
        return "compare", "pair.toml", *options

    return Bad(name, write, says)


def bare(name: str, says: str, *command: str) -> Bad:
    """Words alone."""

    def write(folder: Path) -> Sequence[str]:
        near(folder)
        return command

    return Bad(name, write, (says,))


def shut(folder: Path) -> Sequence[str]:
    near(folder)
    (folder / "shut").mkdir(mode=0o500)
    return "compare", "base.npz", "near.npz", "--out", "shut/out"


def copied(name: str) -> Write:
    """A copy of a model among the independents."""

    def write(folder: Path) -> Sequence[str]:
        near(folder)
        np.savez(folder / "seed.npz", logits=-LOGITS, ids=IDS)
        (folder / "copy.npz").write_bytes((folder / name).read_bytes())
        return "compare", "base.npz", "near.npz", "--independent", "seed.npz", "copy.npz"

    return write


def root_writes_all() -> str:
    return "root may write everywhere" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""


PAIR = spec(base="base.npz", candidates=["near.npz"])

CASES = (
    # The command's words.
    bare("no models", "SF106", "compare"),
    bare("a spec in JSON", "SF106", "compare", "pair.json"),
    bare(
        "a name with an escape and a newline",
        r"\x1b[31m .npz ... SF001",
        "compare",
        "base.npz",
        "\x1b[31m\n.npz",
    ),
    bare("a name that is HTML", "<b>.npz: ... SF001", "compare", "base.npz", "<b>.npz"),
    bare("a name of 300 letters", "SF002", "compare", "base.npz", "x" * 300),
    bare("one model", "SF106", "compare", "base.npz"),
    bare(
        "models behind --independent",
        "--independent took 2 ... SF106",
        "compare",
        "--independent",
        "base.npz",
        "near.npz",
    ),
    bare("an unknown option", "SF031", "compare", "base.npz", "near.npz", "--requires", "x"),
    bare("an option without its value", "--data", "compare", "base.npz", "near.npz", "--data"),
    words("workers that are no number", "--workers", "--workers", "some"),
    words("no workers", "--workers: ... SF305", "--workers", "0"),
    words("fewer workers than none", "--workers: ... SF305", "--workers", "-1"),
    words("a limit that may be all or a percent", "limit: ... 5% ... SF101", "--limit", "5"),
    words("a limit of nothing", "class_limit: ... 0% ... SF101", "--class-limit", "0%"),
    words("a limit in words", "loss_limit: ... 'half' ... SF101", "--loss-limit", "half"),
    words("further inputs of saved predictions", "base.npz: ... SF534", "--unlabelled", "near.npz"),
    words("another word for doubt", "--on-inconclusive", "--on-inconclusive", "shrug"),
    words("an unknown runtime", "'tensorrt' ... SF023", "--runtime", "tensorrt"),
    words("a runtime in capitals", "'ONNX' ... SF023", "--runtime", "ONNX"),
    words("a name that leaves the folder", "name", "--set", "name=../up"),
    words("a name with an escape", "name", "--set", "name='\x1b[31mred'"),
    words("the same candidate twice", "near.npz: ... candidates.1 ... SF506", "--independent", "near.npz"),
    words("a candidate twice", "near.npz: ... candidates.1 ... SF506", "--set", "independents=['near.npz']"),
    words(
        "two names that are one",
        "'base.npz' ... candidates.1.name ... SF505",
        "--set",
        "candidates.1.name=base.npz",
    ),
    Bad("a copy of the base as independent", copied("base.npz"), ("copy.npz: ... the base base.npz ... SF507",)),
    Bad(
        "a copy of a candidate as independent", copied("near.npz"), ("copy.npz: ... the candidate near.npz ... SF507",)
    ),
    Bad("two independents that are one", copied("seed.npz"), ("copy.npz: ... the independent seed.npz ... SF507",)),
    words("an independent that is the base", "base.npz: ... as base ... SF506", "--independent", "base.npz"),
    words("a folder that is a file", "file: ... SF005", "--out", "file"),
    words("a folder below a file", "file/out: ... SF005", "--out", "file/out"),
    words("a folder that is a link to nothing", "link: ... SF005", "--out", "link"),
    Bad("a folder that may not be written", shut, ("shut/out: the run's folder cannot be written",), root_writes_all),
    words("a store that is a file", "file: ... SF062", "--store", "file"),
    words("a store that holds other things", "SF062", "--store", "."),
    words("a report that cannot be written", "file: ... SF005", "--junit", "file/x.xml"),
    # Settings.
    setting("SF103", "nonsense"),
    setting("did you mean layout ... SF102", "model.feed.layuot=NHWC"),
    setting("--set model.feed.layout: ... 'NCHW' or 'NHWC' ... got 'NCWH' ... SF101", "model.feed.layout=NCWH"),
    setting("--set base.feed.scale: ", "base.feed.scale=big"),
    setting("--set model.feed.scale: ", "model.feed.scale=nan"),
    setting("--set model.feed.mean ... SF101", "model.feed.mean=[0.5, 'x']"),
    setting("--set model.feed.mean: ", "model.feed.mean=0.5"),
    setting("--set model.feed: ... std ... [0.0] ... SF101", "model.feed.std=[0]"),
    setting("--set model.feed: ", "model.feed=NHWC"),
    setting("--set candidates.1.resolution: ... got 2 ... SF101", "candidates.1.resolution=2"),
    setting("candidates.2 ... SF107", "candidates.2.output=x"),
    setting("candidates.0 ... SF107", "candidates.0.output=x"),
    setting("--set candidates.1: ... SF101", "candidates.1=3"),
    setting("--set candidates: ... SF101", "candidates=3"),
    setting("--set base: ... SF101", "base=3"),
    setting("--set model: ... 'onnx' ... SF101", "model=onnx"),
    setting("--set model.returns: ", "model.returns=scores"),
    setting("--set model.threads: ", "model.threads=0"),
    setting("--set base.options ... SF101", "base.options.x=3"),
    setting("'batch_size' ... SF103", "batch_size=4", "batch_size.more=5"),
    setting("--set batch_size: ", "batch_size=0"),
    setting("--set n_ctx: ", "n_ctx=1"),
    setting("--set intervals.confidence: ", "intervals.confidence=2"),
    setting("--set intervals.confidence: ", "intervals.confidence=1000000000"),
    setting("--set data.limit: ", "data.limit=0"),
    setting("data: ... path ... SF101", "data.limit=5"),
    setting("--set data.documents: ", "data.documents=[]"),
    setting("--set data.documents: ", "data.documents=[3, 'x']"),
    setting("ladder ... SF101", "ladder=['near.npz']"),
    setting("ladder: 'q8' ... SF536", "ladder=['near.npz', 'q8']"),
    setting("--set cost: ", "cost=perhaps"),
    # Requirements.
    require("disagreement", "character 13", "SF601"),
    require("disagreemnt < 1 %", "disagreement?", "SF602"),
    require("disagreement < 1", "1 %", "SF604"),
    require("disagreement@nobody < 1 %", "'nobody'", "SF607"),
    require("relative_distance < 0.1", "relative_distance[disagreement]", "SF603"),
    require("__import__('os').mkdir('ran') < 1", "character 11", "SF601"),
    require("disagreement < 0.1; bytes < 4", "';'", "SF601"),
    require("verdict in alike", "'alike'", "SF606"),
    require("x" * 2000, "1,000", "SF600"),
    require("disagreement\x1b[31m < 1 %", "character 13", "SF601"),
    require("", "character 1", "SF601"),
    # Specs in TOML.
    bare("a spec that is not there", "no.toml: ... SF001", "compare", "no.toml"),
    toml("a spec that is no TOML", b"base = \n", "pair.toml: ... SF100"),
    toml("a spec that is JSON", b'{"base": "base.npz"}', "pair.toml: ... SF100"),
    toml("a spec that is a picture", b"\x89PNG\r\n\x1a\n\0\xff", "pair.toml", "SF100"),
    toml("a spec nested without end", b"base = " + b"[" * 100_000, "pair.toml"),
    toml("a spec without a base", spec(candidates=["near.npz"]), "pair.toml: base: ... SF101"),
    toml("a spec without a candidate", spec(base="base.npz"), "pair.toml: candidates: ... SF101"),
    toml("a spec with an empty list", spec(base="base.npz", candidates=[]), "pair.toml:2: candidates: ... SF101"),
    toml(
        "a spec whose base is a number",
        spec(base=3, candidates=["near.npz"]),
        "pair.toml:1: base: ... SF101",
    ),
    toml(
        "a spec whose candidates are a word",
        spec(base="base.npz", candidates="near.npz"),
        "pair.toml:2: candidates: ... got 'near.npz' ... SF101",
    ),
    toml("a spec with an unknown key", PAIR + b"layout = 3\n", "pair.toml:3: layout: ... SF102"),
    toml(
        "a spec with a wrong value",
        b'base = {path = "base.npz", threads = 0}\n' + PAIR.split(b"\n", 1)[1],
        "pair.toml:1: base.threads: ",
    ),
    toml("a spec with a requirement that is a number", PAIR + b"require = 3\n", "require"),
    toml("a spec of a study", b'net = "lenet"\n' + PAIR, "pair.toml:1: net: ... SF102"),
    toml("a spec and a setting that is wrong", PAIR, "--set batch_size: ... SF101", options=("--set", "batch_size=x")),
    toml("a spec and numbered settings", PAIR, "'candidates' ... SF103", options=("--set", "candidates.1.output=x")),
)
