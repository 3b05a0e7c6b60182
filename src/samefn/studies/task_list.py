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
from samefn.engine.task import Task
from samefn.nets.build import net_identity
from samefn.studies.environment import Machine

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
        self.evaluation: list[Json] = [entry.model_dump(mode="json") for entry in spec.evaluation]
        self.tasks: list[Task] = []
        self.given: dict[str, str] = {}  # the user's checkpoints by the hash of their weights

    def net(self, name: str = "") -> dict[str, Json]:
        """What a task must know to build a net; the base's where no name is given."""
        identity = net_identity(name or self.spec.net)
        return {**identity, "shape": list(self.dataset.shape), "classes": self.dataset.classes}

    def add(
        self,
        kind: ResultKind,
        name: str,
        spec: Mapping[str, Json],
        needs: Mapping[str, str],
        versions: Mapping[str, Json],
        told: Mapping[str, Json] | None = None,
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
        key = kind.key(spec=spec, needs=needs, versions=versions)
        # Which device it runs on is told and not hashed: the device's class is among the versions.
        kept = {**spec, "device": self.machine.device}
        known: dict[str, Json] = {**(told or {}), "planned_on": self.machine.decisive()}
        gpu = GPU_SHARE if self.machine.device == "cuda" and kind in ON_GPU else 0.0
        self.tasks.append(
            Task(key, kind.name, name, f"samefn.studies.tasks:{FUNCTIONS[kind.name]}", kept, needs, known, gpu)
        )
        return key
