import runpy
from pathlib import Path

import numpy as np
import pytest

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.runtimes.model import TensorSpec, WeightStats

pytest.importorskip("ai_edge_litert", reason="the extra litert is not installed")

EXAMPLE = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "litert" / "tflite_file.py"))
TfliteFile, schema = EXAMPLE["TfliteFile"], EXAMPLE["schema"]

KERNEL = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32)
BIAS = np.array([0, 1, -1], np.float32)


def opened(path, content, **settings):
    path.write_bytes(content)
    source = ModelSource(path=str(path), **settings)
    return open_model(source, find_adapter(source))


def softmax_options():
    options = schema.SoftmaxOptionsT()
    options.beta = 1.0
    return options


def float_model(batch=None, *, signed=True):
    """logits = x @ KERNEL.T + BIAS and their softmax."""
    file = TfliteFile()
    x = file.tensor("serving_default_x:0", "float32", (batch, 4))
    logits, probabilities = (file.tensor(f"Call:{n}", "float32", (batch, 3)) for n in (0, 1))
    weights = file.constant("kernel", KERNEL), file.constant("bias", BIAS)
    file.operator("FULLY_CONNECTED", [x, *weights], [logits], schema.FullyConnectedOptionsT())
    file.operator("SOFTMAX", [logits], [probabilities], softmax_options())
    names = {"inputs": {"x": x}, "outputs": {"logits": logits, "probabilities": probabilities}}
    return file.content([x], [logits, probabilities], names if signed else {})


def integer_model(*, floats=False):
    """Two int8 inputs are weighed, with an int32 bias, and go through an int8 softmax; with DEQUANTIZE if `floats`."""
    file = TfliteFile()
    x = file.tensor("x", "int8", (None, 2), scale=[0.5], zero=[-3])
    kernel = file.constant("kernel", np.array([[2, 0], [0, 4]], np.int8), scale=[0.25, 0.5], zero=[0, 0])
    bias = file.constant("bias", np.array([8, 0], np.int32), scale=[0.125, 0.25], zero=[0, 0])
    logits = file.tensor("logits", "int8", (None, 2), scale=[0.125], zero=[5])
    answer = file.tensor("answer", "int8", (None, 2), scale=[1 / 256], zero=[-128])
    file.operator("FULLY_CONNECTED", [x, kernel, bias], [logits], schema.FullyConnectedOptionsT(), version=4)
    file.operator("SOFTMAX", [logits], [answer], softmax_options(), version=2)
    if not floats:
        return file.content([x], [logits, answer])
    real = file.tensor("real", "float32", (None, 2))
    file.operator("DEQUANTIZE", [answer], [real], schema.DequantizeOptionsT(), version=2)
    return file.content([x], [real])


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_a_float_model_answers_as_numpy_does_in_batches_of_any_size(tmp_path):
    model = opened(tmp_path / "m.tflite", float_model())
    assert model.inputs == (TensorSpec("x", "float32", (None, 4)),)
    assert model.outputs == (
        TensorSpec("logits", "float32", (None, 3)),
        TensorSpec("probabilities", "float32", (None, 3)),
    )
    assert model.resolution is None
    x = np.random.default_rng(1).standard_normal((7, 4)).astype(np.float32)
    for size in (7, 1, 3, 3):
        answers = model.run({"x": x[:size]})
        logits = x[:size] @ KERNEL.T + BIAS
        np.testing.assert_allclose(answers["logits"], logits, atol=1e-5)
        np.testing.assert_allclose(answers["probabilities"], softmax(logits), atol=1e-5)


def test_without_a_signature_the_tensors_names_are_used_and_a_fixed_batch_is_said(tmp_path):
    model = opened(tmp_path / "m.tflite", float_model(batch=2, signed=False))
    assert [spec.name for spec in (*model.inputs, *model.outputs)] == ["serving_default_x:0", "Call:0", "Call:1"]
    assert model.inputs[0].batch == 2
    assert model.run({"serving_default_x:0": np.zeros((2, 4), np.float32)})["Call:0"].tolist() == [[0, 1, -1]] * 2
    with pytest.raises(InputError, match=r"\[2, 4\], not \[3, 4\] \[SF322\]"):
        model.run({"serving_default_x:0": np.zeros((3, 4), np.float32)})


