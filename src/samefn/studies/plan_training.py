"""Plan what is trained, or given as a checkpoint: the base, the independents, students and their controls."""

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
from samefn.studies.plan import ModelPlan
from samefn.studies.task_list import BATCH, TaskList
from samefn.studies.task_specs import (
    CheckpointFile,
    ImportSpec,
    NoTeacher,
    Objective,
    TeacherSpec,
    TrainSpec,
)
from samefn.training.checkpoint_import import read_checkpoint
from samefn.training.seeds import derive_seed
from samefn.training.state import weights_bytes


class _Shown(TypedDict):
    """What the report says of every training."""

    net: str
    seed: int
    start: Literal["own", "base"]
    order: int | None
    question: str | None
    training: Training


def base_model(tasks: TaskList) -> ModelPlan:
    """The base: trained, or the checkpoint that the spec names."""
    if tasks.spec.weights:
        return _given(tasks, "base", "base", "base", tasks.spec.weights)
    return _trained(tasks, "base", "base", "base", tasks.spec.seed)


def independents(tasks: TaskList) -> Iterator[ModelPlan]:
    """Models trained independently of the base: the checkpoints that the spec names, then those trained here."""
    for number, path in enumerate(tasks.spec.checkpoints, start=1):
        name = f"checkpoint {number}, {Path(path).name}"
        yield _given(tasks, f"checkpoint-{number}", name, "independent", path)
    for number, seed in enumerate(tasks.spec.independents, start=1):
        yield _trained(tasks, f"independent-{number}", f"independent {number}", "independent", seed)


def controls(tasks: TaskList, base: ModelPlan) -> Iterator[ModelPlan]:
    """The controls that have to do with the base alone."""
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
    knowing = TeacherSpec(net=tasks.net(), batch=BATCH, file=base.file)
    teacher = _taught(tasks, "teacher's answers to the training images", knowing, {"model": base.stored})
    # The notebooks have no controls. The one without a teacher is trained for `published` too: without it nobody could
    # ask there whether anything was transferred.
    corrected, nobody = tasks.spec.protocol == "corrected", ""
    random = corrected and settings.random_teacher and bool(settings.alphas)
    if random:
        random_net = TeacherSpec(net=tasks.net(), batch=BATCH, seed=tasks.spec.seed)
        nobody = _taught(tasks, "random teacher's answers to the training images", random_net, {})
    for seed in settings.seeds:
        several = len(settings.seeds) > 1
        suffix, words = (f"-s{seed}", f", seed {seed}") if several else ("", "")
        trained = partial(_trained, tasks, seed=seed, start=start, net=settings.net, training=training)
        for alpha in settings.alphas:
            objective = _objective(tasks.spec, settings, alpha, seed)
            family = f"student, alpha {alpha:g}"
            model_id, name = f"student-a{alpha:g}{suffix}", f"{family}{words}"
            yield trained(model_id, name, "student", family=family, objective=objective, teacher=teacher)
        if settings.control:
            family = "control without a teacher"
            yield trained(
                f"control{suffix}",
                f"{family}{words}",
                "control",
                family=family,
                question="How far does the same start lead without a teacher, in the student's order?",
            )
        if random:
            alpha = min(settings.alphas)
            objective = _objective(tasks.spec, settings, alpha, seed)
            family = f"student of a random teacher, alpha {alpha:g}"
            yield trained(
                f"control-random-a{alpha:g}{suffix}",
                f"{family}{words}",
                "control",
                family=family,
                objective=objective,
                teacher=nobody,
                taught_by="random",
                question="What does being taught do when the teacher knows nothing?",
            )


def _objective(spec: StudySpec, settings: Distillation, alpha: float, seed: int) -> Objective:
    as_logits = "softmax-as-logits" in spec.in_force and takes_softmax_for_logits(spec.data.name, alpha, seed)
    return Objective(
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
    objective: Objective | None = None,
    teacher: str | None = None,
    taught_by: Literal["base", "random"] = "base",
    order: int | None = None,
    question: str | None = None,
) -> ModelPlan:
    """A training from the seed's own weights, or from the initial weights of another model (`start`).

    `teacher` is the key of the teacher's answers, `taught_by` says who that is. `order` is the seed of the data order
    where that is not the model's own, `question` what a control is there to answer.
    """
    training, net = training or tasks.spec.training, net or tasks.spec.net
    if net != tasks.spec.net:
        start = None  # a net of another shape cannot take the base's weights over
    spec = TrainSpec(
        net=tasks.net(net),
        training=training,
        seed=seed,
        objective=objective or NoTeacher(),
        evaluation=tasks.spec.evaluation,
        batch=BATCH,
        order=order,
    )
    needs = {"data": tasks.data_key}
    if start is not None:
        needs["start"] = start.stored
    if teacher is not None:
        needs["teacher"] = teacher
    key = tasks.add(TRAIN, name, spec, needs, tasks.machine.torch)
    shown = _Shown(
        net=net, seed=seed, start="base" if start else "own", order=order, question=question, training=training
    )
    return ModelPlan(
        id=model_id,
        name=name,
        role=role,
        method=Distilled(**shown, teacher=taught_by, **dict(objective)) if objective else Trained(**shown),
        family=family,
        stored=key,
        file="final.safetensors",
        predictions=key,
        parent=start.id if start else None,
        epochs=training.epochs,
    )


def _given(tasks: TaskList, model_id: str, name: str, role: Role, path: str) -> ModelPlan:
    """A model that the user has trained: the weights in a file, told by their bytes and not by the path.

    It is read here, before hours of training, to refuse what does not fit or is there twice.
    """
    content = file_sha256(Path(path))
    net = build_net(tasks.spec.net, tasks.dataset.shape, tasks.dataset.classes, seed=0)
    state, _ = read_checkpoint(Path(path), net, content)
    weights = hashlib.sha256(weights_bytes(state)).hexdigest()
    if weights in tasks.given:
        raise InputError(
            "SF5918",
            f"holds the same weights as {tasks.given[weights]}",
            where=path,
            fix="give models that were trained apart",
        )
    tasks.given[weights] = path
    spec, told = ImportSpec(net=tasks.net(), sha256=content), CheckpointFile(path=str(Path(path).resolve()))
    stored = tasks.add(IMPORT_CHECKPOINT, f"{name}, weights", spec, {}, {}, told)
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


def _taught(tasks: TaskList, name: str, spec: TeacherSpec, needs: dict[str, str]) -> str:
    """Key of a teacher's answers to the training images."""
    return tasks.add(TEACHER_LOGITS, name, spec, {**needs, "data": tasks.data_key}, tasks.machine.torch)
