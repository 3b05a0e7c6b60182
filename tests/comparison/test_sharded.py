"""`samefn compare --shards`: the same results as without, for any number of shards, and nothing is run twice."""

import re
import shutil

import numpy as np
import onnx
import polars as pl
import pytest

from samefn.cli.main import run as samefn
from samefn.comparison import costs, measure
from samefn.comparison import run as run_module
from samefn.comparison.api import compare as samefn_compare
from samefn.comparison.run import compare_models
from samefn.config.comparison import ComparisonSpec, ModelSource
from samefn.core.errors import InputError
from samefn.core.paths import Places
from samefn.engine.execute import execute
from samefn.engine.local import LocalEngine
from samefn.engine.run import RunOutcome
from samefn.reports.read import read_report
from samefn.runtimes.inference import NOT_FINITE
from samefn.schema.environment import Times
from samefn.schema.volatile import stable

EXAMPLES, FEATURES, CLASSES = 900, 6, 4
DRAW = np.random.default_rng(5)
INPUTS = DRAW.normal(size=(EXAMPLES, FEATURES)).astype(np.float32)
INPUTS[:, 0] = np.abs(INPUTS[:, 0])
BAD = (3, 70, 71, 899)  # a model that takes the root of the first feature fails here
INPUTS[BAD, 0] *= -1
TRUTH = DRAW.normal(size=(FEATURES, CLASSES))
LABELS = (INPUTS @ TRUTH + DRAW.normal(size=(EXAMPLES, CLASSES))).argmax(axis=1)


def weights(spread, seed):
    return (TRUTH + spread * np.random.default_rng(seed).normal(size=TRUTH.shape)).astype(np.float32)


def write(path, matrix, kind="logits", batch="n"):
    """A linear classifier; of some kinds with something in front of or behind it."""
    node, constant = onnx.helper.make_node, onnx.numpy_helper.from_array
    constants = [constant(matrix, "w"), constant(np.int64([0]), "zero"), constant(np.int64([1]), "one")]
    nodes = [node("MatMul", ["x", "w"], ["scores"])]
    if kind == "softmax":  # large enough for probabilities of exactly zero
        constants.append(constant(np.float32(30), "thirty"))
        nodes += [node("Mul", ["scores", "thirty"], ["much"]), node("Softmax", ["much"], ["out"], axis=1)]
    elif kind == "root":  # NaN where the first feature is below 0
        nodes += [
            node("Slice", ["x", "zero", "one", "one"], ["first"]),
            node("Sqrt", ["first"], ["root"]),
            node("Add", ["scores", "root"], ["out"]),
        ]
    elif kind == "batch":  # each output depends on what else is in the batch
        nodes += [
            node("ReduceMean", ["scores", "zero"], ["mean"], keepdims=1),
            node("Sub", ["scores", "mean"], ["out"]),
        ]
    elif kind == "lookup":  # an error where the second feature, as an index, is beyond a table of eight
        constants += [constant(np.int64([2]), "two"), constant(np.zeros(8, np.float32), "table")]
        nodes += [
            node("Slice", ["x", "one", "two", "one"], ["second"]),
            node("Cast", ["second"], ["index"], to=onnx.TensorProto.INT64),
            node("Gather", ["table", "index"], ["nothing"]),
            node("Add", ["scores", "nothing"], ["out"]),
        ]
    else:
        nodes += [node("Identity", ["scores"], ["out"])]
    graph = onnx.helper.make_graph(
        nodes,
        "linear",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [batch, FEATURES])],
        [onnx.helper.make_tensor_value_info("out", onnx.TensorProto.FLOAT, [batch, CLASSES])],
        constants,
    )
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=10), path)
    return str(path)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("linear")
    np.savez(folder / "test.npz", x=INPUTS, y=LABELS)
    base = weights(0, 0)
    return {
        "data": str(folder / "test.npz"),
        "base": write(folder / "base.onnx", base),
        "near": write(folder / "near.onnx", weights(0.02, 7)),
        "sure": write(folder / "sure.onnx", weights(0.1, 1), "softmax"),
        "root": write(folder / "root.onnx", weights(0.1, 2), "root"),
        "fives": write(folder / "fives.onnx", weights(0.1, 3), batch=5),
        "batch": write(folder / "batch.onnx", base, "batch"),
        "lookup": write(folder / "lookup.onnx", weights(0.1, 4), "lookup"),
        "blind": write(folder / "blind.onnx", np.full_like(base, np.nan)),
        "independents": [write(folder / f"independent{seed}.onnx", weights(0.6, seed)) for seed in (11, 12, 13)],
    }


@pytest.fixture
def here(monkeypatch):
    """Tasks run in this process: a worker would take seconds to start."""

    def run_here(tasks, goals, store, engine, emit, title):
        failed = {}
        for task in tasks:
            if task.key in set(goals) and task.key not in store:
                done.append(task.name)
                if error := execute(task, store, emit).error:
                    failed[task.key] = error
        return RunOutcome(failed=failed)

    done = []
    for module in (costs, measure):
        monkeypatch.setattr(module, "run_tasks", run_here)
    return done


