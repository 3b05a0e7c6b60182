"""The report of a study from what was made."""

from importlib.metadata import version
from pathlib import Path

import polars as pl
from pydantic import JsonValue

from samefn.analysis.analyse import audit
from samefn.core.events import Emit
from samefn.datasets.images import Dataset
from samefn.datasets.picture import data_uri
from samefn.engine.run import Outcome
from samefn.schema.report import DataEntry, Report
from samefn.spec.study import StudySpec
from samefn.store.store import Store
from samefn.studies.collect import collect
from samefn.studies.environment import Machine
from samefn.studies.plan import Plan


def assemble(
    spec: StudySpec,
    dataset: Dataset,
    machine: Machine,
    plan: Plan,
    outcome: Outcome,
    store: Store,
    emit: Emit,
) -> tuple[Report, pl.DataFrame]:
    """The report, but for its times, and the rows it is made from.

    Raises:
        InputError: the base was not made.
    """
    subjects, failures = collect(spec, plan, outcome, store)
    images = getattr(dataset, spec.evaluation[0].split)
    position = {str(example): i for i, example in enumerate(images.ids)}
    found, rows = audit(
        subjects,
        dataset.class_names,
        spec.landscape,
        spec.intervals,
        lambda example: data_uri(images.pixels[position[example]]),
        emit,
        repeated_points="repeated-points" in spec.in_force,
    )
    report = Report(
        samefn=version("samefn"),
        name=spec.name,
        protocol=spec.protocol,
        switches=spec.switches,
        confidence=spec.intervals.confidence,
        study=_told(spec),
        environment=machine.environment(),
        data=DataEntry(
            name=dataset.name,
            source=dataset.source,
            official=dataset.official,
            fingerprint=dataset.fingerprint,
            train_examples=len(dataset.train),
            test_examples=len(dataset.test),
            class_names=dataset.class_names,
            shape=dataset.shape,
        ),
        failures=tuple(failures),
        **dict(found),
    )
    return report, rows


def _told(spec: StudySpec) -> dict[str, JsonValue]:
    """The spec as the report tells it: files by their names, because a report goes to others and paths do not."""
    told: dict[str, JsonValue] = spec.model_dump(mode="json")
    return {
        **told,
        "weights": Path(spec.weights).name,
        "checkpoints": [Path(path).name for path in spec.checkpoints],
    }
