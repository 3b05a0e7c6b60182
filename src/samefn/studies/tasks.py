"""The functions that the tasks of a study name: each takes a `Job` and writes the result's files."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from torch import nn

from samefn.compression.export import export_onnx
from samefn.compression.pruning import kernel_names, prune_state
from samefn.compression.quantization import quantize_file
from samefn.config.study import Evaluation
from samefn.core.canonical import Json
from samefn.core.errors import DivergedError
from samefn.datasets.dataset import Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.files import read_dataset
from samefn.engine.task import Job
from samefn.engine.worker_check import PlannedOn, require_same_environment
from samefn.nets.build import build_net
from samefn.predictions.predictions import Predictions
from samefn.predictions.trajectory import Trajectory, trajectory_bytes
from samefn.runtimes.inference import infer_images
from samefn.runtimes.onnx.model import open_exact
from samefn.runtimes.torch.logits import torch_logits
from samefn.runtimes.torch.settings import make_deterministic, torch_provenance
from samefn.schema.records import Epoch, NotesRecord, TrainingRecord, write_record
from samefn.studies.environment import find_machine
from samefn.studies.task_specs import (
    CheckpointFile,
    DistillationObjective,
    ExportSpec,
    ImportSpec,
    Net,
    NoTeacher,
    PredictOnnxSpec,
    PredictTorchSpec,
    PruneSpec,
    QuantizeSpec,
    RunsOn,
    TeacherSpec,
    TrainSpec,
)
from samefn.training.checkpoint_import import read_checkpoint
from samefn.training.loop import ResidentData, train_net
from samefn.training.objectives import DistillationLoss, Objective, cross_entropy
from samefn.training.seeds import derive_seed
from samefn.training.state import load_weights, weights_bytes


def train_model(job: Job) -> None:
    """Train a net: initial and final weights, its trajectory, its losses."""
    device = _prepare(job)
    dataset, spec = _dataset(job), job.read(TrainSpec)
    net = _net(spec.net, derive_seed("init", spec.seed))
    if "start" in job.inputs:
        net.load_state_dict(load_weights(job.inputs["start"].path("initial.safetensors").read_bytes()))
    sets = _evaluation_sets(dataset, spec.evaluation)
    trained = train_net(
        job.name,
        net,
        ResidentData(dataset.train.pixels, dataset.train.true, device),
        _loss(job, spec.objective, device),
        spec.training,
        derive_seed("order", spec.seed if spec.order is None else spec.order),
        lambda model: {name: torch_logits(model, images.pixels, spec.batch, device) for name, images in sets.items()},
        job.workspace,
        job.emit,
    )
    (job.out / "initial.safetensors").write_bytes(weights_bytes(trained.initial))
    (job.out / "final.safetensors").write_bytes(weights_bytes(trained.final))
    losses = tuple(Epoch(epoch=number, loss=loss) for number, loss in enumerate(trained.losses, start=1))
    write_record(TrainingRecord(losses=losses), job.out)
    epochs, provenance = tuple(range(spec.training.epochs + 1)), torch_provenance(spec.batch, device)
    for name, images in sets.items():
        _write_trajectory(job, name, images, epochs, trained.logits[name], provenance)


def import_checkpoint(job: Job) -> None:
    """A checkpoint of the user's as samefn stores weights, refused where it does not fit the net."""
    _prepare(job)
    spec, path = job.read(ImportSpec), job.read(CheckpointFile).path
    state, notes = read_checkpoint(Path(path), _net(spec.net, seed=0), spec.sha256)
    (job.out / "model.safetensors").write_bytes(weights_bytes(state))
    write_record(NotesRecord(notes=notes), job.out)


def make_teacher_logits(job: Job) -> None:
    """The frozen teacher's logits on the training images, once for all students.

    The teacher is a stored model, or else a net with random weights.
    """
    device = _prepare(job)
    dataset, spec = _dataset(job), job.read(TeacherSpec)
    net = (
        _loaded_net(job, spec.net, spec.file)
        if spec.seed is None
        else _net(spec.net, derive_seed("teacher", spec.seed))
    )
    logits = torch_logits(net, dataset.train.pixels, spec.batch, device)
    if not np.isfinite(logits).all():
        raise DivergedError("SF705", "gives NaN or infinite logits on the training images", where=job.name)
    save_file({"logits": logits}, job.out / "logits.safetensors")


