"""Run a study: plan it, make what is not stored, audit the predictions, write the report."""

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from samefn.core.errors import InputError
from samefn.core.events import Emit, Event, silent
from samefn.datasets.load import find_dataset, limited
from samefn.engine.run import Outcome, run
from samefn.reports.contract import Report
from samefn.reports.write import write_report
from samefn.spec.study import StudySpec
from samefn.store.store import Store
from samefn.studies.assemble import assemble
from samefn.studies.data import decoded, store_dataset
from samefn.studies.environment import find_machine, usable_cores
from samefn.studies.planner import plan_study


@dataclass(frozen=True)
class Places:
    """Where a study reads and writes.

    Attributes:
        out: the run's folder.
        store: the store's folder.
        cache: where downloads are kept.
        data_dir: where the data set's files are; None to download them.
    """

    out: Path
    store: Path
    cache: Path
    data_dir: Path | None = None


def study(
    spec: StudySpec, places: Places, workers: int | None = None, device: str = "auto", emit: Emit = silent
) -> Report:
    """Run a whole study and write its report; what is stored already is not made again.

    Args:
        spec: what to do.
        places: where to read and write.
        workers: how many models are made at once, each on one thread; None for one a core.
        device: auto, cpu or cuda.
        emit: told of every step.

    Returns:
        The report, as written to `report.json`.

    Raises:
        InputError: the data, the device, the number of workers or the base cannot be used.
        StorageError: the store or the run's folder cannot be written.
    """
    started, clock = time.time(), time.perf_counter()
    if workers is not None and workers < 1:
        raise InputError(f"{workers} workers cannot work", where="--workers", fix="give 1 or more")
    machine = find_machine(device)
    _require_writable(places.out)
    source = find_dataset(spec.data.name, places.data_dir, places.cache, emit, spec.data.label)
    store = Store(places.store)
    store.remove_left_overs()
    dataset = limited(decoded(source, store, emit), spec.data, emit)
    data_key = store_dataset(dataset, store, emit)
    plan = plan_study(spec, dataset, data_key, machine)
    goals = [key for model in plan.models for key in (model.predictions, model.stored)]
    outcome = run(plan.tasks, goals, store, workers or usable_cores(), emit)
    _keep_tracebacks(outcome, places.out, emit)
    report, rows = assemble(spec, dataset, machine, plan, outcome, store, emit)
    times = {
        "started": started,
        "seconds": time.perf_counter() - clock,
        "tasks": {task.name: store.seconds(task.key) for task in plan.tasks if task.key in store},
    }
    report = report.model_copy(update={"times": times})
    write_report(report, rows, places.out, emit)
    return report


def _require_writable(out: Path) -> None:
    """Refuse a run's folder before hours of work, not after."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=out):
            pass
        for stale in out.glob("traceback-*.txt"):
            stale.unlink()
    except OSError as error:
        raise InputError(
            f"the run's folder cannot be written ({(error.strerror or str(error)).lower()})",
            where=str(out),
            fix="name another with --out",
        ) from error


def _keep_tracebacks(outcome: Outcome, out: Path, emit: Emit) -> None:
    """Failures that are samefn's own fault leave their traceback beside the report."""
    for key, details in outcome.details.items():
        path = out / f"traceback-{key[:12]}.txt"
        path.write_text(details)
        emit(Event("note", "traceback", str(path)))
