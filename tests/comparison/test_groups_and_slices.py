"""Groups and slices from the command line, a TOML file and Python: one report, with intervals over groups."""

import numpy as np
import onnx
import polars as pl
import pytest
from onnx import TensorProto, helper, numpy_helper

import samefn
from samefn.cli.main import run
from samefn.config.comparison import Examples
from samefn.core.errors import InputError
from samefn.predictions.predictions import Predictions
from samefn.reports.read import read_report

DRAW = np.random.default_rng(0)
COUNT, COPIES, CLASSES = 480, 8, 3
GROUP = np.repeat(np.arange(COUNT // COPIES), COPIES)
BASE = DRAW.normal(size=(COUNT // COPIES, CLASSES))[GROUP] * 2
# Copies change together: near the border all do, or none.
NEAR = BASE + DRAW.normal(size=(COUNT // COPIES, CLASSES))[GROUP] * 0.4
LABELS = BASE.argmax(axis=1)
SITE = np.array(["north", "south"])[DRAW.integers(0, 2, COUNT)]
IDS = [f"e{number}" for number in range(COUNT)]
# Not in groups.
ORDER = DRAW.permutation(COUNT)


def frame(logits):
    columns = {"id": IDS, "label": LABELS, "patient": GROUP, "site": SITE}
    return pl.DataFrame(columns | {f"logit_{k}": logits[:, k] for k in range(CLASSES)})[ORDER]


def write(folder, form):
    for name, logits in (("base", BASE), ("near", NEAR)):
        table = frame(logits)
        if form == "csv":
            table.write_csv(folder / f"{name}.csv")
        elif form == "parquet":
            table.write_parquet(folder / f"{name}.parquet")
        elif form == "jsonl":
            scores = [f"logit_{k}" for k in range(CLASSES)]
            lines = table.select(pl.exclude(scores), pl.concat_list(scores).alias("logits"))
            lines.write_ndjson(folder / f"{name}.jsonl")
        else:
            others = {key: table[key].to_numpy() for key in ("label", "patient")}
            texts = {key: np.array(table[key].to_list()) for key in ("id", "site")}
            np.savez(folder / f"{name}.npz", logits=logits[ORDER], **others, **texts)
    return f"base.{form}", f"near.{form}"


def compare(folder, *words):
    code = run(["compare", *words, "--out", "out", "--store", "store", "--set", "cost=false", "--workers", "1"])
    return code, read_report(folder / "out") if (folder / "out" / "report.json").exists() else None


def width(report, measure="disagreement"):
    entry = next(one for one in report.measures if one.measure == measure)
    return entry.high - entry.low


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("form", ["csv", "parquet", "npz", "jsonl"])
def test_columns_of_the_bases_predictions(tmp_path, form):
    files = write(tmp_path, form)
    alone = compare(tmp_path, *files)[1]
    code, report = compare(tmp_path, *files, "--set", "data.groups='patient'", "--set", "data.slices=['site']")
    assert code == 0
    # Eight copies that change together are as one input: about √8 times as wide.
    assert 2.3 < width(report) / width(alone) < 3.5
    assert {one.interval for one in report.measures if one.measure == "disagreement"} == {"Korn-Graubard"}
    in_python = samefn.compare(files[0], [files[1]], data=Examples(groups="patient", slices=("site",))).report
    assert in_python.measures == report.measures
    assert in_python.verdicts == report.verdicts


def test_a_toml_file(tmp_path):
    base, near = write(tmp_path, "csv")
    (tmp_path / "run.toml").write_text(
        f"base = '{base}'\ncandidates = ['{near}']\n[data]\ngroups = 'patient'\nslices = ['site']\n"
    )
    code, report = compare(tmp_path, "run.toml")
    assert code == 0
    words = base, near, "--set", "data.groups='patient'", "--set", "data.slices=['site']"
    assert report.measures == compare(tmp_path, *words)[1].measures


def test_arrays_in_python_are_the_same_as_columns(tmp_path):
    files = write(tmp_path, "csv")
    report = samefn.compare(files[0], [files[1]], data=Examples(groups="patient")).report
    models = [Predictions.from_logits(f"{name}.csv", logits[ORDER], np.array(IDS)[ORDER], LABELS[ORDER])
              for name, logits in (("base", BASE), ("near", NEAR))]  # fmt: skip
    in_memory = samefn.compare(models[0], models[1:], groups=GROUP[ORDER]).report
    for one, other in zip(in_memory.measures, report.measures, strict=True):
        assert one.interval == other.interval
        if other.low is not None:
            assert (one.low, one.high) == pytest.approx((other.low, other.high), rel=1e-5, abs=1e-12)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (["data.groups='patients'"], "SF234"),
        (["data.slices=['sites']"], "SF234"),
        (["data.groups='logit_0'"], "SF234"),
        (["data.slices=['id']"], "SF236"),
        (["data.limit=3"], "SF101"),
    ],
)
def test_names_that_cannot_be_used(tmp_path, capsys, settings, code):
    files = write(tmp_path, "csv")
    words = [word for setting in settings for word in ("--set", setting)]
    assert compare(tmp_path, *files, *words) == (2, None)
    lines = [line for line in capsys.readouterr().err.splitlines() if "SF" in line]
    assert len(lines) == 1
    assert code in lines[0]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"groups": GROUP[:5]}, "SF233"),
        ({"groups": "patient"}, "SF233"),
        ({"groups": np.zeros(COUNT, np.int64)}, "SF235"),
        ({"slices": {"class": GROUP}}, "SF236"),
        ({"data": Examples(groups="patient")}, "SF503"),
    ],
)
def test_what_python_refuses(settings, code):
    models = [Predictions.from_logits(name, BASE, IDS, LABELS) for name in ("base", "near")]
    with pytest.raises(InputError, match=code):
        samefn.compare(models[0], models[1:], **settings)


