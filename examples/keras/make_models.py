"""A digits classifier in Keras: in float32, quantised to int8 by Keras, and trained twice more with other seeds.

pip install 'samefn[keras]'
KERAS_BACKEND=torch python examples/keras/make_models.py models
"""

import sys
from pathlib import Path

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def trained(seed, images, labels):
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1), name="pixels"),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(images, labels, epochs=20, verbose=0)
    return model


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype(np.float32).reshape(-1, 8, 8, 1)
    train, test, train_labels, labels = train_test_split(x, y, test_size=0.5, random_state=0)
    np.savez(folder / "digits.npz", pixels=test, labels=labels)
    for seed, name in enumerate(("base", "seed1", "seed2")):
        trained(seed, train, train_labels).save(folder / f"{name}.keras")
    model = keras.saving.load_model(folder / "base.keras")
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):  # Keras quantises no convolutions
            layer.quantize("int8")
    model.save(folder / "int8.keras")
    print(f"""
cd {folder}
samefn compare base.keras int8.keras --data digits.npz --independent seed1.keras seed2.keras""")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
