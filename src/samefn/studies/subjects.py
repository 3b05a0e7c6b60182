"""From stored results to the subjects of the analysis: the models with their predictions."""

from functools import cache
from pathlib import Path

from samefn.analysis.subject import Subject
from samefn.compression.size import Size, stored_size
from samefn.config.study import StudySpec
from samefn.core.errors import InputError
from samefn.engine.run import RunOutcome
from samefn.predictions.trajectory import Trajectory, read_trajectory
from samefn.schema.base import Part
from samefn.schema.methods import Method, Pruned, Quantized, QuantizedFile
from samefn.schema.records import MADE, RECORD, NotesRecord, TrainingRecord
from samefn.schema.report import Failure, ModelEntry
from samefn.store.store import Store
from samefn.studies.plan.models import ModelPlan, StudyPlan


def collect_subjects(
    spec: StudySpec, plan: StudyPlan, outcome: RunOutcome, store: Store
) -> tuple[list[Subject], list[Failure]]:
    """Every model that was made, and every one that was not.

    Raises:
        InputError: the base was not made, so there is nothing to compare with.
    """
    failures = [
        Failure(model=model.id, error=outcome.failed.get(model.stored) or outcome.failed[model.predictions])
        for model in plan.models
        if model.predictions in outcome.failed
    ]
    missing = {failure.model for failure in failures}
    if plan.models[0].id in missing:
        raise InputError("SF700", f"the base could not be made: {failures[0].error}", where=spec.name)
    made = [model for model in plan.models if model.id not in missing]
    return [_subject(spec, model, store) for model in made], failures


def _subject(spec: StudySpec, model: ModelPlan, store: Store) -> Subject:
    predictions, stored = store.open(model.predictions), store.open(model.stored)
    trajectories: dict[str, Trajectory] = {
        entry.split: _at_moment(
            read_trajectory(predictions.path(f"trajectory-{entry.split}.safetensors"), model.id), model.moment
        )
        for entry in spec.evaluation
    }
    record = MADE[stored.manifest["kind"]].model_validate_json(stored.path(RECORD).read_bytes())
    size = _size(stored.path(model.file), stored.manifest["files"][model.file]["sha256"])
    provenance = next(iter(trajectories.values())).last.provenance
    entry = ModelEntry(
        id=model.id,
        name=model.name,
        role=model.role,
        method=_method(model, record),
        family=model.family,
        parent=model.parent,
        runtime=str(provenance["runtime"]),
        bytes=size.raw,
        bytes_zstd=size.zstd,
        epochs=model.epochs,
        history=record.losses if isinstance(record, TrainingRecord) and model.epochs is not None else (),
        notes=record.notes if isinstance(record, NotesRecord | QuantizedFile) else (),
    )
    base = None if model.role == "base" else model.parent if model.role == "replicate" else "base"
    return Subject(entry, trajectories, base, trained=model.epochs is not None)


@cache
def _size(file: Path, sha256: str) -> Size:
    """The size of a stored file, computed once: every replicate and every study of a suite wants the base's."""
    del sha256  # part of the cache key, because another file may be stored under this path later
    return stored_size(file)


def _at_moment(trajectory: Trajectory, moment: int | None) -> Trajectory:
    """All of a trajectory, or the one moment that a model is."""
    if moment is None:
        return trajectory
    return Trajectory(trajectory.model, (trajectory.epochs[moment],), (trajectory.moments[moment],))


def _method(model: ModelPlan, record: Part) -> Method:
    """How the model was made; results of that are in its record."""
    if model.method is not None:
        return model.method
    if isinstance(record, QuantizedFile):
        # Its notes are among those of the model.
        return Quantized(batch_size=model.batch_size, file=record.model_copy(update={"notes": ()}))
    assert isinstance(record, Pruned)  # noqa: S101  (only these two are unknown when planned)
    return record
