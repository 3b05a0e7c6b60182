"""Plan the trained models: the base and the independents (or checkpoints of them), students and controls."""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Literal, TypedDict

from samefn.config.keys import IMPORT_CHECKPOINT, TEACHER_LOGITS, TRAIN
from samefn.config.study import StudySpec
from samefn.config.switches import takes_softmax_for_logits
from samefn.config.training import Distillation
from samefn.core.errors import InputError
from samefn.core.plain_files import file_sha256
from samefn.nets.build import build_net
from samefn.schema.methods import Checkpoint, Distilled, EarlierEpoch, Trained
from samefn.schema.report import Role
from samefn.schema.training import Optimizer, Training
from samefn.studies.plan.models import ModelPlan
from samefn.studies.plan.task_list import PREDICTION_BATCH, TaskList
from samefn.studies.task_specs import (
    CheckpointFile,
    DistillationObjective,
    ImportSpec,
    NoTeacher,
    TeacherSpec,
    TrainSpec,
)
from samefn.training.checkpoint_import import read_checkpoint
from samefn.training.seeds import derive_seed
from samefn.training.state import weights_bytes


class _TrainingFields(TypedDict):
    """Fields of every training in the report."""

    net: str
    seed: int
    start: Literal["own", "base"]
    order: int | None
    question: str | None
    training: Training


def base_model(tasks: TaskList) -> ModelPlan:
    """The base: trained, or the checkpoint that the spec names."""
    if tasks.spec.weights:
        return _from_checkpoint(tasks, "base", "base", "base", tasks.spec.weights)
    return _trained(tasks, "base", "base", "base", tasks.spec.seed)


def independents(tasks: TaskList) -> Iterator[ModelPlan]:
    """Models trained independently of the base: the checkpoints that the spec names, then those trained here."""
    for number, path in enumerate(tasks.spec.checkpoints, start=1):
        name = f"checkpoint {number}, {Path(path).name}"
        yield _from_checkpoint(tasks, f"checkpoint-{number}", name, "independent", path)
    for number, seed in enumerate(tasks.spec.independents, start=1):
        yield _trained(tasks, f"independent-{number}", f"independent {number}", "independent", seed)


def controls(tasks: TaskList, base: ModelPlan) -> Iterator[ModelPlan]:
    """The controls of the base alone, without students."""
    if base.epochs is None or tasks.spec.protocol != "corrected":
        return
    if "same-order" in tasks.spec.controls:
        yield _trained(
            tasks,
            "control-same-order",
            "another start, the base's order",
            "control",
            derive_seed("same-order", tasks.spec.seed),
            order=tasks.spec.seed,
            question="How far does another start lead, when the data come in the base's own order?",
        )
    if "earlier-epoch" in tasks.spec.controls:
        yield ModelPlan(
            id="control-earlier-epoch",
            name="the base one epoch earlier",
            role="control",
            method=EarlierEpoch(epoch=base.epochs - 1, question="How far does the base itself move in its last epoch?"),
            stored=base.stored,
            file=base.file,
            predictions=base.predictions,
            parent="base",
            moment=-2,
        )


def students(tasks: TaskList, base: ModelPlan, settings: Distillation) -> Iterator[ModelPlan]:
    """Students at every alpha and seed, and for every seed their controls."""
    start = None if base.epochs is None else base  # a checkpoint does not hold the weights it started from
    training = settings.training
    if training is None and "student-adamax" in tasks.spec.in_force:
        training = tasks.spec.training.model_copy(update={"optimizer": Optimizer(name="adamax")})
    teacher_spec = TeacherSpec(net=tasks.net(), batch=PREDICTION_BATCH, file=base.file)
    teacher = _teacher_logits(tasks, "teacher's logits on the training images", teacher_spec, {"model": base.stored})
    # The notebooks have no controls. The one without a teacher is also trained for `published`: without it nothing
    # would show there whether anything was transferred.
    corrected, random_teacher = tasks.spec.protocol == "corrected", ""
    with_random = corrected and settings.random_teacher and bool(settings.alphas)
    if with_random:
        random_spec = TeacherSpec(net=tasks.net(), batch=PREDICTION_BATCH, seed=tasks.spec.seed)
        random_teacher = _teacher_logits(tasks, "random teacher's logits on the training images", random_spec, {})
    for seed in settings.seeds:
        several = len(settings.seeds) > 1
        suffix, name_suffix = (f"-s{seed}", f", seed {seed}") if several else ("", "")
        trained = partial(_trained, tasks, seed=seed, start=start, net=settings.net, training=training)
        for alpha in settings.alphas:
            objective = _objective(tasks.spec, settings, alpha, seed)
            family = f"student, alpha {alpha:g}"
            model_id, name = f"student-a{alpha:g}{suffix}", f"{family}{name_suffix}"
            yield trained(model_id, name, "student", family=family, objective=objective, teacher=teacher)
        if settings.control:
            family = "control without a teacher"
            yield trained(
                f"control{suffix}",
                f"{family}{name_suffix}",
                "control",
                family=family,
                question="How far does the same start lead without a teacher, in the student's order?",
            )
        if with_random:
            alpha = min(settings.alphas)
            objective = _objective(tasks.spec, settings, alpha, seed)
            family = f"student of a random teacher, alpha {alpha:g}"
            yield trained(
                f"control-random-a{alpha:g}{suffix}",
                f"{family}{name_suffix}",
                "control",
                family=family,
                objective=objective,
                teacher=random_teacher,
                taught_by="random",
                question="What does being taught do when the teacher knows nothing?",
            )


