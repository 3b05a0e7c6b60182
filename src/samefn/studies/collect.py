"""From stored results to the subjects of the audit."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from samefn.analysis.subject import Subject
from samefn.compression.size import Size, stored_size
from samefn.core.errors import InputError
from samefn.engine.run import Outcome
from samefn.predictions.files import read_trajectory
from samefn.predictions.predictions import Trajectory
from samefn.schema.report import Failure, ModelEntry
from samefn.spec.study import StudySpec
from samefn.store.store import Store
from samefn.studies.plan import ModelPlan, Plan


def collect(spec: StudySpec, plan: Plan, outcome: Outcome, store: Store) -> tuple[list[Subject], list[Failure]]:
    """Every model that was made, and every one that was not.

    Raises:
        InputError: the base itself was not made, so there is nothing to compare with.
    """
    failures = [
        Failure(model=model.id, error=outcome.failed.get(model.stored) or outcome.failed[model.predictions])
        for model in plan.models
        if model.predictions in outcome.failed
    ]
    missing = {failure.model for failure in failures}
    if plan.models[0].id in missing:
        raise InputError(f"the base could not be made: {failures[0].error}", where=spec.name)
    made = [model for model in plan.models if model.id not in missing]
    return [_subject(spec, model, store) for model in made], failures


def _subject(spec: StudySpec, model: ModelPlan, store: Store) -> Subject:
    predictions, stored = store.open(model.predictions), store.open(model.stored)
    trajectories: dict[str, Trajectory] = {
        entry.split: _moment(
            read_trajectory(predictions.path(f"trajectory-{entry.split}.safetensors"), model.id), model.moment
        )
        for entry in spec.evaluation
    }
    record: dict[str, Any] = json.loads(stored.path("record.json").read_text())
    size = _size(stored.path(model.file), stored.manifest["files"][model.file]["sha256"])
    provenance = next(iter(trajectories.values())).last.provenance
    entry = ModelEntry(
        id=model.id,
        name=model.name,
        role=model.role,
        method=model.method,
        settings=_settings(model, record),
        parent=model.parent,
        runtime=str(provenance["runtime"]),
        bytes=size.raw,
        bytes_zstd=size.zstd,
        epochs=model.epochs,
        history=tuple(record.get("losses", ())) if model.epochs is not None else (),
        notes=tuple(record.get("notes", ())),
    )
    base = None if model.role == "base" else model.parent if model.role == "replicate" else "base"
    return Subject(entry, trajectories, base, trained=model.epochs is not None)


@cache
def _size(file: Path, sha256: str) -> Size:
    """The size of a stored file: the base's is asked for by every replicate, and by every study of a suite."""
    del sha256  # tells it from another file that may come to lie there
    return stored_size(file)


def _moment(trajectory: Trajectory, moment: int | None) -> Trajectory:
    """All of a trajectory, or the one moment that a model is."""
    if moment is None:
        return trajectory
    return Trajectory(trajectory.model, (trajectory.epochs[moment],), (trajectory.moments[moment],))


def _settings(model: ModelPlan, record: Mapping[str, Any]) -> dict[str, Any]:
    reached = {key: value for key, value in record.items() if key not in {"losses", "notes"}}
    return {**model.settings, **reached}
