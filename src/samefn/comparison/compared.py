"""What every kind of comparison hands to the steps that are the same for all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import polars as pl

from samefn.comparison.collect import Measured
from samefn.comparison.models import Machinery
from samefn.config.comparison import ComparisonSpec
from samefn.core.paths import Places
from samefn.engine.task import Task
from samefn.schema.layers import LocatedEntry
from samefn.schema.report import Report

# Layers, and warnings about candidates whose layers cannot be matched.
Located: TypeAlias = tuple[tuple[LocatedEntry, ...], tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Compared:
    """Models that were run, and what was found.

    Attributes:
        report: but for costs, layers, requirements and times.
        models: those that the report is about, the base first.
        rows: of all of them, as they are written: never all in memory.
        tasks: all that were needed.
        cost_task: what measures latency and memory; None where no model was run.
        locate: finds the layers in which candidates lose the base's function; called where that is asked for.
        details: tracebacks of failures that are samefn's own fault, by the key of the task.
    """

    report: Report
    models: tuple[Measured, ...]
    rows: pl.LazyFrame
    tasks: tuple[Task, ...]
    cost_task: Task | None
    locate: Callable[[], Located]
    details: Mapping[str, str]


class Kind(Protocol):
    """One kind of comparison."""

    def __call__(self, spec: ComparisonSpec, places: Places, machinery: Machinery) -> Compared:
        """Run all models, and analyse their rows; what is stored is not run again.

        Raises:
            InputError: models or data that cannot be used, or a base that cannot be run.
            OwnError: nothing can be compared, and that is samefn's own fault.
            StorageError: the store cannot be written.
        """
