"""Outputs that are no class scores are refused, and no classifier is: files of every form."""

import json
import warnings
from dataclasses import dataclass, field

import numpy as np
import onnx
import polars as pl
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, quantize_dynamic, quantize_static
from torch import nn

from samefn.comparison.predict import predict
from samefn.core.errors import InputError

DRAW = np.random.default_rng(0)
FLAT = DRAW.normal(size=(60, 16)).astype(np.float32)
WIDE = DRAW.normal(size=(60, 640)).astype(np.float32)
IMAGES = DRAW.normal(size=(60, 1, 8, 8)).astype(np.float32)
LABELS = np.arange(60) % 10


@dataclass(frozen=True)
class File:
    """One file: its data and settings."""

    path: str
    data: np.ndarray | None = None
    labels: np.ndarray | None = None
    settings: dict = field(default_factory=dict)
    kind: str = ""

    def predictions(self, **more):
        return predict(self.path, self.data, labels=self.labels, **self.settings, **more)


def weight(name, *shape):
    return numpy_helper.from_array((DRAW.normal(size=shape) / np.sqrt(shape[0])).astype(np.float32), name)


def constant(name, value):
    return numpy_helper.from_array(np.asarray(value), name)


def write(folder, name, nodes, stored, data, output="y", outputs=1):
    """An ONNX file of these nodes, (operator, inputs, outputs, attributes)."""
    made = [
        helper.make_node(
            op, i, o, domain="ai.onnx.ml" if op[-4:] in ("fier", "lizer", "sors", "izer", "ssor") else "", **a
        )
        for op, i, o, a in nodes
    ]
    ends = [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)]
    if outputs == 2:
        ends.insert(0, helper.make_tensor_value_info("label", TensorProto.INT64, None))
    start = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *data.shape[1:]])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(helper.make_graph(made, "g", [start], ends, stored), opset_imports=opsets, ir_version=8)
    onnx.save(model, folder / f"{name}.onnx")
    return str(folder / f"{name}.onnx")


class Reader(CalibrationDataReader):
    def __init__(self):
        self.left = iter([{"x": FLAT}])

    def get_next(self):
        return next(self.left, None)


class Net(nn.Module):
    """A linear layer with something behind it."""

    def __init__(self, behind, width=10):
        super().__init__()
        self.fc = nn.Linear(16, width)
        self.behind = behind

    def forward(self, x):
        return self.behind(self.fc(x))


