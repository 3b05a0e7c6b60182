"""`samefn study`."""

from typing import Annotated

from cyclopts import Parameter

from samefn.cli.options import (
    AddressOption,
    DataDirOption,
    EngineOption,
    FiguresOption,
    OnInconclusiveOption,
    OutOption,
    RequireOption,
    SettingsOption,
    StoreOption,
    WorkersOption,
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
from samefn.studies.study import study
from samefn.studies.suite import suite


def study_command(
    source: str = "digits",
    /,
    *,
    settings: SettingsOption = None,
    require: RequireOption = None,
    on_inconclusive: OnInconclusiveOption = None,
    figures: FiguresOption = False,
    out: OutOption = None,
    store: StoreOption = None,
    data_dir: DataDirOption = None,
    workers: WorkersOption = None,
    device: Annotated[str, Parameter(help="Device for training: auto, cpu or cuda.")] = "auto",
    engine: EngineOption = "local",
    address: AddressOption = None,
) -> int:
    """Train, compress and compare models in one experiment. Stored results are not made again.

    A spec with `pairs` or `protocols` is a suite: several studies, each with a report, and an overview.

    Args:
        source: A preset (`samefn presets` lists them) or a TOML file.
    """
    spec = _with_requirements(read_spec(source, settings or ()), require, on_inconclusive)
    folder = run_folder(spec.name, spec.model_dump(mode="json"), out)
    places = Places(folder, store_location(store), cache_folder(), data_dir, figures)
    chosen_engine = find_engine(engine, workers, address)
    if isinstance(spec, SuiteSpec):
        return _suite(spec, places, chosen_engine, device)
    with shown_progress() as emit:
        report = study(spec, places, chosen_engine, device, emit)
    print_report(report)
    print()
    print(printable(f"report: {folder / 'report.html'}"))
    return 0 if passed(report.requirements, spec.on_inconclusive) and not report.failures else 1


def _with_requirements(
    spec: StudySpec | SuiteSpec, require: RequireOption, on_inconclusive: OnInconclusiveOption
) -> StudySpec | SuiteSpec:
    """The spec with the requirements of the command line; in a suite they hold for every study."""
    options: dict[str, object] = {}
    if require:
        options["require"] = tuple(require)
    if on_inconclusive:
        options["on_inconclusive"] = on_inconclusive
    if isinstance(spec, SuiteSpec):
        return spec.model_copy(update={"study": spec.study.model_copy(update=options)})
    return spec.model_copy(update=options)


def _suite(spec: SuiteSpec, places: Places, engine: Engine, device: str) -> int:
    with shown_progress() as emit:
        overview = suite(spec, places, engine, device, emit)
    print_overview(overview)
    print()
    print(printable(f"overview: {places.out / 'overview.html'}"))
    return 1 if any(member.error or member.failures or member.unmet for member in overview.studies) else 0
