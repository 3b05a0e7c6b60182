"""Run a study: plan it, make what is not stored, analyse the predictions, write the report."""

from samefn.config.study import StudySpec
from samefn.core.events import Emit, silent
from samefn.core.paths import Places
from samefn.engine.engines import find_engine
from samefn.engine.pool import Engine
from samefn.schema.report import Report
from samefn.studies.session import StudyPlanner, finish_study, make_models, open_session


def study(
    spec: StudySpec, places: Places, engine: Engine | None = None, device: str = "auto", emit: Emit = silent
) -> Report:
    """Run a whole study and write its report; results that are stored are not made again.

    Args:
        spec: of the study.
        places: where to read and write.
        engine: makes the models, each on one thread; None for one process a core of this machine.
        device: auto, cpu or cuda.
        emit: receives an event for each step.

    Returns:
        The report, as written to `report.json`.

    Raises:
        InputError: the data, the device or the base cannot be used.
        StorageError: the store or the run's folder cannot be written.
    """
    session = open_session(places, engine or find_engine("local", None), device, emit)
    planned = StudyPlanner(session).plan(spec, places.data_dir)
    outcome = make_models([planned], session)
    return finish_study(planned, outcome, session, places.out)