def test_an_integer_model_takes_and_gives_the_numbers_it_means(tmp_path):
    model = opened(tmp_path / "m.tflite", integer_model())
    assert model.inputs == (TensorSpec("x", "float32", (None, 2)),)
    # x = (1, 2) lies on the steps of 0.5. The kernel means [[0.5, 0], [0, 2]], the bias (1, 0):
    # logits = (0.5 * 1 + 1, 2 * 2) = (1.5, 4), on the steps of 0.125.
    # softmax(1.5, 4) = (0.07586, 0.92414), in steps of 1/256: 19.42 -> 19 and 236.58 -> 237.
    answers = model.run({"x": np.array([[1, 2]], np.float32)})
    assert answers["logits"].tolist() == [[1.5, 4]]
    np.testing.assert_allclose(answers["answer"] * 256, [[19, 237]], atol=1)
    assert answers["answer"].dtype == np.float32
    assert model.resolution == pytest.approx(0.125)
    assert all(text in model.notes[0] for text in ("input x", "int8", "0.5", "-3"))


def test_the_resolution_is_that_of_the_output_asked_for(tmp_path):
    assert opened(tmp_path / "m.tflite", integer_model(), output="answer").resolution == 1 / 256


def test_floats_that_the_file_itself_makes_of_integers_have_their_resolution(tmp_path):
    model = opened(tmp_path / "m.tflite", integer_model(floats=True))
    assert model.outputs == (TensorSpec("real", "float32", (None, 2)),)
    assert model.resolution == 1 / 256


def test_inputs_are_quantised_as_litert_does_it(tmp_path):
    # The file's own QUANTIZE is the reference: ties, ends of the range and all.
    file = TfliteFile()
    x = file.tensor("x", "float32", (1, 9))
    stored = file.tensor("stored", "int8", (1, 9), scale=[0.5], zero=[1])
    file.operator("QUANTIZE", [x], [stored], schema.QuantizeOptionsT())
    reference = opened(tmp_path / "q.tflite", file.content([x], [stored]))
    file = TfliteFile()
    x = file.tensor("x", "int8", (1, 9), scale=[0.5], zero=[1])
    same = file.tensor("same", "int8", (1, 9), scale=[0.5], zero=[1])
    shape = file.constant("shape", np.array([1, 9], np.int32))
    file.operator("RESHAPE", [x, shape], [same], schema.ReshapeOptionsT())
    ours = opened(tmp_path / "r.tflite", file.content([x], [same]))
    values = np.array([[0.25, 0.75, 1.25, -0.25, -0.75, 0.3, 1e30, -100, 0]], np.float32)
    np.testing.assert_array_equal(ours.run({"x": values})["same"], reference.run({"x": values})["stored"])


def test_nan_cannot_be_quantised(tmp_path):
    model = opened(tmp_path / "m.tflite", integer_model())
    with pytest.raises(InputError, match=r"int8 \[SF325\]"):
        model.run({"x": np.array([[1, np.nan]], np.float32)})


def test_several_inputs_go_by_name(tmp_path):
    file = TfliteFile()
    left, right = (file.tensor(name, "float32", (None, 2)) for name in ("left", "right"))
    less = file.tensor("less", "float32", (None, 2))
    file.operator("SUB", [left, right], [less], schema.SubOptionsT())
    model = opened(tmp_path / "m.tflite", file.content([left, right], [less]))
    feeds = {"right": np.full((3, 2), 1, np.float32), "left": np.full((3, 2), 5, np.float32)}
    assert model.run(feeds)["less"].tolist() == [[4, 4]] * 3


