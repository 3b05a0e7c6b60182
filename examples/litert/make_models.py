"""A digits classifier in TFLite: in float32, in 8-bit integers, and trained three times more with other seeds.

pip install 'samefn[litert]' ai-edge-quantizer
python examples/litert/make_models.py models
"""

import sys
import warnings
from pathlib import Path

import numpy as np
from ai_edge_quantizer import quantizer, recipe
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from tflite_file import TfliteFile, schema


def float_file(net):
    """A trained scikit-learn network as the bytes of a TFLite file: pixels in, logits out."""
    file = TfliteFile()
    pixels = last = file.tensor("pixels", "float32", (None, net.coefs_[0].shape[0]))
    for number, (kernel, bias) in enumerate(zip(net.coefs_, net.intercepts_, strict=True)):
        options = schema.FullyConnectedOptionsT()
        if number < len(net.coefs_) - 1:
            options.fusedActivationFunction = schema.ActivationFunctionType.RELU
        stored = {"kernel": kernel.T, "bias": bias}
        weights = [file.constant(f"{name}{number}", one.astype(np.float32)) for name, one in stored.items()]
        output = file.tensor(f"layer{number}", "float32", (None, kernel.shape[1]))
        file.operator("FULLY_CONNECTED", [last, *weights], [output], options)
        last = output
    return file.content([pixels], [last], {"inputs": {"pixels": pixels}, "outputs": {"logits": last}})


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype(np.float32)
    train, test, train_labels, labels = train_test_split(x, y, test_size=0.5, random_state=0)
    np.savez(folder / "digits.npz", pixels=test, labels=labels)
    for seed, name in enumerate(("base", "seed1", "seed2", "seed3")):
        net = MLPClassifier((32,), learning_rate_init=0.01, max_iter=300, random_state=seed).fit(train, train_labels)
        (folder / f"{name}.tflite").write_bytes(float_file(net))
    eight_bits = quantizer.Quantizer(str(folder / "base.tflite"), recipe.static_wi8_ai8())
    warnings.filterwarnings("ignore", ".*experimental_preserve_all_tensors")  # the quantizer's own setting
    ranges = eight_bits.calibrate({"serving_default": [{"pixels": one[None]} for one in train[:200]]})
    eight_bits.quantize(ranges).export_model(str(folder / "int8.tflite"), overwrite=True)
    print(f"""
cd {folder}
samefn compare base.tflite int8.tflite --data digits.npz --independent seed1.tflite seed2.tflite seed3.tflite""")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