def torch_files(folder, name, behind, width=10):
    """The same net as `.pt2` and as TorchScript."""
    net, x = Net(behind, width).eval(), torch.from_numpy(FLAT)
    found = []
    program = torch.export.export(net, (x,), dynamic_shapes=({0: torch.export.Dim("n", min=2)},))
    torch.export.save(program, folder / f"{name}.pt2")
    found.append(str(folder / f"{name}.pt2"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(net, (x,)).save(folder / f"{name}.pt")
    return [*found, str(folder / f"{name}.pt")]


GEMM = ("Gemm", ["x", "w", "b"], ["y"], {})


def classifiers(folder):
    """Files that are classifiers, by name."""
    w, b = weight("w", 16, 10), weight("b", 10)
    wide = weight("w", 640, 640)

    def flat(name, nodes, stored=(), labels=None, output="y", kind="", **more):
        return File(write(folder, name, nodes, [w, b, *stored], FLAT, output, **more), FLAT, labels, {}, kind)

    def behind(*operators, **attributes):
        last = operators[-1]
        names = ["z", *(f"h{i}" for i in range(len(operators) - 1)), "y"]
        nodes = [("Gemm", ["x", "w", "b"], ["z"], {})]
        return [
            *nodes,
            *((op, [names[i]], [names[i + 1]], attributes if op == last else {}) for i, op in enumerate(operators)),
        ]

    found = {
        "dense": flat("dense", [GEMM], kind="logits"),
        "softmax": flat("softmax", behind("Softmax", axis=1), kind="probabilities"),
        "log-softmax": flat("logsoftmax", behind("LogSoftmax", axis=1), kind="log-probabilities"),
        "product and sum": flat(
            "sum", [("MatMul", ["x", "w"], ["z"], {}), ("Add", ["z", "b"], ["y"], {})], kind="logits"
        ),
        "temperature": flat(
            "temp", [*behind("Identity")[:1], ("Div", ["z", "t"], ["y"], {})], [constant("t", np.float32(4))]
        ),
        "softmax in parts": flat(
            "parts",
            [
                *behind("Exp")[:1],
                ("Exp", ["z"], ["e"], {}),
                ("ReduceSum", ["e", "axes"], ["s"], {}),
                ("Div", ["e", "s"], ["y"], {}),
            ],
            [constant("axes", np.array([1]))],
            kind="probabilities",
        ),
        "batch norm behind it": flat(
            "norm",
            [*behind("Identity")[:1], ("BatchNormalization", ["z", "g", "o", "m", "v"], ["y"], {})],
            [constant(n, np.full(10, v, np.float32)) for n, v in (("g", 1), ("o", 0), ("m", 0.5), ("v", 2))],
        ),
        "as many classes as inputs": File(
            write(folder, "many", [("Gemm", ["x", "w"], ["logits"], {})], [wide], WIDE, "logits"), WIDE
        ),
        "convolution and mean": File(
            write(
                folder,
                "squeeze",
                [
                    ("Conv", ["x", "classifier.1.weight"], ["c"], {}),
                    ("Relu", ["c"], ["r"], {}),
                    ("GlobalAveragePool", ["r"], ["p"], {}),
                    ("Flatten", ["p"], ["y"], {}),
                ],
                [weight("classifier.1.weight", 10, 1, 3, 3)],
                IMAGES,
            ),
            IMAGES,
        ),
        "convolution to one place": File(
            write(
                folder,
                "one",
                [("Conv", ["x", "k"], ["c"], {}), ("Flatten", ["c"], ["y"], {})],
                [weight("k", 10, 1, 8, 8)],
                IMAGES,
            ),
            IMAGES,
            kind="logits",
        ),
        "features with labels of as many classes": flat("relu", behind("Relu"), labels=LABELS),
        "linear classifier": File(
            write(
                folder,
                "sk",
                [
                    (
                        "LinearClassifier",
                        ["x"],
                        ["label", "s"],
                        {
                            "classlabels_ints": list(range(10)),
                            "coefficients": DRAW.normal(size=160).tolist(),
                            "intercepts": [0.0] * 10,
                            "post_transform": "SOFTMAX",
                        },
                    ),
                    ("Normalizer", ["s"], ["probabilities"], {"norm": "L1"}),
                ],
                [],
                FLAT,
                "probabilities",
                2,
            ),
            FLAT,
            None,
            {"output": "probabilities"},
            "probabilities",
        ),
        "low logits": File(
            write(
                folder,
                "low",
                [*behind("Tanh", "Identity")[:1], ("Mul", ["z", "t"], ["u"], {}), ("Add", ["u", "a"], ["y"], {})],
                [w, b, constant("t", np.float32(0.01)), constant("a", np.full(10, 0.5, np.float32))],
                FLAT,
            ),
            FLAT,
            kind="logits",
        ),
    }
    for name, source in (("dense", "dense"), ("softmax", "softmax")):
        quantize_dynamic(folder / f"{source}.onnx", folder / f"{source}_dyn.onnx")
        quantize_static(folder / f"{source}.onnx", folder / f"{source}_qdq.onnx", Reader())
        kind = "logits" if name == "dense" else "probabilities"
        for way in ("dyn", "qdq"):
            found[f"{name}, {way}"] = File(str(folder / f"{source}_{way}.onnx"), FLAT, kind=kind)
    for name, module, kind in (("linear", nn.Identity(), "logits"), ("torch softmax", nn.Softmax(1), "probabilities")):
        for path in torch_files(folder, name.replace(" ", "_"), module):
            found[f"{name}, {path.rpartition('.')[2]}"] = File(path, FLAT, kind=kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Net(nn.Identity()).eval(), (torch.from_numpy(FLAT),), folder / "t.onnx", dynamo=False,
            input_names=["x"], dynamic_axes={"x": {0: "n"}},
        )  # fmt: skip
    found["exported by torch"] = File(str(folder / "t.onnx"), FLAT, kind="logits")
    return {**found, **saved(folder)}


def saved(folder):
    logits = DRAW.normal(size=(60, 10))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.savez(folder / "logits.npz", logits=logits)
    np.save(folder / "probs.npy", np.round(probs * 256) / 256)
    np.save(folder / "low.npy", DRAW.uniform(0, 2, size=(60, 10)))
    pl.DataFrame({f"prob_{i}": probs[:, i] for i in range(10)}).write_csv(folder / "probs.csv")
    lines = [{"id": i, "label": int(LABELS[i]), "prediction": int(probs[i].argmax())} for i in range(60)]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return {
        "saved logits": File(str(folder / "logits.npz"), kind="logits"),
        "saved probabilities in 8 bits": File(str(folder / "probs.npy"), kind="probabilities"),
        "saved logits in 0 to 2": File(str(folder / "low.npy"), kind="logits"),
        "a table of probabilities": File(str(folder / "probs.csv"), kind="probabilities"),
        "lines of answers": File(str(folder / "a.jsonl"), kind="labels"),
    }


def others(folder):
    """Files that are none, by name."""
    w = weight("w", 16, 64)

    def flat(name, *nodes, stored=(), labels=None, output="y"):
        first = ("MatMul", ["x", "w"], ["z" if nodes else output], {})
        return File(write(folder, name, [first, *nodes], [w, *stored], FLAT, output), FLAT, labels)

    conv = ("Conv", ["x", "k"], ["c"], {})
    kernel = weight("k", 64, 1, 3, 3)
    found = {
        "an embedding by name": flat("embedding", output="embedding"),
        "64 features, 10 labels": flat("features64", labels=LABELS),
        "several labels": flat("sigmoid", ("Sigmoid", ["z"], ["y"], {}), labels=LABELS),
        "a unit embedding": flat("unit", ("ReduceL2", ["z"], ["l"], {"axes": [1]}), ("Div", ["z", "l"], ["y"], {})),
        "a layer norm": flat(
            "ln", ("LayerNormalization", ["z", "g"], ["y"], {}), stored=[constant("g", np.ones(64, np.float32))]
        ),
        "a pooler": flat("tanh", ("Tanh", ["z"], ["y"], {})),
        "pooled features": File(
            write(
                folder,
                "pooled",
                [
                    conv,
                    ("Relu", ["c"], ["r"], {}),
                    ("GlobalAveragePool", ["r"], ["p"], {}),
                    ("Flatten", ["p"], ["y"], {}),
                ],
                [kernel],
                IMAGES,
            ),
            IMAGES,
        ),
        "a map of features, flat": File(
            write(folder, "map", [conv, ("Flatten", ["c"], ["y"], {})], [kernel], IMAGES), IMAGES
        ),
        "an autoencoder": File(
            write(
                folder,
                "auto",
                [("MatMul", ["x", "e"], ["h"], {}), ("Relu", ["h"], ["r"], {}), ("MatMul", ["r", "d"], ["y"], {})],
                [weight("e", 640, 8), weight("d", 8, 640)],
                WIDE,
            ),
            WIDE,
        ),
        "a regression": File(
            write(
                folder,
                "reg",
                [
                    (
                        "LinearRegressor",
                        ["x"],
                        ["y"],
                        {"coefficients": [0.1] * 64, "intercepts": [0.0] * 4, "targets": 4},
                    )
                ],
                [],
                FLAT,
            ),
            FLAT,
        ),
        "a class a step": flat(
            "steps",
            ("Reshape", ["z", "shape"], ["s"], {}),
            ("Softmax", ["s"], ["t"], {"axis": 2}),
            ("Flatten", ["t"], ["y"], {}),
            stored=[constant("shape", np.array([-1, 8, 8]))],
        ),
        "steps as they are": flat(
            "three", ("Reshape", ["z", "shape"], ["y"], {}), stored=[constant("shape", np.array([-1, 8, 8]))]
        ),
    }
    for name, module in (("sigmoid", nn.Sigmoid()), ("tanh", nn.Tanh()), ("unit", Unit())):
        for path in torch_files(folder, name, module, 64):
            found[f"{name}, {path.rpartition('.')[2]}"] = File(path, FLAT)
    values = DRAW.normal(size=(60, 64))
    np.savez(folder / "embeddings.npz", embeddings=values)
    np.savez(folder / "labelled.npz", x=values, labels=LABELS)
    np.save(folder / "unit.npy", values / np.linalg.norm(values, axis=1, keepdims=True))
    np.save(folder / "relu.npy", np.maximum(values, 0))
    np.save(folder / "sigmoid.npy", 1 / (1 + np.exp(-values)))
    pl.DataFrame({f"feature_{i}": values[:, i] for i in range(64)}).write_csv(folder / "features.csv")
    names = ("embeddings.npz", "labelled.npz", "unit.npy", "relu.npy", "sigmoid.npy", "features.csv")
    return {**found, **{f"saved {name}": File(str(folder / name)) for name in names}}


class Unit(nn.Module):
    def forward(self, x):
        return nn.functional.normalize(x)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return classifiers(tmp_path_factory.mktemp("classifiers"))


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    return others(tmp_path_factory.mktemp("others"))


def test_no_classifier_is_refused_and_its_kind_is_known(good):
    assert len(good) >= 20
    wrong = {}
    for name, file in good.items():
        try:
            found = file.predictions()
        except InputError as error:
            wrong[name] = str(error)
            continue
        fed = file.data is not None
        if not fed and file.kind and found.provenance["returns"] != file.kind:
            wrong[name] = found.provenance["returns"]
        if fed and file.kind and not _is(file, found):
            wrong[name] = f"not {file.kind}"
    assert not wrong


def _is(file, found):
    """Whether predictions are those of the kind, set by hand."""
    expected = predict(file.path, file.data, returns=file.kind, **file.settings)
    return np.array_equal(found.log_probs, expected.log_probs)


def test_nothing_else_is_accepted(bad):
    assert len(bad) >= 10
    accepted = []
    for name, file in bad.items():
        try:
            file.predictions()
        except InputError:
            continue
        accepted.append(name)
    assert not accepted


def test_with_the_option_they_are_compared(bad):
    for name in ("an embedding by name", "a unit embedding", "an autoencoder", "saved embeddings.npz"):
        file = bad[name]
        assert file.predictions(task="classification").examples == 60
