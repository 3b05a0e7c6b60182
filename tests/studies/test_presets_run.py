"""Every preset runs, from files in the official formats to its report, at a size that is over in seconds."""

import csv
import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from threading import Thread

import numpy as np
import pytest
from filelock import FileLock

from samefn.cli.main import run
from samefn.config.read import preset_texts, read_spec
from samefn.config.suite import SuiteSpec
from samefn.datasets.formats.idx import idx_bytes
from samefn.datasets.reference import cifar, mnist
from samefn.datasets.reference.idx_set import IdxSplit
from samefn.reports.read import read_report
from samefn.reports.wording.claims import CLAIM_WORDING
from samefn.schema.environment import Times
from samefn.schema.methods import Distilled, EarlierEpoch, Pruned, Quantized, Trained
from samefn.schema.overview import Overview

pytestmark = pytest.mark.slow

TRAIN, TEST = 40, 24
SMALL = ["training={epochs=1, batch_size=16}", "landscape={methods=['pca']}"]
SIZES = "calibration=16, batch_size=16, other_batch_size=8"
# LeNet takes no time, so it gets several of everything.
LENET = [
    "independents=[1, 3]",
    "distillation={alphas=[0.1, 0.9], seeds=[42, 24]}",
    f"quantization={{{SIZES}}}",
    "pruning.fractions=[0.3, 0.9]",
]
# The others take seconds a model: on CIFAR-10 each method once, of ResNet-50 without students and static 8-bit, which
# are the same code and take long; on CIFAR-100 the least.
ONCE = ["independents=[1]", "controls=['earlier-epoch']"]
LARGE = {
    ("cifar10", "mobilenet"): [
        "distillation={alphas=[0.5], seeds=[42], control=false, random_teacher=false}",
        f"quantization={{{SIZES}}}",
        "pruning={fractions=[0.3], scope='everything'}",
    ],
    ("cifar10", "resnet50"): [
        "distillation=false",
        f"quantization={{methods=['float16', 'int8-dynamic'], {SIZES}}}",
        "pruning={fractions=[0.3], scope='everything'}",
    ],
}
LEAST = ["distillation=false", f"quantization={{methods=['int8-dynamic'], {SIZES}}}", "pruning=false"]
# Without top as Keras counts, and a head of 512 and 10 classes: 3,228,864 + 1024 * 512 + 512 + 512 * 10 + 10, and
# 23,587,712 + 2048 * 512 + 512 + 512 * 10 + 10.
NUMBERS = {"mobilenet": 3_758_794, "resnet50": 24_641_930}

SUITES = [name for name in preset_texts() if isinstance(read_spec(name), SuiteSpec)]
STUDIES = [name for name in preset_texts() if name not in SUITES]


def small(data, net):
    """What makes a study of this pair small."""
    limits = [f"data.train_limit={TRAIN}", f"data.test_limit={TEST}"] if data == "digits" else []
    return [*SMALL, *limits, *(LENET if net == "lenet" else [*ONCE, *LARGE.get((data, net), LEAST)])]


def settings(preset):
    """The same for a preset; of a suite, each pair gets what is its own."""
    spec = read_spec(preset)
    if not isinstance(spec, SuiteSpec):
        return small(spec.data.name, spec.net)
    pairs = [
        f"{{data='{pair.data}', net='{pair.net}', study={{{', '.join(small(pair.data, pair.net))}}}}}"
        for pair in spec.pairs
    ]
    return [f"pairs=[{', '.join(pairs)}]"]


def pictures(classes, shape, count, seed):
    """A pattern a class under noise, and labels of which the first are all classes in turn."""
    random = np.random.default_rng(seed)
    labels = (np.arange(count) % classes).astype(np.uint8)
    patterns = np.random.default_rng(0).integers(0, 128, (classes, *shape))
    return (patterns[labels] + random.integers(0, 128, (count, *shape))).astype(np.uint8), labels


def idx_files(wanted):
    """The four gzip files of an idx set by name, and the set with their MD5s as the published ones."""
    files, splits = {}, []
    for seed, (split, count) in enumerate(((wanted.train, TRAIN), (wanted.test, TEST))):
        known = []
        for file, array in zip((split.images, split.labels), pictures(10, (28, 28), count, seed), strict=True):
            content = gzip.compress(idx_bytes(array), mtime=0)
            files[f"{file.name}.gz"] = content
            known.append(replace(file, gzip_md5=md5(content), raw_md5=None))
        splits.append(IdxSplit(*known))
    return files, replace(wanted, train=splits[0], test=splits[1])