def export_model(job: Job) -> None:
    """The model as a float32 ONNX file."""
    _prepare(job)
    spec = job.read(ExportSpec)
    export_onnx(_loaded_net(job, spec.net, spec.file), spec.net.shape, job.out / "model.onnx")
    write_record(NotesRecord(), job.out)


def quantize_model(job: Job) -> None:
    """A quantised ONNX file."""
    _prepare(job)
    spec = job.read(QuantizeSpec)
    calibration: NDArray[np.float32] = np.zeros((0, 1, 1, 1), np.float32)
    if spec.calibration is not None:
        pixels = _dataset(job).train.pixels[: spec.calibration]
        calibration = pixels.astype(np.float32) / np.float32(255)
    out = job.out / "model.onnx"
    record = quantize_file(job.inputs["exported"].path("model.onnx"), spec.method, out, calibration)
    write_record(record, job.out)


def prune_model(job: Job) -> None:
    """Pruned weights."""
    _prepare(job)
    spec = job.read(PruneSpec)
    net = _loaded_net(job, spec.net, spec.file)
    parameters = [name for name, _ in net.named_parameters()]
    state, record = prune_state(net.state_dict(), kernel_names(net), parameters, spec.fraction, spec.scope)
    (job.out / "model.safetensors").write_bytes(weights_bytes(state))
    write_record(record, job.out)


def predict_torch(job: Job) -> None:
    """Predictions of a net whose weights are stored."""
    device = _prepare(job)
    spec = job.read(PredictTorchSpec)
    net, batch = _loaded_net(job, spec.net, spec.file), spec.batch
    torch.set_num_threads(spec.threads or 1)
    provenance = torch_provenance(batch, device)
    _predict(job, spec.evaluation, lambda pixels: torch_logits(net, pixels, batch, device), provenance)


def predict_onnx(job: Job) -> None:
    """Predictions of an ONNX file, in fixed batches in the order of the ids."""
    _prepare(job)
    path, spec = job.inputs["model"].path("model.onnx"), job.read(PredictOnnxSpec)
    model = open_exact(path)
    provenance = {**model.facts(), "batch_size": spec.batch}
    _predict(job, spec.evaluation, lambda pixels: infer_images(model, pixels, spec.batch, str(path)), provenance)


def _predict(
    job: Job,
    evaluation: tuple[Evaluation, ...],
    infer: Callable[[NDArray[np.uint8]], NDArray[np.float32]],
    provenance: Mapping[str, Json],
) -> None:
    for name, images in _evaluation_sets(_dataset(job), evaluation).items():
        _write_trajectory(job, name, images, (0,), infer(images.pixels)[None], provenance)


def _prepare(job: Job) -> str:
    """Check that this machine is like the one that planned the task, make torch deterministic, and give the device."""
    device = job.read(RunsOn).device
    require_same_environment(job.read(PlannedOn).planned_on, find_machine(device).numeric_environment())
    make_deterministic()
    return device


def _dataset(job: Job) -> Dataset:
    return read_dataset(job.inputs["data"].folder)


def _net(net: Net, seed: int) -> nn.Module:
    return build_net(net.name, net.shape, net.classes, seed)


def _loaded_net(job: Job, of: Net, file: str) -> nn.Module:
    net = _net(of, seed=0)
    net.load_state_dict(load_weights(job.inputs["model"].path(file).read_bytes()))
    return net


def _loss(job: Job, objective: DistillationObjective | NoTeacher, device: str) -> Objective:
    if isinstance(objective, NoTeacher):
        return cross_entropy
    logits = load_file(job.inputs["teacher"].path("logits.safetensors"))["logits"]
    return DistillationLoss(
        torch.from_numpy(logits).to(device),
        objective.temperature,
        objective.alpha,
        double_softmax=objective.double_softmax,
        softmax_as_logits=objective.softmax_as_logits,
    )


def _evaluation_sets(dataset: Dataset, evaluation: tuple[Evaluation, ...]) -> dict[str, ExampleSet]:
    """The evaluation sets by name, in the spec's order."""
    return {entry.split: dataset.splits[entry.split].first(entry.limit) for entry in evaluation}


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