def test_groups_beside_those_of_the_data(tmp_path):
    np.savez("data.npz", x=BASE, group=GROUP)
    with pytest.raises(InputError, match="SF503"):
        samefn.compare(lambda x: x, [lambda x: x + 1], data="data.npz", groups=GROUP)


def net(path, weights):
    nodes = [helper.make_node("MatMul", ["x", "w"], ["z"])]
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", CLASSES]) for name in ("x", "z")]
    graph = helper.make_graph(nodes, "g", ports[:1], ports[1:], [numpy_helper.from_array(weights, "w")])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def test_models_on_an_npz_in_shards(tmp_path):
    weights = np.eye(CLASSES, dtype=np.float32)
    net("base.onnx", weights)
    net("near.onnx", weights + 0.1 * DRAW.normal(size=weights.shape).astype(np.float32))
    net("other.onnx", weights + 0.5 * DRAW.normal(size=weights.shape).astype(np.float32))
    inputs = BASE[ORDER].astype(np.float32)
    np.savez("data.npz", x=inputs, y=LABELS[ORDER], group=GROUP[ORDER], site=SITE[ORDER])
    words = "base.onnx", "near.onnx", "--independent", "other.onnx", "--data", "data.npz"
    words += ("--set", "data.slices=['site']", "--set", "task='classification'")
    reports = [compare(tmp_path, *words, "--shards", str(shards))[1] for shards in (1, 3)]
    assert reports[0].measures == reports[1].measures
    assert reports[0].relative_distances == reports[1].relative_distances
    assert reports[0].verdicts == reports[1].verdicts
    assert reports[0].dependence == ()
    # The relative distance is over groups too: groups in one place or in many give the same.
    grouped = {one.measure: one for one in reports[0].relative_distances}
    np.savez("alone.npz", x=inputs, y=LABELS[ORDER])
    alone = compare(tmp_path, *[word.replace("data.npz", "alone.npz") for word in words[:6]], *words[8:])[1]
    one = next(one for one in alone.relative_distances if one.measure == "total_variation")
    assert grouped["total_variation"].value == pytest.approx(one.value)
    assert grouped["total_variation"].high - grouped["total_variation"].low > 1.05 * (one.high - one.low)


def test_copies_that_are_not_declared_are_warned_of():
    models = [Predictions.from_logits(n, logits, IDS, LABELS) for n, logits in (("base", BASE), ("near", NEAR))]
    found = samefn.compare(models[0], models[1:]).report.dependence
    assert {one.code for one in found} >= {"repeated predictions", "distances in a row"}
    copies = next(one for one in found if one.code == "repeated predictions")
    assert 4 < copies.factor <= 8
    assert samefn.compare(models[0], models[1:], groups=GROUP).report.dependence == ()


def test_inputs_drawn_one_by_one_are_not_warned_of():
    base = DRAW.normal(size=(2000, CLASSES)) * 2
    models = [Predictions.from_logits(n, logits, range(2000), base.argmax(axis=1))
              for n, logits in (("base", base), ("near", base + DRAW.normal(size=base.shape) * 0.1))]  # fmt: skip
    assert samefn.compare(models[0], models[1:]).report.dependence == ()
