"""`samefn compare`."""

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
from samefn.cli.show import print_report
from samefn.comparison.explain import explain as explain_models
from samefn.comparison.run import compare_models
from samefn.config.comparison import ComparisonSpec
from samefn.config.read_comparison import read_comparison
from samefn.core.paths import Places, cache_folder, require_writable_file
from samefn.engine.engines import find_engine
from samefn.gate.check import passed
from samefn.gate.junit import junit_xml
from samefn.reports.text_files import write_whole
from samefn.reports.wording.escaping import printable
from samefn.schema.report import Report


def compare(
    *models: str,
    data: Annotated[
        str | None, Parameter(help="A data set's name, or a file or folder; none for saved predictions.")
    ] = None,
    independent: Annotated[
        list[str] | None,
        Parameter(consume_multiple=True, negative="", help="Models trained independently of the base."),
    ] = None,
    require: Annotated[
        list[str] | None,
        Parameter(negative="", help="A requirement such as 'scale[disagreement] < 0.1'. Repeatable; all must hold."),
    ] = None,
    on_doubt: Annotated[
        Literal["fail", "pass"] | None,
        Parameter(help="What an undecided requirement does to the exit code; else fail."),
    ] = None,
    runtime: Annotated[str | None, Parameter(help="What runs all models; else what the content of each says.")] = None,
    trust: Annotated[
        bool,
        Parameter(
            negative="",
            help="Load archives of torch without judging them: code in these files is run, and can do what you can.",
        ),
    ] = False,
    settings: Annotated[
        list[str] | None,
        Parameter(
            name="--set",
            negative="",
            help="Change the spec: key=value, as in model.feed.scale=1 (all), base.output=logits, "
            "candidates.1.feed.layout=NHWC. Repeatable.",
        ),
    ] = None,
    locate: Annotated[
        bool, Parameter(negative="", help="Also find the layers in which each candidate loses the base's function.")
    ] = False,
    shards: Annotated[
        int | None, Parameter(help="Cut the examples into so many shards, each run by a task of its own; else one.")
    ] = None,
    class_names: Annotated[
        str | None, Parameter(help="A file of the classes' names by number: one a line, or a JSON list.")
    ] = None,
    explain: Annotated[bool, Parameter(negative="", help="Say what each model is fed and returns, and stop.")] = False,
    junit: Annotated[Path | None, Parameter(help="Also write the requirements as JUnit XML.")] = None,
    out: Annotated[Path | None, Parameter(help="The run's folder; else samefn-runs/NAME-HASH in this folder.")] = None,
    store: StoreOption = None,
    data_dir: DataDirOption = None,
    workers: Annotated[int | None, Parameter(help="Models asked at once; else one a core.")] = None,
    engine: EngineOption = "local",
    address: AddressOption = None,
) -> int:
    """Ask models that exist the same, and say how far each has moved from the base.

    Args:
        models: The base, then one candidate or more; or one TOML file that says it all.
    """
    given = {
        "data": data,
        "independents": independent,
        "require": require,
        "on_doubt": on_doubt,
        "runtime": runtime,
        "trust": trust or None,
        "locate": locate or None,
        "shards": shards,
        "class_names": class_names,
    }
    spec = read_comparison(models, given, settings or ())
    folder = run_folder(spec.name, spec.model_dump(mode="json"), out)
    places = Places(folder, store_location(store), cache_folder(), data_dir)
    if explain:
        return _explain(spec, places)
    if junit is not None:
        require_writable_file(junit, "--junit")
    with shown_progress() as emit:
        report = compare_models(spec, places, find_engine(engine, workers, address), emit)
    print_report(report)
    if junit is not None:
        write_whole(junit, junit_xml(report, spec.on_doubt))
    print()
    print(printable(f"report: {places.out / 'report.html'}"))
    return exit_code(report, spec)


def exit_code(report: Report, spec: ComparisonSpec) -> int:
    """0 done, 1 a model failed or a requirement was not met, 2 a candidate cannot be read."""
    if any(failure.unreadable for failure in report.failures):
        return 2
    return 0 if passed(report.requirements, spec.on_doubt) and not report.failures else 1


def _explain(spec: ComparisonSpec, places: Places) -> int:
    with shown_progress() as emit:
        found = explain_models(spec, places.data_dir, places.cache, emit)
    for one in found:
        print(printable(one.model))
        for line in one.lines:
            print(f"  {printable(line)}")
        if one.error:
            print(f"  cannot be used: {printable(one.error)}")
    return 2 if any(one.error for one in found) else 0
