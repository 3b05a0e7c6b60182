"""One net on both sides, and how far apart the answers are."""

import copy
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from equality.controls import CONTROLS
from equality.weights import our_state
from samefn.nets.build import build_net

ROOM = Path(__file__).parent.parent
_ENVIRONMENT = {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "2", "KERAS_BACKEND": "tensorflow"}

Arrays = Mapping[str, NDArray[Any]]


def compare(name: str, peer_python: Path) -> dict[str, Any]:
    """Build the net on both sides, give ours Keras's weights, and compare.

    Returns:
        Counts of numbers, initial weights, and the differences: of ours, and of ours with one thing made wrong.
    """
    keras = _keras(name, peer_python)
    images = torch.from_numpy(np.ascontiguousarray(keras["images"].transpose(0, 3, 1, 2)))

    channels, height, width = images.shape[1:]
    net = build_net(name, (channels, height, width), keras["logits"].shape[1], seed=1)
    initial = {key: values.clone() for key, values in net.state_dict().items()}
    net.load_state_dict(our_state(name, keras, "weights"))
    wrong = {}
    for title, change in CONTROLS[name].items():
        other = copy.deepcopy(net)
        change(other)
        wrong[title] = _differences(name, other, images, keras)
    return {
        "net": name,
        "versions": {library: str(keras[f"facts/{library}"]) for library in ("keras", "tensorflow")},
        "keras_numbers": int(keras["count"]),
        "keras_without_top": int(keras["facts/without_top"]) or None,
        "our_numbers": sum(values.numel() for values in initial.values()),
        "images": len(images),
        "initial": _initial(initial, our_state(name, keras, "fresh")),
        "differences": _differences(name, net, images, keras),
        "controls": wrong,
    }


def _keras(name: str, peer_python: Path) -> Arrays:
    """What Keras's side writes down."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "keras.npz"
        done = subprocess.run(
            [str(peer_python), "-m", "equality.keras_peer", f"--net={name}", f"--out={out}"],
            cwd=ROOM,
            env={**os.environ, **_ENVIRONMENT},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"Keras's side ended:\n{done.stderr[-2000:]}")
        with np.load(out) as file:
            return dict(file)


def _differences(name: str, net: nn.Module, images: Tensor, keras: Arrays) -> dict[str, float]:
    """Relative differences: of the answers in float32; of the answers and the statistics of two steps in float64."""
    trained = copy.deepcopy(net).double()
    for key, values in trained.named_buffers():
        if "running_" in key:
            values.zero_()
    with torch.inference_mode():
        logits = net.eval()(images)
        trained.train()(images.double())
        training_logits = trained(images.flip(2).double())
    found = {
        "logits": _relative(logits, keras["logits"]),
        "softmax": _relative(logits.softmax(1), keras["softmax"]),
        "training_logits": _relative(training_logits, keras["trained"]),
    }
    moved, state = our_state(name, keras, "moved"), trained.state_dict()
    for ending in ("running_mean", "running_var"):
        layers = [_relative(state[key], moved[key]) for key in moved if key.endswith(ending)]
        if layers:
            found[ending] = max(layers)
    return found


def _relative(ours: Tensor, keras: Tensor | NDArray[Any]) -> float:
    """The largest absolute difference over Keras's largest absolute value."""
    wanted = torch.as_tensor(keras).double()
    return float((ours.double() - wanted).abs().max() / wanted.abs().max())


def _initial(ours: Mapping[str, Tensor], keras: Mapping[str, Tensor]) -> dict[str, float | bool]:
    """How wide our initial kernels are in Keras's, and whether all else starts at the same zeros and ones."""
    ratios = [float(ours[key].abs().max() / keras[key].abs().max()) for key in keras if keras[key].ndim > 1]
    return {
        "narrowest": min(ratios),
        "widest": max(ratios),
        "others_equal": all(torch.equal(ours[key], keras[key]) for key in keras if keras[key].ndim == 1),
    }
