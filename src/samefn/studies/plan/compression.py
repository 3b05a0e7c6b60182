"""Plan the models made from the base without training, and the replicates that measure the noise floor."""

from collections.abc import Iterator

from samefn.config.compression import Pruning, Quantization
from samefn.config.keys import EXPORT, PREDICT_ONNX, PRUNE, QUANTIZE
from samefn.schema.methods import Exported, Replicated
from samefn.schema.report import Role
from samefn.studies.plan.models import ModelPlan
from samefn.studies.plan.task_list import PREDICTION_BATCH, TaskList
from samefn.studies.task_specs import ExportSpec, PredictOnnxSpec, PruneSpec, QuantizeSpec

# Replicates run the base in other batches and on another number of threads.
REPLICATE_BATCH, REPLICATE_THREADS = 64, 2


def replicates(tasks: TaskList, base: ModelPlan) -> Iterator[ModelPlan]:
    """The base's own weights run again by torch, in other batches and on another number of threads."""
    settings = [
        (
            f"torch-batch-{REPLICATE_BATCH}",
            f"base in batches of {REPLICATE_BATCH}",
            Replicated(batch_size=REPLICATE_BATCH),
        )
    ]
    if tasks.machine.device == "cpu":  # predictions of a GPU do not depend on CPU threads
        how = Replicated(batch_size=PREDICTION_BATCH, threads=REPLICATE_THREADS)
        settings.append((f"torch-threads-{REPLICATE_THREADS}", f"base on {REPLICATE_THREADS} threads", how))
    for model_id, name, how in settings:
        yield ModelPlan(
            id=model_id,
            name=name,
            role="replicate",
            method=how,
            stored=base.stored,
            file=base.file,
            predictions=tasks.predict_torch(name, base.stored, base.file, how.batch_size, how.threads),
            parent="base",
        )


def onnx_models(tasks: TaskList, base: ModelPlan, settings: Quantization | None) -> Iterator[ModelPlan]:
    """The base in ONNX Runtime, which shows the effect of the runtime alone, and its quantised versions."""
    spec = ExportSpec(net=tasks.net(), file=base.file)
    exported = tasks.add(EXPORT, "base as ONNX", spec, {"model": base.stored}, tasks.machine.export)
    batch = settings.batch_size if settings else PREDICTION_BATCH
    yield _onnx(tasks, "onnx-float32", "base in ONNX Runtime, float32", "replicate", exported, batch, "base")
    if settings is None:
        return
    for method in settings.methods:
        if method == "int8-static" and "dynamic-range" in tasks.spec.in_force:
            continue
        how = QuantizeSpec(method=method, calibration=settings.calibration if method == "int8-static" else None)
        needs = {"exported": exported}
        if how.calibration is not None:
            needs["data"] = tasks.data_key
        quantized = tasks.add(QUANTIZE, f"{method} file", how, needs, tasks.machine.quantize)
        yield _onnx(tasks, method, method, "quantized", quantized, batch, "base")
        if method == "int8-dynamic":
            other = settings.other_batch_size
            name = f"{method}, batches of {other}"
            yield _onnx(tasks, f"{method}-batch-{other}", name, "replicate", quantized, other, method)


def _onnx(tasks: TaskList, model_id: str, name: str, role: Role, stored: str, batch: int, parent: str) -> ModelPlan:
    """A stored ONNX file, run in batches of one size."""
    spec = PredictOnnxSpec(batch=batch, evaluation=tasks.spec.evaluation)
    needs = {"model": stored, "data": tasks.data_key}
    return ModelPlan(
        id=model_id,
        name=name,
        role=role,
        method=Exported(batch_size=batch) if parent == "base" and role == "replicate" else None,
        stored=stored,
        file="model.onnx",
        predictions=tasks.add(PREDICT_ONNX, name, spec, needs, tasks.machine.onnx),
        batch_size=batch,
        parent=parent,
    )


def pruned_models(tasks: TaskList, base: ModelPlan, settings: Pruning) -> Iterator[ModelPlan]:
    """The base with shares of its weights set to zero."""
    file = "model.safetensors"
    for fraction in settings.fractions:
        name = f"pruned {fraction * 100:g} %"
        scope = "everything" if "prune-everything" in tasks.spec.in_force else settings.scope
        spec = PruneSpec(fraction=fraction, scope=scope, net=tasks.net(), file=base.file)
        pruned = tasks.add(PRUNE, f"{name}, weights", spec, {"model": base.stored}, tasks.machine.torch)
        yield ModelPlan(
            id=f"pruned-{fraction * 100:g}",
            name=name,
            role="pruned",
            method=None,
            stored=pruned,
            file=file,
            predictions=tasks.predict_torch(name, pruned, file),
            parent="base",
        )
