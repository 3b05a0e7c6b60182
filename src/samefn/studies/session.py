"""What every run needs, and the way from planned studies to what was made: the same for one study and for many."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from samefn.config.study import Data, StudySpec
from samefn.core.atomic_files import remove_file
from samefn.core.events import Emit
from samefn.core.paths import Places, require_writable
from samefn.datasets.dataset import Dataset
from samefn.datasets.load import apply_limits, find_dataset
from samefn.engine.pool import Engine
from samefn.engine.run import RunOutcome, run_tasks
from samefn.engine.task import Task
from samefn.gate.check import check, require_known
from samefn.reports.styles import COMPRESSED
from samefn.reports.write import write_report, write_tracebacks
from samefn.schema.environment import Times
from samefn.schema.report import Report
from samefn.store.opening import open_store
from samefn.store.store import Store
from samefn.studies.assemble import assemble
from samefn.studies.data import decoded, store_dataset
from samefn.studies.environment import Machine, find_machine
from samefn.studies.plan import Plan
from samefn.studies.planner import plan_study


@dataclass(frozen=True)
class Planned:
    """A study, its data and its plan."""

    spec: StudySpec
    dataset: Dataset
    plan: Plan


@dataclass(frozen=True)
class Workshop:
    """A machine, a store and a run's folder, found usable before any work.

    Attributes:
        places: where to read and write.
        machine: where tasks run.
        store: where results are.
        engine: what makes them.
        started: seconds since 1970.
        clock: when it was opened, on the clock that runs evenly.
    """

    places: Places
    machine: Machine
    store: Store
    engine: Engine
    started: float = field(default_factory=time.time)
    clock: float = field(default_factory=time.perf_counter)


def open_workshop(places: Places, engine: Engine, device: str) -> Workshop:
    """Find the machine and open the store.

    Raises:
        InputError: the device, the store or the run's folder cannot be used.
    """
    machine = find_machine(device)
    require_writable(places.out, "the run's folder", "--out")
    for stale in places.out.glob("traceback-*.txt"):
        remove_file(stale)
    store = open_store(str(places.store), places.cache)
    store.remove_leftovers()
    return Workshop(places, machine, store, engine)


class Plans:
    """Plans studies; data that several share are read once.

    Args:
        workshop: where they will be made.
        emit: told of every step.
    """

    def __init__(self, workshop: Workshop, emit: Emit) -> None:
        self._workshop, self._emit = workshop, emit
        self._whole: dict[tuple[str, str | None], Dataset] = {}
        self._data: dict[Data, tuple[Dataset, str]] = {}

    def plan(self, spec: StudySpec, data_dir: Path | None) -> Planned:
        """The plan of one study.

        Raises:
            InputError: the data or a net cannot be used, or a requirement is none or about no model of the study.
            StorageError: the store cannot be written.
        """
        store, emit = self._workshop.store, self._emit
        if spec.data not in self._data:
            name = (spec.data.name, spec.data.label)
            if name not in self._whole:
                source = find_dataset(spec.data.name, data_dir, self._workshop.places.cache, emit, spec.data.label)
                self._whole[name] = decoded(source, store, emit)
            dataset = apply_limits(self._whole[name], spec.data, emit)
            self._data[spec.data] = (dataset, store_dataset(dataset, store, emit))
        dataset, key = self._data[spec.data]
        plan = plan_study(spec, dataset, key, self._workshop.machine)
        require_known(spec.require, {one.id: one.name for one in plan.models if one.role in COMPRESSED})
        return Planned(spec, dataset, plan)


def make(planned: Sequence[Planned], workshop: Workshop, emit: Emit) -> RunOutcome:
    """Make every model of all studies that is not stored; what several need is made once.

    Raises:
        StorageError: the store cannot be written.
    """
    goals = [key for one in planned for model in one.plan.models for key in (model.predictions, model.stored)]
    outcome = run_tasks(_tasks(planned), goals, workshop.store, workshop.engine, emit, workshop.places.out.name)
    write_tracebacks(outcome.details, workshop.places.out, emit)
    return outcome


def finish(planned: Planned, outcome: RunOutcome, workshop: Workshop, out: Path, emit: Emit) -> Report:
    """Assemble one study's report and write it.

    Raises:
        InputError: the base was not made.
        StorageError: the folder cannot be written.
    """
    store, plan = workshop.store, planned.plan
    report, rows = assemble(planned.spec, planned.dataset, workshop.machine, plan, outcome, store, emit)
    times = Times(
        started=workshop.started,
        seconds=time.perf_counter() - workshop.clock,
        tasks={task.name: store.manifest(task.key)["seconds"] for task in plan.tasks if task.key in store},
    )
    report = report.model_copy(update={"times": times, "requirements": check(report, planned.spec.require)})
    write_report(report, rows, out, emit)
    return report


def _tasks(planned: Sequence[Planned]) -> list[Task]:
    """All tasks, each once; where there are several studies, named by the first that plans it."""
    found: dict[str, Task] = {}
    for one in planned:
        for task in one.plan.tasks:
            if task.key not in found:
                name = f"{one.spec.name}: {task.name}" if len(planned) > 1 else task.name
                found[task.key] = replace(task, name=name)
    return list(found.values())
