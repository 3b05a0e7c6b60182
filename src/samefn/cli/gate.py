"""`samefn gate`."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from samefn.core.errors import InputError
from samefn.core.paths import require_writable_file
from samefn.gate.check import check, passed
from samefn.gate.junit import junit_xml
from samefn.reports.read import read_report
from samefn.reports.text_files import write_whole
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.requirements import requirement_sentences


def gate(
    run: Path,
    /,
    *,
    require: Annotated[
        list[str] | None,
        Parameter(negative="", help="A requirement such as 'scale[disagreement] < 0.1'. Repeatable; all must hold."),
    ] = None,
    on_doubt: Annotated[
        Literal["fail", "pass"], Parameter(help="What an undecided requirement does to the exit code.")
    ] = "fail",
    junit: Annotated[Path | None, Parameter(help="Also write the outcomes as JUnit XML.")] = None,
) -> int:
    """Hold a report that is there against requirements; nothing is run, and the report stays as it is.

    Exit code 1 where a requirement is not met, or where a model of the report could not be made.

    Args:
        run: The run's folder, or its report.json.
    """
    if not require:
        raise InputError("SF0001", "no requirement is given", where="gate", fix="add --require 'disagreement < 1 %'")
    if junit is not None:
        require_writable_file(junit, "--junit")
    found = read_report(run)
    judged = found.model_copy(update={"requirements": check(found, require)})
    for sentence in requirement_sentences(judged):
        print(printable(sentence))
    for warning in judged.warnings:
        print(f"warning: {printable(warning)}")
    for failure in judged.failures:
        print(f"not made: {printable(failure.label)}: {printable(failure.error)}")
    if junit is not None:
        write_whole(junit, junit_xml(judged, on_doubt))
    return 0 if passed(judged.requirements, on_doubt) and not judged.failures else 1
