"""`samefn compare`."""

from typing import Annotated

from cyclopts import Parameter

from samefn.cli.next_steps import next_steps
from samefn.cli.options import (
    AddressOption,
    DataDirOption,
    EngineOption,
    FiguresOption,
    JsonOption,
    JunitOption,
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
from samefn.cli.show import require_one_form, show_report
from samefn.comparison.explain import explain as explain_models
from samefn.comparison.run import compare_models
from samefn.config.comparison import ComparisonSpec
from samefn.config.read_comparison import read_comparison
from samefn.core.atomic_files import write_atomically
from samefn.core.paths import Places, cache_folder, require_writable_file
from samefn.engine.engines import find_engine
from samefn.gate.check import passed
from samefn.gate.junit import junit_xml
from samefn.reports.wording.escaping import printable
from samefn.schema.report import Report


def compare_command(
    *models: str,
    data: Annotated[str | None, Parameter(help="Inputs: a data set's name, a file or a folder.")] = None,
    independent: Annotated[
        list[str] | None,
        Parameter(consume_multiple=True, help="Models trained like the base, but independently of it."),
    ] = None,
    unlabelled: Annotated[
        str | None, Parameter(help="Further inputs, whose labels are not read: a file or a folder.")
    ] = None,
    limit: Annotated[
        str | None,
        Parameter(
            help="Share of changed predictions still the same, such as 0.5%. Default: a tenth of the base's errors."
        ),
    ] = None,
    class_limit: Annotated[
        str | None, Parameter(help="The same for one class or slice, such as 2%. Default: five limits.")
    ] = None,
    loss_limit: Annotated[
        str | None, Parameter(help="Net loss of accuracy that is allowed, such as 0.2%. Default: half the limit.")
    ] = None,
    simultaneous: Annotated[
        bool, Parameter(show_default=False, help="Hold the errors of all candidates together to those of one.")
    ] = False,
    require: RequireOption = None,
    on_inconclusive: OnInconclusiveOption = None,
    runtime: Annotated[str | None, Parameter(help="Runtime of all models. Default: detected from each file.")] = None,
    trust: Annotated[
        bool, Parameter(show_default=False, help="Load torch archives unchecked: their code runs with your rights.")
    ] = False,
    settings: SettingsOption = None,
    locate: Annotated[
        bool, Parameter(show_default=False, help="Also find the layers where each candidate starts to differ.")
    ] = False,
    shards: Annotated[int | None, Parameter(help="Split the inputs into this many tasks. Default: 1.")] = None,
    class_names: Annotated[
        str | None, Parameter(help="File of class names by number: one per line, or a JSON list.")
    ] = None,
    explain: Annotated[
        bool, Parameter(show_default=False, help="Show what each model takes and returns, and stop.")
    ] = False,
    junit: JunitOption = None,
    figures: FiguresOption = False,
    out: OutOption = None,
    store: StoreOption = None,
    data_dir: DataDirOption = None,
    workers: WorkersOption = None,
    engine: EngineOption = "local",
    address: AddressOption = None,
    verbose: VerboseOption = False,
    as_json: JsonOption = False,
) -> int:
    """Compare a model with compressed versions of it on the same inputs.

    Args:
        models: The base model and one or more candidates; or one TOML file.
    """
    options = {
        "data": data,
        "independents": independent,
        "unlabelled": unlabelled,
        "limit": limit,
        "class_limit": class_limit,
        "loss_limit": loss_limit,
        "simultaneous": simultaneous or None,
        "require": require,
        "on_inconclusive": on_inconclusive,
        "runtime": runtime,
        "trust": trust or None,
        "locate": locate or None,
        "shards": shards,
        "class_names": class_names,
    }
    require_one_form(verbose=verbose, as_json=as_json)
    spec = read_comparison(models, options, settings or ())
    folder = run_folder(spec.name, spec.model_dump(mode="json"), out)
    places = Places(folder, store_location(store), cache_folder(), data_dir, figures)
    if explain:
        return _explain(spec, places)
    if junit is not None:
        require_writable_file(junit, "--junit")
    with shown_progress() as emit:
        report = compare_models(spec, places, find_engine(engine, workers, address), emit)
    if junit is not None:
        write_atomically(junit, junit_xml(report, spec.on_inconclusive))
    page = places.out / "report.html"
    show_report(report, page, next_steps(report, verbose=verbose), verbose=verbose, as_json=as_json)
    return exit_code(report, spec)


def exit_code(report: Report, spec: ComparisonSpec) -> int:
    """0 done, 1 a model failed or a requirement is not met, 2 a candidate cannot be read."""
    if any(failure.unreadable for failure in report.failures):
        return 2
    return 0 if passed(report.requirements, spec.on_inconclusive) and not report.failures else 1


def _explain(spec: ComparisonSpec, places: Places) -> int:
    with shown_progress() as emit:
        explanations = explain_models(spec, places.data_dir, places.cache, emit)
    for explanation in explanations:
        print(printable(explanation.model))
        for line in explanation.lines:
            print(f"  {printable(line)}")
        if explanation.error:
            print(f"  cannot be used: {printable(explanation.error)}")
    return 2 if any(explanation.error for explanation in explanations) else 0
