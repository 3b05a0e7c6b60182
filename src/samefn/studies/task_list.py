"""The tasks of a study as they are planned, each with the key of everything that could change its result."""

from collections.abc import Mapping

from samefn.config.identity import ResultKind
from samefn.config.keys import (
    EXPORT,
    IMPORT_CHECKPOINT,
    PREDICT_ONNX,
    PREDICT_TORCH,
    PRUNE,
    QUANTIZE,
    TEACHER_LOGITS,
    TRAIN,
)
from samefn.config.study import StudySpec
from samefn.core.canonical import Json
from samefn.datasets.dataset import Dataset
from samefn.engine.task import Task, TaskSpec
from samefn.engine.worker_check import PlannedOn
from samefn.nets.build import net_sha256
from samefn.studies.environment import Machine
from samefn.studies.task_specs import Net, PredictTorchSpec, RunsOn

# The functions of samefn.studies.tasks that make the results of each kind.
FUNCTIONS = {
    TRAIN.name: "train",
    IMPORT_CHECKPOINT.name: "import_checkpoint",
    TEACHER_LOGITS.name: "teacher_logits",
    EXPORT.name: "export",
    QUANTIZE.name: "quantize",
    PRUNE.name: "prune",
    PREDICT_TORCH.name: "predict_torch",
    PREDICT_ONNX.name: "predict_onnx",
}

# What a net of this size takes of a GPU: so many share one (docs/evidence/speed-gpu.md).
GPU_SHARE = 0.25
ON_GPU = (TRAIN, TEACHER_LOGITS, PREDICT_TORCH)

# Images the torch runtime answers at once; part of the keys, because the last bits of an answer depend on it.
BATCH = 250


class TaskList:
    """The tasks of one study.

    Args:
        spec: the study.
        dataset: its data, already limited.
        data_key: key of the data in the store.
        machine: where the tasks will run: what of it moves the numbers goes into the keys.
    """

    def __init__(self, spec: StudySpec, dataset: Dataset, data_key: str, machine: Machine) -> None:
        self.spec, self.dataset, self.data_key, self.machine = spec, dataset, data_key, machine
        self.tasks: list[Task] = []
        self.given: dict[str, str] = {}  # the user's checkpoints by the hash of their weights

    def net(self, name: str = "") -> Net:
        """What a task must know to build a net; the base's where no name is given."""
        name = name or self.spec.net
        return Net(name=name, shape=self.dataset.shape, classes=self.dataset.classes, source=net_sha256(name))

    def add(
        self,
        kind: ResultKind,
        name: str,
        spec: TaskSpec,
        needs: Mapping[str, str],
        versions: Mapping[str, Json],
        told: TaskSpec | None = None,
    ) -> str:
        """Add a task.

        Args:
            kind: of result.
            name: for people.
            spec: what decides the result.
            needs: by role, the keys of the results it starts from.
            versions: what else decides it: libraries, device, processor.
            told: what the function must know besides and what is neither hashed nor kept, such as a path.

        Returns:
            Its key.
        """
        decisive, machine = spec.entries(), self.machine
        key = kind.key(spec=decisive, needs=needs, versions=versions)
        kept = {**decisive, **RunsOn(device=machine.device).entries()}
        known = {**(told.entries() if told else {}), **PlannedOn(planned_on=machine.decisive()).entries()}
        gpu = GPU_SHARE if machine.device == "cuda" and kind in ON_GPU else 0.0
        self.tasks.append(
            Task(key, kind.name, name, f"samefn.studies.tasks:{FUNCTIONS[kind.name]}", kept, needs, known, gpu)
        )
        return key

    def predict_torch(self, name: str, stored: str, file: str, batch: int = BATCH, threads: int | None = None) -> str:
        """Add a task that runs the base's net with stored weights on the evaluation sets.

        Args:
            name: for people.
            stored: key of the result that holds the weights.
            file: its name in there.
            batch: images at once.
            threads: of torch; None for one.

        Returns:
            Its key.
        """
        evaluation = self.spec.evaluation
        spec = PredictTorchSpec(net=self.net(), file=file, batch=batch, evaluation=evaluation, threads=threads)
        needs = {"model": stored, "data": self.data_key}
        return self.add(PREDICT_TORCH, name, spec, needs, self.machine.torch_predictions)
