"""A digits classifier in ONNX: in float32, with 8-bit weights, and trained three times more with other seeds.

pip install samefn
python examples/onnx/make_models.py models
"""

import logging
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import quantize_dynamic
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier


def write(net, path):
    """A trained scikit-learn network as an ONNX file: pixels in, logits out, batches of any size."""
    nodes, stored, last = [], [], "pixels"
    for number, (kernel, bias) in enumerate(zip(net.coefs_, net.intercepts_, strict=True)):
        for name, values in (("kernel", kernel), ("bias", bias)):
            stored.append(numpy_helper.from_array(values.astype(np.float32), f"{name}{number}"))
        end = number == len(net.coefs_) - 1
        output = "logits" if end else f"layer{number}"
        nodes.append(helper.make_node("Gemm", [last, f"kernel{number}", f"bias{number}"], [output]))
        if not end:
            last = f"relu{number}"
            nodes.append(helper.make_node("Relu", [output], [last]))
    pixels = helper.make_tensor_value_info("pixels", onnx.TensorProto.FLOAT, ["batch", net.n_features_in_])
    logits = helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["batch", len(net.classes_)])
    graph = helper.make_graph(nodes, "digits", [pixels], [logits], stored)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), path)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype(np.float32)
    train, test, train_labels, labels = train_test_split(x, y, test_size=0.5, random_state=0)
    np.savez(folder / "digits.npz", pixels=test, labels=labels)
    for seed, name in enumerate(("base", "seed1", "seed2", "seed3")):
        net = MLPClassifier((32,), learning_rate_init=0.01, max_iter=300, random_state=seed).fit(train, train_labels)
        write(net, folder / f"{name}.onnx")
    logging.getLogger().setLevel(logging.ERROR)  # it recommends a step that files of a few layers do not need
    quantize_dynamic(folder / "base.onnx", folder / "int8.onnx")
    print(f"""
cd {folder}
samefn compare base.onnx int8.onnx --data digits.npz --independent seed1.onnx seed2.onnx seed3.onnx""")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
