"""The notebooks' way: a Sequential model and `model.fit`, Keras 3 on TensorFlow, in an environment of its own."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from speed.made_up import BATCH_SIZE, CLASSES, EPSILON, LEARNING_RATE, SIDE, images
from speed.options import Options, read_options
from speed.stopwatch import Stopwatch


class Clock(keras.callbacks.Callback):  # type: ignore[misc]  # no types where Keras is not installed
    """Times the epoch alone, without what `fit` does before and after it."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        super().__init__()
        self.stopwatch = stopwatch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002  (Keras names them)
        """The clock starts."""
        self.stopwatch.begin()

    def on_test_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        """The steps are done."""
        self.stopwatch.trained()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """The clock stops."""
        self.stopwatch.evaluated()
        self.stopwatch.answer((logs or {})["val_loss"])


def build() -> Any:
    """The notebooks' LeNet, compiled as they do."""
    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.Adam(LEARNING_RATE, epsilon=EPSILON)
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def run(options: Options) -> None:
    """Train until the input ends."""
    keras.utils.set_random_seed(0)
    pixels, labels = images(options.train, options.evaluation)
    inputs = pixels[..., None].astype(np.float32) / 255
    targets = keras.utils.to_categorical(labels, CLASSES)
    cut = options.train
    model = build()
    stopwatch = Stopwatch(model.count_params(), {"keras": keras.__version__, "tensorflow": tf.__version__})
    clock = Clock(stopwatch)
    while True:
        stopwatch.wait()
        # One `fit` a round: an input pipeline that stays open through the other contestants' turns can hold up
        # its end by many seconds (its tuner thread sleeps ever longer), which would not be the net's time.
        model.fit(
            inputs[:cut],
            targets[:cut],
            batch_size=BATCH_SIZE,
            epochs=1,
            validation_data=(inputs[cut:], targets[cut:]),
            callbacks=[clock],
            verbose=0,
        )


if __name__ == "__main__":
    given = read_options()
    if given.threads:
        tf.config.threading.set_intra_op_parallelism_threads(given.threads)
        tf.config.threading.set_inter_op_parallelism_threads(given.threads)
    run(given)
