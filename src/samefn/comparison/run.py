"""Run a comparison: run every model, analyse the rows, write the report."""

import tempfile
import time
from pathlib import Path

from samefn.comparison.compared import Compared
from samefn.comparison.costs import measured_costs, with_costs
from samefn.comparison.kinds import kind_of
from samefn.comparison.models import Machinery
from samefn.comparison.plan import candidate_names
from samefn.config.comparison import ComparisonSpec
from samefn.core.events import Emit, silent
from samefn.core.paths import Places, require_writable
from samefn.engine.engines import find_engine
from samefn.engine.pool import Engine
from samefn.gate.check import check, require_known
from samefn.reports.write import write_report, write_tracebacks
from samefn.schema.environment import Times
from samefn.schema.report import Report
from samefn.store.opening import open_store


def compare_models(spec: ComparisonSpec, places: Places, engine: Engine | None = None, emit: Emit = silent) -> Report:
    """Run all models on the same examples or text and write the report; what is stored is not run again.

    The report does not depend on the number of shards, but for its times.

    Args:
        spec: the models, the examples and the requirements.
        places: where to read and write.
        engine: what runs the models, each in a process of its own; None for one process a core of this machine.
        emit: told of every step.

    Returns:
        The report, as written to `report.json`.

    Raises:
        InputError: models or data that cannot be used, or a base that cannot be run.
        StorageError: the store or the run's folder cannot be written.
    """
    require_known(spec.require, candidate_names(spec))
    require_writable(places.out, "the run's folder", "--out")
    engine = engine or find_engine("local", None)
    with tempfile.TemporaryDirectory() as folder:
        report, found = run_comparison(spec, places, engine, Path(folder), emit)
        write_tracebacks(found.details, places.out, emit)
        write_report(report, found.rows, places.out, emit)
    return report


def run_comparison(
    spec: ComparisonSpec, places: Places, engine: Engine, folder: Path, emit: Emit
) -> tuple[Report, Compared]:
    """The same, nothing written but to the store.

    Args:
        spec: as `compare_models` has it, like `places` and `emit`.
        places: where to read.
        engine: what runs the models.
        folder: for rows that are made in this process; it must stay while they are read.
        emit: told of every step.

    Returns:
        The report, and what it is made from.

    Raises:
        InputError: as `compare_models`.
        StorageError: the store cannot be written.
    """
    compare = kind_of(spec)
    started, clock = time.time(), time.perf_counter()
    store = open_store(str(places.store), places.cache)
    store.remove_leftovers()
    found = compare(spec, places, Machinery(store, engine, emit, places.out.name, folder))
    costs, unpriced = measured_costs(found.cost_task if spec.cost else None, store, emit)
    report = with_costs(found.report, costs, {one.model.id: one.record for one in found.models})
    located, unmatched = found.locate() if spec.locate else ((), ())
    report = report.model_copy(
        update={
            "located": located,
            "warnings": (*report.warnings, *unpriced, *unmatched),
            "requirements": check(report, spec.require),
            "times": Times(
                started=started,
                seconds=time.perf_counter() - clock,
                tasks={task.name: store.manifest(task.key)["seconds"] for task in found.tasks if task.key in store},
            ),
        }
    )
    return report, found