def test_integers_without_a_scale_stay_integers(tmp_path):
    file = TfliteFile()
    tokens, same = (file.tensor(name, "int32", (None, 2)) for name in ("tokens", "same"))
    shape = file.constant("shape", np.array([-1, 2], np.int32))
    file.operator("RESHAPE", [tokens, shape], [same], schema.ReshapeOptionsT())
    model = opened(tmp_path / "m.tflite", file.content([tokens], [same]))
    assert model.inputs[0].dtype == "int32"
    assert model.run({"tokens": np.array([[7, 300]])})["same"].tolist() == [[7, 300]]
    assert model.weights() == WeightStats((tmp_path / "m.tflite").stat().st_size, 0, 0)  # a shape is no weight


def test_no_batch_remembers_another(tmp_path):
    # h' = relu(x + h), kept from run to run: from an empty memory the answer is x, after a run it would be 2 x.
    file = TfliteFile()
    x, answer = (file.tensor(name, "float32", (1, 2)) for name in ("x", "answer"))
    memory = file.tensor("memory", "float32", (1, 2), variable=True)
    one, bias = np.eye(2, dtype=np.float32), np.zeros(2, np.float32)
    weights = [file.constant(f"w{n}", values) for n, values in enumerate((one, one, bias))]
    options = schema.RNNOptionsT()
    options.fusedActivationFunction = schema.ActivationFunctionType.RELU
    file.operator("RNN", [x, *weights, memory], [answer], options)
    model = opened(tmp_path / "m.tflite", file.content([x], [answer]))
    for _ in range(2):
        assert model.run({"x": np.array([[1, 2]], np.float32)})["answer"].tolist() == [[1, 2]]


def test_weights_are_counted(tmp_path):
    # 12 + 3 floats; one of the bias is 0.
    assert opened(tmp_path / "f.tflite", float_model()).weights() == WeightStats(
        (tmp_path / "f.tflite").stat().st_size, 15, 14
    )
    # 4 + 2 integers; two of the kernel and one of the bias are at their zero points.
    weights = opened(tmp_path / "i.tflite", integer_model()).weights()
    assert (weights.parameters, weights.nonzero) == (6, 3)


def test_a_number_at_its_zero_point_is_zero(tmp_path):
    file = TfliteFile()
    x, y = (file.tensor(name, "uint8", (1, 2), scale=[0.5], zero=[128]) for name in ("x", "y"))
    kernel = file.constant("k", np.array([[128, 0], [130, 128]], np.uint8), scale=[0.5], zero=[128])
    file.operator("FULLY_CONNECTED", [x, kernel, -1], [y], schema.FullyConnectedOptionsT())
    weights = opened(tmp_path / "m.tflite", file.content([x], [y])).weights()
    assert (weights.parameters, weights.nonzero) == (4, 2)


@pytest.mark.parametrize("content", [float_model()[:300], float_model()[:8] + b"\xff" * 200, b"\0\0\0\0TFL3"])
def test_a_damaged_file_is_one_line(tmp_path, content):
    with pytest.raises(InputError, match="SF330"):
        opened(tmp_path / "m.tflite", content)


def test_an_operator_that_litert_has_not_is_one_line(tmp_path):
    file = TfliteFile()
    x, y = (file.tensor(name, "float32", (1, 2)) for name in ("x", "y"))
    file.operator("CUSTOM", [x], [y])
    with pytest.raises(InputError, match="SF330"):
        opened(tmp_path / "m.tflite", file.content([x], [y]))


def test_an_input_quantised_by_channels_is_refused(tmp_path):
    file = TfliteFile()
    x, y = (file.tensor(name, "int8", (1, 2), scale=[0.5, 0.25], zero=[0, 0], axis=1) for name in ("x", "y"))
    file.operator("ABS", [x], [y], schema.AbsOptionsT())
    with pytest.raises(InputError, match=r"SF331|SF330"):
        opened(tmp_path / "m.tflite", file.content([x], [y]))


@pytest.mark.parametrize("setting", [{"options": {"delegate": "gpu"}}, {"weights": "w.safetensors"}])
def test_settings_that_would_change_nothing_are_refused(tmp_path, setting):
    with pytest.raises(InputError, match="SF306"):
        opened(tmp_path / "m.tflite", float_model(), **setting)
