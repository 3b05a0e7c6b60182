"""From a spec, a data set and a machine to the plan of a study."""

from samefn.config.study import StudySpec
from samefn.core.errors import InputError
from samefn.datasets.dataset import Dataset
from samefn.studies.environment import Machine
from samefn.studies.plan import Plan
from samefn.studies.plan_compression import onnx_models, pruned_models, replicates
from samefn.studies.plan_training import base_model, controls, independents, students
from samefn.studies.task_list import TaskList


def plan_study(spec: StudySpec, dataset: Dataset, data_key: str, machine: Machine) -> Plan:
    """The models and tasks of a whole study.

    Args:
        spec: the study.
        dataset: its data, already limited.
        data_key: key of the data in the store.
        machine: where the tasks will run.

    Raises:
        InputError: more images are asked for than there are, or a checkpoint cannot be read.
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
    return Plan(tuple(models), tuple(tasks.tasks))


def _require_enough_images(spec: StudySpec, dataset: Dataset) -> None:
    """Refuse to cut silently what the spec asks for."""
    asked = [(f"evaluation.{entry.split}.limit", entry.limit, entry.split) for entry in spec.evaluation]
    if spec.quantization is not None and "int8-static" in spec.quantization.methods:
        asked.append(("quantization.calibration", spec.quantization.calibration, "train"))
    for key, count, split in asked:
        there = len(dataset.splits[split])
        if count is not None and count > there:
            raise InputError(
                "SF7042",
                f"{count} images are asked for",
                where=key,
                fix=f"there are {there} {split} images: ask for as many or fewer"
                + (f", as in --set {key}={there}" if key.startswith("quantization") else ""),
            )
