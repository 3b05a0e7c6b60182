"""Every way to type `compare` in Python gives the report of the command line; a wrong call is one line with a code."""

import numpy as np
import pytest
import torch
from torch import nn

import samefn
from samefn.cli.main import run
from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.reports.read import read_report
from samefn.schema.volatile import stable

DRAW = np.random.default_rng(0)
LOGITS = DRAW.normal(size=(240, 4)).astype(np.float32)
NEAR, FAR, SEED = (LOGITS + by * DRAW.normal(size=LOGITS.shape).astype(np.float32) for by in (0.1, 0.5, 2))
LABELS = (LOGITS + DRAW.normal(size=LOGITS.shape)).argmax(axis=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files of predictions, the base's with labels, and the report of the command line on them."""
    path = tmp_path_factory.mktemp("files")
    np.savez(path / "base.npz", logits=LOGITS, labels=LABELS)
    for name, values in (("near", NEAR), ("far", FAR), ("seed", SEED)):
        np.save(path / f"{name}.npy", values)
    np.save(path / "base.npy", LOGITS)
    files = [str(path / name) for name in ("base.npz", "near.npy", "far.npy")]
    words = ["--independent", str(path / "seed.npy"), "--store", str(path / "store"), "--set", "cost=false"]
    for number in (2, 3):
        assert run(["compare", *files[:number], *words, "--out", str(path / f"out-{number}")]) == 0
    return path


def of_models(report):
    """What is the same however a comparison is typed: all but the names of models and data."""
    content = stable(report)
    for model in content["models"]:
        del model["name"]
    del content["data"]["name"]
    del content["name"]
    content["warnings"] = len(content["warnings"])
    return content


def predictions(name, logits):
    return samefn.Predictions.from_logits(name, logits, range(len(logits)))


FORMS = {
    "files": lambda f: ((f / "base.npz", f / "near.npy"), {"independents": f / "seed.npy"}),
    "names of files": lambda f: ((str(f / "base.npz"), [str(f / "near.npy")]), {"independents": [str(f / "seed.npy")]}),
    "a source": lambda f: (
        (ModelSource(path=str(f / "base.npz")), ModelSource(path=str(f / "near.npy"))),
        {"independents": [ModelSource(path=str(f / "seed.npy"))]},
    ),
    "labels beside a file": lambda f: (
        (f / "base.npy", f / "near.npy"),
        {"labels": LABELS, "independents": f / "seed.npy"},
    ),
    "arrays": lambda f: ((LOGITS, NEAR), {"labels": LABELS, "independents": SEED}),
    "lists of arrays": lambda f: ((LOGITS, [NEAR]), {"labels": LABELS.tolist(), "independents": [SEED]}),
    "tensors": lambda f: (
        (torch.tensor(LOGITS, requires_grad=True), torch.tensor(NEAR)),
        {"labels": torch.tensor(LABELS), "independents": torch.tensor(SEED)},
    ),
    "names": lambda f: (({"fp32": LOGITS}, {"int8": NEAR}), {"labels": LABELS, "independents": {"seed": SEED}}),
    "an iterator": lambda f: ((LOGITS, iter([NEAR])), {"labels": LABELS, "independents": (one for one in [SEED])}),
    "a file and an array": lambda f: ((f / "base.npz", NEAR), {"independents": SEED}),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_gives_the_report_of_the_command_line(folder, form):
    models, settings = FORMS[form](folder)
    assert of_models(samefn.compare(*models, **settings).report) == of_models(read_report(folder / "out-2"))


def test_predictions_in_memory_give_the_same_figures(folder):
    base, near, seed = (predictions(n, v) for n, v in (("base", LOGITS), ("near", NEAR), ("seed", SEED)))
    report = samefn.compare(base, near, independents=seed, labels=LABELS).report
    written = read_report(folder / "out-2")
    assert report.measures == written.measures
    assert report.verdicts == written.verdicts
    # In another order they are matched by their ids, as files are.
    order = DRAW.permutation(len(LOGITS))
    again = samefn.compare(base, near.part(order), independents=seed.part(order), labels=LABELS).report
    assert again.measures == report.measures


def test_several_candidates(folder):
    written = of_models(read_report(folder / "out-3"))
    files = samefn.compare(folder / "base.npz", [folder / "near.npy", folder / "far.npy"], independents=SEED)
    named = samefn.compare({"fp32": LOGITS}, {"a": NEAR, "b": FAR}, labels=LABELS, independents=SEED)
    assert of_models(files.report) == written
    assert of_models(named.report) == written
    assert list(files.verdicts) == ["near.npy", "far.npy"]
    assert (named.report.base.name, list(named.verdicts)) == ("fp32", ["a", "b"])
    arrays = samefn.compare(LOGITS, (NEAR, FAR), independents=[SEED, SEED + FAR]).report
    assert [one.name for one in arrays.models] == [
        "base",
        "candidate-1",
        "candidate-2",
        "independent-1",
        "independent-2",
    ]


def test_arrays_of_each_kind_are_what_their_values_show():
    shares = torch.softmax(torch.tensor(LOGITS), dim=1)
    hard = LOGITS.argmax(axis=1)
    result = samefn.compare(LOGITS, {"shares": shares, "hard": hard, "half": torch.tensor(LOGITS).bfloat16()})
    kinds = {one.name: one.method.returns for one in result.report.models}
    assert kinds == {"base": "logits", "shares": "probabilities", "hard": "labels", "half": "logits"}
    changed = {one.name: one.accuracy for one in result.report.models}
    assert set(changed.values()) == {None}
    disagreement = {
        result.report.model(one.candidate).name: one.value
        for one in result.report.measures
        if one.measure == "disagreement"
    }
    assert disagreement["shares"] == disagreement["hard"] == 0
    rounded = np.asarray(torch.tensor(LOGITS).bfloat16().float()).argmax(axis=1)
    assert disagreement["half"] == np.mean(rounded != hard)


def test_modules_and_functions_on_data(folder):
    net = nn.Linear(4, 4)
    scores = net(torch.tensor(LOGITS)).detach()
    function = {"function": lambda x: x @ net.weight.detach().numpy().T}
    result = samefn.compare(net, function, LOGITS, labels=LABELS)
    apart = samefn.compare({"net": scores}, {"function": scores - net.bias.detach()}, labels=LABELS)
    # (What is run is run again too.)
    measures = [one for one in result.report.measures if one.candidate == "candidate-1"]
    for one, other in zip(measures, apart.report.measures, strict=True):
        assert (one.measure, one.value) == (other.measure, pytest.approx(other.value, rel=1e-4, abs=1e-6))


def test_settings_of_the_command_line(folder):
    result = samefn.compare(
        LOGITS, {"a": NEAR, "b": FAR}, labels=LABELS, ladder=["a", "b"], require="disagreement < 99 %"
    )
    assert {one.candidate for one in result.report.ladder}
    assert [one.outcome for one in result.report.requirements] == ["holds", "holds"]
    tight, wide = (
        samefn.compare(LOGITS, NEAR, labels=LABELS, limit=limit).report.verdicts[0].against[0].limit
        for limit in (0.001, "50%")
    )
    assert (tight, wide) == (0.001, 0.5)


NET = nn.Linear(4, 4)
WRONG = {
    "one array of several models": ((LOGITS, np.stack([NEAR, FAR])), {}, "SF515", "candidates"),
    "a list of numbers": ((LOGITS, NEAR.tolist()), {}, "SF515", "candidates[0]"),
    "a list of numbers as the base": ((LOGITS.tolist(), NEAR), {}, "SF515", "base"),
    "nothing": ((LOGITS, None), {}, "SF515", "candidates"),
    "no candidate": ((LOGITS, []), {}, "SF500", "compare"),
    "two bases": (({"a": LOGITS, "b": NEAR}, NEAR), {}, "SF515", "base"),
    "a class": ((NET, nn.Linear), {}, "SF515", "candidates"),
    "other lengths": ((LOGITS, NEAR[:100]), {}, "SF520", "candidate"),
    "other classes": ((LOGITS, NEAR[:, :3]), {}, "SF411", "base and candidate"),
    "no data": ((NET, NET), {}, "SF502", "Linear"),
    "a model among predictions": ((LOGITS, NET), {}, "SF502", "Linear"),
    "labels as data": ((LOGITS, NEAR, LABELS), {}, "SF517", "data"),
    "a second candidate as data": ((LOGITS, NEAR, FAR), {}, "SF517", "data"),
    "a module as data": ((NET, NET, NET), {}, "SF517", "data"),
    "a pair as data": ((NET, NET, (LOGITS, LABELS)), {}, "SF517", "data"),
    "missing data": ((NET, NET, "missing.npz"), {}, "SF200", "missing.npz"),
    "a missing file": (("missing.onnx", NET, LOGITS), {}, "SF001", "missing.onnx"),
    "labels of other examples": ((LOGITS, NEAR), {"labels": LABELS[:5]}, "SF430", "labels"),
    "labels that are scores": ((LOGITS, NEAR), {"labels": NEAR}, "SF430", "labels"),
    "labels of other lengths": ((LOGITS, NEAR), {"labels": [[1], [2, 3]]}, "SF516", "labels"),
    "a negative label": ((LOGITS, NEAR), {"labels": LABELS - 1}, "SF409", "labels"),
    "a label beyond the classes": ((LOGITS, NEAR), {"labels": LABELS + 1, "task": "classification"}, "SF513", "base"),
    "labels twice": (
        (samefn.Predictions.from_logits("p", LOGITS, range(240), LABELS), NEAR),
        {"labels": LABELS},
        "SF503",
        "labels",
    ),
    "scores of no clear kind": ((np.abs(LOGITS) / 9, NEAR), {}, "SF406", "base"),
    "whole numbers": ((LOGITS.astype(int), NEAR), {}, "SF407", "base"),
    "a limit of nothing": ((LOGITS, NEAR), {"limit": 0}, "SF101", "compare: limit"),
    "an empty batch": ((NET, NET, LOGITS), {"batch_size": 0}, "SF101", "compare: batch_size"),
    "an unknown rung": ((LOGITS, [NEAR, FAR]), {"ladder": ["candidate-1", "x"]}, "SF536", "ladder"),
    "a setting of language models": ((LOGITS, NEAR), {"kl_limit": 0.1}, "SF501", "kl_limit"),
    "names of other classes": ((LOGITS, NEAR), {"class_names": ["a", "b"]}, "SF532", "class_names"),
    "a name twice": ((LOGITS, NEAR), {"class_names": ["a", "a", "b", "c"]}, "SF531", "class_names"),
    "slices without names": ((LOGITS, NEAR), {"slices": [LABELS]}, "SF233", "slices"),
    "an unknown setting of a model": ((ModelSource(path="x"), NEAR), {"require": "x < 1"}, "SF602", None),
}


@pytest.mark.parametrize("call", WRONG)
def test_a_wrong_call_is_one_line(call):
    models, settings, code, where = WRONG[call]
    with pytest.raises(InputError) as error:
        samefn.compare(*models, **settings)
    assert error.value.code == code
    assert where is None or error.value.where == where
    assert len(str(error.value).splitlines()) == 1


def test_a_wrong_setting_of_predict_is_one_line():
    with pytest.raises(InputError, match="SF102") as error:
        samefn.predict(NET, LOGITS, retruns="logits")
    assert "returns" in error.value.line
