"""All models of a comparison once they were run, and what running them needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from samefn.comparison.collect import Measured
from samefn.comparison.noise_floor import Noise
from samefn.core.events import Emit
from samefn.engine.pool import Engine
from samefn.engine.task import Task
from samefn.schema.report import Failure
from samefn.store.store import Store


@dataclass(frozen=True, eq=False)
class Models:
    """All models of a comparison, run and measured.

    Attributes:
        found: those that can be used, the base first; last, where its noise is measured, the base again.
        failures: one a model that cannot.
        warnings: what a reader must know.
        noise: what is known of the base's own noise.
        answers: by model id, what ran it first; none of saved predictions.
        examples: key of the examples that these ran on.
        tasks: all that were needed.
        details: tracebacks of failures that are samefn's own fault, by the key of the task.
    """

    found: tuple[Measured, ...]
    failures: tuple[Failure, ...]
    warnings: tuple[str, ...]
    noise: Noise
    answers: Mapping[str, Task]
    examples: str
    tasks: tuple[Task, ...]
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Machinery:
    """What running models needs.

    Attributes:
        store: where results are.
        engine: what runs the tasks.
        emit: told of every step.
        title: what the run is called.
        folder: for rows that are made in this process; it must stay while they are read.
    """

    store: Store
    engine: Engine
    emit: Emit
    title: str
    folder: Path
