"""`samefn compare` from files to exit code: small nets that were really trained, as ONNX files, against one another."""

import json

import numpy as np
import onnx
import polars as pl
import pytest
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from generators.report import FIGURES, TABLES
from samefn.cli.main import run
from samefn.reports.read import read_report

IMAGES, LABELS = load_digits(return_X_y=True)
PIXELS = (IMAGES * 15).astype(np.uint8).reshape(-1, 1, 8, 8)
TRAIN, TEST = slice(0, 1000), slice(1000, 1797)


def net(seed):
    """The weights of a net with one hidden layer, trained on what the models will be fed."""
    found = MLPClassifier((24,), max_iter=60, random_state=seed, tol=0)
    with np.errstate(all="ignore"), pytest.warns(match="Maximum iterations"):
        found.fit(PIXELS[TRAIN].reshape(-1, 64) / np.float32(255), LABELS[TRAIN])
    return [a.astype(np.float32) for pair in zip(found.coefs_, found.intercepts_, strict=True) for a in pair]


def write_onnx(path, weights, batch=None, softmax=False):
    nodes = [
        onnx.helper.make_node("Flatten", ["image"], ["flat"]),
        onnx.helper.make_node("Gemm", ["flat", "w1", "b1"], ["h"]),
        onnx.helper.make_node("Relu", ["h"], ["r"]),
        onnx.helper.make_node("Gemm", ["r", "w2", "b2"], ["logits"]),
        *([onnx.helper.make_node("Softmax", ["logits"], ["probs"], axis=1)] if softmax else []),
    ]
    names = ("w1", "b1", "w2", "b2")
    out = "probs" if softmax else "logits"
    graph = onnx.helper.make_graph(
        nodes,
        "net",
        [onnx.helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, [batch or "n", 1, 8, 8])],
        [onnx.helper.make_tensor_value_info(out, onnx.TensorProto.FLOAT, [batch or "n", 10])],
        [onnx.numpy_helper.from_array(a, name) for a, name in zip(weights, names, strict=True)],
    )
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=10), path)
    return str(path)


def rounded(weights, levels):
    """Weights on a grid of so many levels."""
    return [np.round(a / np.abs(a).max() * levels) / levels * np.abs(a).max() for a in weights]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    base = net(0)
    np.savez(folder / "test.npz", x=PIXELS[TEST], y=LABELS[TEST])
    return {
        "data": str(folder / "test.npz"),
        "base": write_onnx(folder / "base.onnx", base),
        "fine": write_onnx(folder / "fine.onnx", rounded(base, 1000), softmax=True),
        "fixed": write_onnx(folder / "fixed.onnx", rounded(base, 1000), batch=7),
        "coarse": write_onnx(folder / "coarse.onnx", rounded(base, 2)),
        "broken": write_onnx(folder / "nan.onnx", [np.full_like(base[0], np.nan), *base[1:]]),
        "independents": [write_onnx(folder / f"seed{seed}.onnx", net(seed)) for seed in (1, 2, 3)],
    }