@pytest.fixture
def compare(files, here, tmp_path, monkeypatch):
    """A comparison of some of the files; what it writes is left out."""
    monkeypatch.setattr(run_module, "write_report", lambda *_, **__: None)

    def call(base, *candidates, emit=lambda _: None, **settings):
        spec = ComparisonSpec.model_validate(
            {
                "base": {"path": files[base]},
                "candidates": [{"path": files[name]} for name in candidates],
                "independents": [{"path": path} for path in files["independents"]],
                "data": {"path": files["data"]},
                "cost": False,
                **settings,
            }
        )
        return compare_models(spec, Places(tmp_path / "out", tmp_path / "store", tmp_path), LocalEngine(1), emit)

    return call


def content(report):
    return report.model_copy(update={"times": Times()})


def assert_alike(report, other):
    """Equal to 1e-12 in everything but the maps."""
    judged = {"relative_distances", "verdicts", "overall", "requirements"}
    parts = {"models", "measures", "changed", "failures", "data", *judged}
    first, second = (one.model_dump(include=parts) for one in (report, other))
    for name in parts:
        assert len(first[name]) == len(second[name])
    assert first["changed"] == second["changed"]
    for name in ("measures", "relative_distances", "verdicts", "requirements"):
        for one, two in zip(first[name], second[name], strict=True):
            numbers = {key for key, value in one.items() if isinstance(value, float)}
            assert {key: one[key] for key in numbers} == pytest.approx(
                {k: two[k] for k in numbers}, rel=1e-12, abs=1e-12
            )
            assert {k: v for k, v in one.items() if k not in numbers} == {
                k: v for k, v in two.items() if k not in numbers
            }
    for name in ("models", "overall", "failures", "data"):
        assert first[name] == second[name], name


def test_shards_give_what_one_run_gives(compare):
    requirements = {"require": ["disagreement < 50 %", "relative_distance[total_variation] < 0.01"]}
    report = compare("base", "near", "sure", "root", "fives", shards=3, **requirements)
    assert_alike(report, compare("base", "near", "sure", "root", "fives", **requirements))
    assert (report.landscape, report.distances) == ((), ())
    assert report.changed
    assert {one.outcome for one in report.requirements} >= {"holds", "fails"}
    # All is about the examples on which no model fails.
    assert report.data.test_examples == EXAMPLES - len(BAD)
    for text in ("'3', '70', '71' and 1 more", NOT_FINITE):
        assert text in report.failures[0].error


def test_the_number_of_shards_changes_nothing(compare):
    models = ("base", "near", "sure", "root")
    reports = [content(compare(*models, shards=shards)) for shards in (1, 3, 7)]
    assert reports[0] == reports[1] == reports[2]
    assert reports[0].model("candidate-2").notes  # on probabilities of exactly zero


@pytest.mark.parametrize("base", ["base", "batch"])
def test_however_it_is_run_a_comparison_has_one_report(base, compare, files, tmp_path):
    """In one piece, in shards and in Python the same bits, but for what the types mark as volatile."""
    names = ("near", "sure", "root", "fives")
    requirements = {"require": ["disagreement < 50 %", "relative_distance[total_variation] < 0.01"]}
    np.save(tmp_path / "saved.npy", INPUTS @ weights(0.1, 1))
    saved = {"path": str(tmp_path / "saved.npy"), "returns": "logits"}
    candidates = [*({"path": files[name]} for name in names), saved]
    reports = [compare(base, candidates=candidates, shards=shards, **requirements) for shards in (1, 7)]
    others = [files[name] for name in names]
    here = {"independents": files["independents"], "data": files["data"], **requirements}
    reports.append(samefn_compare(files[base], [*others, ModelSource(**saved)], **here).report)
    assert reports[0] != reports[1] != reports[2]  # the times are others
    assert stable(reports[0]) == stable(reports[1])
    assert stable(reports[0]) == stable(reports[2])
    methods = [model.method for model in reports[2].models]
    assert {method.adapter for method in methods} == {"onnx", "predictions"}
    assert methods[0].facts["graph_optimization"] == "all"
    assert methods[4].batch_size == 5


def test_shards_are_of_whole_batches_of_every_model(compare):
    # Each output of the base depends on its batch of 64: another cut would change it.
    report = compare("batch", "near", "fives", shards=2)
    assert_alike(report, compare("batch", "near", "fives"))
    assert [model.role for model in report.models].count("replicate") == 1
    assert {entry.noise_floor_model for entry in report.relative_distances} == {"base-again"}
    assert any(entry.noise_floor > 0 for entry in report.relative_distances)


def test_more_shards_than_batches_are_reduced_with_a_note(compare, here):
    events = []
    compare("base", "near", shards=100, independents=[], emit=events.append)
    pieces = [f"near.onnx, shard {n} of 15" for n in range(1, 16)]
    assert [name for name in here if name in set(pieces)] == pieces
    assert [name for name in here if name.startswith("rows")] == [f"rows of {name}" for name in pieces]
    [note] = [event.text for event in events if event.name == "shards"]
    assert re.findall(r"\d+", note) == ["15", "100", "900", "64"]


