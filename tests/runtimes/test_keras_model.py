import json
import shutil
import zipfile

import numpy as np
import pytest

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.runtimes.model import TensorSpec

pytest.importorskip("samefn.runtimes.keras.model", reason="the extra keras is not installed", exc_type=ImportError)
import keras


def opened(path, **settings):
    source = ModelSource(path=str(path), **settings)
    return open_model(source, find_adapter(source))


@pytest.fixture
def dense(tmp_path):
    """Four numbers to three classes, with known weights."""
    model = keras.Sequential([keras.Input((4,), name="x"), keras.layers.Dense(3, name="scores")])
    model.layers[0].set_weights([np.arange(12, dtype=np.float32).reshape(4, 3), np.array([0, 1, -1], np.float32)])
    model.save(tmp_path / "dense.keras")
    return tmp_path / "dense.keras"


@pytest.fixture
def images(tmp_path):
    """A functional model with two outputs that have names of their own, and dropout."""
    pixels = keras.Input((6, 6, 1), name="pixels")
    hidden = keras.layers.Dropout(0.5)(keras.layers.Flatten()(keras.layers.Conv2D(2, 3)(pixels)))
    logits = keras.layers.Dense(3)(hidden)
    model = keras.Model(pixels, {"logits": logits, "probabilities": keras.layers.Softmax()(logits)})
    model.save(tmp_path / "images.keras")
    return tmp_path / "images.keras"


def test_a_model_answers_as_numpy_does(dense):
    model = opened(dense)
    assert model.inputs == (TensorSpec("x", "float32", (None, 4)),)
    assert [spec.shape for spec in model.outputs] == [(None, 3)]
    x = np.random.default_rng(0).standard_normal((5, 4)).astype(np.float32)
    [answer] = model.run({"x": x}).values()
    np.testing.assert_allclose(answer, x @ np.arange(12).reshape(4, 3) + [0, 1, -1], rtol=1e-5, atol=1e-5)
    assert list(model.run({"x": x})) == [spec.name for spec in model.outputs]


def test_outputs_go_by_the_models_own_names_and_nothing_is_dropped_out(images):
    model = opened(images)
    assert model.inputs == (TensorSpec("pixels", "float32", (None, 6, 6, 1)),)
    assert [spec.name for spec in model.outputs] == ["logits", "probabilities"]
    x = np.random.default_rng(0).random((3, 6, 6, 1), np.float32)
    first, second = model.run({"pixels": x}), model.run({"pixels": x})
    np.testing.assert_array_equal(first["logits"], second["logits"])
    powers = np.exp(first["logits"])
    np.testing.assert_allclose(first["probabilities"], powers / powers.sum(axis=1, keepdims=True), rtol=1e-5)


def test_several_inputs_go_by_name(tmp_path):
    left, right = keras.Input((2,), name="left"), keras.Input((2,), name="right", dtype="int32")
    answer = keras.layers.Subtract()([left, keras.ops.cast(right, "float32")])
    keras.Model({"right": right, "left": left}, answer).save(tmp_path / "m.keras")
    model = opened(tmp_path / "m.keras")
    assert {spec.name: spec.dtype for spec in model.inputs} == {"left": "float32", "right": "int32"}
    feeds = {"right": np.full((3, 2), 1, np.int32), "left": np.full((3, 2), 5, np.float32)}
    assert next(iter(model.run(feeds).values())).tolist() == [[4, 4]] * 3


def test_an_int8_model_answers_nearly_as_its_base(dense, tmp_path):
    base = opened(dense)
    model = keras.saving.load_model(dense, compile=False)
    model.layers[-1].quantize("int8")
    model.save(tmp_path / "int8.keras")
    x = np.random.default_rng(0).random((5, 4), np.float32)
    small = opened(tmp_path / "int8.keras")
    [wanted], [answer] = base.run({"x": x}).values(), small.run({"x": x}).values()
    assert not np.array_equal(wanted, answer)
    # Weights up to 11 in steps of 11 / 127, four inputs up to 1 in steps of 1 / 127: half a step of each, summed.
    assert np.abs(wanted - answer).max() < 4 * (11 / 127 / 2 * 1 + 1 / 127 / 2 * 11) * 1.1


def test_weights_are_counted(dense):
    # 12 + 3 numbers; 0 stands first in the kernel and first in the bias.
    weights = opened(dense).weights()
    assert (weights.bytes, weights.parameters, weights.nonzero) == (dense.stat().st_size, 15, 13)


def test_facts_name_the_backend(dense):
    facts = opened(dense).facts()
    assert facts["version"] == keras.__version__
    assert facts["backend"] == keras.backend.backend()
    assert str(dense.parent) not in json.dumps(facts)


def test_lambda_layers_are_refused(tmp_path):
    keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda x: x * 2)]).save(tmp_path / "m.keras")
    with pytest.raises(InputError, match=r"`Lambda`.*SF330") as caught:
        opened(tmp_path / "m.keras")
    assert len(str(caught.value).splitlines()) == 1


def test_classes_of_ones_own_are_refused(tmp_path):
    class Twice(keras.layers.Layer):
        def call(self, x):
            return x * 2

    keras.Sequential([keras.Input((4,)), Twice()]).save(tmp_path / "m.keras")
    with pytest.raises(InputError, match=r"'Twice'.*SF330"):
        opened(tmp_path / "m.keras")


def rewritten(path, change):
    """The same archive, with its files changed: `change` takes and gives a dictionary of bytes by name."""
    with zipfile.ZipFile(path) as archive:
        files = change({name: archive.read(name) for name in archive.namelist()})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def test_a_config_that_names_a_function_of_python_is_refused(dense):
    def change(files):
        config = json.loads(files["config.json"])
        config["config"]["layers"][1] = {
            "module": "os",
            "class_name": "system",
            "config": {"command": "true"},
            "registered_name": "system",
        }
        return files | {"config.json": json.dumps(config).encode()}

    rewritten(dense, change)
    with pytest.raises(InputError, match="SF330"):
        opened(dense)


def test_a_bomb_and_a_path_outside_are_refused(dense, tmp_path):
    shutil.copy(dense, tmp_path / "path.keras")
    rewritten(dense, lambda files: files | {"assets/zeros": bytes(20_000_000)})
    with pytest.raises(InputError, match=r"100 times.*SF333"):
        opened(dense)
    rewritten(tmp_path / "path.keras", lambda files: files | {"../outside": b"x"})
    with pytest.raises(InputError, match=r"\.\./outside.*SF333"):
        opened(tmp_path / "path.keras")


def test_damaged_weights_are_one_line(dense):
    rewritten(dense, lambda files: files | {"model.weights.h5": files["model.weights.h5"][:900]})
    with pytest.raises(InputError, match="SF330"):
        opened(dense)


def test_other_forms_are_refused(dense, tmp_path):
    # Keras's older forms can hold code whatever safe_mode says.
    (tmp_path / "m.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    shutil.copy(dense, tmp_path / "dense.zip")
    for name in ("m.h5", "dense.zip"):
        with pytest.raises(InputError, match="SF332"):
            opened(tmp_path / name, runtime="keras")


def test_a_wrong_shape_is_one_line(dense):
    with pytest.raises(InputError, match=r"\[2, 5\].*SF315"):
        opened(dense).run({"x": np.zeros((2, 5), np.float32)})
