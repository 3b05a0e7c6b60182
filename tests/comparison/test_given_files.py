"""Files as people give them to `samefn compare`: unreadable ones, names of classes, rounded probabilities."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, quantize_static

import samefn
from samefn.cli.main import run
from samefn.comparison.examples import read_class_names
from samefn.core.errors import InputError
from samefn.predictions.predictions import Predictions
from samefn.reports.read import read_report

DRAW = np.random.default_rng(0)
LOGITS = DRAW.normal(size=(40, 3)).astype(np.float32)
INPUTS = DRAW.normal(size=(8300, 16)).astype(np.float32)


class Reader(CalibrationDataReader):
    def __init__(self):
        self.left = iter([{"x": INPUTS[:200]}])

    def get_next(self):
        return next(self.left, None)


def net(path):
    w = (DRAW.normal(size=(16, 10)) / 2).astype(np.float32)
    nodes = [helper.make_node("MatMul", ["x", "w"], ["z"]), helper.make_node("Softmax", ["z"], ["y"], axis=1)]
    ports = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["n", s]) for n, s in (("x", 16), ("y", 10))]
    graph = helper.make_graph(nodes, "g", ports[:1], ports[1:], [numpy_helper.from_array(w, "w")])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


@pytest.fixture
def compare(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("base.npz", logits=LOGITS)
    np.savez("near.npz", logits=LOGITS + np.float32(0.001))

    def call(*words):
        code = run(["compare", *words, "--out", "out", "--store", "store", "--set", "cost=false", "--workers", "1"])
        return code, read_report(tmp_path / "out") if (tmp_path / "out" / "report.json").exists() else None

    return call


@pytest.mark.parametrize("bad", ["missing.npz", "empty.npz", "short.npz", "wide.npz"])
def test_a_candidate_that_cannot_be_read_fails_alone(compare, tmp_path, bad, capsys):
    (tmp_path / "empty.npz").write_bytes(b"")
    np.savez(tmp_path / "short.npz", logits=LOGITS[:5])
    np.savez(tmp_path / "wide.npz", logits=np.hstack([LOGITS, LOGITS]))
    code, report = compare("base.npz", bad, "near.npz", "--require", "disagreement < 0.5")
    assert code == 2
    assert [(one.model, one.name, one.unreadable) for one in report.failures] == [("candidate-1", bad, True)]
    assert [report.model(one.candidate).name for one in report.verdicts] == ["near.npz"]
    assert "Traceback" not in capsys.readouterr().err


def test_where_no_candidate_can_be_read_nothing_is_written(compare, tmp_path):
    assert compare("base.npz", "missing.npz") == (2, None)


def test_names_of_the_classes_from_a_file(compare, tmp_path):
    (tmp_path / "names.txt").write_text("cat\ndog\nbig eel\n")
    (tmp_path / "names.json").write_text(json.dumps(["cat", "dog", "big eel"]))
    for name in ("names.txt", "names.json"):
        code, report = compare("base.npz", "near.npz", "--class-names", name)
        assert (code, report.data.class_names) == (0, ("cat", "dog", "big eel"))
    (tmp_path / "pair.toml").write_text(
        'base = "base.npz"\nclass_names = "names.txt"\n[[candidates]]\npath = "near.npz"\n'
    )
    assert compare("pair.toml")[1].data.class_names == ("cat", "dog", "big eel")
    (tmp_path / "two.txt").write_text("cat\ndog\n")
    assert compare("base.npz", "near.npz", "--class-names", "two.txt")[0] == 2
    ids = range(40)
    base, near = Predictions.from_logits("base", LOGITS, ids), Predictions.from_logits("near", LOGITS + 0.1, ids)
    result = samefn.compare(base, [near], class_names=tmp_path / "names.txt")
    assert result.report.data.class_names == ("cat", "dog", "big eel")


def test_names_number_labels_and_answers(compare, tmp_path):
    (tmp_path / "names.txt").write_text("dog\ncat\neel\n")
    lines = [{"id": n, "label": "dog", "prediction": ["cat", "dog"][n % 2]} for n in range(40)]
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text("\n".join(map(json.dumps, lines)))
    code, report = compare("a.jsonl", "b.jsonl", "--class-names", "names.txt")
    assert (code, report.base.accuracy) == (0, 0.5)
    np.savez(tmp_path / "named.npz", logits=LOGITS, labels=np.array(["dog", "eel"] * 20))
    assert compare("named.npz", "near.npz", "--class-names", "names.txt")[0] == 0
    assert compare("named.npz", "near.npz")[0] == 2


def test_a_quantised_softmax_needs_no_option_and_has_one_note_on_rounding(compare, tmp_path):
    net(tmp_path / "base.onnx")
    quantize_static(tmp_path / "base.onnx", tmp_path / "qdq.onnx", Reader())
    np.savez(tmp_path / "data.npz", x=INPUTS)
    notes = []
    for more in ((), ("--shards", "3")):
        code, report = compare("base.onnx", "qdq.onnx", "--data", "data.npz", *more)
        assert (code, report.failures) == (0, ())
        [model] = [one for one in report.models if one.role == "candidate"]
        notes.append([note for note in model.notes if "8300 rows" in note])
    assert notes[0] == notes[1]
    assert len(notes[0]) == 1


def test_stored_predictions_count_as_class_scores_only_where_the_option_is_given_again(compare, tmp_path, capsys):
    net(tmp_path / "base.onnx")
    for name in ("base", "near"):
        model = onnx.load(tmp_path / "base.onnx")
        model.graph.node[1].op_type = "Tanh"
        del model.graph.node[1].attribute[:]
        model.graph.doc_string = name
        onnx.save(model, tmp_path / f"{name}_t.onnx")
    np.savez(tmp_path / "data.npz", x=INPUTS[:100])
    words = ("base_t.onnx", "near_t.onnx", "--data", "data.npz")
    assert compare(*words)[0] == 2
    assert compare(*words, "--set", "task=classification")[0] == 0
    assert compare(*words)[0] == 2
    assert "SF405" in capsys.readouterr().err


def test_a_bad_file_of_class_names_is_refused(tmp_path):

    for text in ("", "a\n\nb", "a\na", "[1, 2]", "[" * 9000):
        (tmp_path / "x").write_text(text)
        with pytest.raises(InputError, match=r"SF53[01]"):
            read_class_names(tmp_path / "x")


def test_labels_of_a_candidates_own_that_contradict_the_data_are_refused(tmp_path):
    draw = np.random.default_rng(0)
    logits, labels = draw.normal(size=(60, 3)), draw.integers(0, 3, 60)
    np.savez(tmp_path / "base.npz", logits=logits, labels=labels)
    np.savez(tmp_path / "same.npz", logits=logits[::-1], labels=labels[::-1], ids=np.arange(60)[::-1])
    np.savez(tmp_path / "shifted.npz", logits=logits, labels=np.roll(labels, 1))
    base, same, shifted = (str(tmp_path / f"{name}.npz") for name in ("base", "same", "shifted"))
    assert samefn.compare(base, [same]).report.measures[0].examples == 60
    with pytest.raises(InputError, match="SF521") as error:
        samefn.compare(base, [shifted])
    assert error.value.where == shifted
