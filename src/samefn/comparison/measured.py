"""Models that were run and measured, and what running them needs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import polars as pl

from samefn.analysis.changed_examples import ScoresOf
from samefn.comparison.models import ComparedModel
from samefn.comparison.noise_floor import NoiseFloor
from samefn.core.events import Emit
from samefn.engine.pool import Engine
from samefn.engine.task import Task
from samefn.schema.costs import CostEntry
from samefn.schema.layers import LocatedEntry
from samefn.schema.records import AnswerRecord
from samefn.schema.report import Failure, Report
from samefn.store.store import Store

# Layers, and a warning for each candidate whose layers cannot be matched.
Located: TypeAlias = tuple[tuple[LocatedEntry, ...], tuple[str, ...]]

# Costs by model id, and warnings on what was not measured.
Costs: TypeAlias = tuple[Mapping[str, CostEntry], tuple[str, ...]]


def no_scores(_: int) -> None:
    """The scores of a model whose predictions are not kept."""


@dataclass(frozen=True, eq=False)
class RunContext:
    """What running models needs.

    Attributes:
        store: where results are kept.
        engine: runs the tasks.
        emit: receives an event for each step.
        title: name of the run, for people.
        folder: for rows that are made in this process; it must stay while they are read.
    """

    store: Store
    engine: Engine
    emit: Emit
    title: str
    folder: Path

    def seconds(self, tasks: Iterable[Task]) -> dict[str, float]:
        """How long each stored task took, by its name."""
        return {task.name: self.store.manifest(task.key)["seconds"] for task in tasks if task.key in self.store}


@dataclass(frozen=True, eq=False)
class MeasuredModel:
    """One model that was run, and its rows against the base.

    Attributes:
        model: the model.
        record: how it was run, for all pieces together.
        classes: how many classes it has.
        rows: Parquet files, one a piece, in the order of the examples; none of the base. Those of a replicate
            are against its parent.
        scores_of: its log-probabilities of one example, by the example's place in the data; None where only predicted
            classes are known, or where there are too many to keep.
    """

    model: ComparedModel
    record: AnswerRecord
    classes: int
    rows: tuple[Path, ...] = ()
    scores_of: ScoresOf = no_scores


@dataclass(frozen=True, eq=False)
class MeasuredModels:
    """All models of a comparison, run and measured.

    Attributes:
        usable: the models that can be used, the base first, replicates last.
        failures: one for each model that cannot.
        warnings: of the report.
        noise: how the base's noise is known.
        first_runs: by model id, the task that ran it first; none of saved predictions.
        examples: key of the examples that these ran on.
        tasks: all tasks that were needed.
        details: tracebacks of failures that are a fault of samefn itself, by the key of the task.
    """

    usable: tuple[MeasuredModel, ...]
    failures: tuple[Failure, ...]
    warnings: tuple[str, ...]
    noise: NoiseFloor
    first_runs: Mapping[str, Task]
    examples: str
    tasks: tuple[Task, ...]
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ComparisonRun:
    """A comparison of any type, run and analysed: what the last steps need, which are the same for all.

    Attributes:
        report: without costs, layers, requirements and times.
        models: the models of the report, the base first.
        rows: of all of them, as they are written: never all in memory.
        seconds: that each task took, by its name; of models that ran in this process there is none.
        costs: measures latency and memory; called only where that is asked for.
        locate: finds the layers in which candidates lose the base's function; called only where that is asked for.
        details: tracebacks of failures that are a fault of samefn itself, by the key of the task.
    """

    report: Report
    models: tuple[MeasuredModel, ...]
    rows: pl.LazyFrame
    seconds: Mapping[str, float]
    costs: Callable[[], Costs]
    locate: Callable[[], Located]
    details: Mapping[str, str]
