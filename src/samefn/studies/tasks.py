"""The functions that the tasks of a study name: each takes a `Job` and writes the result's files."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from torch import nn

from samefn.compression.export import export_onnx
from samefn.compression.pruning import kernel_names
from samefn.compression.pruning import prune as prune_state
from samefn.compression.quantization import quantize as quantize_file
from samefn.core.canonical import Json
from samefn.core.errors import DivergedError
from samefn.datasets.dataset import Dataset
from samefn.datasets.examples.example_set import ExampleSet
from samefn.datasets.files import read_dataset
from samefn.engine.task import Job
from samefn.engine.worker_check import require_same_environment
from samefn.nets.build import build_net
from samefn.predictions.files import trajectory_bytes
from samefn.predictions.predictions import Predictions, Trajectory
from samefn.runtimes.inference import infer_images
from samefn.runtimes.onnx.model import open_exact
from samefn.runtimes.torch.settings import settle_torch, torch_logits, torch_provenance
from samefn.schema.records import Epoch, NotesRecord, TrainingRecord, write_record
from samefn.schema.training import Training
from samefn.studies.environment import find_machine
from samefn.training.checkpoint_import import read_checkpoint
from samefn.training.checkpoints import load_weights, weights_bytes
from samefn.training.loop import ResidentData
from samefn.training.loop import train as train_net
from samefn.training.objectives import Distillation, Objective, cross_entropy
from samefn.training.seeds import derive


def train(job: Job) -> None:
    """Train a net: initial and final weights, its trajectory, its losses."""
    device = _prepare(job)
    dataset, spec = _dataset(job), job.spec
    net = _net(spec["net"], derive("init", spec["seed"]))
    if "start" in job.inputs:
        net.load_state_dict(load_weights(job.inputs["start"].path("initial.safetensors").read_bytes()))
    sets = _evaluation_sets(dataset, spec["evaluation"])
    trained = train_net(
        job.name,
        net,
        ResidentData(dataset.train.pixels, dataset.train.true, device),
        _objective(job, device),
        Training.model_validate(spec["training"]),
        derive("order", spec.get("order", spec["seed"])),
        lambda model: {
            name: torch_logits(model, images.pixels, spec["batch"], device) for name, images in sets.items()
        },
        job.workspace,
        job.emit,
    )
    (job.out / "initial.safetensors").write_bytes(weights_bytes(trained.initial))
    (job.out / "final.safetensors").write_bytes(weights_bytes(trained.final))
    losses = tuple(Epoch(epoch=number, loss=loss) for number, loss in enumerate(trained.losses, start=1))
    write_record(TrainingRecord(losses=losses), job.out)
    epochs = tuple(range(spec["training"]["epochs"] + 1))
    for name, images in sets.items():
        _write_trajectory(job, name, images, epochs, trained.logits[name], torch_provenance(spec["batch"], device))


def import_checkpoint(job: Job) -> None:
    """A checkpoint of the user's as samefn stores weights, refused where it does not fit the net."""
    _prepare(job)
    state, notes = read_checkpoint(Path(job.spec["path"]), _net(job.spec["net"], seed=0), job.spec["sha256"])
    (job.out / "model.safetensors").write_bytes(weights_bytes(state))
    write_record(NotesRecord(notes=notes), job.out)


def teacher_logits(job: Job) -> None:
    """The frozen teacher's logits on the training images, once for all students.

    The teacher is a stored model, or, where none is given, a net with random weights.
    """
    device = _prepare(job)
    dataset = _dataset(job)
    net = _loaded_net(job) if "model" in job.inputs else _net(job.spec["net"], derive("teacher", job.spec["seed"]))
    logits = torch_logits(net, dataset.train.pixels, job.spec["batch"], device)
    if not np.isfinite(logits).all():
        raise DivergedError("SF7043", "gives NaN or infinite logits on the training images", where=job.name)
    save_file({"logits": logits}, job.out / "logits.safetensors")


def export(job: Job) -> None:
    """The model as a float32 ONNX file."""
    _prepare(job)
    export_onnx(_loaded_net(job), tuple(job.spec["net"]["shape"]), job.out / "model.onnx")
    write_record(NotesRecord(), job.out)


