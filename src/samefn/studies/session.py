"""A run of one or many studies: open the store, plan, make what is missing, write the reports."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from samefn.studies.data import decoded_dataset, store_dataset
from samefn.studies.environment import Machine, find_machine
from samefn.studies.plan.models import StudyPlan
from samefn.studies.plan.study import plan_study
from samefn.studies.report import study_report


@dataclass(frozen=True)
class PlannedStudy:
    """A study, its data and its plan."""

    spec: StudySpec
    dataset: Dataset
    plan: StudyPlan


@dataclass(frozen=True)
class Session:
    """A machine, a store and a run's folder, checked before any work.

    Attributes:
        places: where to read and write.
        machine: where tasks run.
        store: where results are kept.
        engine: runs the tasks.
        emit: receives an event for each step.
        started: seconds since 1970.
        clock: when it was opened, on the clock that runs evenly.
    """

    places: Places
    machine: Machine
    store: Store
    engine: Engine
    emit: Emit
    started: float
    clock: float


def open_session(places: Places, engine: Engine, device: str, emit: Emit) -> Session:
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
    return Session(places, machine, store, engine, emit, time.time(), time.perf_counter())


class StudyPlanner:
    """Plans studies; data that several share are read once.

    Args:
        session: where they will run.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._full_sets: dict[tuple[str, str | None], Dataset] = {}
        self._limited_sets: dict[Data, tuple[Dataset, str]] = {}

    def plan(self, spec: StudySpec, data_dir: Path | None) -> PlannedStudy:
        """The plan of one study.

        Raises:
            InputError: the data, a net or a requirement cannot be used.
            StorageError: the store cannot be written.
        """
        store, emit = self._session.store, self._session.emit
        if spec.data not in self._limited_sets:
            name = (spec.data.name, spec.data.label)
            if name not in self._full_sets:
                source = find_dataset(spec.data.name, data_dir, self._session.places.cache, emit, spec.data.label)
                self._full_sets[name] = decoded_dataset(source, store, emit)
            dataset = apply_limits(self._full_sets[name], spec.data, emit)
            self._limited_sets[spec.data] = (dataset, store_dataset(dataset, store, emit))
        dataset, key = self._limited_sets[spec.data]
        plan = plan_study(spec, dataset, key, self._session.machine)
        candidates = {one.id: one.name for one in plan.models if one.role in COMPRESSED}
        require_known(spec.require, candidates, len(spec.independents))
        return PlannedStudy(spec, dataset, plan)


def make_models(planned: Sequence[PlannedStudy], session: Session) -> RunOutcome:
    """Make every model of all studies that is not stored; a result that several need is made once.

    Raises:
        StorageError: the store cannot be written.
    """
    goals = [key for one in planned for model in one.plan.models for key in (model.predictions, model.stored)]
    out, emit = session.places.out, session.emit
    outcome = run_tasks(_tasks(planned), goals, session.store, session.engine, emit, out.name)
    write_tracebacks(outcome.details, out, emit)
    return outcome


def finish_study(planned: PlannedStudy, outcome: RunOutcome, session: Session, out: Path) -> Report:
    """Make the report of one study and write it.

    Raises:
        InputError: the base was not made.
        StorageError: the folder cannot be written.
    """
    store, emit, plan = session.store, session.emit, planned.plan
    report, rows = study_report(planned.spec, planned.dataset, session.machine, plan, outcome, store, emit)
    times = Times(
        started=session.started,
        seconds=time.perf_counter() - session.clock,
        tasks={task.name: store.manifest(task.key)["seconds"] for task in plan.tasks if task.key in store},
    )
    report = report.model_copy(update={"times": times, "requirements": check(report, planned.spec.require)})
    write_report(report, rows, out, emit, figures=session.places.figures)
    return report


def _tasks(planned: Sequence[PlannedStudy]) -> list[Task]:
    """All tasks, each once; where there are several studies, named by the first that plans it."""
    tasks: dict[str, Task] = {}
    for one in planned:
        for task in one.plan.tasks:
            if task.key not in tasks:
                name = f"{one.spec.name}: {task.name}" if len(planned) > 1 else task.name
                tasks[task.key] = replace(task, name=name)
    return list(tasks.values())