@pytest.fixture
def compare(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def call(*arguments, out="out"):
        places = ("--out", out, "--store", str(tmp_path / "store"))
        code = run(["compare", *arguments, *places, "--set", "cost=false", "--workers", "1"])
        return code, capsys.readouterr()

    return call


def test_from_files_to_a_verdict_and_an_exit_code(compare, files, tmp_path):
    code, printed = compare(
        files["base"],
        files["fine"],
        files["coarse"],
        "--data",
        files["data"],
        "--independent",
        *files["independents"],
        "--require",
        "relative_distance[disagreement]@fine.onnx < 0.5",
        "--junit",
        "gate.xml",
        "--figures",
    )
    assert code == 0, printed.err
    report = read_report(tmp_path / "out")
    outcomes = {report.model(entry.candidate).name: entry.outcome for entry in report.verdicts}
    assert outcomes["coarse.onnx"] in {"changed", "independent", "broken"}
    [held] = report.requirements
    assert (held.outcome, report.model(held.candidate).name) == ("holds", "fine.onnx")
    assert "gate.xml" in {path.name for path in tmp_path.iterdir()}
    # The rows give what the models themselves do, run here without samefn.
    rows = pl.read_parquet(tmp_path / "out" / "rows.parquet")
    coarse = next(model.id for model in report.models if model.name == "coarse.onnx")
    [entry] = [e for e in report.measures if (e.candidate, e.measure) == (coarse, "disagreement")]
    assert entry.value == pytest.approx(by_hand(files["base"], files["coarse"]))
    assert rows.filter(pl.col("candidate") == coarse)["disagreement"].mean() == pytest.approx(entry.value)
    tables = {path.stem for path in (tmp_path / "out" / "tables").iterdir()}
    assert {"requirements", "ranking", "verdicts"} <= tables <= set(TABLES)
    figures = {path.stem.removesuffix("-85mm") for path in (tmp_path / "out" / "figures").iterdir()}
    assert {"tradeoff-bytes", "candidates"} <= figures <= set(FIGURES)
    content = json.loads((tmp_path / "out" / "report.json").read_text())
    assert str(tmp_path) not in json.dumps(content)


def by_hand(first, second):
    """Share of the test images on which the predictions of two nets differ, in plain NumPy."""
    tops = []
    for path in (first, second):
        w1, b1, w2, b2 = (onnx.numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer)
        hidden = np.maximum((PIXELS[TEST].reshape(-1, 64) / np.float32(255)) @ w1 + b1, 0)
        tops.append((hidden @ w2 + b2).argmax(axis=1))
    return float(np.mean(tops[0] != tops[1]))


def test_a_requirement_that_fails_is_exit_code_1(compare, files):
    code, printed = compare(
        files["base"], files["coarse"], "--data", files["data"], "--require", "disagreement < 0.1 %"
    )
    assert code == 1
    assert "fails" in printed.out


def test_a_stored_run_is_not_made_again(compare, files):
    compare(files["base"], files["fine"], "--data", files["data"])
    _, printed = compare(files["base"], files["coarse"], "--data", files["data"], out="again")
    # The candidate, and the candidate in other batches.
    assert "[1/2] coarse.onnx: finished" in printed.err


def test_layers_are_located(compare, files, tmp_path):
    code, printed = compare(files["base"], files["coarse"], "--data", files["data"], "--locate")
    assert code == 0, printed.err
    located = read_report(tmp_path / "out").located
    # Both layers, swapped in and out.
    assert sorted((entry.candidate, entry.direction) for entry in located) == sorted(
        2 * [("candidate-1", "forward"), ("candidate-1", "backward")]
    )
    assert all(entry.total_variation > 0 for entry in located)


def test_a_fixed_batch_gives_the_same_predictions(compare, files, tmp_path):
    code, printed = compare(files["fine"], files["fixed"], "--data", files["data"])
    assert code == 0, printed.err
    report = read_report(tmp_path / "out")
    [entry] = [e for e in report.measures if e.measure == "disagreement" and e.candidate == "candidate-1"]
    assert entry.value == 0
    assert report.model("candidate-1").method.batch_size == 7


def test_a_model_that_fails_leaves_a_report_about_the_others(compare, files, tmp_path):
    code, printed = compare(files["base"], files["broken"], files["fine"], "--data", files["data"])
    assert code == 1
    report = read_report(tmp_path / "out")
    assert [report.model(e.candidate).name for e in report.verdicts] == ["fine.onnx"]
    assert "NaN" in report.failures[0].error
    assert "NaN" in printed.out


def test_a_requirement_on_an_unknown_model_is_refused_before_any_run(compare, files):
    code, printed = compare(
        files["base"], files["fine"], "--data", files["data"], "--require", "disagreement@fien.onnx < 1 %"
    )
    assert code == 2
    [line] = printed.err.splitlines()
    assert "disagreement@fien.onnx" in line
    assert line.endswith(" fine.onnx? [SF607]")


def test_layers_that_cannot_be_matched_are_a_warning_in_the_report(compare, files, tmp_path):
    np.save(tmp_path / "saved.npy", np.random.default_rng(0).normal(size=(len(LABELS[TEST]), 10)))
    code, _ = compare(files["base"], str(tmp_path / "saved.npy"), "--data", files["data"], "--locate")
    assert code == 0
    report = read_report(tmp_path / "out")
    assert report.located == ()
    assert any("saved.npy" in warning and "SF540" in warning for warning in report.warnings)


def test_language_models_are_not_mixed_with_others(compare, files, tmp_path):
    logits = tmp_path / "logits.kld"
    logits.write_bytes(b"_logits_" + bytes(100))
    for models in ((files["base"], str(logits)), (str(logits), files["base"])):
        code, printed = compare(*models, "--data", files["data"])
        assert (code, printed.out) == (2, "")
        assert "SF504" in printed.err
    (tmp_path / "other.kld").write_bytes(logits.read_bytes())
    code, printed = compare(str(logits), str(tmp_path / "other.kld"), "--locate")
    assert code == 2
    assert "SF501" in printed.err


def test_explain_shows_what_goes_in_and_comes_out(compare, files, tmp_path):
    code, printed = compare(files["base"], files["fine"], "--data", files["data"], "--explain")
    assert code == 0
    assert "divided by 255" in printed.out
    assert "taken for logits" in printed.out
    assert "taken for probabilities" in printed.out
    assert not (tmp_path / "out").exists()


def test_explain_feeds_a_full_batch_where_the_data_has_fewer_examples(compare, files):
    code, printed = compare(
        files["base"], files["fixed"], "--data", files["data"], "--set", "data.limit=5", "--explain"
    )
    assert (code, printed.err) == (0, "")
    assert "returned logits: [7, 10]" in printed.out


def test_a_model_that_returns_no_rows_is_explained_so(compare, files, tmp_path):
    model = onnx.load(files["fine"])
    [last] = model.graph.output
    model.graph.node.append(onnx.helper.make_node("Slice", [last.name, "zero", "zero"], ["none"]))
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([0]), "zero"))
    last.name = "none"
    onnx.save(model, tmp_path / "none.onnx")
    code, printed = compare(files["base"], str(tmp_path / "none.onnx"), "--data", files["data"], "--explain")
    assert code == 2
    assert "SF311" in printed.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("missing.onnx", "{fine}", "--data", "{data}"), "missing.onnx"),
        (("{base}", "{data}", "--data", "{data}"), "npz"),
        (("{base}", "{fine}"), "SF502"),
        (("{base}", "{fine}", "--data", "nowhere.npz"), "nowhere.npz"),
        (("{base}", "{fine}", "--data", "{data}", "--require", "disagreemnt < 1"), "disagreemnt"),
        (("{base}", "{fine}", "--data", "{data}", "--runtime", "tensorrt"), "tensorrt"),
        (("{base}", "{base}", "--data", "{data}"), "SF506"),
    ],
)
def test_what_cannot_be_run_is_one_line_and_exit_code_2(compare, files, arguments, words):
    code, printed = compare(*(argument.format(**files) for argument in arguments))
    assert code == 2
    assert words in printed.err.splitlines()[-1]
    assert "Traceback" not in printed.err
