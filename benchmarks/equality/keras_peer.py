"""Keras's side: build a net, make every weight and statistic matter, and write down what it answers.

Runs in the environment of Keras: `python -m equality.keras_peer --net resnet50 --out FILE`.
"""

import argparse
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

SHAPES = {"lenet": (28, 28, 1), "mobilenet": (32, 32, 3), "resnet50": (32, 32, 3)}
CLASSES = 10
IMAGES = 64


def lenet(inputs: Any) -> Any:
    """The notebooks' LeNet up to its last layer."""
    features = inputs
    for number, filters in ((1, 32), (2, 64)):
        features = layers.Conv2D(filters, 3, activation="relu", name=f"conv{number}")(features)
        features = layers.MaxPooling2D()(features)
    return layers.Dense(128, activation="relu", name="dense1")(layers.Flatten()(features))


def application(name: str, inputs: Any) -> tuple[Any, int]:
    """An application without top, under the notebooks' dense layer; and its numbers as Keras counts them."""
    build = {"mobilenet": keras.applications.MobileNet, "resnet50": keras.applications.ResNet50}[name]
    body = build(include_top=False, weights=None, input_tensor=inputs)
    pooled = layers.GlobalAveragePooling2D()(body.output)
    return layers.Dense(512, activation="relu", name="dense1")(pooled), body.count_params()


def build(name: str) -> tuple[Any, int]:
    """A net that answers logits and softmax, and its numbers without top (0: it has none)."""
    inputs = keras.Input(SHAPES[name])
    features, without_top = (lenet(inputs), 0) if name == "lenet" else application(name, inputs)
    logits = layers.Dense(CLASSES, name="dense2")(features)
    return keras.Model(inputs, [logits, layers.Softmax()(logits)]), without_top


def randomise(model: Any, random: np.random.Generator) -> None:
    """Other numbers wherever a fresh net has zeros and ones, but for the statistics."""
    ranges = {"bias": (-0.3, 0.3), "gamma": (0.5, 1.5), "beta": (-0.3, 0.3)}
    for variable in model.variables:
        if variable.name in ranges:
            variable.assign(random.uniform(*ranges[variable.name], variable.shape))


def train(model: Any, images: NDArray[np.float32]) -> NDArray[np.float64]:
    """Logits of the second of two steps, from statistics of 0: what moves them is not lost in what they were."""
    for layer in normalisations(model):
        layer.moving_mean.assign(np.zeros(layer.moving_mean.shape))
        layer.moving_variance.assign(np.zeros(layer.moving_variance.shape))
    model(images.astype(np.float64), training=True)
    return np.asarray(model(images[:, ::-1].astype(np.float64), training=True)[0])


def imagine_statistics(model: Any, trained: Any, random: np.random.Generator) -> None:
    """Random statistics near those of the images: with others, what an image shows would drown in the shifts."""
    seen = 0.01 + 0.99 * 0.01
    for layer, like in zip(normalisations(model), normalisations(trained), strict=True):
        mean, variance = np.asarray(like.moving_mean) / seen, np.asarray(like.moving_variance) / seen
        layer.moving_mean.assign(mean + 0.3 * np.sqrt(variance) * random.standard_normal(mean.shape))
        layer.moving_variance.assign(variance * random.uniform(0.5, 2, variance.shape))


def normalisations(model: Any) -> list[Any]:
    """The layers that have statistics."""
    return [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)]


def made_up(shape: tuple[int, int, int], random: np.random.Generator) -> NDArray[np.float32]:
    """Images in 0..1: patches of 4x4 under noise, because a net answers nearly alike to all noise."""
    rows, columns, channels = shape
    patches = random.random((IMAGES, rows // 4, columns // 4, channels), dtype=np.float32)
    patches = patches.repeat(4, axis=1).repeat(4, axis=2)
    noise = random.random((IMAGES, *shape), dtype=np.float32)
    return np.asarray(0.7 * patches + 0.3 * noise, dtype=np.float32)


def variables(model: Any, prefix: str) -> dict[str, NDArray[Any]]:
    """Every variable under `prefix/layer/variable`."""
    return {
        f"{prefix}/{layer.name}/{variable.name}": np.array(keras.ops.convert_to_numpy(variable))
        for layer in model.layers
        for variable in layer.variables
    }


def main() -> None:
    """Write the answers of one net."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--net", choices=sorted(SHAPES), required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    keras.utils.set_random_seed(1)
    random = np.random.default_rng(1)
    model, without_top = build(given.net)
    fresh = variables(model, "fresh")
    randomise(model, random)
    images = made_up(SHAPES[given.net], random)
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    double, _ = build(given.net)
    double.set_weights(model.get_weights())
    trained = train(double, images)
    imagine_statistics(model, double, random)
    logits, softmax = (np.asarray(answer) for answer in model(images, training=False))
    moved = {name: value for name, value in variables(double, "moved").items() if "/moving_" in name}
    facts = {"keras": keras.__version__, "tensorflow": tf.__version__, "without_top": without_top}
    arrays: dict[str, Any] = {"images": images, "logits": logits, "softmax": softmax, "trained": trained}
    arrays |= {f"facts/{name}": np.array(value) for name, value in facts.items()}
    arrays |= {"count": np.array(model.count_params()), **fresh, **variables(model, "weights"), **moved}
    np.savez(given.out, **arrays)


if __name__ == "__main__":
    main()
