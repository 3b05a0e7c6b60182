"""The plan of a whole study."""

from samefn.config.study import StudySpec
from samefn.core.errors import InputError
from samefn.datasets.dataset import Dataset
from samefn.studies.environment import Machine
from samefn.studies.plan.compression import onnx_models, pruned_models, replicates
from samefn.studies.plan.models import StudyPlan
from samefn.studies.plan.task_list import TaskList
from samefn.studies.plan.training import base_model, controls, independents, students


def plan_study(spec: StudySpec, dataset: Dataset, data_key: str, machine: Machine) -> StudyPlan:
    """The models and tasks of a whole study.

    Args:
        spec: the study.
        dataset: its data, already limited.
        data_key: key of the data in the store.
        machine: where the tasks will run.

    Raises:
        InputError: the data has fewer images than the spec wants, or a checkpoint cannot be read.
    """
    _require_enough_images(spec, dataset)
    tasks = TaskList(spec, dataset, data_key, machine)
    base = base_model(tasks)
    models = [base, *independents(tasks), *controls(tasks, base)]
    if spec.distillation is not None:
        models += students(tasks, base, spec.distillation)
    models += replicates(tasks, base)
    models += onnx_models(tasks, base, spec.quantization)
    if spec.pruning is not None:
        models += pruned_models(tasks, base, spec.pruning)
    return StudyPlan(tuple(models), tuple(tasks.tasks))


def _require_enough_images(spec: StudySpec, dataset: Dataset) -> None:
    """Refuse a spec that wants more images than there are, because fewer would be used silently."""
    wanted = [(f"evaluation.{entry.split}.limit", entry.limit, entry.split) for entry in spec.evaluation]
    if spec.quantization is not None and "int8-static" in spec.quantization.methods:
        wanted.append(("quantization.calibration", spec.quantization.calibration, "train"))
    for key, count, split in wanted:
        available = len(dataset.splits[split])
        if count is not None and count > available:
            option = f", as in --set {key}={available}" if key.startswith("quantization") else ""
            raise InputError(
                "SF703",
                f"{count} images are wanted, but there are only {available} {split} images",
                where=key,
                fix=f"give {available} or fewer{option}",
            )