def quantize(job: Job) -> None:
    """A quantised ONNX file."""
    _prepare(job)
    calibration: NDArray[np.float32] = np.zeros((0, 1, 1, 1), np.float32)
    if "data" in job.inputs:
        pixels = _dataset(job).train.pixels[: job.spec["calibration"]]
        calibration = pixels.astype(np.float32) / np.float32(255)
    out = job.out / "model.onnx"
    record = quantize_file(job.inputs["exported"].path("model.onnx"), job.spec["method"], out, calibration)
    write_record(record, job.out)


def prune(job: Job) -> None:
    """Pruned weights."""
    _prepare(job)
    net = _loaded_net(job)
    parameters = [name for name, _ in net.named_parameters()]
    state, record = prune_state(
        net.state_dict(), kernel_names(net), parameters, job.spec["fraction"], job.spec["scope"]
    )
    (job.out / "model.safetensors").write_bytes(weights_bytes(state))
    write_record(record, job.out)


def predict_torch(job: Job) -> None:
    """Answers of a net whose weights are stored."""
    device = _prepare(job)
    net, batch = _loaded_net(job), job.spec["batch"]
    torch.set_num_threads(job.spec.get("threads", 1))
    _predict(job, lambda pixels: torch_logits(net, pixels, batch, device), torch_provenance(batch, device))


def predict_onnx(job: Job) -> None:
    """Answers of an ONNX file, in fixed batches cut in the order of the ids."""
    _prepare(job)
    path, batch = job.inputs["model"].path("model.onnx"), job.spec["batch"]
    model = open_exact(path)
    provenance = {**model.facts(), "batch_size": batch}
    _predict(job, lambda pixels: infer_images(model, pixels, batch, str(path)), provenance)


def _predict(
    job: Job, answer: Callable[[NDArray[np.uint8]], NDArray[np.float32]], provenance: Mapping[str, Json]
) -> None:
    for name, images in _evaluation_sets(_dataset(job), job.spec["evaluation"]).items():
        _write_trajectory(job, name, images, (0,), answer(images.pixels)[None], provenance)


def _prepare(job: Job) -> str:
    """Torch as every task has it; the device.

    Raises:
        InputError: this machine gives other numbers than the one that planned the task.
    """
    require_same_environment(job.spec["planned_on"], find_machine(str(job.spec["device"])).decisive())
    settle_torch()
    return str(job.spec["device"])


def _dataset(job: Job) -> Dataset:
    return read_dataset(job.inputs["data"].folder)


def _net(spec: Mapping[str, Any], seed: int) -> nn.Module:
    return build_net(spec["name"], tuple(spec["shape"]), spec["classes"], seed)


def _loaded_net(job: Job) -> nn.Module:
    net = _net(job.spec["net"], seed=0)
    net.load_state_dict(load_weights(job.inputs["model"].path(job.spec["file"]).read_bytes()))
    return net


def _objective(job: Job, device: str) -> Objective:
    how = job.spec["objective"]
    if "teacher" not in job.inputs:
        return cross_entropy
    logits = load_file(job.inputs["teacher"].path("logits.safetensors"))["logits"]
    return Distillation(
        torch.from_numpy(logits).to(device),
        how["temperature"],
        how["alpha"],
        double_softmax=how.get("double_softmax", False),
        softmax_as_logits=how.get("softmax_as_logits", False),
    )


def _evaluation_sets(dataset: Dataset, evaluation: list[dict[str, Any]]) -> dict[str, ExampleSet]:
    """The evaluation sets by name, in the spec's order."""
    sets = {}
    for entry in evaluation:
        sets[entry["split"]] = dataset.splits[entry["split"]].first(entry["limit"] or None)
    return sets


def _write_trajectory(
    job: Job,
    name: str,
    images: ExampleSet,
    epochs: tuple[int, ...],
    logits: NDArray[np.float32],
    provenance: Mapping[str, Json],
) -> None:
    moments = tuple(
        Predictions.from_logits(job.name, moment, images.ids, images.labels, provenance) for moment in logits
    )
    path: Path = job.out / f"trajectory-{name}.safetensors"
    path.write_bytes(trajectory_bytes(Trajectory(job.name, epochs, moments)))
