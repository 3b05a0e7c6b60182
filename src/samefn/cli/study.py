"""`samefn study`."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from samefn.cli.options import (
    AddressOption,
    DataDirOption,
    EngineOption,
    StoreOption,
    run_folder,
    store_location,
)
from samefn.cli.progress import shown_progress
from samefn.cli.show import print_overview, print_report
from samefn.config.read import read_spec
from samefn.config.study import StudySpec
from samefn.config.suite import SuiteSpec
from samefn.core.paths import Places, cache_folder
from samefn.engine.engines import find_engine
from samefn.engine.pool import Engine
from samefn.gate.check import passed
from samefn.reports.wording.escaping import printable
from samefn.studies.study import study as run_study
from samefn.studies.suite import suite as run_suite


def study(
    source: str = "digits",
    /,
    *,
    settings: Annotated[
        list[str] | None,
        Parameter(name="--set", negative="", help="Change the spec: key=value, as in training.epochs=5. Repeatable."),
    ] = None,
    require: Annotated[
        list[str] | None,
        Parameter(negative="", help="A requirement such as 'disagreement@float16 < 0.1 %'. Repeatable; all must hold."),
    ] = None,
    on_doubt: Annotated[
        Literal["fail", "pass"] | None,
        Parameter(help="What an undecided requirement does to the exit code; else fail."),
    ] = None,
    out: Annotated[
        Path | None,
        Parameter(name="--out", help="The run's folder; else samefn-runs/NAME-HASH in this folder."),
    ] = None,
    store: StoreOption = None,
    data_dir: DataDirOption = None,
    workers: Annotated[int | None, Parameter(help="Models made at once, one thread each; else one a core.")] = None,
    device: Annotated[str, Parameter(help="auto, cpu or cuda.")] = "auto",
    engine: EngineOption = "local",
    address: AddressOption = None,
) -> int:
    """Run a whole experiment: train, compress, measure, report. What is stored already is not made again.

    A spec with `pairs` or `protocols` is a suite: several studies, each with its report, and an overview of all.

    Args:
        source: A preset (`samefn presets` lists them) or the path of a TOML file.
    """
    spec = _required(read_spec(source, settings or ()), require, on_doubt)
    folder = run_folder(spec.name, spec.model_dump(mode="json"), out)
    places = Places(folder, store_location(store), cache_folder(), data_dir)
    how = find_engine(engine, workers, address)
    if isinstance(spec, SuiteSpec):
        return _suite(spec, places, how, device)
    with shown_progress() as emit:
        report = run_study(spec, places, how, device, emit)
    print_report(report)
    print()
    print(printable(f"report: {folder / 'report.html'}"))
    return 0 if passed(report.requirements, spec.on_doubt) and not report.failures else 1


def _required(
    spec: StudySpec | SuiteSpec, require: list[str] | None, on_doubt: Literal["fail", "pass"] | None
) -> StudySpec | SuiteSpec:
    """The spec with what the command line requires, in a suite of every study."""
    given: dict[str, object] = {}
    if require:
        given["require"] = tuple(require)
    if on_doubt:
        given["on_doubt"] = on_doubt
    if isinstance(spec, SuiteSpec):
        return spec.model_copy(update={"study": spec.study.model_copy(update=given)})
    return spec.model_copy(update=given)


def _suite(spec: SuiteSpec, places: Places, engine: Engine, device: str) -> int:
    with shown_progress() as emit:
        overview = run_suite(spec, places, engine, device, emit)
    print_overview(overview)
    print()
    print(printable(f"overview: {places.out / 'overview.html'}"))
    return 1 if any(study.error or study.failures or study.unmet for study in overview.studies) else 0