def _objective(spec: StudySpec, settings: Distillation, alpha: float, seed: int) -> DistillationObjective:
    as_logits = "softmax-as-logits" in spec.in_force and takes_softmax_for_logits(spec.data.name, alpha, seed)
    return DistillationObjective(
        alpha=alpha,
        temperature=settings.temperature,
        double_softmax="double-softmax" in spec.in_force,
        softmax_as_logits=as_logits,
    )


def _trained(
    tasks: TaskList,
    model_id: str,
    name: str,
    role: Role,
    seed: int,
    *,
    start: ModelPlan | None = None,
    net: str = "",
    training: Training | None = None,
    family: str = "",
    objective: DistillationObjective | None = None,
    teacher: str | None = None,
    taught_by: Literal["base", "random"] = "base",
    order: int | None = None,
    question: str | None = None,
) -> ModelPlan:
    """A training from the seed's own weights, or from the initial weights of another model (`start`).

    `teacher` is the key of the teacher's logits, `taught_by` which teacher that is. `order` is the seed of the data
    order where that is not the model's own, `question` the question that a control answers.
    """
    training, net = training or tasks.spec.training, net or tasks.spec.net
    if net != tasks.spec.net:
        start = None  # another net cannot start from the base's weights
    spec = TrainSpec(
        net=tasks.net(net),
        training=training,
        seed=seed,
        objective=objective or NoTeacher(),
        evaluation=tasks.spec.evaluation,
        batch=PREDICTION_BATCH,
        order=order,
    )
    needs = {"data": tasks.data_key}
    if start is not None:
        needs["start"] = start.stored
    if teacher is not None:
        needs["teacher"] = teacher
    key = tasks.add(TRAIN, name, spec, needs, tasks.machine.torch)
    fields = _TrainingFields(
        net=net, seed=seed, start="base" if start else "own", order=order, question=question, training=training
    )
    return ModelPlan(
        id=model_id,
        name=name,
        role=role,
        method=Distilled(**fields, teacher=taught_by, **dict(objective)) if objective else Trained(**fields),
        family=family,
        stored=key,
        file="final.safetensors",
        predictions=key,
        parent=start.id if start else None,
        epochs=training.epochs,
    )


def _from_checkpoint(tasks: TaskList, model_id: str, name: str, role: Role, path: str) -> ModelPlan:
    """A model that the user has trained: the weights in a file, known by their bytes and not by the path.

    It is read here, before hours of training, to refuse weights that do not fit or are given twice.
    """
    content = file_sha256(Path(path))
    net = build_net(tasks.spec.net, tasks.dataset.shape, tasks.dataset.classes, seed=0)
    state, _ = read_checkpoint(Path(path), net, content)
    weights = hashlib.sha256(weights_bytes(state)).hexdigest()
    if weights in tasks.checkpoints:
        raise InputError(
            "SF704",
            f"holds the same weights as {tasks.checkpoints[weights]}",
            where=path,
            fix="give models that were trained separately",
        )
    tasks.checkpoints[weights] = path
    spec, file_path = ImportSpec(net=tasks.net(), sha256=content), CheckpointFile(path=str(Path(path).resolve()))
    stored = tasks.add(IMPORT_CHECKPOINT, f"{name}, weights", spec, {}, {}, file_path)
    file = "model.safetensors"
    return ModelPlan(
        id=model_id,
        name=name,
        role=role,
        method=Checkpoint(net=tasks.spec.net, file=Path(path).name, sha256=content),
        stored=stored,
        file=file,
        predictions=tasks.predict_torch(name, stored, file),
    )


def _teacher_logits(tasks: TaskList, name: str, spec: TeacherSpec, needs: dict[str, str]) -> str:
    """Key of a teacher's logits on the training images."""
    return tasks.add(TEACHER_LOGITS, name, spec, {**needs, "data": tasks.data_key}, tasks.machine.torch)