def cifar_archive(known, layout):
    """The binary archive, and the layout with its MD5 as the published one."""
    buffer, parts = io.BytesIO(), {name: TRAIN // len(layout.train) for name in layout.train}
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for seed, (name, count) in enumerate((parts | dict.fromkeys(layout.test, TEST)).items()):
            pixels, labels = pictures(len(known.class_names), (3072,), count, seed)
            coarse = [labels // 5] if layout.labels == 2 else []
            add(archive, f"{layout.folder}/{name}", np.column_stack([*coarse, labels, pixels]).tobytes())
        add(archive, f"{layout.folder}/{layout.names}", "\n".join((*known.class_names, "", "")).encode())
    content = gzip.compress(buffer.getvalue(), mtime=0)
    return content, replace(layout, archive=replace(layout.archive, md5=md5(content)))


def add(archive, name, content):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, format, *args):  # noqa: A002  (the base class's name)
        """Nothing on the terminal."""


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """One folder for every process that runs these tests now, as long as one of them needs it: its store is large."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "presets"
    (folder / "users").mkdir(parents=True, exist_ok=True)
    user = folder / "users" / str(os.getpid())
    user.touch()
    yield folder
    user.unlink()
    if not any(user.parent.iterdir()):
        shutil.rmtree(folder)


@pytest.fixture(scope="module", autouse=True)
def site(tmp_path_factory, shared):
    """A web site with the official files in small, and samefn told that they are the published ones."""
    folder = tmp_path_factory.mktemp("site")
    with (
        pytest.MonkeyPatch.context() as patch,
        ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder)) as server,
    ):
        address = f"http://127.0.0.1:{server.server_port}"
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.setenv("XDG_CACHE_HOME", str(shared / "cache"))
        # At level 10 each of ResNet-50's files takes seconds, and no test here asks how small they get.
        patch.setattr("samefn.compression.size.ZSTD_LEVEL", 1)
        for constant in ("MNIST", "FASHION_MNIST"):
            files, wanted = idx_files(getattr(mnist, constant))
            place = folder / wanted.reference.name
            place.mkdir()
            for name, content in files.items():
                (place / name).write_bytes(content)
            patch.setattr(mnist, constant, replace(wanted, mirrors=(f"{address}/{place.name}/",)))
        for known, table in ((cifar.CIFAR10, "CIFAR10_FILES"), (cifar.CIFAR100, "CIFAR100_FILES")):
            content, layout = cifar_archive(known, getattr(cifar, table))
            (folder / layout.archive.name).write_bytes(content)
            remote = replace(layout.archive, urls=(f"{address}/{layout.archive.name}",))
            patch.setattr(cifar, table, replace(layout, archive=remote))
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield
        server.shutdown()
        thread.join()


def samefn_study(preset, shared, out, *more):
    """`samefn study` of a preset made small; its exit status."""
    changes = [part for setting in settings(preset) for part in ("--set", setting)]
    places = ["--out", str(out), "--store", str(shared / "store")]
    return run(["study", preset, *changes, *places, "--device", "cpu", "--workers", "1", *more])


@pytest.fixture(scope="module")
def suite_of(shared):
    """The folder of a suite's run, made by the process that asks first; the charts of its studies are not drawn."""

    def made(preset):
        out = shared / preset
        with FileLock(shared / "suites.lock"), pytest.MonkeyPatch.context() as patch:
            patch.setattr("samefn.reports.page.drawn.inline_chart", lambda make, title, narrow: "")
            if not (out / "overview.json").exists():
                assert samefn_study(preset, shared, out) == 0
        return out

    return made


def pair_of(spec):
    """The suite that a study is a pair of, and what it is called there; none where it is of no suite."""
    for suite in SUITES:
        for member in read_spec(suite, settings(suite)).members():
            if member.spec.model_copy(update={"name": spec.name}) == spec:
                return suite, member.spec.name
    return None


def promised(spec):
    """Every model that is not the base measured again: its role, and what tells it from its like."""
    yield ("base", spec.seed)
    yield from (("independent", seed) for seed in spec.independents)
    yield from (("control", question) for question in spec.controls)
    if taught := spec.distillation:
        yield from (("student", alpha, seed) for alpha, seed in product(taught.alphas, taught.seeds))
        yield from (("control", "no teacher", seed) for seed in taught.seeds if taught.control)
        random = taught.seeds if taught.random_teacher else ()
        yield from (("control", "random teacher", min(taught.alphas), seed) for seed in random)
    yield from (("quantized", method) for method in spec.quantization.methods)
    yield from (("pruned", fraction) for fraction in (spec.pruning.fractions if spec.pruning else ()))


def made(report):
    """The same of what a report holds."""
    for model in (model for model in report.models if model.role != "replicate"):
        match model.role, model.method:
            case "control", EarlierEpoch():
                yield ("control", "earlier-epoch")
            case "control", Trained(order=int()):
                yield ("control", "same-order")
            case "control", Trained(seed=seed):
                yield ("control", "no teacher", seed)
            case "control", Distilled(alpha=alpha, seed=seed):
                yield ("control", "random teacher", alpha, seed)
            case role, Quantized(file=file):
                yield (role, file.method)
            case role, Distilled(alpha=alpha, seed=seed):
                yield (role, alpha, seed)
            case role, Trained(seed=seed):
                yield (role, seed)
            case role, Pruned(fraction=fraction):
                yield (role, fraction)


def check(report, spec):
    """What must be so of every small run: nothing failed, nothing lacks, everything was asked and judged."""
    assert report.failures == ()
    assert sorted(map(str, made(report))) == sorted(map(str, promised(spec)))
    assert report.data.name == spec.data.name
    assert (report.data.train_examples, report.data.test_examples) == (TRAIN, TEST)
    assert report.data.official == (spec.data.name != "digits")
    for model in report.models:
        assert 0 <= model.accuracy <= 1
        assert model.bytes > model.bytes_zstd > 0
        if model.epochs:
            assert [one.epoch for one in model.history] == [0, 1]
    candidates = {model.id for model in report.models if model.role in {"student", "quantized", "pruned"}}
    assert {verdict.candidate for verdict in report.verdicts} >= candidates
    assert {entry.candidate for entry in report.relative_distances} >= candidates
    again = {model.id for model in report.models if model.role == "replicate" and model.parent == "base"}
    assert again == {"torch-batch-64", "torch-threads-2", "onnx-float32"}
    # The same weights give the same answers, whoever is asked.
    off = {m.candidate: m.value for m in report.measures if m.measure == "total_variation" and m.candidate in again}
    assert off.keys() == again
    assert max(off.values()) < 1e-4


@pytest.mark.parametrize("preset", STUDIES)
def test_a_study_makes_all_that_it_promises(preset, shared, suite_of, tmp_path, capsys, monkeypatch):
    spec, out, more = read_spec(preset, settings(preset)), tmp_path / "out", []
    if pair := pair_of(spec):
        whole = suite_of(pair[0]) / pair[1]
        # The suite has downloaded the files, so that they can be read from a folder of the user's here.
        more = ["--data-dir", str(shared / "cache" / "samefn" / "downloads")]
        # Charts take longer than all the rest of a report: those of the studies that are in no suite are drawn.
        monkeypatch.setattr("samefn.reports.page.drawn.inline_chart", lambda make, title, narrow: "")
        capsys.readouterr()
    assert samefn_study(preset, shared, out, *more) == 0
    report = read_report(out)
    assert report.study["name"] == preset
    check(report, spec)
    if pair:
        assert "tasks: 0 of " in capsys.readouterr().err
        alike = {"times": Times(), "name": pair[1], "study": {**report.study, "name": pair[1]}}
        assert report.model_copy(update=alike) == read_report(whole).model_copy(update={"times": Times()})
    assert (out / "report.html").stat().st_size > 10_000


@pytest.mark.parametrize("preset", SUITES)
def test_a_suite_makes_every_study_and_a_row_for_every_pair(preset, suite_of):
    out, spec = suite_of(preset), read_spec(preset, settings(preset))
    overview = Overview.model_validate(json.loads((out / "overview.json").read_text()))
    members = spec.members()
    assert overview.pairs == tuple(dict.fromkeys(pair.title for pair in read_spec(preset).pairs))
    assert [(study.name, study.error, study.failures) for study in overview.studies] == [
        (member.spec.name, "", ()) for member in members
    ]
    for member, study in zip(members, overview.studies, strict=True):
        report = read_report(out / member.spec.name)
        check(report, member.spec)
        assert study.base_accuracy == report.base.accuracy
    with (out / "tables" / "deviations.csv").open() as file:
        rows = [(row["pair"], row["row"]) for row in csv.DictReader(file)]
    ours = [row for row in rows if row[1] in spec.protocols]
    assert ours == [(member.pair, member.variant) for member in members]
    # The paper prints a row for each of its pairs.
    assert [row for row in rows if row[1] == "published in the paper"] == [
        (pair, "published in the paper") for pair in overview.pairs
    ]
    assert {(entry.pair, entry.claim) for entry in overview.settled} == {
        (pair, claim) for pair, claim in product(overview.pairs, CLAIM_WORDING)
    }


@pytest.mark.parametrize("net", NUMBERS)
def test_every_method_does_what_it_must_on_the_papers_large_nets(suite_of, net):
    report = read_report(suite_of("paper") / f"cifar10-{net}-corrected")
    models = {model.id: model for model in report.models}
    assert models["base"].bytes == pytest.approx(4 * NUMBERS[net], rel=0.01)
    assert models["float16"].bytes == pytest.approx(2 * NUMBERS[net], rel=0.02)
    assert models["int8-dynamic"].bytes < 0.3 * models["base"].bytes
    assert models["pruned-30"].method.sparsity == pytest.approx(0.3, abs=1e-3)
