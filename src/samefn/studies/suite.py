"""Run a suite: plan every study, make shared results once, write each report and the overview of all."""

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from samefn.config.suite import SuiteMember, SuiteSpec
from samefn.core.errors import InputError
from samefn.core.events import Emit, Event, silent
from samefn.core.paths import Places
from samefn.engine.engines import find_engine
from samefn.engine.pool import Engine
from samefn.engine.run import RunOutcome
from samefn.gate.check import passed
from samefn.reports.overview.overview import StudyResult, overview_of
from samefn.reports.view import ReportView
from samefn.reports.wording.requirements import requirement_sentence
from samefn.reports.write import write_overview
from samefn.schema.overview import Overview, StudyEntry
from samefn.schema.report import Report
from samefn.studies.session import PlannedStudy, Session, StudyPlanner, finish_study, make_models, open_session


def suite(
    spec: SuiteSpec, places: Places, engine: Engine | None = None, device: str = "auto", emit: Emit = silent
) -> Overview:
    """Run all studies of a suite; each report goes to a folder of its own in `places.out`, the overview beside them.

    A study whose base cannot be made has only its error in the overview; the others go on.

    Args:
        spec: of the suite.
        places: where to read and write. With several data sets, each has a folder of its name in `places.data_dir`.
        engine: makes the models, each on one thread; None for one process a core of this machine.
        device: auto, cpu or cuda.
        emit: receives an event for each step.

    Returns:
        The overview, as written to `overview.json`.

    Raises:
        InputError: the data, a net or the device cannot be used.
        StorageError: the store or the run's folder cannot be written.
    """
    session = open_session(places, engine or find_engine("local", None), device, emit)
    members, plans = spec.members(), StudyPlanner(session)
    folders = _data_folders(spec, places.data_dir)
    planned = [plans.plan(member.spec, folders[member.spec.data.name]) for member in members]
    outcome = make_models(planned, session)
    results = [_result(*one, outcome, session) for one in zip(members, planned, strict=True)]
    overview = overview_of(spec.summary(), version("samefn"), results)
    write_overview(overview, places.out, emit, figures=places.figures)
    return overview


def _result(member: SuiteMember, planned: PlannedStudy, outcome: RunOutcome, session: Session) -> StudyResult:
    """The report of one study, written, and without the parts that the overview does not read; or its error."""
    name = member.spec.name
    study = StudyEntry(
        name=name, pair=member.pair, variant=member.variant, data=planned.dataset.name, net=member.spec.net
    )
    try:
        named = replace(session, emit=_named(session.emit, name))
        report = finish_study(planned, outcome, named, session.places.out / name)
    except InputError as error:
        session.emit(Event("failed", name, str(error)))
        return StudyResult(study.model_copy(update={"error": str(error)}))
    findings = ReportView(report)
    unmet = tuple(
        requirement_sentence(findings, entry)
        for entry in report.requirements
        if not passed([entry], member.spec.on_inconclusive)
    )
    return StudyResult(study.model_copy(update={"unmet": unmet}), _slim(report))


def _slim(report: Report) -> Report:
    """A report without its largest parts, because many are in memory at once."""
    return report.model_copy(update={"landscape": (), "distances": (), "changed": ()})


def _data_folders(spec: SuiteSpec, data_dir: Path | None) -> dict[str, Path | None]:
    """Where each data set's files are."""
    names = dict.fromkeys(pair.data for pair in spec.pairs)
    if data_dir is None or len(names) == 1:
        return dict.fromkeys(names, data_dir)
    return {name: data_dir / name for name in names}


def _named(emit: Emit, name: str) -> Callable[[Event], None]:
    """An `Emit` that says which study an event is about."""
    return lambda event: emit(replace(event, name=f"{name}: {event.name}"))
