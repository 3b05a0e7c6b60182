"""`samefn study`."""

from typing import Annotated

from cyclopts import Parameter

from samefn.cli.next_steps import next_steps
from samefn.cli.options import (
    AddressOption,
    DataDirOption,
    EngineOption,
    FiguresOption,
    JsonOption,
    OnInconclusiveOption,
    OutOption,
    RequireOption,
    SettingsOption,
    StoreOption,
    VerboseOption,
    WorkersOption,
    run_folder,
    store_location,
)
from samefn.cli.progress import shown_progress
from samefn.cli.show import require_one_form, show_overview, show_report
from samefn.config.read import read_spec
from samefn.config.study import StudySpec
from samefn.config.suite import SuiteSpec
from samefn.core.paths import Places, cache_folder
from samefn.engine.engines import find_engine
from samefn.gate.check import passed
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
    verbose: VerboseOption = False,
    as_json: JsonOption = False,
) -> int:
    """Train, compress and compare models in one experiment. Stored results are not made again.

    A spec with `pairs` or `protocols` is a suite: several studies, each with a report, and an overview.

    Args:
        source: A preset (`samefn presets` lists them) or a TOML file.
    """
    require_one_form(verbose=verbose, as_json=as_json)
    spec = _with_requirements(read_spec(source, settings or ()), require, on_inconclusive)
    folder = run_folder(spec.name, spec.model_dump(mode="json"), out)
    places = Places(folder, store_location(store), cache_folder(), data_dir, figures)
    chosen_engine = find_engine(engine, workers, address)
    if isinstance(spec, SuiteSpec):
        with shown_progress() as emit:
            overview = suite(spec, places, chosen_engine, device, emit)
        show_overview(overview, folder / "overview.html", verbose=verbose, as_json=as_json)
        return 1 if any(member.error or member.failures or member.unmet for member in overview.studies) else 0
    with shown_progress() as emit:
        report = study(spec, places, chosen_engine, device, emit)
    steps = next_steps(report, verbose=verbose)
    show_report(report, folder / "report.html", steps, verbose=verbose, as_json=as_json)
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
