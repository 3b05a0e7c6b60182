"""From a spec, a data set and a machine to the plan of a study."""

from collections.abc import Iterator, Mapping

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.datasets.images import Dataset
from samefn.engine.task import Task
from samefn.nets.build import net_identity
from samefn.reports.contract import Role
from samefn.spec.compression import Pruning, Quantization
from samefn.spec.identity import task_key
from samefn.spec.study import StudySpec
from samefn.spec.training import Distillation, Training
from samefn.studies.environment import Machine
from samefn.studies.plan import ModelPlan, Plan
from samefn.training.loop import ALGORITHM as TRAINING

# Versions of our code, by task function. Raise one when a change moves its numbers: nothing old is taken for new.
ALGORITHMS = {
    "train": TRAINING,
    "teach": 1,
    "export": 1,
    "quantize": 1,
    "prune": 1,
    "predict_torch": 1,
    "predict_onnx": 1,
}

# Images the torch runtime answers at once; part of the keys, because the last bits of an answer depend on it.
BATCH = 250


class Planner:
    """Plans one study.

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

    def plan(self) -> Plan:
        """The models and tasks of the whole study."""
        self._require_enough_images()
        base = self._trained("base", "base", "base", self.spec.seed)
        models = [base]
        for number, seed in enumerate(self.spec.independents, start=1):
            models.append(self._trained(f"independent-{number}", f"independent {number}", "independent", seed))
        if self.spec.distillation is not None:
            models += self._students(base, self.spec.distillation)
        models += self._onnx_models(base, self.spec.quantization)
        if self.spec.pruning is not None:
            models += [self._pruned(base, self.spec.pruning, fraction) for fraction in self.spec.pruning.fractions]
        return Plan(tuple(models), tuple(self.tasks))

    def _require_enough_images(self) -> None:
        """Refuse to cut silently what the spec asks for.

        Raises:
            InputError: more images are asked for than there are.
        """
        asked = [(f"evaluation.{entry.split}.limit", entry.limit, entry.split) for entry in self.spec.evaluation]
        if self.spec.quantization is not None and "int8-static" in self.spec.quantization.methods:
            asked.append(("quantization.calibration", self.spec.quantization.calibration, "train"))
        for key, count, split in asked:
            there = len(getattr(self.dataset, split))
            if count is not None and count > there:
                raise InputError(
                    f"{count} images are asked for",
                    where=key,
                    fix=f"there are {there} {split} images: ask for as many or fewer",
                )

    def _trained(
        self,
        model_id: str,
        name: str,
        role: Role,
        seed: int,
        *,
        start: ModelPlan | None = None,
        net: str = "",
        training: Training | None = None,
        objective: Mapping[str, Json] | None = None,
        teacher: str | None = None,
    ) -> ModelPlan:
        """A training from the seed's own weights, or from the initial weights of another model (`start`)."""
        training, net, how = training or self.spec.training, net or self.spec.net, dict(objective or {})
        if net != self.spec.net:
            start = None  # a net of another shape cannot take the base's weights over
        spec: dict[str, Json] = {
            "net": self._net(net),
            "training": training.model_dump(mode="json"),
            "seed": seed,
            "objective": how,
            "evaluation": self.evaluation,
            "batch": BATCH,
        }
        needs = {"data": self.data_key}
        if start is not None:
            needs["start"] = start.stored
        if teacher is not None:
            needs["teacher"] = teacher
        key = self._add("train", name, spec, needs, self.machine.torch)
        shown: dict[str, Json] = {
            "seed": seed,
            "net": net,
            "start": "the base's initial weights" if start else "weights of its own",
            **how,
            **training.model_dump(mode="json"),
        }
        return ModelPlan(
            id=model_id,
            name=name,
            role=role,
            method="distillation" if how else "training",
            stored=key,
            file="final.safetensors",
            predictions=key,
            settings=shown,
            parent=start.id if start else None,
            epochs=training.epochs,
        )

    def _students(self, base: ModelPlan, settings: Distillation) -> Iterator[ModelPlan]:
        """Students at every alpha and seed, and for every seed a control without a teacher."""
        spec: dict[str, Json] = {"net": self._net(self.spec.net), "file": base.file, "batch": BATCH}
        needs = {"model": base.stored, "data": self.data_key}
        teacher = self._add("teach", "teacher's answers to the training images", spec, needs, self.machine.torch)
        for seed in settings.seeds:
            several = len(settings.seeds) > 1
            suffix, words = (f"-s{seed}", f", seed {seed}") if several else ("", "")
            for alpha in settings.alphas:
                yield self._trained(
                    f"student-a{alpha:g}{suffix}",
                    f"student, alpha {alpha:g}{words}",
                    "student",
                    seed,
                    start=base,
                    net=settings.net,
                    training=settings.training,
                    objective={"alpha": alpha, "temperature": settings.temperature},
                    teacher=teacher,
                )
            if settings.control:
                yield self._trained(
                    f"control{suffix}",
                    f"control without a teacher{words}",
                    "control",
                    seed,
                    start=base,
                    net=settings.net,
                    training=settings.training,
                )

    def _onnx_models(self, base: ModelPlan, settings: Quantization | None) -> Iterator[ModelPlan]:
        """The base in ONNX Runtime, so that the runtime's difference is told from the methods', and its versions."""
        spec: dict[str, Json] = {"net": self._net(self.spec.net), "file": base.file}
        exported = self._add("export", "base as ONNX", spec, {"model": base.stored}, self.machine.export)
        batch = settings.batch_size if settings else BATCH
        yield self._onnx("onnx-float32", "base in ONNX Runtime, float32", "replicate", exported, batch, "base")
        if settings is None:
            return
        for method in settings.methods:
            how: dict[str, Json] = {"method": method}
            needs = {"exported": exported}
            if method == "int8-static":
                how["calibration"] = settings.calibration
                needs["data"] = self.data_key
            quantized = self._add("quantize", f"{method} file", how, needs, self.machine.quantize)
            yield self._onnx(method, method, "quantized", quantized, batch, "base")
            if method == "int8-dynamic":
                other = settings.other_batch_size
                name = f"{method}, batches of {other}"
                yield self._onnx(f"{method}-batch-{other}", name, "replicate", quantized, other, method)

    def _onnx(self, model_id: str, name: str, role: Role, stored: str, batch: int, parent: str) -> ModelPlan:
        """A stored ONNX file, asked in batches of one size."""
        spec: dict[str, Json] = {"batch": batch, "evaluation": self.evaluation}
        needs = {"model": stored, "data": self.data_key}
        return ModelPlan(
            id=model_id,
            name=name,
            role=role,
            method=parent if role == "replicate" and parent != "base" else model_id,
            stored=stored,
            file="model.onnx",
            predictions=self._add("predict_onnx", name, spec, needs, self.machine.onnx),
            settings={"batch_size": batch},
            parent=parent,
        )

    def _pruned(self, base: ModelPlan, settings: Pruning, fraction: float) -> ModelPlan:
        """The base with a share of its weights set to zero."""
        name = f"pruned {fraction * 100:g} %"
        how: dict[str, Json] = {"fraction": fraction, "scope": settings.scope}
        net = self._net(self.spec.net)
        pruned = self._add(
            "prune",
            f"{name}, weights",
            {**how, "net": net, "file": base.file},
            {"model": base.stored},
            self.machine.torch,
        )
        spec: dict[str, Json] = {"net": net, "batch": BATCH, "evaluation": self.evaluation}
        needs = {"model": pruned, "data": self.data_key}
        return ModelPlan(
            id=f"pruned-{fraction * 100:g}",
            name=name,
            role="pruned",
            method="pruning",
            stored=pruned,
            file="model.safetensors",
            predictions=self._add("predict_torch", name, spec, needs, self.machine.torch_predictions),
            settings=how,
            parent="base",
        )

    def _net(self, name: str) -> dict[str, Json]:
        return {**net_identity(name), "shape": list(self.dataset.shape), "classes": self.dataset.classes}

    def _add(
        self, function: str, name: str, spec: Mapping[str, Json], needs: Mapping[str, str], versions: Mapping[str, Json]
    ) -> str:
        """Add a task; its key."""
        content: dict[str, Json] = {"spec": spec, "needs": needs, "versions": versions}
        key = task_key(function, ALGORITHMS[function], content)
        # Which device it runs on is told and not hashed: the device's class is among the versions.
        told = {**spec, "device": self.machine.device}
        self.tasks.append(Task(key, function, name, f"samefn.studies.tasks:{function}", told, needs))
        return key
