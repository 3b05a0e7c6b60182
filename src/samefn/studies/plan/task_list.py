"""The tasks of a study, each with the key of everything that could change its result."""

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
from samefn.engine.task import Confined, Task, TaskSpec
from samefn.engine.worker_check import PlannedOn
from samefn.nets.build import net_sha256
from samefn.studies.environment import Machine
from samefn.studies.task_specs import CheckpointFile, Net, PredictTorchSpec, RunsOn

# The functions of samefn.studies.tasks that make the results of each kind.
FUNCTIONS = {
    TRAIN.name: "train_model",
    IMPORT_CHECKPOINT.name: "import_checkpoint",
    TEACHER_LOGITS.name: "make_teacher_logits",
    EXPORT.name: "export_model",
    QUANTIZE.name: "quantize_model",
    PRUNE.name: "prune_model",
    PREDICT_TORCH.name: "predict_torch",
    PREDICT_ONNX.name: "predict_onnx",
}

# The share of a GPU that one task takes: four run at once (docs/evidence/speed-gpu.md).
GPU_SHARE = 0.25
ON_GPU = (TRAIN, TEACHER_LOGITS, PREDICT_TORCH)

# Kinds of tasks that open a file of the user's, or an ONNX file.
OPENS_FILES = (IMPORT_CHECKPOINT, PREDICT_ONNX)

# Images a batch of the torch runtime; part of the keys, because the last bits of a prediction depend on it.
PREDICTION_BATCH = 250


class TaskList:
    """The tasks of one study.

    Args:
        spec: the study.
        dataset: its data, already limited.
        data_key: key of the data in the store.
        machine: where the tasks will run; its numeric environment enters the keys.
    """

    def __init__(self, spec: StudySpec, dataset: Dataset, data_key: str, machine: Machine) -> None:
        self.spec, self.dataset, self.data_key, self.machine = spec, dataset, data_key, machine
        self.tasks: list[Task] = []
        self.checkpoints: dict[str, str] = {}  # paths of the user's checkpoints, by the hash of their weights

    def net(self, name: str = "") -> Net:
        """A net for a task to build; the base's where no name is given."""
        name = name or self.spec.net
        return Net(name=name, shape=self.dataset.shape, classes=self.dataset.classes, source=net_sha256(name))

    def add(
        self,
        kind: ResultKind,
        name: str,
        spec: TaskSpec,
        needs: Mapping[str, str],
        versions: Mapping[str, Json],
        unkept: TaskSpec | None = None,
    ) -> str:
        """Add a task.

        Args:
            kind: of result.
            name: for people.
            spec: settings that decide the result.
            needs: by role, the keys of the results it starts from.
            versions: libraries, device and processor that decide it too.
            unkept: what else the function needs, neither hashed nor kept, such as a path.

        Returns:
            Its key.
        """
        settings, machine = spec.entries(), self.machine
        key = kind.key(spec=settings, needs=needs, versions=versions)
        kept = {**settings, **RunsOn(device=machine.device).entries()}
        planned_on = PlannedOn(planned_on=machine.numeric_environment()).entries()
        not_stored = {**(unkept.entries() if unkept else {}), **planned_on}
        gpu = GPU_SHARE if machine.device == "cuda" and kind in ON_GPU else 0.0
        self.tasks.append(
            Task(
                key,
                kind.name,
                name,
                f"samefn.studies.tasks:{FUNCTIONS[kind.name]}",
                kept,
                needs,
                not_stored,
                gpu,
                self._confined(kind, name, unkept),
            )
        )
        return key

    def _confined(self, kind: ResultKind, name: str, unkept: TaskSpec | None) -> Confined | None:
        """What the confined process of a task needs that opens a model's file; None where a GPU would be needed."""
        if kind not in OPENS_FILES or self.machine.device != "cpu":
            return None
        readable = (unkept.path,) if isinstance(unkept, CheckpointFile) else ()
        return Confined(name, readable, ("samefn.engine.confined", "torch", "samefn.runtimes.onnx.model"))

    def predict_torch(
        self, name: str, stored: str, file: str, batch: int = PREDICTION_BATCH, threads: int | None = None
    ) -> str:
        """Add a task that runs the base's net with stored weights on the evaluation sets.

        Args:
            name: for people.
            stored: key of the result that holds the weights.
            file: its name in there.
            batch: images a batch.
            threads: of torch; None for one.

        Returns:
            Its key.
        """
        evaluation = self.spec.evaluation
        spec = PredictTorchSpec(net=self.net(), file=file, batch=batch, evaluation=evaluation, threads=threads)
        needs = {"model": stored, "data": self.data_key}
        return self.add(PREDICT_TORCH, name, spec, needs, self.machine.torch_predictions)
