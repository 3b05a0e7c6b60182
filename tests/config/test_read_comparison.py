"""A comparison's spec from the command line and from TOML."""

import pytest

from samefn.config.read_comparison import read_comparison
from samefn.core.errors import InputError


def test_models_options_and_settings_come_together():
    spec = read_comparison(
        ["base.onnx", "a.onnx", "b.tflite"],
        {"data": "test.npz", "independents": ["s1.onnx"], "require": ["disagreement < 0.1"], "runtime": None},
        [
            "candidates.2.feed.layout=NHWC",
            "base.output=logits",
            "model.feed.mean=[0.5]",
            "data.limit=7",
            "batch_size=8",
        ],
    )
    assert [model.path for model in spec.models] == ["base.onnx", "a.onnx", "b.tflite", "s1.onnx"]
    assert [model.feed.layout for model in spec.models] == [None, None, "NHWC", None]
    assert {model.feed.mean for model in spec.models} == {(0.5,)}
    assert spec.base.output == "logits"
    assert (spec.data.path, spec.data.limit, spec.batch_size) == ("test.npz", 7, 8)
    assert spec.require == ("disagreement < 0.1",)


def test_a_file_says_it_all(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text(
        'base = "b.onnx"\ndata = "d.npz"\nindependents = ["s.onnx"]\nmodel.runtime = "onnx"\n'
        '[[candidates]]\npath = "c.bin"\nruntime = "predictions"\n[[candidates]]\npath = "e.onnx"\n'
    )
    spec = read_comparison([str(path)], {"runtime": None}, ["batch_size=4"])
    assert [(model.path, model.runtime) for model in spec.models] == [
        ("b.onnx", "onnx"),
        ("c.bin", "predictions"),  # what is said of one model wins over what is said of all
        ("e.onnx", "onnx"),
        ("s.onnx", "onnx"),
    ]
    assert (spec.data.path, spec.batch_size) == ("d.npz", 4)


@pytest.mark.parametrize(
    ("models", "settings", "code", "where"),
    [
        ([], [], "SF106", "compare"),
        (["base.onnx"], [], "SF106", "compare"),
        (["base.onnx", "c.onnx"], ["candidates.2.output=x"], "SF107", "--set"),
        (["base.onnx", "c.onnx"], ["base.feed.layuot=NHWC"], "SF102", "--set base.feed.layuot"),
        (["base.onnx", "c.onnx"], ["base.feed.std=[0]"], "SF101", "--set base.feed"),
        (["base.onnx", "c.onnx"], ["model.threads=0"], "SF101", "--set model.threads"),
        (["base.onnx", "c.onnx"], ["candidates.1.threads=0"], "SF101", "--set candidates.1.threads"),
        (["base.onnx", "c.onnx"], ["batch_size=0"], "SF101", "--set batch_size"),
        (["missing.toml"], [], "SF001", "missing.toml"),
    ],
)
def test_each_fault_has_a_code_and_a_place(models, settings, code, where):
    with pytest.raises(InputError) as error:
        read_comparison(models, {}, settings)
    assert (error.value.code, error.value.where) == (code, where)


def test_trust_is_for_all_models_and_a_model_says_otherwise() -> None:
    spec = read_comparison(["a.pt", "b.pt", "c.pt"], {"trust": True}, ["candidates.2.trust=false"])
    assert [model.trust for model in spec.models] == [True, True, False]
    assert not any(model.trust for model in read_comparison(["a.pt", "b.pt"], {"trust": None}).models)