def test_a_stored_shard_is_not_run_again(compare, here, tmp_path):
    first = content(compare("base", "root", shards=3, independents=[]))
    here.clear()
    assert content(compare("base", "root", shards=3, independents=[])) == first
    assert here == []
    gone = {"root.onnx, shard 2 of 3", "rows of root.onnx, shard 2 of 3"}
    for manifest in (tmp_path / "store").glob("objects/*/*/manifest.json"):
        if any(f'"name": "{name}"' in manifest.read_text() for name in gone):
            shutil.rmtree(manifest.parent)
    assert content(compare("base", "root", shards=3, independents=[])) == first
    assert set(here) == gone


@pytest.mark.parametrize("shards", [1, 3])
def test_another_candidate_runs_nothing_but_itself(compare, here, shards):
    before = compare("base", "near", shards=shards, independents=[])
    here.clear()
    after = compare("base", "near", "root", shards=shards, independents=[])
    assert here
    assert all("root.onnx" in name for name in here)
    assert before.model("candidate-1").bytes == after.model("candidate-1").bytes


def test_a_model_that_fails_on_everything_is_left_out_and_named(compare):
    report = compare("base", "blind", "near", shards=3, independents=[])
    assert [report.model(entry.candidate).name for entry in report.verdicts] == ["near.onnx"]
    assert "256" in report.failures[0].error
    assert "SF511" in report.failures[0].error
    for models in (("base", "blind"), ("blind", "base")):
        with pytest.raises(InputError, match=r"blind.*SF511") as error:
            compare(*models, shards=3)
        assert error.value.code == "SF508"


def test_a_model_that_fails_on_a_whole_batch_is_left_out_and_its_other_failures_count_for_nothing(
    compare, files, tmp_path
):
    inputs = INPUTS.copy()
    inputs[[5, *range(640, 704)], 1] = 100
    np.savez(tmp_path / "beyond.npz", x=inputs, y=LABELS)
    data = {"path": str(tmp_path / "beyond.npz")}
    report = compare("base", "lookup", "root", shards=7, data=data)
    assert_alike(report, compare("base", "lookup", "root", data=data))
    assert [failure.model for failure in report.failures] == ["candidate-1", "candidate-2"]
    assert report.data.test_examples == EXAMPLES - len(BAD)


def test_a_shard_of_the_base_that_fails_is_one_line(compare, monkeypatch):
    def broken(_):
        raise MemoryError

    monkeypatch.setattr("samefn.comparison.tasks.make_rows", broken)
    with pytest.raises(InputError, match=r"memory.*SF508"):
        compare("base", "near", shards=3)


def test_without_independents_and_labels_there_are_absolute_figures(compare, files, tmp_path):
    np.savez(tmp_path / "bare.npz", x=INPUTS)
    settings = {"independents": [], "data": {"path": str(tmp_path / "bare.npz")}}
    report = compare("base", "near", "sure", shards=3, **settings)
    assert_alike(report, compare("base", "near", "sure", **settings))
    assert report.base.accuracy is None
    assert {entry.quality for entry in report.verdicts} == {"no labels"}
    assert {entry.against[0].origin for entry in report.verdicts} == {"no labels"}


@pytest.fixture
def call(files, tmp_path, monkeypatch, capsys):
    """The command line."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        options = ["--data", files["data"], "--store", "store", "--set", "cost=false", "--workers", "2"]
        return samefn(["compare", *arguments, *options]), capsys.readouterr()

    return run


def test_workers_share_the_shards_and_a_page_is_written(call, files, tmp_path):
    code, printed = call(files["base"], files["near"], "--shards", "3", "--out", "out")
    assert code == 0, printed.err
    report = read_report(tmp_path / "out")
    rows = pl.read_parquet(tmp_path / "out" / "rows.parquet")
    [entry] = [e for e in report.measures if e.measure == "disagreement"]
    assert rows["disagreement"].mean() == pytest.approx(entry.value)
    assert rows["id"].to_list() == [str(n) for n in range(EXAMPLES)]
    assert rows.select("evaluation", "base", "candidate").unique().rows() == [("test", "base", "candidate-1")]


def test_exit_codes(call, files, here, monkeypatch):
    monkeypatch.setattr(run_module, "write_report", lambda *_, **__: None)
    for limit, code in (("9 %", 0), ("0.01 %", 1)):
        options = ("--shards", "3", "--require", f"disagreement < {limit}")
        assert call(files["base"], files["near"], *options)[0] == code
    assert here.count("near.onnx, shard 1 of 3") == 1
    # A model fails on examples.
    assert call(files["base"], files["root"], "--shards", "3")[0] == 1


def test_no_shards_is_one_line(files, tmp_path, capsys):
    command = ["compare", str(files["base"]), str(files["near"]), "--data", str(files["data"]), "--shards", "0"]
    assert samefn([*command, "--store", str(tmp_path / "store")]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "shards" in line
    assert "0" in line
